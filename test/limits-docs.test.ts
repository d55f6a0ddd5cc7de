/** docs/limits.md: the figures that this project enforces are those of its code. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { LARGEST_REQUEST, SYNC_PER_MINUTE } from "../aep/streaming.ts";
import { GITHUB_LIMIT } from "../cli/plan/markdown.ts";
import { buildProgram } from "../cli/program.ts";
import { readStackConfig } from "../config.ts";
import { parseExpression } from "../mapping/index.ts";
import { smallStack } from "./support/project.ts";

const page = readFileSync(resolve(import.meta.dirname, "../docs/limits.md"), "utf8");

/** The cell behind `name`, without spaces between digits. */
function value(name: string): string {
  const row = page.split("\n").find((line) => line.startsWith(`| ${name} |`));
  if (row === undefined) throw new Error(`the page has no row ${name}`);
  return (row.split(" | ")[1] ?? "").replaceAll(/(\d) (?=\d)/g, "$1");
}

const everyMinutes = (interval: number) => {
  const config = smallStack();
  const [pipeline] = config["aep:pipelines"] as [{ flows: Record<string, unknown>[] }];
  pipeline.flows[0]!["schedule"] = { frequency: "minute", interval };
  const text = (content: unknown) => (typeof content === "string" ? content : JSON.stringify(content));
  const values = Object.fromEntries(Object.entries(config).map(([key, content]) => [key, text(content)]));
  return () => readStackConfig({ stack: "dev", values });
};

it("the least interval of a flow", () => {
  expect(value("interval of a flow with frequency `minute`")).toBe("at least 15");
  expect(everyMinutes(15)).not.toThrow();
  expect(everyMinutes(14)).toThrow(/15/);
});

it("the longest expression", () => {
  const longest = Number.parseInt(value("expression of a mapping row"), 10);
  expect(() => parseExpression("a".repeat(longest))).not.toThrow();
  expect(() => parseExpression("a".repeat(longest + 1))).toThrow(/4096/);
});

it("the inlet's request, and its validation before the answer", () => {
  expect(value("one request")).toBe("1 MB");
  expect(LARGEST_REQUEST).toBe(2 ** 20);
  expect(value("validation before the answer (`syncValidation`)")).toMatch(`${SYNC_PER_MINUTE} requests a minute`);
});

it("the guards of a plan", async () => {
  const plan = (await buildProgram()).commands.find((command) => command.name() === "plan")!;
  const standard = (long: string) => plan.options.find((option) => option.long === long)?.defaultValue;
  expect(value("share of the existing objects that a plan may touch")).toBe(
    `${standard("--max-share")} %, where at least ${standard("--min-objects")} exist`,
  );
  expect(value("comment on a pull request")).toBe(`${GITHUB_LIMIT} characters (GitHub)`);
});
