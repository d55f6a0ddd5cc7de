/** The parts of docs/resources.md that are made from the kinds, the sources and the examples. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { type Kind, rulesOf } from "../../resources/kind.ts";
import { KINDS } from "../../resources/kinds.ts";
import { KIND_NAMES, type KindName } from "../../resources/pointer.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MARKED = /(<!-- generated: (\w+) -->)[\s\S]*?(<!-- end -->)/g;
const COMMON = ["sandbox", "adopt"];

/** The page with its generated parts made anew; the text around them stays. */
export function resourcePage(page: string): string {
  return page.replaceAll(MARKED, (_, open: string, name: string, close: string) => {
    const made = PARTS[name];
    if (!made) throw new Error(`docs/resources.md asks for an unknown part: ${name}`);
    return `${open}\n\n${made()}\n\n${close}`;
  });
}

const PARTS: Record<string, () => string> = {
  common: () => inputTable(KINDS.Dataset, (path) => COMMON.includes(path)),
  kinds: () => KIND_NAMES.map(section).join("\n\n"),
  model: () => component("resources/xdm-model.ts", "XdmModel", ["XdmModelArgs", "DatasetSettings"]),
  pipeline: () =>
    [
      component("resources/capillary-to-aep.ts", "CapillaryToAep", ["CapillaryToAepArgs", "Route"]),
      fenced(declaration("resources/flow-files.ts", "CapillaryFlowArgs"), "ts"),
    ].join("\n\n"),
  declared: () => fenced(source("docs/examples/resources.yaml"), "yaml"),
};

function section(name: KindName): string {
  const kind = KINDS[name];
  const file = `resources/${name.replace(/(?<=.)[A-Z]/g, "-$&").toLowerCase()}.ts`;
  return [
    `### ${name}`,
    docstring(file, name),
    inputTable(kind, (path) => !COMMON.includes(path)),
    facts(kind),
    fenced(example("docs/examples/every-kind.ts", name), "ts"),
  ].join("\n\n");
}

/** What is to be known of a kind besides its inputs. */
function facts(kind: Kind): string {
  const paths = (all: readonly string[]) => all.map((path) => `\`${path}\``).join(", ");
  const outputs = Object.entries(kind.outputs).map(([name, text]) => `\`${name}\` (${text.replace(/\.$/, "")})`);
  const lines = [
    `Outputs: every input${outputs.length > 0 ? `; ${outputs.join("; ")}` : ""}.`,
    `Natural key, by which it is found again and adopted: ${paths(["sandbox", ...kind.naturalKey])}.`,
    `AEP permissions: ${kind.permissions}.`,
    kind.secrets && `Secrets: ${paths(kind.secrets)}, encrypted in state and never read back.`,
    kind.whole && `Managed as a whole: a member of ${paths(kind.whole)} that the program does not declare is drift.`,
    kind.holdsData && "Holds data: a step that deletes or replaces it needs its name in `aep:allowDestroy`.",
  ];
  return lines.flatMap((line) => (line ? [`- ${line}`] : [])).join("\n");
}

type JsonSchema = {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | false;
};

interface Input {
  path: string;
  schema: JsonSchema;
  required: boolean;
}

function inputTable(kind: Kind, wanted: (path: string) => boolean): string {
  const schema = z.toJSONSchema(kind.inputs, { io: "input" }) as JsonSchema;
  const rows = inputs(schema)
    .filter(({ path }) => wanted(path))
    .map(({ path, schema: input, required }) => [
      `\`${path}\``,
      typeOf(input),
      required ? "required" : input.default === undefined ? "" : `\`${JSON.stringify(input.default)}\``,
      input.description ?? "",
      change(kind, path),
    ]);
  return table(["input", "type", "default", "meaning", "a change"], rows);
}

/** Every input by its path; members of maps as `fields.<key>.type`. */
function inputs({ properties = {}, required = [] }: JsonSchema, above = ""): Input[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = `${above}${key}`;
    const members = schema.properties ? schema : schema.additionalProperties || {};
    const inner = schema.properties ? `${path}.` : `${path}.<key>.`;
    return [{ path, schema, required: required.includes(key) }, ...inputs(members, inner)];
  });
}

function typeOf({ type, enum: words, items, properties, additionalProperties }: JsonSchema): string {
  if (words) return words.map((word) => `\`${JSON.stringify(word)}\``).join(" or ");
  if (type === "array") return `list of ${typeOf(items ?? {})}`;
  if (type === "object" && !properties) return `map of ${typeOf(additionalProperties || {})}`;
  return type ?? "anything";
}

/** The row of the update table, for a path without one that of the path above it. */
function change(kind: Kind, path: string): string {
  const rules = rulesOf(kind);
  const rule = rules[path];
  if (rule) return `**${typeof rule.mode === "string" ? rule.mode : rule.modes}**: ${rule.reason}`;
  let above = path;
  while (above !== "" && !rules[above]) above = above.slice(0, Math.max(0, above.lastIndexOf(".")));
  return `as \`${above}\``;
}

function component(file: string, name: string, interfaces: string[]): string {
  return [
    docstring(file, name),
    ...interfaces.map((one) => fenced(declaration(file, one), "ts")),
    fenced(example("docs/examples/pipeline.ts", name), "ts"),
  ].join("\n\n");
}

/** First paragraph of the comment above a class. */
function docstring(file: string, name: string): string {
  const found = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport class ${name} `).exec(source(file))?.[1];
  if (found === undefined) throw new Error(`${file}: class ${name} has no docstring`);
  const lines = found.split("\n").map((line) => line.replace(/^\s*\*?\s?/, "").trim());
  return lines.join("\n").trim().split("\n\n")[0]!.replaceAll("\n", " ");
}

function declaration(file: string, name: string): string {
  const found = new RegExp(`^export (interface ${name} \\{[\\s\\S]*?^\\})`, "m").exec(source(file))?.[1];
  if (found === undefined) throw new Error(`${file}: no interface ${name}`);
  return found;
}

function example(file: string, name: string): string {
  const found = new RegExp(`^// example: ${name}\\n([\\s\\S]*?)^// end$`, "m").exec(source(file))?.[1];
  if (found === undefined) throw new Error(`${file}: no example of ${name}`);
  return found;
}

const source = (file: string): string => readFileSync(resolve(ROOT, file), "utf8");
const fenced = (text: string, language: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
