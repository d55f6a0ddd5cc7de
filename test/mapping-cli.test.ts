/** `aep mapping ...` as a user runs it, in process: what it prints, what it writes, its exit code. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answer } from "../cli/mapping/eval.ts";
import { watch } from "../cli/mapping/watch.ts";
import { register } from "../cli/mapping.ts";

const root = resolve(import.meta.dirname, "..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-mapping-cli-"));
  for (const name of ["mappings", "xdm", "events"]) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, "xdm", "member.yaml"),
    "kind: schema\ntitle: Member\nclass: profile\nfieldGroups: [identity-map, loyalty-details, personal-contact-details]\n",
  );
  write("member", "  loyalty.points: points\n  loyalty.tier: { expr: upper(tier) }\n");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const EVENT = "{ points: 5, tier: gold }";
function write(name: string, rows: string, expected = "{ loyalty: { points: 5, tier: GOLD } }"): string {
  const path = join(folder, "mappings", `${name}.yaml`);
  writeFileSync(
    path,
    `# kept\nschema: member\nrows:\n${rows}tests:\n  - { name: sample, event: ${EVENT}, expect: ${expected} }\n`,
  );
  return path;
}

/** Runs the command line; what a user sees has the folder cut off. */
async function aep(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: "", err: "" };
  const spy = (name: "out" | "err") => (text: unknown) => {
    written[name] += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(spy("out"));
  vi.spyOn(process.stderr, "write").mockImplementation(spy("err"));
  process.exitCode = undefined;
  const program = new Command("aep").exitOverride();
  register(program.command("mapping"));
  let failure = 0;
  try {
    await program.parseAsync(["node", "aep", "mapping", ...args]);
  } catch (error) {
    written.err += String(error);
    failure = 1;
  }
  vi.restoreAllMocks();
  const code = Number(process.exitCode ?? failure);
  process.exitCode = undefined;
  const plain = (text: string) => text.replaceAll(`${folder}/`, "");
  return { out: plain(written.out), err: plain(written.err), code };
}
const mappings = () => join(folder, "mappings");

describe("lint", () => {
  test("a clean file", async () => {
    expect(await aep("lint", mappings())).toEqual({ out: "1 file: 0 errors, 0 warnings, 0 info\n", err: "", code: 0 });
  });
  test("findings with place, reason and fix; --fix; --json; --strict", async () => {
    const path = write("member", "  xdm:loyalty.points: points\n  personalEmail.address: tier\n");
    const first = await aep("lint", path);
    expect(first.code).toBe(1);
    expect(first.out).toContain(
      "mappings/member.yaml:4:3: error dst/xdm-prefix: the destination xdm:loyalty.points has an xdm: prefix\n    why: ",
    );
    expect(first.out).toContain("1 file: 1 error, 1 warning, 0 info (1 fixable with --fix)\n");
    const fixed = await aep("lint", path, "--fix");
    expect(fixed).toMatchObject({ code: 0, out: expect.stringContaining("1 fix applied") });
    expect(readFileSync(path, "utf8")).toContain("# kept\nschema: member\nrows:\n  loyalty.points: points\n");
    expect((await aep("lint", path, "--strict")).code).toBe(1);
    const [finding] = JSON.parse((await aep("lint", path, "--json")).out);
    expect(finding).toMatchObject({
      rule: "pii/not-normalised",
      severity: "warning",
      line: 5,
      column: 3,
      destination: "personalEmail.address",
    });
  });
  test("more events to check against", async () => {
    const events = join(folder, "events", "e.jsonl");
    writeFileSync(events, '{"points":"many"}\n');
    expect((await aep("lint", mappings(), "--events", events)).out).toContain("type/mismatch");
  });
  test("a path that is not there is a coded error", async () => {
    expect(await aep("lint", join(folder, "nope"))).toMatchObject({
      code: 1,
      err: expect.stringContaining("FILE_NOT_FOUND"),
    });
  });
});

describe("test", () => {
  test("passing", async () => {
    expect(await aep("test", mappings())).toEqual({
      out: "ok   mappings/member.yaml:7:5 sample\n1 test, 0 failed\n",
      err: "",
      code: 0,
    });
  });
  test("failing shows the difference; --junit, --json, --update", async () => {
    const path = write("member", "  loyalty.points: points\n", "{ loyalty: { points: 6 } }");
    const failed = await aep("test", path, "--junit", join(folder, "report.xml"));
    expect(failed.code).toBe(1);
    expect(failed.out).toContain("FAIL mappings/member.yaml:6:5 sample\n  the row differs (- expected, + actual):\n");
    expect(failed.out).toContain('-     "points": 6\n');
    expect(failed.out).toContain('+     "points": 5\n');
    expect(readFileSync(join(folder, "report.xml"), "utf8")).toContain('failures="1"');
    expect(JSON.parse((await aep("test", path, "--json")).out)).toMatchObject({
      results: [{ name: "sample", passed: false }],
      errors: [],
    });
    expect(await aep("test", path, "--update")).toMatchObject({
      code: 0,
      out: expect.stringContaining("updated mappings/member.yaml"),
    });
    expect(await aep("test", path)).toMatchObject({ code: 0 });
  });
  test("a file that cannot be run fails the run and hides no other", async () => {
    writeFileSync(join(mappings(), "broken.yaml"), "schema: nope\nrows: { a: b }\n");
    const run = await aep("test", mappings());
    expect(run.code).toBe(1);
    expect(run.out).toContain("FILE_NOT_FOUND: ");
    expect(run.out).toContain("1 test, 0 failed, 1 file could not be run\n");
  });
  test("--watch runs again when a file changes", async () => {
    const path = join(mappings(), "member.yaml");
    let runs = 0;
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const abort = new AbortController();
    const done = watch(
      [path],
      () => {
        runs += 1;
        if (runs === 1) queueMicrotask(() => writeFileSync(join(folder, "events", "new.json"), "{}"));
        else abort.abort();
      },
      abort.signal,
    );
    await done;
    expect(runs).toBe(2);
  });
});

describe("coverage", () => {
  test("what is missed, and a floor", async () => {
    const path = write(
      "member",
      '  loyalty.points: points\n  loyalty.tier: { expr: \'tier == "x" ? "y" : "GOLD"\' }\n  loyalty.program: nothing\n',
    );
    const run = await aep("coverage", path);
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain("rows 2/3, required fields 0/0, branches 1/2\n");
    expect(run.out).toContain("member.yaml:6:3: loyalty.program is empty in every test\n");
    expect(run.out).toContain("loyalty.tier: ? is never true\n");
    expect((await aep("coverage", path, "--min", "90")).code).toBe(1);
    expect((await aep("coverage", path, "--min", "50")).code).toBe(0);
  });
});

describe("preview and diff", () => {
  test("rows in the form of the API, problems on stderr", async () => {
    const events = join(folder, "events", "e.csv");
    writeFileSync(events, "points,tier\n5,gold\nmany,\n");
    const run = await aep("preview", join(mappings(), "member.yaml"), events);
    expect(JSON.parse(run.out)).toMatchObject([
      { data: { loyalty: { points: 5, tier: "GOLD" } }, errors: null },
      { errors: [{ destination: "loyalty.points" }] },
    ]);
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining("events/e.csv:3: loyalty.points fails: ") });
  });
  test("which output fields change, for people, pull requests and programs", async () => {
    const before = join(mappings(), "member.yaml");
    const after = write("other", "  loyalty.points: points\n  loyalty.tier: tier\n  loyalty.program: { value: P }\n");
    const plain = await aep("diff", before, after, "--exit-code");
    expect(plain).toEqual({
      out: 'sample\n  ~ loyalty.tier: "GOLD" -> "gold"\n  + loyalty.program: (absent) -> "P"\n1 event, 1 changed\n',
      err: "",
      code: 1,
    });
    expect((await aep("diff", before, after, "--markdown")).out).toContain(
      '| sample | `loyalty.tier` | `"GOLD"` | `"gold"` |',
    );
    expect(JSON.parse((await aep("diff", before, after, "--json")).out)[0].fields).toHaveLength(2);
    expect(await aep("diff", before, before, "--exit-code")).toEqual({ out: "1 event, 0 changed\n", err: "", code: 0 });
  });
});

describe("explain, scaffold, import, export", () => {
  test("explain", async () => {
    expect((await aep("explain", join(mappings(), "member.yaml"))).out).toBe(
      'loyalty.points (Points balance, double)\n    is points\n    gives 5\nloyalty.tier (Tier, string)\n    is tier in upper case\n    gives "GOLD"\n',
    );
  });
  test("scaffold gives a file that lints and previews", async () => {
    const event = join(folder, "events", "e.json");
    writeFileSync(event, '{"loyalty":{"points":1,"tier":"a"},"odd":1}');
    const out = join(mappings(), "draft.yaml");
    expect(await aep("scaffold", event, "--schema", join(folder, "xdm", "member.yaml"), "-o", out)).toMatchObject({
      code: 0,
    });
    expect(readFileSync(out, "utf8")).toContain(
      "schema: member\nrows:\n  loyalty.points: loyalty.points # guess: same path\n",
    );
    expect(readFileSync(out, "utf8")).toContain("# in the event, no guess: odd\n");
    expect((await aep("lint", out)).code).toBe(0);
    expect(await aep("scaffold", event, "--schema", join(folder, "xdm", "member.yaml"), "-o", out)).toMatchObject({
      code: 1,
      err: expect.stringContaining("exists already"),
    });
  });
  test("export and import are each other's inverse", async () => {
    const path = join(mappings(), "member.yaml");
    for (const [format, name] of [
      ["api", "x.json"],
      ["legacy", "y.json"],
      ["csv", "z.csv"],
    ] as const) {
      const file = join(folder, name);
      await aep("export", path, "--format", format, "-o", file);
      const out = join(mappings(), `from-${format}.yaml`);
      expect(await aep("import", file, "--schema", join(folder, "xdm", "member.yaml"), "-o", out)).toMatchObject({
        code: 0,
      });
      expect((await aep("diff", path, out, "--exit-code")).code).toBe(0);
    }
  });
});

describe("eval", () => {
  const options = { mode: "lenient" as const, now: 0 };
  test.each([
    ['{"id":1,"expression":"lower(a)","data":{"a":"X"}}', { id: 1, value: "x" }],
    ['{"id":"k","expression":"a.b"}', { id: "k", value: null }],
    [
      '{"id":2,"expression":"lowr(a)"}',
      { id: 2, error: { code: "unknown-function", position: { offset: 0, line: 1, column: 1 } } },
    ],
    ['{"id":3,"expression":"1 +"}', { id: 3, error: { code: "syntax" } }],
    ['{"id":4}', { id: 4, error: { code: "input", position: null } }],
    ["null", { id: null, error: { code: "input" } }],
    ["oops", { id: null, error: { code: "input" } }],
    ['{"id":5,"expression":"a","data":[1]}', { id: 5, error: { code: "input", position: null } }],
    ['\uFEFF{"id":6,"expression":"1"}', { id: 6, value: 1 }],
  ])("%s", (line, wanted) => expect(answer(line, options)).toMatchObject(wanted));
  test("numbers are printed with their kinds and all their digits", () => {
    const line =
      '{"id":9007199254740993,"expression":"[a, 1.0/2*4, 9223372036854775807+1, 1/2, -0.0]","data":{"a":2.0}}';
    expect(JSON.stringify(answer(line, options))).toBe(
      '{"id":9007199254740993,"value":[2.0,2.0,9223372036854775808,0,-0.0]}',
    );
  });
  test("--validate only checks; strict mode is another engine", () => {
    const line = '{"id":1,"expression":"a + 1","data":{}}';
    expect(answer(line, { ...options, validate: true })).toEqual({ id: 1, value: true });
    expect(answer(line, options)).toEqual({ id: 1, value: 1 });
    expect(answer(line, { ...options, mode: "strict" })).toMatchObject({ error: { code: "undefined" } });
  });
});

test("the project's own mappings lint clean", async () => {
  for (const name of ["mappings", "xdm", "events"])
    cpSync(join(root, name), join(folder, "own", name), { recursive: true });
  expect(await aep("lint", join(folder, "own", "mappings"), "--strict")).toMatchObject({ code: 0 });
});
