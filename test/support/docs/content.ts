/** Blocks that are not run: YAML and JSON against the schema of what they are, TypeScript against the compiler. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { readFaultsFile } from "../../../emulator/index.ts";
import type { Block } from "./blocks.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

/** What is wrong with a YAML or JSON block, in words; undefined when nothing is. */
export async function wrongData({ lang, text }: Block): Promise<string | undefined> {
  let value: unknown;
  try {
    value = lang === "json" ? JSON.parse(text) : yamlValue(text);
  } catch (error) {
    return (error as Error).message;
  }
  if (lang === "json") return undefined;
  if (Array.isArray(value) && value.some((one) => isMap(one) && "fault" in one)) return wrongFaults(text);
  const schema = schemaOf(text, value);
  if (schema === undefined) return undefined;
  const validate = compiled(schema);
  const whole = schema === "stack" && isMap(value) && !("config" in value) ? { config: value } : value;
  if (validate(whole)) return undefined;
  return `${schema}.json: ${JSON.stringify(validate.errors?.slice(0, 3))}`;
}

function yamlValue(text: string): unknown {
  const [document, ...more] = parseAllDocuments(text);
  if (document === undefined || more.length > 0 || !("errors" in document)) throw new Error("not one YAML document");
  const [error] = document.errors;
  if (error) throw error;
  return document.toJS();
}

/** By the block's first line, else by its keys. */
function schemaOf(text: string, value: unknown): string | undefined {
  const named = /^# yaml-language-server: \$schema=.*\/([\w-]+)\.json/.exec(text)?.[1];
  if (named !== undefined) return named;
  if (!isMap(value))
    return Array.isArray(value) && value.every((one) => isMap(one) && "kind" in one) ? "resources" : undefined;
  if ("config" in value || Object.keys(value).every((key) => key.startsWith("aep:"))) return "stack";
  if ("rows" in value) return "mapping-set";
  if (value["kind"] === "schema") return "xdm-schema";
  return value["kind"] === "fieldGroup" ? "xdm-field-group" : undefined;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const validators = new Map<string, ReturnType<Ajv["compile"]>>();

function compiled(name: string): ReturnType<Ajv["compile"]> {
  const known = validators.get(name);
  if (known) return known;
  const schema = JSON.parse(readFileSync(join(ROOT, `docs/json-schema/${name}.json`), "utf8"));
  const made = new Ajv({ strict: false, logger: false }).compile(schema);
  validators.set(name, made);
  return made;
}

function wrongFaults(text: string): Promise<string | undefined> {
  return inScratch(async (folder) => {
    writeFileSync(join(folder, "faults.yaml"), text);
    try {
      await readFaultsFile(join(folder, "faults.yaml"));
      return undefined;
    } catch (error) {
      return String(error);
    }
  });
}

/** Compiles the blocks together; what is wrong, as `page:line: message`. */
export function wrongTypes(blocks: readonly Block[]): Promise<string[]> {
  return inScratch(async (folder) => {
    linkPackages(folder);
    const files = new Map(blocks.map((block, index) => [join(folder, `block-${index}.ts`), block]));
    for (const [file, { text }] of files) writeFileSync(file, `${text}\nexport {};\n`);
    const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
    const program = ts.createProgram([...files.keys()], { ...options, noPropertyAccessFromIndexSignature: false });
    return [...files].flatMap(([file, { page, line }]) => {
      const source = program.getSourceFile(file);
      return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
        const within = source?.getLineAndCharacterOfPosition(start).line ?? 0;
        return `${page}:${line + 1 + within}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      });
    });
  });
}

/** This project's packages, and this project as one of them; `manifest`: whether the folder needs a package.json. */
export function linkPackages(folder: string, manifest = true): void {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules")).filter((one) => !one.startsWith(".")))
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  symlinkSync(ROOT, join(folder, "node_modules/pulumi-aep"));
  if (manifest) writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
}

async function inScratch<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "aep-docs-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
