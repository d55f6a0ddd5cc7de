/** Rules about who a row is about: one primary identity, namespaces as registered, personal data in one spelling. */
import { type Expression, walk } from "../../expression/ast.ts";
import { EMAIL_FIELD, PHONE_FIELD } from "../../personal/personal-data.ts";
import { fieldAt, type PathStep, suggestField } from "../../xdm/field-path.ts";
import type { Hit, LintContext, RowView, Rule } from "../types.ts";

/** `identityMap.<namespace>[n].<part>` taken apart. */
interface IdentityPath {
  namespace: string;
  index: string;
  part: string;
}

function identityPath(steps: readonly PathStep[]): IdentityPath | undefined {
  const [root, namespace, index, part] = steps;
  if (root?.kind !== "name" || root.name !== "identityMap" || namespace?.kind !== "name") return undefined;
  return {
    namespace: namespace.name,
    index: index?.kind === "index" ? String(index.index) : "0",
    part: part?.kind === "name" ? part.name : index?.kind === "name" ? index.name : "",
  };
}

const isWholeMap = ({ steps }: RowView): boolean =>
  steps.length === 1 && steps[0]?.kind === "name" && steps[0].name === "identityMap";

/** Rows that may make an identity the primary one; a constant false does not. */
function primaryRows({ rows }: LintContext): RowView[] {
  return rows.filter((view) => {
    const constantFalse = view.row.sourceType === "STATIC" && /^(n|no|off|false)$/i.test(view.row.source);
    return identityPath(view.steps)?.part === "primary" && !constantFalse;
  });
}

const noPrimary: Rule = {
  id: "id/no-primary",
  severity: "error",
  title: "No primary identity",
  why: "Real-Time Customer Profile drops records that do not say who they are about.",
  fix: "Map primary of one identity in identityMap, or give the schema a primary identity descriptor.",
  *check(context) {
    const { loaded, rows } = context;
    const usesMap = rows.some((view) => identityPath(view.steps) !== undefined);
    if (!loaded.file.profile && !usesMap) return;
    if (loaded.file.identities.some((one) => one.primary) || primaryRows(context).length > 0 || rows.some(isWholeMap))
      return;
    const row = rows.find((view) => identityPath(view.steps))?.row;
    const fix = row ? `Add a row for ${row.destination.replace(/\.[^.]+$/, "")}.primary.` : undefined;
    yield {
      ...(row ? { row } : {}),
      message: "no row and no descriptor makes an identity the primary one",
      ...(fix ? { fix } : {}),
    };
  },
};

const twoPrimaries: Rule = {
  id: "id/two-primaries",
  severity: "error",
  title: "More than one primary identity",
  why: "A record has one primary identity: with two, it is refused or stitched to the wrong person.",
  fix: "Keep one: either the descriptor of the schema or one identity of identityMap.",
  *check(context) {
    const primaries = primaryRows(context);
    const descriptor = context.loaded.file.identities.find((one) => one.primary);
    const [first, ...others] = primaries;
    if (descriptor && first) {
      yield {
        row: first.row,
        message: `the schema's descriptor on ${descriptor.property} is the primary identity already`,
      };
    }
    for (const other of others) {
      const certain = other.row.sourceType === "STATIC" && first!.row.sourceType === "STATIC";
      yield {
        row: other.row,
        message: `${first!.row.destination} (line ${first!.row.line}) ${certain ? "is" : "may be"} primary too`,
        ...(certain ? {} : { severity: "warning" as const }),
      };
    }
  },
};

const noId: Rule = {
  id: "id/no-id",
  severity: "error",
  title: "An identity without its value",
  why: "An identity item that has no id identifies nobody; AEP drops it.",
  fix: "Add a row for its id.",
  *check({ rows }) {
    const items = Map.groupBy(
      rows.filter((view) => identityPath(view.steps)),
      (view) => `identityMap.${identityPath(view.steps)!.namespace}[${identityPath(view.steps)!.index}]`,
    );
    for (const [item, views] of items) {
      const parts = views.map((view) => identityPath(view.steps)!.part);
      if (!parts.includes("id") && !parts.includes("")) {
        yield {
          row: views[0]!.row,
          message: `${item} gets ${parts.join(", ")} but no id`,
          fix: `Add a row for ${item}.id.`,
        };
      }
    }
  },
};

/** Codes of Adobe's standard namespaces; letters' case counts. */
const STANDARD_CODES = [
  "Email",
  "Email_LC_SHA256",
  "Phone",
  "Phone_SHA256",
  "ECID",
  "AAID",
  "AdCloud",
  "CORE",
  "FPID",
  "GAID",
  "IDFA",
  "TNTID",
  "WAID",
];

const namespaceCase: Rule = {
  id: "id/namespace-code",
  severity: "warning",
  title: "A namespace code in another spelling than Adobe's",
  why: "Namespaces are looked up by code and the case of letters counts: an unknown one makes the identity worthless.",
  fix: "Write the code as Identity Service shows it.",
  *check({ rows }) {
    const seen = new Set<string>();
    for (const { row, steps } of rows) {
      const namespace = identityPath(steps)?.namespace;
      const standard = STANDARD_CODES.find((code) => code.toLowerCase() === namespace?.toLowerCase());
      if (!namespace || !standard || standard === namespace || seen.has(namespace)) continue;
      seen.add(namespace);
      yield {
        row,
        message: `the standard namespace is ${standard}, not ${namespace}`,
        fix: `Write ${row.destination.replace(namespace, standard)}.`,
      };
    }
  },
};

const notNormalised: Rule = {
  id: "pii/not-normalised",
  severity: "warning",
  title: "Personal data sent as it was typed",
  why: "Identity values are compared letter by letter: Jane@x.com and jane@x.com become two people.",
  fix: "Trim and lower-case e-mail addresses; send phone numbers in E.164 form.",
  *check(context) {
    for (const view of context.rows) {
      const kind = personalKind(view, context);
      const hit =
        kind === "email"
          ? emailHit(view)
          : kind === "phone"
            ? phoneHit(view, context)
            : kind === "hash"
              ? hashHit(view)
              : undefined;
      if (hit) yield hit;
    }
  },
};

/** What a destination holds: by its namespace, by the schema's identity descriptors, or by the standard contact fields. */
function personalKind({ steps, row }: RowView, { loaded }: LintContext): "email" | "phone" | "hash" | undefined {
  const identity = identityPath(steps);
  const pointer = `/${row.destination.replaceAll(".", "/")}`;
  const namespace =
    identity?.part === "id"
      ? identity.namespace
      : loaded.file.identities.find((one) => one.property === pointer)?.namespace;
  if (/_(lc_)?sha256$/i.test(namespace ?? "")) return "hash";
  if (/^email$/i.test(namespace ?? "") || EMAIL_FIELD.test(row.destination)) return "email";
  if (/^phone$/i.test(namespace ?? "") || PHONE_FIELD.test(row.destination)) return "phone";
  return undefined;
}

function emailHit({ row, ast }: RowView): Hit | undefined {
  if (row.sourceType === "STATIC" || (row.sourceType === "EXPRESSION" && !ast)) return undefined;
  const calls = ast ? callsOf(ast) : new Set<string>();
  const lowered = calls.has("lower") || calls.has("lcase");
  const trimmed = calls.has("trim") || (calls.has("ltrim") && calls.has("rtrim"));
  if (lowered && trimmed) return undefined;
  const lacks = lowered ? "not trimmed" : trimmed ? "not lower-cased" : "neither trimmed nor lower-cased";
  return {
    row,
    message: `${row.destination} is an e-mail address and is ${lacks}`,
    fix: `Write { expr: ${wrapped(row.source, lowered, trimmed)} }.`,
  };
}

function wrapped(source: string, lowered: boolean, trimmed: boolean): string {
  const inner = trimmed ? source : `trim(${source})`;
  return lowered ? inner : `lower(${inner})`;
}

function phoneHit({ row, reads }: RowView, { samples }: LintContext): Hit | undefined {
  if (row.sourceType !== "ATTRIBUTE") return undefined;
  const values = reads.flatMap(({ steps }) => samples.map((sample) => valueIn(sample.event, steps)));
  const known = values.filter((value) => value !== undefined && value !== null);
  if (known.length > 0 && known.every((value) => typeof value === "string" && /^\+[1-9]\d{6,14}$/.test(value)))
    return undefined;
  return {
    row,
    message: `${row.destination} is a phone number and nothing makes it E.164 (+, country code, digits)`,
    fix: `Write { expr: 'concat("+", ${row.source})' } when the source lacks only the plus.`,
  };
}

function hashHit({ row, ast }: RowView): Hit | undefined {
  if (row.sourceType === "STATIC" || (ast && callsOf(ast).has("sha256"))) return undefined;
  if (row.sourceType === "ATTRIBUTE" && /sha256|hash/i.test(row.source)) return undefined;
  return {
    row,
    message: `${row.destination} is a namespace of hashes and the value is not hashed`,
    fix: `Write { expr: sha256(lower(trim(${row.source}))) }.`,
  };
}

function valueIn(event: unknown, steps: readonly PathStep[]): unknown {
  let node = event;
  for (const step of steps) {
    const key = step.kind === "name" ? step.name : step.index === "*" ? 0 : step.index;
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<PropertyKey, unknown>)[key];
  }
  return node;
}

function callsOf(ast: Expression): Set<string> {
  const names = new Set<string>();
  walk(ast, (node) => {
    if (node.kind === "call") names.add(node.name);
  });
  return names;
}

const unknownProperty: Rule = {
  id: "id/unknown-property",
  severity: "error",
  title: "An identity descriptor on a field the schema does not have",
  why: "The descriptor is refused, or marks nothing: the identity never reaches Profile.",
  fix: "Name a text field of the schema under identities: in its file.",
  *check({ loaded }) {
    for (const { property } of loaded.file.identities) {
      const path = property.slice(1).replaceAll("/", ".");
      const field = fieldAt(loaded.schema, path);
      if (field?.type === "string") continue;
      const near = suggestField(loaded.schema, path);
      const message = field ? `the identity ${path} is no text` : `the schema has no field ${path} for its identity`;
      yield { message, ...(near ? { fix: `Did you mean ${near}?` } : {}) };
    }
  },
};

export const identityRules: Rule[] = [unknownProperty, noPrimary, twoPrimaries, noId, namespaceCase, notNormalised];
