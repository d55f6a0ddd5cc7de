/**
 * Every command of the tree, also those that come later: described, `--json` and `--quiet` where they make sense, and bad input
 * met with one message and an exit code of the table. A new command needs its line in USUAL.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT_CODES } from "../cli/exit-codes.ts";
import { main } from "../cli/main.ts";
import { buildProgram } from "../cli/program.ts";
import type { Emulator } from "../emulator/index.ts";
import { leaves } from "./support/command-page.ts";
import type { Project } from "./support/project.ts";
import { restoreState, stateVersions } from "./support/state-fixture.ts";

const out = mkdtempSync(join(tmpdir(), "aep-cli-"));
const LIMIT = 300_000;

interface Usual {
  args: string[];
  /** It talks to the API: it must fail where the API cannot be reached, or takes no credentials. */
  online?: boolean;
  /** It names a file, in this argument: that one is put in the place of a missing one. */
  file?: number;
}

const STACK = ["--stack", "local"];

/** What each command is usually called with, in the project of stack `local`. */
const USUAL: Record<string, Usual> = {
  "aep init": { args: [join(out, "new"), "--yes"] },
  "aep doctor": { args: STACK, online: true },
  "aep verify": { args: [...STACK, "--no-send"], online: true },
  "aep send": {
    args: ["events/guide-profile.json", ...STACK, "--flow", "capillary-stream/profile"],
    online: true,
    file: 0,
  },
  "aep runs": { args: STACK, online: true },
  "aep errors list": { args: [] },
  "aep errors show": { args: ["nothing"] },
  "aep errors pull": { args: STACK, online: true },
  "aep errors replay": { args: ["--all"] },
  "aep errors export": { args: ["--all", "--out", join(out, "errors.jsonl")] },
  "aep support-bundle": { args: [...STACK, "--out", join(out, "bundle.zip")] },
  "aep plan": { args: ["plan.json"], file: 0 },
  "aep drift": { args: STACK, online: true },
  "aep promote": { args: ["local", "nowhere"] },
  "aep graph": { args: [...STACK, "--format", "mermaid"] },
  "aep adopt": { args: ["adopt.json", ...STACK], file: 0 },
  "aep export": { args: ["--sandbox", "dev", "--out", join(out, "export")], online: true },
  "aep mapping lint": { args: ["mappings/capillary-profile.yaml", "--online", ...STACK], online: true, file: 0 },
  "aep mapping test": { args: ["mappings/capillary-profile.yaml"], file: 0 },
  "aep mapping coverage": { args: ["mappings/capillary-profile.yaml"], file: 0 },
  "aep mapping preview": { args: ["mappings/capillary-profile.yaml", "events/guide-profile.json"], file: 0 },
  "aep mapping diff": { args: ["mappings/capillary-profile.yaml", "mappings/capillary-profile.yaml"], file: 0 },
  "aep mapping explain": { args: ["mappings/capillary-profile.yaml"], file: 0 },
  "aep mapping scaffold": { args: ["events/guide-profile.json", "--schema", "capillary-loyalty-profile"], file: 0 },
  "aep mapping import": { args: ["import.json", "--schema", "capillary-loyalty-profile"], file: 0 },
  "aep mapping export": { args: ["mappings/capillary-profile.yaml"], file: 0 },
  "aep mapping fields": { args: ["--sandbox", "dev", ...STACK], online: true },
  "aep mapping editor": { args: ["mappings/capillary-profile.yaml", "--check"], file: 0 },
  "aep explain": { args: ["--list"] },
  "aep completion": { args: ["bash"] },
};

/** Not swept, because they do not end or are another program; their own tests have their bad input. */
const ELSEWHERE = ["aep pulumi", "aep mapping eval", "aep emulator", "aep demo"];

const NO_JSON: Record<string, string> = {
  "aep pulumi": "the Pulumi CLI's own flag, handed on",
  "aep mapping preview": "prints the API's JSON as it is",
  "aep mapping eval": "reads and prints one JSON document a line",
  "aep mapping scaffold": "prints or writes the mapping file itself",
  "aep mapping import": "prints or writes the mapping file itself",
  "aep mapping export": "prints or writes the format that was asked for",
  "aep mapping editor": "writes files and names them",
  "aep errors export": "writes the payloads, as JSON lines if asked",
  "aep emulator": "runs until it is stopped",
  "aep completion": "prints a script",
};

/** What ends within a second or two on any project has no progress to be quiet about. */
const NO_PROGRESS = ["init", "errors list", "errors show", "errors export", "plan", "graph", "explain", "completion"];
const OWN_OUTPUT = ["pulumi", "emulator", "demo", "runs"];

const tree = leaves(await buildProgram());

describe("the tree of commands", () => {
  it.each(tree)("$path is described, option by option", ({ command }) => {
    expect(command.description()).not.toBe("");
    for (const option of command.options) expect(option.description, option.flags).not.toBe("");
    for (const argument of command.registeredArguments) {
      if (command.name() !== "pulumi") expect(argument.description, argument.name()).not.toBe("");
    }
  });

  it("prints JSON wherever it prints a result", () => {
    const without = tree.filter(({ command }) => !command.options.some(({ long }) => long === "--json"));
    expect(without.map(({ path }) => path).sort()).toEqual(Object.keys(NO_JSON).sort());
  });

  it("can be quiet wherever it takes its time", () => {
    const quick = [...NO_PROGRESS, ...OWN_OUTPUT].map((name) => `aep ${name}`);
    const loud = tree.filter(({ command }) => !command.options.some(({ long }) => long === "--quiet"));
    expect(
      loud.map(({ path }) => path).filter((path) => !quick.includes(path) && !path.startsWith("aep mapping ")),
    ).toEqual([]);
  });

  it("is known here", () => {
    const known = [...Object.keys(USUAL), ...ELSEWHERE];
    expect(tree.map(({ path }) => path).filter((path) => !known.includes(path))).toEqual([]);
  });

  it("loads no package but the one that reads command lines before it is known which command is meant", () => {
    const telling = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) {
        const found = next(name, context);
        console.log(/.*node_modules\\/(.*?)\\//.exec(found.url)?.[1] ?? "");
        return found;
      } });`;
    const args = ["--import", `data:text/javascript,${encodeURIComponent(telling)}`, "cli/aep.ts", "--version"];
    const lines = execFileSync(process.execPath, args, { encoding: "utf8" }).split("\n");
    expect([...new Set(lines)].filter((line) => /^[a-z@]/.test(line))).toEqual(["commander"]);
  });
});

describe("bad input", () => {
  let emulator: Emulator;
  let project: Project;
  const before = { folder: process.cwd(), env: { ...process.env } };

  beforeAll(async () => {
    ({ emulator, project } = await restoreState(stateVersions().at(-1) as string, "sealed"));
    cpSync(join(before.folder, "events"), join(project.folder, "events"), { recursive: true });
    process.chdir(project.folder);
  }, LIMIT);
  afterAll(async () => {
    process.chdir(before.folder);
    process.env = before.env;
    await emulator.close();
    project.remove();
    rmSync(out, { recursive: true, force: true });
  });

  /** Runs the command line in this process; both streams together, and the exit code. */
  const aep = async (path: string, args: readonly string[], extra: Record<string, string> = {}) => {
    process.env = { ...before.env, ...project.env, AEP_LOG: "silent", ...extra };
    process.exitCode = undefined;
    const write = { out: process.stdout.write, err: process.stderr.write };
    const [text, errors]: [string[], string[]] = [[], []];
    const into = (all: string[]) => ((chunk: unknown) => all.push(String(chunk)) > 0) as typeof process.stdout.write;
    process.stdout.write = into(text);
    process.stderr.write = into(errors);
    try {
      await main(["node", "aep", ...path.split(" ").slice(1), ...args]);
    } finally {
      process.stdout.write = write.out;
      process.stderr.write = write.err;
    }
    const exitCode = Number(process.exitCode ?? 0);
    process.exitCode = undefined;
    return { exitCode, text: text.join(""), errors: errors.join(""), all: [...text, ...errors].join("") };
  };

  const sound = ({ exitCode, all, errors }: Awaited<ReturnType<typeof aep>>) => {
    expect(
      Object.values(EXIT_CODES).map(({ code }) => code),
      all,
    ).toContain(exitCode);
    expect(all).not.toMatch(/Unexpected failure|^\s+at .*(\.[cm]?[jt]s|node:\S+):\d+:\d+\)?$/m);
    expect(errors.match(/^[A-Z][A-Z_]+: /gm)?.length ?? 0, errors).toBeLessThanOrEqual(1);
  };

  const swept = Object.entries(USUAL);

  it.each(swept)("%s: an unknown flag", async (path, { args }) => {
    const ran = await aep(path, [...args, "--no-such-flag"]);
    expect(ran).toMatchObject({ exitCode: 2, text: "" });
    expect(ran.errors).toContain("unknown option '--no-such-flag'");
    sound(ran);
  });

  it.each(swept.filter(([, { file }]) => file !== undefined))("%s: a file that is not there", async (path, usual) => {
    const args = usual.args.with(usual.file as number, "no/such/file.json");
    const ran = await aep(path, args, { AEP_ENDPOINT: "http://127.0.0.1:9" });
    expect(ran.exitCode, ran.all).toBe(1);
    expect(ran.errors).toMatch(/^[A-Z_]+: .*no\/such\/file\.json/s);
    sound(ran);
  });

  it.each(["aep verify", "aep runs", "aep drift", "aep graph", "aep support-bundle"])(
    "%s: no stack is selected",
    async (path) => {
      const ran = await aep(path, [], { PULUMI_HOME: join(project.folder, "nobody's") });
      expect(ran).toMatchObject({ exitCode: 2, text: "" });
      expect(ran.errors).toMatch(/^USAGE: no stack is selected\n/m);
      sound(ran);
    },
  );

  it.each(["aep doctor", "aep runs", "aep mapping fields"])("%s: a stack file that is not YAML", async (path) => {
    const file = "stacks/Pulumi.local.yaml";
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, "config:\n  aep:orgId: [1\n");
    const ran = await aep(path, USUAL[path]?.args ?? []).finally(() => writeFileSync(file, whole));
    expect(ran.exitCode).toBe(1);
    expect(ran.all).toMatch(/stacks\/Pulumi\.local\.yaml:(3:1|.* line 3, column 1)/);
    sound(ran);
  });

  describe("with --json a failure is one document too", () => {
    const asked = swept.filter(([path]) => !(path in NO_JSON));
    it.each(asked)("%s: an unknown flag", async (path, { args }) => {
      const ran = await aep(path, [...args, "--json", "--no-such-flag"]);
      expect(JSON.parse(ran.text)).toMatchObject({
        error: { code: "USAGE", message: expect.stringContaining("such") },
      });
      expect(ran.exitCode).toBe(2);
    });
    it.each(asked.filter(([, { file }]) => file !== undefined))("%s: a file that is not there", async (path, usual) => {
      const ran = await aep(path, [...usual.args.with(usual.file as number, "no/such/file.json"), "--json"]);
      const { error } = JSON.parse(ran.text);
      expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), hint: expect.any(String) });
      expect(ran.errors).toContain(`${error.code}: `);
    });
  });

  it.each([
    ["aep mapping export", ["mappings/capillary-profile.yaml", "--force", "-o"]],
    ["aep mapping test", ["mappings/capillary-profile.yaml", "--junit"]],
    ["aep graph", [...STACK, "--out"]],
    ["aep errors export", ["--out"]],
  ])("%s: a place that cannot be written to", async (path, args) => {
    const ran = await aep(path, [...args, "events"]);
    expect(ran.exitCode).toBe(1);
    expect(ran.errors).toMatch(/^FILE_NOT_FOUND: events: .*EISDIR/);
    sound(ran);
    expect(readdirSync(".").filter((name) => name.startsWith("events."))).toEqual([]);
  });

  const online = swept.filter(([, usual]) => usual.online);
  const CONDITIONS: [name: string, env: Record<string, string>, says: RegExp][] = [
    [
      "an API that cannot be reached",
      {
        AEP_ENDPOINT: "http://127.0.0.1:9",
        AEP_IMS_ENDPOINT: "http://127.0.0.1:9",
        AEP_STREAMING_ENDPOINT: "http://127.0.0.1:9",
      },
      /127\.0\.0\.1:9|reach/,
    ],
    [
      "credentials that are refused",
      { AEP_CLIENT_SECRET: "canary-wrong-secret" },
      /AEP_CLIENT_SECRET|client secret|refused/i,
    ],
  ];
  describe.each(CONDITIONS)("%s", (_, env, says) => {
    it.each(online)(
      "%s",
      async (path, { args }) => {
        const ran = await aep(path, args, env);
        expect(ran.exitCode, ran.all).not.toBe(0);
        expect(ran.all).toMatch(says);
        expect(ran.all).not.toContain("canary-wrong-secret");
        sound(ran);
      },
      LIMIT,
    );
  });

  it.each(online)(
    "%s: a sandbox that does not exist",
    async (path, { args }) => {
      sound(
        await aep(
          path,
          args.map((arg) => (arg === "dev" ? "nowhere" : arg)),
          { AEP_SANDBOX: "nowhere" },
        ),
      );
    },
    LIMIT,
  );
});
