/** Rules about where a row writes: does the field exist, is it reached rightly, is the tenant's own prefix right. */
import { composeSchema } from "../../xdm/compose.ts";
import { fieldAt, printFieldPath, suggestField } from "../../xdm/field-path.ts";
import { lackingText } from "../../xdm/load-schema.ts";
import { standardClasses, standardFieldGroups, standardResources } from "../../xdm/standard/index.ts";
import { wildcards } from "../source-paths.ts";
import type { Hit, LintContext, RowView, Rule } from "../types.ts";

const withoutPrefix = (path: string): string => path.replaceAll(/(^|\.)xdm:/g, "$1");

const prefix: Rule = {
  id: "dst/xdm-prefix",
  severity: "error",
  title: "A destination with an `xdm:` prefix",
  why: "Data Prep destinations are plain paths; no schema has a field whose name begins with xdm:.",
  fix: "Leave the prefix out.",
  fixable: true,
  *check({ rows }) {
    for (const { row } of rows) {
      const to = withoutPrefix(row.key);
      if (to !== row.key) {
        yield {
          row,
          message: `the destination ${row.key} has an xdm: prefix`,
          fix: `Write ${to}.`,
          edit: { kind: "destination", key: row.key, to },
        };
      }
    }
  },
};

const hardTenant: Rule = {
  id: "dst/hard-tenant",
  severity: "warning",
  title: "The tenant id written out",
  why: "Another sandbox's organisation has another tenant id; {tenant} makes one file serve all.",
  fix: "Write _{tenant} in its place.",
  fixable: true,
  *check({ rows, file }) {
    for (const { row } of rows) {
      if (!row.key.startsWith(`_${file.tenant}.`)) continue;
      const to = `_{tenant}${row.key.slice(file.tenant.length + 1)}`;
      yield {
        row,
        message: `${row.key} names this sandbox's tenant`,
        fix: `Write ${to}.`,
        edit: { kind: "destination", key: row.key, to },
      };
    }
  },
};

/** XDM's own top-level names that begin with an underscore. */
const OWN_UNDERSCORE = ["_id", "_repo", "_schema"];

const tenantPrefix: Rule = {
  id: "dst/tenant-prefix",
  severity: "error",
  title: "A tenant field under the wrong prefix, or under none",
  why: "Custom fields exist only under the organisation's own _{tenant}; anywhere else the row is refused.",
  fix: "Begin the path with _{tenant}.",
  fixable: true,
  *check({ rows, file, loaded }) {
    const { tenant } = file;
    for (const { row, steps, target } of rows) {
      const [first] = steps;
      if ("field" in target || first?.kind !== "name") continue;
      const foreign = first.name.startsWith("_") && first.name !== `_${tenant}` && !OWN_UNDERSCORE.includes(first.name);
      const rest = foreign ? printFieldPath(steps.slice(1)) : row.destination;
      if (!foreign && !fieldAt(loaded.schema, `_${tenant}.${rest}`)) continue;
      const to = `_{tenant}.${rest}`;
      const message = foreign
        ? `${first.name} is not this organisation's prefix (_${tenant})`
        : `${row.destination} is a tenant field and needs its prefix`;
      const exists = fieldAt(loaded.schema, `_${tenant}.${rest}`);
      yield {
        row,
        message,
        fix: `Write ${to}.`,
        ...(exists ? { edit: { kind: "destination" as const, key: row.key, to } } : {}),
      };
    }
  },
};

const syntax: Rule = {
  id: "dst/not-a-path",
  severity: "error",
  title: "A destination that is no path",
  why: "AEP refuses the mapping set.",
  fix: "Write a path such as loyalty.points or productListItems[*].SKU.",
  *check({ rows }) {
    for (const { row, target } of rows) {
      if ("problem" in target && target.problem === "syntax")
        yield { row, message: `${row.destination} is not a path of a field` };
    }
  },
};

const listWithoutIndex: Rule = {
  id: "dst/list-without-index",
  severity: "error",
  title: "A field of a list written without saying in which item",
  why: "The field lies in the list's items: without [n] or [*] the path leads nowhere.",
  fix: "Write [0] for the first item, or [*] on both sides of an ATTRIBUTE row for every item.",
  *check({ rows }) {
    for (const { row, target, steps, reads } of rows) {
      if (!("problem" in target) || target.problem !== "index-missing") continue;
      const position = steps.indexOf(target.step);
      const every =
        reads.some((read) => wildcards(read.steps) > wildcards(steps)) || target.before === "productListItems";
      const to = printFieldPath([
        ...steps.slice(0, position),
        { kind: "index", index: every ? "*" : 0, at: 0 },
        ...steps.slice(position),
      ]);
      yield {
        row,
        message: `${target.before} is a list; ${row.destination} names a field of the list itself`,
        fix: `Write ${to}.`,
      };
    }
  },
};

const indexOnScalar: Rule = {
  id: "dst/index-without-list",
  severity: "error",
  title: "An index on something that is no list",
  why: "The path leads nowhere: AEP refuses the row.",
  fix: "Leave the index out.",
  *check({ rows }) {
    for (const { row, target, steps } of rows) {
      if (!("problem" in target) || target.problem !== "not-array") continue;
      const { before, step: wrong } = target;
      const to = printFieldPath(steps.filter(({ kind, at }) => !(kind === wrong.kind && at === wrong.at)));
      yield { row, message: `${before} is no list`, fix: `Write ${to}.` };
    }
  },
};

const wildcardDepth: Rule = {
  id: "dst/wildcard-depth",
  severity: "error",
  title: "`[*]` on one side only",
  why: "Every [*] of the source pairs with one of the destination; a lone one cannot be filled, and expressions know none.",
  fix: "Write as many [*] on the left as on the right, in an ATTRIBUTE row.",
  *check({ rows }) {
    for (const { row, steps, reads } of rows) {
      const there = wildcards(steps);
      const here = row.sourceType === "ATTRIBUTE" ? Math.max(0, ...reads.map((read) => wildcards(read.steps))) : 0;
      if (there === here) continue;
      const what = row.sourceType === "ATTRIBUTE" ? `its source has ${here}` : "only ATTRIBUTE rows can fill them";
      yield { row, message: `the destination has ${there} [*], ${what}` };
    }
  },
};

const unknownField: Rule = {
  id: "dst/unknown-field",
  severity: "error",
  title: "A destination the schema does not have",
  why: "XDM refuses rows with fields the schema does not have; AEP refuses the mapping already.",
  fix: "Correct the path, or add the field group that has the field to the schema.",
  *check(context) {
    for (const view of context.rows) {
      const { target, row } = view;
      if (!("problem" in target) || (target.problem !== "unknown" && target.problem !== "leaf")) continue;
      if (tenantCase(view, context) || otherClass(row.destination, context)) continue;
      yield unknownHit(view, context);
    }
  },
};

function tenantCase({ row, steps }: RowView, { file, loaded }: LintContext): boolean {
  const [first] = steps;
  const foreign =
    first?.kind === "name" &&
    /^_/.test(first.name) &&
    first.name !== `_${file.tenant}` &&
    !OWN_UNDERSCORE.includes(first.name);
  return foreign || fieldAt(loaded.schema, `_${file.tenant}.${row.destination}`) !== undefined;
}

function unknownHit({ row, target }: RowView, { loaded, file }: LintContext): Hit {
  const { destination } = row;
  const lacking = lackingText(loaded, destination);
  if (lacking) return { row, message: `${destination}: ${lacking.message}`, fix: lacking.fix };
  const near = suggestField(loaded.schema, destination);
  const group = groupsWith(destination, loaded.file.class)[0];
  const where =
    "before" in target && target.before ? `${target.before} has no such field` : "the schema has no such field";
  const message = `${row.destination}: ${"problem" in target && target.problem === "leaf" ? `${target.before} holds a value, not fields` : where}`;
  if (near) return { row, message, fix: `Did you mean ${near.replace(`_${file.tenant}`, "_{tenant}")}?` };
  return group ? { row, message, fix: `Add ${group} to fieldGroups of the schema ${file.schema}.` } : { row, message };
}

const foreignClass: Rule = {
  id: "dst/other-class",
  severity: "error",
  title: "A field of another class than the schema's",
  why: "A mapping set fills one schema: facts about a person and happenings at a moment belong to two datasets, with a mapping each.",
  fix: "Move the row to a mapping of a schema of that class.",
  *check(context) {
    for (const { row, target } of context.rows) {
      if ("field" in target) continue;
      const other = otherClass(row.destination, context);
      if (other)
        yield {
          row,
          message: `${row.destination} is a field of ${other}, and the schema ${context.file.schema} is of another class`,
        };
    }
  },
};

const fallback: Rule = {
  id: "dst/fall-back",
  severity: "error",
  title: "A fall-back or a standard field that the schema does not have",
  why: "Each sandbox uses one of the two: the one not in use here would be refused elsewhere.",
  fix: "Add the tenant field to a field group in xdm/, or correct the path.",
  *check({ rows, file, loaded }) {
    for (const { row } of rows) {
      if (row.orTenant === undefined) continue;
      const inUse = row.destination === row.orTenant;
      const other = inUse ? row.key : row.orTenant;
      // A standard field that the sandbox lacks is no mistake: this is what the fall-back is for.
      const known = inUse ? groupsWith(other, loaded.file.class).length > 0 : fieldAt(loaded.schema, other);
      if (!known)
        yield {
          row,
          message: inUse
            ? `no standard field group of this class has ${other}, so the row can never write to it`
            : `the schema has no field ${other.replace(`_${file.tenant}`, "_{tenant}")} to fall back on`,
        };
    }
  },
};

/** `commerce-details (experienceEvent)` for a destination that only groups of another class have. */
function otherClass(destination: string, { loaded }: LintContext): string | undefined {
  if (reaches(loaded.schema, destination) || groupsWith(destination, loaded.file.class).length > 0) return undefined;
  for (const [name, id] of Object.entries(standardClasses)) {
    const group = id === loaded.file.class ? undefined : groupsWith(destination, id)[0];
    if (group) return `${group} (class ${name})`;
  }
  return undefined;
}

const groupSchemas = new Map<string, ReturnType<typeof composeSchema>>();

/** Adobe's field groups of a class that have a field, by short name. An index that is missing is not held against the path. */
function groupsWith(path: string, classId: string): string[] {
  return Object.entries(standardFieldGroups).flatMap(([name, id]) => {
    if (!standardResources.get(id)?.["meta:intendedToExtend"]?.includes(classId)) return [];
    const schema = groupSchemas.get(id) ?? composeSchema({ allOf: [{ $ref: id }] });
    groupSchemas.set(id, schema);
    return reaches(schema, path) ? [name] : [];
  });
}

function reaches(schema: ReturnType<typeof composeSchema>, path: string): boolean {
  return fieldAt(schema, path) !== undefined || fieldAt(schema, suggestIndex(path)) !== undefined;
}

/** `productListItems.SKU` as `productListItems[0].SKU`: the only list at the top of the standard groups. */
const suggestIndex = (path: string): string => path.replace(/^productListItems\./, "productListItems[0].");

export const destinationRules: Rule[] = [
  syntax,
  prefix,
  tenantPrefix,
  hardTenant,
  listWithoutIndex,
  indexOnScalar,
  wildcardDepth,
  unknownField,
  foreignClass,
  fallback,
];
