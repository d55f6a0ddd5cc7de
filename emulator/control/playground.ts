/** The console's mapping playground: a mapping file and an event in, the XDM row and every mistake at its place out. */
import { AepError } from "../../errors.ts";
import { analyseExpression, checkRow, compileMapping, compileXdmValidator, type FileRow } from "../../mapping/index.ts";
import { mappingYaml } from "../../mapping/interchange/yaml-text.ts";
import { type MappingFile, readMappingText, YamlSource } from "../../mapping/yaml/index.ts";
import { explainFailure } from "../data-plane/reasons.ts";
import { rowsOf } from "../data-prep/forms.ts";
import { isObject } from "../http.ts";
import { controlProblem } from "../problem.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { composedSchema } from "../xdm-schemas.ts";

/** One finding; `line` and `column` count from 1 in the YAML text, and are 0 where the whole text is meant. */
export interface PlaygroundProblem {
  line: number;
  column: number;
  severity: "error" | "warning";
  message: string;
  hint?: string;
}

/** `{yaml, event, schema?}`: schema is the $id of one of the sandbox's schemas. */
export function tryMapping(world: World, sandbox: SandboxState, body: Entity): Entity {
  const { yaml, event, schema } = body;
  if (typeof yaml !== "string") throw controlProblem(400, "yaml must be the text of a mapping file");
  const { file, mistakes } = readMappingText(new YamlSource("playground.yaml", yaml), { tenant: world.tenant });
  if (!file) return { data: null, violations: [], problems: mistakes.map((item) => ({ severity: "error", ...item })) };
  const composed = typeof schema === "string" && schema !== "" ? schemaFor(sandbox, schema) : undefined;
  const rows = file.rows.map(({ destination, sourceType, source }) => ({ destination, sourceType, source }));
  const problems = file.rows.flatMap((row) => staticProblems(file, row, composed));
  if (!isObject(event)) return { data: null, violations: [], problems: problems as never };
  const now = () => world.clock.now();
  const { data, errors } = compileMapping(rows, { schema: composed }).apply(event, { now });
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

/** What can be said of a row without an event. */
function staticProblems(file: MappingFile, row: FileRow, schema: ReturnType<typeof schemaFor> | undefined) {
  const problems: PlaygroundProblem[] = [];
  if (row.sourceType === "EXPRESSION")
    for (const { offset, severity, message, hint } of analyseExpression(row.source).problems)
      problems.push({ ...file.sourcePosition(row, offset), severity, message, ...(hint ? { hint } : {}) });
  if (problems.some(({ severity }) => severity === "error")) return problems;
  const refused = checkRow(row, schema);
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
