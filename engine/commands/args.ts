/** The command line: which flags each command has, and a refusal by name for the CLI's others. */
import { parseArgs } from "node:util";
import { AepError } from "../../errors.ts";

export interface Flags {
  [name: string]: string | boolean | string[] | undefined;
}

export interface CommandLine {
  command: string[];
  rest: string[];
  flags: Flags;
}

type Spec = Record<string, { type: "string" | "boolean"; short?: string }>;

const COMMON: Spec = {
  stack: { type: "string", short: "s" },
  cwd: { type: "string", short: "C" },
  color: { type: "string" },
  "non-interactive": { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

const OPERATION: Spec = {
  diff: { type: "boolean" },
  json: { type: "boolean", short: "j" },
  parallel: { type: "string", short: "p" },
  message: { type: "string", short: "m" },
  "suppress-outputs": { type: "boolean" },
  "expect-no-changes": { type: "boolean" },
};
const SAMES: Spec = { "show-sames": { type: "boolean" } };

const APPLYING: Spec = { yes: { type: "boolean", short: "y" }, "preview-only": { type: "boolean" } };
const REFRESH: Spec = { refresh: { type: "boolean", short: "r" } };
const FORCED: Spec = { "skip-preview": { type: "boolean", short: "f" } };

/** Commands of two words first. */
const COMMANDS: Record<string, Spec> = {
  "stack init": {},
  "stack select": { create: { type: "boolean", short: "c" } },
  "stack ls": { json: { type: "boolean", short: "j" } },
  "stack rm": {
    yes: { type: "boolean", short: "y" },
    force: { type: "boolean", short: "f" },
    "preserve-config": { type: "boolean" },
  },
  "stack export": { file: { type: "string" }, "show-secrets": { type: "boolean" } },
  "stack import": { file: { type: "string" }, force: { type: "boolean", short: "f" } },
  "stack output": { json: { type: "boolean", short: "j" }, "show-secrets": { type: "boolean" } },
  "config set": { secret: { type: "boolean" }, plaintext: { type: "boolean" }, path: { type: "boolean" } },
  "config get": { json: { type: "boolean", short: "j" } },
  "config rm": {},
  preview: { ...OPERATION, ...SAMES, ...REFRESH, "import-file": { type: "string" } },
  up: { ...OPERATION, ...SAMES, ...APPLYING, ...REFRESH, ...FORCED },
  refresh: {
    ...OPERATION,
    ...APPLYING,
    ...FORCED,
    "clear-pending-creates": { type: "boolean" },
    "skip-pending-creates": { type: "boolean" },
  },
  destroy: { ...OPERATION, ...APPLYING, ...REFRESH, ...FORCED },
  import: {
    ...OPERATION,
    ...APPLYING,
    "skip-preview": { type: "boolean" },
    file: { type: "string", short: "f" },
    protect: { type: "boolean" },
    "generate-code": { type: "boolean" },
  },
  cancel: { yes: { type: "boolean", short: "y" } },
  version: {},
};

/** How many words follow a command, where any may; an import of named resources is refused for what it is. */
const WORDS: Record<string, number> = {
  "stack init": 1,
  "stack select": 1,
  "stack rm": 1,
  "stack output": 1,
  "config set": 2,
  "config get": 1,
  "config rm": 1,
  cancel: 1,
  import: Number.POSITIVE_INFINITY,
};

const ALIASES: Record<string, string> = { pre: "preview", update: "up", down: "destroy", dn: "destroy" };

export const commandNames = (): string[] => Object.keys(COMMANDS).sort();

/** Throws USAGE for what nobody knows and ENGINE_UNSUPPORTED for what the CLI knows and the engine leaves out. */
export function parseCommandLine(args: string[]): CommandLine {
  const words = args.filter((arg, index) => !arg.startsWith("-") && !isValue(args, index));
  const first = ALIASES[words[0] ?? ""] ?? words[0] ?? "";
  const pair = `${first} ${words[1] ?? ""}`;
  const name = pair in COMMANDS ? pair : first;
  const spec = COMMANDS[name];
  if (!spec) {
    throw new AepError(
      "ENGINE_UNSUPPORTED",
      `The embedded engine has no command "${words.slice(0, 2).join(" ")}"; it has ${commandNames().join(", ")}.`,
    );
  }
  const { values, positionals } = parseFlags(args, { ...COMMON, ...spec }, name);
  const rest = positionals.slice(name.split(" ").length);
  // `destroy staging` must not take down the selected stack.
  const extra = rest[WORDS[name] ?? 0];
  if (extra !== undefined) {
    throw new AepError("USAGE", `"${name}" does not take "${extra}".`, {
      hint: "A stack is named with --stack NAME.",
    });
  }
  return { command: name.split(" "), rest, flags: values };
}

/** Whether the argument before takes this one as its value. */
function isValue(args: string[], index: number): boolean {
  const before = args[index - 1];
  if (!before?.startsWith("-") || before.includes("=")) return false;
  const every: Spec = Object.assign({}, COMMON, ...Object.values(COMMANDS));
  const name = before.replace(/^-+/, "");
  const spec = before.startsWith("--")
    ? every[name]
    : Object.values(COMMON)
        .concat(Object.values(OPERATION))
        .find((entry) => entry.short === name);
  return spec?.type === "string";
}

function parseFlags(args: string[], spec: Spec, command: string): { values: Flags; positionals: string[] } {
  // `--refresh=false` is how the CLI's users write a boolean that is off.
  const plain = args.map((arg) => arg.replace(/^(--[a-z-]+)=true$/, "$1").replace(/^--([a-z-]+)=false$/, "--no-$1"));
  try {
    return parseArgs({ args: plain, options: spec, allowPositionals: true, allowNegative: true }) as {
      values: Flags;
      positionals: string[];
    };
  } catch (error) {
    const flag = /'(-[^' ]+)/.exec((error as Error).message)?.[1];
    if ((error as { code?: string }).code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION")
      throw new AepError("USAGE", (error as Error).message);
    throw new AepError("ENGINE_UNSUPPORTED", `The embedded engine's "${command}" has no flag ${flag ?? ""}.`);
  }
}
