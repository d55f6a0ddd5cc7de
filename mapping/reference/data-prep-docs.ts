import { DIFFERENCES } from "../expression/differences.ts";
import { PROBLEM_CODES } from "../expression/problem.ts";
import { JEXL_WORDS, RESERVED_WORDS, WORD_OPERATORS } from "../expression/words.ts";
import { AUTO_PATTERNS } from "../functions/calendar.ts";
import { METHODS } from "../functions/methods.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { type FunctionSpec, signatureOf } from "../functions/types.ts";

/** The generated parts of docs/data-prep.md, by the name in their markers. */
const PARTS: Readonly<Record<string, () => string>> = {
  functions,
  methods,
  words,
  "date patterns": () => AUTO_PATTERNS.map((pattern) => `1. ${code(pattern)}`).join("\n"),
  problems: () =>
    table(
      ["code", "what"],
      Object.entries(PROBLEM_CODES).map(([name, what]) => [code(name), what]),
    ),
  differences: () =>
    table(
      ["", "what differs from Commons JEXL 3.1", "why"],
      DIFFERENCES.map(({ id, what, reason }) => [id, what, reason]),
    ),
};

const MARKED = /(<!-- generated: ([a-z ]+) -->)[\s\S]*?(<!-- end -->)/g;

/** The page with its generated parts made anew; the text around them stays. */
export function fillDataPrepPage(page: string): string {
  return page.replace(MARKED, (_whole, open: string, name: string, close: string) => {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`docs/data-prep.md asks for an unknown part: ${name}`);
    return `${open}\n\n${part()}\n\n${close}`;
  });
}

function functions(): string {
  const categories = [...new Set(FUNCTIONS.map((spec) => spec.category))];
  return categories
    .map((category) => `### ${category}\n\n${functionTable(FUNCTIONS.filter((spec) => spec.category === category))}`)
    .join("\n\n");
}

function functionTable(specs: readonly FunctionSpec[]): string {
  return table(
    ["function", "gives", "what", "example"],
    specs.map((spec) => [code(signatureOf(spec)), spec.returns, about(spec), example(spec)]),
  );
}

function about(spec: FunctionSpec): string {
  const notes = [
    spec.aliases && `Also ${spec.aliases.map(code).join(", ")}.`,
    spec.deprecated && `**Do not use:** ${spec.deprecated}`,
    spec.destinationsOnly && "**Refused in source mappings.**",
    spec.tier === "C" && !spec.destinationsOnly && "*Not computed offline.*",
  ];
  return [spec.doc, ...notes.filter(Boolean)].join(" ");
}

function example(spec: FunctionSpec): string {
  return spec.tier === "C" ? code(spec.example) : `${code(spec.example)} → ${code(JSON.stringify(spec.result))}`;
}

function methods(): string {
  const rows = Object.entries(METHODS).map(([name, { args, documented }]) => [
    code(`.${name}(${"x".repeat(args)})`),
    documented ? "documented by Adobe" : "JEXL's own; a warning",
  ]);
  return table(["method", ""], rows);
}

function words(): string {
  const listed = (all: Iterable<string>) => [...all].map(code).join(" ");
  const operators = Object.entries(WORD_OPERATORS).map(([word, symbol]) => `${code(word)} = ${code(symbol)}`);
  return [
    `- Must be wrapped as a field name: ${listed(RESERVED_WORDS)}`,
    `- Better wrapped, some engine versions reserve them: ${listed(JEXL_WORDS)}`,
    `- Operators as words: ${operators.join(", ")}`,
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}
