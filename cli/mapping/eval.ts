/** `aep mapping eval`: expressions from standard input, one JSON object a line, answers the same way. */
import { createInterface } from "node:readline";
import { type Command, Option } from "commander";
import { analyseExpression } from "../../mapping/expression/analyse.ts";
import type { EngineMode } from "../../mapping/expression/compile.ts";
import { evaluateOnce } from "../../mapping/expression/mode.ts";
import type { ExpressionProblem } from "../../mapping/expression/problem.ts";
import { isObject, parseJson, toExact, type Value } from "../../mapping/expression/values.ts";
import { momentOption } from "./moment.ts";

interface Options {
  validate?: boolean;
  mode: EngineMode;
  now?: number;
}

interface Answer {
  id: unknown;
  value?: unknown;
  error?: { code: string; message: string; position: { offset: number; line: number; column: number } | null };
}

export function register(mapping: Command): void {
  const command = mapping
    .command("eval")
    .description(
      'evaluate expressions: reads lines {"id","expression","data"}, prints {"id","value"} or {"id","error"}',
    )
    .option("--validate", "check the expressions without evaluating: value true, or the error")
    .addOption(
      new Option("--mode <mode>", "how the engine treats null and missing fields")
        .choices(["lenient", "strict"])
        .default("lenient"),
    );
  momentOption(command).action(run);
}

async function run(options: Options): Promise<void> {
  if (process.stdin.isTTY)
    process.stderr.write('type a line such as {"expression":"lower(a)","data":{"a":"X"}}; Ctrl-D ends\n');
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${JSON.stringify(answer(line, options))}\n`)) {
      await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
  }
}

/** The answer to one line; a line that is no request is answered too, with a null id. */
export function answer(line: string, options: Options): Answer {
  let request: { id?: unknown; expression?: unknown; data?: unknown };
  try {
    // Keeps 2.0 a decimal, which divides otherwise than 2.
    request = parseJson(line.replace(/^\uFEFF/, "")) as typeof request;
  } catch {
    return { id: null, error: { code: "input", message: "the line is not JSON", position: null } };
  }
  const id = toExact((request?.id ?? null) as Value);
  const { expression, data } = request ?? {};
  if (typeof expression !== "string")
    return { id, error: { code: "input", message: 'the line has no text "expression"', position: null } };
  if (!isObject((data ?? {}) as Value))
    return { id, error: { code: "input", message: "the line's data is not an object", position: null } };
  const wrong = analyseExpression(expression).problems.find((problem) => problem.severity === "error");
  if (wrong) return { id, error: errorOf(wrong) };
  if (options.validate) return { id, value: true };
  const now = options.now ?? Date.now();
  const environment = { now: () => now, uuid: () => crypto.randomUUID() as string };
  const outcome = evaluateOnce(expression, data ?? {}, { mode: options.mode, environment, jsonOf: toExact });
  return "value" in outcome ? { id, value: outcome.value ?? null } : { id, error: errorOf(outcome.error) };
}

function errorOf({ code, message, hint, offset, line, column }: ExpressionProblem): NonNullable<Answer["error"]> {
  return { code, message: hint ? `${message}. ${hint}` : message, position: { offset, line, column } };
}
