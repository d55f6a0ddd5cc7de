/**
 * Every block of README.md and docs/**\/*.md is executed, compiled, or checked against the schema of what it is; every link leads
 * somewhere; every `aep ...` exists. A page needs nothing for that as long as its blocks work one after the other in a fresh
 * copy of the project. Where they do not, a comment right before the fence says so:
 *
 *     <!-- test: skip REASON -->         not executed; the reason is printed and counted
 *     <!-- test: exit 7 -->              the block's last command ends with this code
 *     <!-- test: env NAME=VALUE ... -->  set for this block
 *     <!-- test: file PATH -->           the block is written there before the next ones run
 *     <!-- test: program -->             the ts block is a Pulumi program: compiled only
 *     <!-- test: output -->              the block is output of the sh block before it, compared loosely; so is a text block
 *                                        right after an sh block without being told
 *
 * `<!-- test-page: deployed -->` lets a page start with stack `local` applied; the pages of docs/tutorial are one story.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type Block, isShell, type Page, prose, readPage } from "./support/docs/blocks.ts";
import { aepLines, wrongCommand } from "./support/docs/commands.ts";
import { wrongData, wrongTypes } from "./support/docs/content.ts";
import { Lab } from "./support/docs/lab.ts";
import { brokenLinks } from "./support/docs/links.ts";
import { missingLine } from "./support/docs/loose.ts";
import { runScript } from "./support/docs/script.ts";

const ROOT = resolve(import.meta.dirname, "..");
const STORY = "docs/tutorial/";
const DATA = ["yaml", "json"];
const CODE = ["ts", "js"];
const SHOWN = ["", "text", "mermaid", "sql", "csv", "diff", "http", "xml"];
/** Blocks that another test executes name it: `executed by test/x.test.ts (name)`. */
const ELSEWHERE = /^executed by (test\/[\w-]+\.test\.ts)/;
const LIMIT = 900_000;

const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT }).sort()].map((path) =>
  readPage(path, readFileSync(join(ROOT, path), "utf8")),
);
const blocks = pages.flatMap((page) => page.blocks);
const where = ({ page, line }: Block) => `${page}:${line}`;
const isCode = ({ lang, skip, generated }: Block) => CODE.includes(lang) && skip === undefined && !generated;
const runs = (block: Block) => isShell(block.lang) && block.skip === undefined;

describe("every page", () => {
  it("has blocks of known languages only", () => {
    const known = ["sh", "bash", ...DATA, ...CODE, ...SHOWN];
    expect(blocks.filter(({ lang }) => !known.includes(lang)).map((block) => `${where(block)}: ${block.lang}`)).toEqual(
      [],
    );
  });

  it.each(pages)("$path: links lead somewhere", ({ path, text }) => {
    expect(brokenLinks(ROOT, path, text)).toEqual([]);
  });

  it.each(pages)("$path: every aep command and option exists", ({ text, blocks: own }) => {
    const spans = [...prose(text).matchAll(/`(aep [^`]*)`/g)].map(([, span]) =>
      (span as string).replaceAll("\\|", "|"),
    );
    const lines = [
      ...spans.flatMap(aepLines),
      ...own.filter(({ lang }) => isShell(lang)).flatMap((one) => aepLines(one.text)),
    ];
    const wrong = lines.map((line) => [line, wrongCommand(line)] as const).filter(([, why]) => why !== undefined);
    expect(wrong).toEqual([]);
  });

  it("names a test where it says that one executes a block", () => {
    for (const { skip = "" } of blocks) {
      const test = ELSEWHERE.exec(skip)?.[1];
      if (test !== undefined) expect(readFileSync(join(ROOT, test), "utf8")).toContain("docs/");
    }
  });
});

describe("data and code", () => {
  const data = blocks.filter(({ lang, output, skip }) => DATA.includes(lang) && !output && skip === undefined);
  it.each(data.map((block) => [where(block), block] as const))("%s", async (_, block) => {
    expect(await wrongData(block)).toBeUndefined();
  });

  const code = blocks.filter(isCode);
  it("compiles", async () => expect(await wrongTypes(code)).toEqual([]), LIMIT);
});

describe("what the pages tell one to do", () => {
  let emulator: Emulator;
  let deployed: Lab | undefined;
  let snapshot = "";
  const labs: Lab[] = [];

  const control = async (path: string, body?: string) => {
    const post = body === undefined ? {} : { method: "POST", body, headers: { "content-type": "application/json" } };
    const answer = await fetch(`${emulator.url}/__emulator/${path}`, post);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.text();
  };

  const fresh = async (from?: Lab): Promise<Lab> => {
    if (from) await control("restore", snapshot);
    else await control("reset", "{}");
    const lab = new Lab(emulator, from);
    labs.push(lab);
    if (from) await lab.project.must("stack", "select", "local");
    return lab;
  };

  beforeAll(async () => {
    emulator = await startEmulator({ seed: 3 });
    if (!pages.some((page) => page.deployed)) return;
    deployed = await fresh();
    await deployed.project.must("stack", "init", "local");
    await deployed.project.must("up", "--stack", "local", "--yes", "--skip-preview");
    snapshot = await control("snapshot");
  }, LIMIT);
  afterAll(async () => {
    await emulator.close();
    for (const lab of labs) lab.remove();
    report();
  });

  const follow = async (lab: Lab, page: Page) => {
    let output = "";
    for (const block of page.blocks) {
      if (block.file !== undefined) lab.write(block.file, block.text);
      if (isCode(block) && !block.program && block.file === undefined) {
        output = await runScript(block, emulator.env);
      }
      if (block.output) {
        const missing = missingLine(block.text, output);
        if (missing !== undefined) expect.fail(`${where(block)}: the output has no line "${missing}":\n${output}`);
      }
      if (!runs(block)) continue;
      const ran = await lab.run(block);
      output = ran.output;
      if (ran.exitCode !== block.exit || !endedLast(block, ran.failed))
        expect.fail(`${where(block)}: exit code ${ran.exitCode}, not ${block.exit}, at "${ran.failed}"\n${ran.output}`);
    }
  };

  const story = pages.filter(({ path }) => path.startsWith(STORY));
  let told: Lab | undefined;
  it.each(story)(
    "$path",
    async (page) => {
      told ??= await fresh();
      await follow(told, page);
    },
    LIMIT,
  );

  const others = pages.filter(
    (page) => !story.includes(page) && page.blocks.some((block) => runs(block) || isCode(block)),
  );
  it.each(others)(
    "$path",
    async (page) => {
      await follow(await fresh(page.deployed ? deployed : undefined), page);
    },
    LIMIT,
  );
});

/** A code other than 0 must be that of the block's last command. */
function endedLast({ exit, text }: Block, failed: string): boolean {
  if (exit === 0) return true;
  const last =
    text
      .replace(/\\\n/g, " ")
      .replace(/^\s*#.*$/gm, "")
      .trim()
      .split("\n")
      .at(-1) ?? "";
  return last.includes(failed.split(/\s+/).slice(0, 2).join(" "));
}

/** What was not executed, and why. */
function report(): void {
  const skipped = blocks.filter(({ skip }) => skip !== undefined);
  const elsewhere = skipped.filter(({ skip }) => ELSEWHERE.test(skip as string));
  const open = skipped.filter((block) => !elsewhere.includes(block));
  const lines = open.map((block) => `  ${where(block)}: not executed: ${block.skip}`);
  const count = `docs: ${blocks.length} blocks in ${new Set(blocks.map(({ page }) => dirname(page) + page)).size} pages`;
  const ran = `${blocks.filter(runs).length} shell blocks run here, ${elsewhere.length} in other tests, ${open.length} not`;
  process.stdout.write(`${[`${count}: ${ran}`, ...lines].join("\n")}\n`);
}
