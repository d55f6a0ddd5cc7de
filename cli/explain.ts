/** `aep explain`: what an error code means, why it comes and what to do. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import type { Explanation } from "./explain/codes.ts";
import { print, printJson } from "./print.ts";

interface Options {
  list?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("explain")
    .description("explain an error code of this program, of Adobe's or Capillary's APIs, or a rule of mapping lint")
    .argument("[code...]", "a code such as FLOW-1447-400, 403010 or AEP_REFUSED, or a whole message with codes in it")
    .option("--list", "list every known code")
    .option("--json", "print JSON")
    .action(run);
}

async function run(words: string[], options: Options): Promise<void> {
  const codes = await import("./explain/codes.ts");
  const text = words.join(" ");
  if ((text === "") !== (options.list === true)) throw new AepError("USAGE", "name one code, or --list");
  const found = options.list
    ? [...codes.allCodes(), ...codes.allFamilies(), ...(await lintRules())]
    : await find(text, codes);
  if (found.length === 0) throw unknown(text, codes.nearest(text));
  if (options.json) return printJson(options.list || found.length > 1 ? found : found[0]);
  print(options.list ? listed(found) : found.map(told).join("\n\n"));
}

async function find(text: string, codes: typeof import("./explain/codes.ts")): Promise<Explanation[]> {
  const found = codes.candidates(text);
  if (found.length > 0) return found;
  const rules = (await lintRules()).filter(({ code }) => code === text);
  return rules.length > 0 ? rules : codes.explainText(text);
}

async function lintRules(): Promise<Explanation[]> {
  const { fileRules, rules } = await import("../mapping/validate/rules/index.ts");
  return [...fileRules, ...rules].map(({ id, title, why, fix }) => ({
    code: id,
    title,
    cause: why,
    mend: fix,
    source: "pulumi-aep",
    service: "mapping lint",
  }));
}

function unknown(text: string, near: string[]): AepError {
  return new AepError("CODE_UNKNOWN", `the code ${JSON.stringify(text)} is not known`, {
    hint: near.length > 0 ? `Did you mean ${near.join(", ")}?` : "`aep explain --list` shows every known code.",
  });
}

function told({ code, title, cause, mend, source, service }: Explanation): string {
  const from = service === source ? source : `${service}; ${source}`;
  return [`${code}: ${title}`, `  why:  ${cause}`, `  do:   ${mend}`, `  from: ${from}`].join("\n");
}

function listed(all: Explanation[]): string {
  const width = Math.max(...all.map(({ code }) => code.length));
  const lines: string[] = [];
  let service = "";
  for (const one of all) {
    if (one.service !== service) lines.push(...(service === "" ? [] : [""]), one.service);
    service = one.service;
    lines.push(`  ${one.code.padEnd(width)}  ${one.title}`);
  }
  return lines.join("\n");
}
