/** What must be known of a new project: from flags, and on a terminal from questions. */
import { createInterface } from "node:readline/promises";
import { stackSchema } from "../../config/schema.ts";
import { AepError } from "../../errors.ts";
import { type StackAnswers, TEMPLATES, type TemplateName } from "./stack-text.ts";

export interface Flags {
  template?: TemplateName;
  stack?: string;
  sandbox?: string;
  org?: string;
  tenant?: string;
  yes?: boolean;
}

interface Question {
  flag: keyof Flags & string;
  ask: string;
  /** Taken when the answer is empty, or with --yes. */
  fallback: string | undefined;
  /** What is wrong with an answer. */
  check: (answer: string) => string | undefined;
}

/**
 * The answers of the flags; what is missing is asked for on a terminal.
 * @throws AepError USAGE when a flag's value cannot be, or one is missing and nobody can be asked
 */
export async function answers(flags: Flags, terminal: boolean): Promise<StackAnswers> {
  const questions = allQuestions(flags);
  const given = questions.flatMap((question) => checked(question, flags[question.flag]));
  const missing = questions.filter(({ flag }) => flags[flag] === undefined);
  const asked = flags.yes ? [] : terminal ? await ask(missing) : refuse(missing);
  const found = new Map([...given, ...asked]);
  const sandbox = found.get("sandbox") ?? "dev";
  return {
    template: (found.get("template") ?? "rest") as TemplateName,
    sandbox,
    stack: flags.stack ?? sandbox,
    orgId: found.get("org"),
    tenantId: found.get("tenant"),
  };
}

function allQuestions(flags: Flags): Question[] {
  const { orgId, sandbox, tenantId } = stackSchema.shape;
  const words = Object.keys(TEMPLATES);
  if (flags.stack !== undefined && !/^[A-Za-z0-9_.-]{1,100}$/.test(flags.stack))
    throw new AepError("USAGE", `--stack ${JSON.stringify(flags.stack)}: letters, digits, -, _ and . only`);
  return [
    {
      flag: "template",
      ask: `Capillary's events: polled every 15 minutes (rest) or pushed to inlets (stream)?`,
      fallback: "rest",
      check: (answer) => (words.includes(answer) ? undefined : `write one of ${words.join(", ")}`),
    },
    { flag: "org", ask: "Organisation id, such as 1234ABCD5678@AdobeOrg", fallback: undefined, check: by(orgId) },
    { flag: "sandbox", ask: "Name of the first sandbox", fallback: "dev", check: by(sandbox) },
    { flag: "tenant", ask: "Tenant id, without its underscore", fallback: undefined, check: by(tenantId) },
  ];
}

/** The stack file's own rules, in its own words. */
function by(schema: { safeParse(value: unknown): { error?: { issues: { message: string }[] } | undefined } }) {
  return (answer: string) => schema.safeParse(answer).error?.issues[0]?.message;
}

function checked({ flag, check }: Question, value: unknown): [string, string][] {
  if (typeof value !== "string") return [];
  const wrong = check(value);
  if (wrong !== undefined) throw new AepError("USAGE", `--${flag} ${JSON.stringify(value)}: ${wrong}`);
  return [[flag, value]];
}

function refuse(unanswered: Question[]): [string, string][] {
  const missing = unanswered.filter(({ fallback }) => fallback === undefined);
  if (missing.length === 0) return [];
  throw new AepError("USAGE", `missing: ${missing.map(({ flag }) => `--${flag}`).join(", ")}`, {
    hint: "Without a terminal nobody can be asked: give the flags, or --yes to leave placeholders in the stack file.",
  });
}

async function ask(missing: Question[]): Promise<[string, string][]> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  terminal.once("close", () => stopped.abort());
  const found: [string, string][] = [];
  try {
    for (const { flag, ask: text, fallback, check } of missing) {
      for (;;) {
        const prompt = `${text}${fallback === undefined ? " (empty: fill it in later)" : ` [${fallback}]`}: `;
        const answer = (await terminal.question(prompt, { signal: stopped.signal })).trim() || fallback;
        if (answer === undefined) break;
        const wrong = check(answer);
        if (wrong === undefined) {
          found.push([flag, answer]);
          break;
        }
        process.stderr.write(`  ${answer}: ${wrong}\n`);
      }
    }
    return found;
  } catch (cause) {
    throw new AepError("INTERRUPTED", "nothing was written", {
      hint: "Run it again, or give the answers as flags.",
      cause,
    });
  } finally {
    terminal.close();
  }
}
