/** The console's mapping playground: a mapping file and an event in, the XDM row and every mistake at its place out. */
import { AepError } from "../../errors.ts";
import { analyseExpression, checkRow, compileMapping, compileXdmValidator, type FileRow } from "../../mapping/index.ts";
import { mappingYaml } from "../../mapping/interchange/yaml-text.ts";
import { lintRows } from "../../mapping/validate/lint.ts";
import type { LoadedSchema } from "../../mapping/xdm/load-schema.ts";
import type { ComposedSchema } from "../../mapping/xdm/model.ts";
import { type MappingFile, readMappingText, YamlSource } from "../../mapping/yaml/index.ts";
import { explainFailure } from "../data-plane/reasons.ts";
import { rowsOf } from "../data-prep/forms.ts";
import { isObject } from "../http.ts";
import { sourceValue } from "../java-numbers.ts";
import { controlProblem } from "../problem.ts";
import { isInProfile } from "../schema-registry/profile.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { composedSchema, tenantResource } from "../xdm-schemas.ts";

/** One finding; `line` and `column` count from 1 in the YAML text, and are 0 where the whole text is meant. */
export interface PlaygroundProblem {
  line: number;
  column: number;
  severity: "error" | "warning" | "info";
  /** The lint rule, as in docs/rules.md; none for what the event showed. */
  rule?: string;
  message: string;
  hint?: string;
}

/** `{yaml, event, schema?}`: `event` is JSON as a text (2.0 stays a double then) or an object, schema the $id of one of the sandbox's. */
export function tryMapping(world: World, sandbox: SandboxState, body: Entity): Entity {
  const { yaml, schema } = body;
  if (typeof yaml !== "string") throw controlProblem(400, "yaml must be the text of a mapping file");
  const text = new YamlSource("playground.yaml", yaml);
  const { file, mistakes } = readMappingText(text, { tenant: world.tenant });
  if (!file) return { data: null, violations: [], problems: mistakes.map((item) => ({ severity: "error", ...item })) };
  const event = eventOf(body["event"]);
  const composed = typeof schema === "string" && schema !== "" ? schemaFor(sandbox, schema) : undefined;
  const problems = composed
    ? ruleFindings(file, loadedSchema(sandbox, schema, composed), event?.plain, text)
    : file.rows.flatMap((row) => expressionProblems(file, row));
  if (!event) return { data: null, violations: [], problems: problems as never };
  const rows = file.rows.map(({ destination, sourceType, source }) => ({ destination, sourceType, source }));
  const { data, errors } = compileMapping(rows, { schema: composed }).apply(event.source, {
    now: () => world.clock.now(),
  });
  const violations = composed ? compileXdmValidator(composed)(data) : [];
  const guilty = violations.length > 0 ? explainFailure(violations, errors).guilty : [];
  for (const error of errors) {
    const row = file.rows.find(({ destination }) => destination === error.destination);
    if (!row || problems.some(({ line, severity }) => line === row.line && severity === "error")) continue;
    const severity = guilty.includes(error) ? "error" : "warning";
    problems.push({ line: row.line, column: row.column, severity, message: error.exception });
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { data, violations: violations as never, problems: problems as never };
}

/** The event as a mapping takes it and as plain JSON; undefined when there is none to map. */
function eventOf(event: unknown): { source: unknown; plain: Record<string, unknown> } | undefined {
  if (isObject(event)) return { source: event, plain: event };
  if (typeof event !== "string") return undefined;
  try {
    const plain: unknown = JSON.parse(event);
    return isObject(plain) ? { source: sourceValue(event, plain), plain } : undefined;
  } catch {
    throw controlProblem(400, "event is not JSON");
  }
}

const FAILS = "expr/fails";

/** The project's lint rules, with the event as their sample. */
function ruleFindings(
  file: MappingFile,
  loaded: LoadedSchema,
  event: Record<string, unknown> | undefined,
  text: YamlSource,
): PlaygroundProblem[] {
  const samples = event ? [{ where: "the event", event }] : [];
  const found = lintRows(file, loaded, samples, text).filter(({ rule }) => !Object.hasOwn(file.ignore, rule));
  // That a wrong expression fails with the event is no news beside what is wrong with it.
  const wrong = found.filter(
    ({ rule, severity }) => rule.startsWith("expr/") && rule !== FAILS && severity === "error",
  );
  return found
    .filter(({ rule, line }) => rule !== FAILS || !wrong.some((one) => one.line === line))
    .map(({ line, column, severity, rule, message, fix }) => ({ line, column, severity, rule, message, hint: fix }));
}

/** A schema of the registry in the form of a file in xdm/, which the rules read. */
function loadedSchema(sandbox: SandboxState, id: string, schema: ComposedSchema): LoadedSchema {
  const entity = tenantResource(sandbox, id) ?? {};
  const identities = [...sandbox.registry.descriptors.values()]
    .filter((one) => one["@type"] === "xdm:descriptorIdentity" && one["xdm:sourceSchema"] === entity["$id"])
    .map((one) => ({
      property: String(one["xdm:sourceProperty"]),
      namespace: String(one["xdm:namespace"]),
      primary: one["xdm:isPrimary"] === true,
    }));
  const { title = "", "meta:class": classId = "" } = entity;
  const file = {
    kind: "schema" as const,
    title,
    class: classId,
    fieldGroups: [],
    identities,
    profile: isInProfile(entity),
  };
  return { path: id, file, schema, groups: {}, lacking: [] };
}

/** What can be said of a row without a schema. */
function expressionProblems(file: MappingFile, row: FileRow): PlaygroundProblem[] {
  const problems: PlaygroundProblem[] =
    row.sourceType === "EXPRESSION"
      ? analyseExpression(row.source).problems.map(({ offset, severity, message, hint }) => ({
          ...file.sourcePosition(row, offset),
          severity,
          message,
          ...(hint ? { hint } : {}),
        }))
      : [];
  if (problems.some(({ severity }) => severity === "error")) return problems;
  const refused = checkRow(row);
  if (refused) problems.push({ line: row.line, column: row.column, severity: "error", message: refused.exception });
  return problems;
}

function schemaFor(sandbox: SandboxState, id: string) {
  try {
    const schema = composedSchema(sandbox, id);
    if (schema) return schema;
  } catch (error) {
    if (error instanceof AepError) throw controlProblem(400, `Schema ${id} cannot be composed: ${error.message}`);
    throw error;
  }
  throw controlProblem(404, `Schema ${id} does not exist in sandbox ${sandbox.name}`);
}

/** A stored mapping set as the text of a mapping file, to start from. */
export function mappingText(world: World, sandbox: SandboxState, id: string): { yaml: string; schema: string } {
  const set = sandbox.dataPrep.mappingSets.get(id)?.versions.at(-1);
  if (!set) throw controlProblem(404, `There is no mapping set ${id}`);
  const schema = String(set["outputSchema"].schemaRef.id);
  const title = [...sandbox.registry.schemas.values()].find((entity) => entity["$id"] === schema)?.["title"];
  const name = String(title ?? schema);
  return { yaml: mappingYaml(rowsOf(set), { schema: name, tenant: world.tenant }), schema };
}
