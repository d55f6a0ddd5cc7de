/** graph, plan, drift and promote on two small stacks that are really deployed; with the Pulumi CLI too when it is there. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { findCli } from "./engine-harness.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";

const cli = findCli();
if (!cli) console.log("plans and drift of the Pulumi CLI skipped: there is no `pulumi` on the PATH");

const CREDENTIALS = ["AEP_CLIENT_ID", "AEP_CLIENT_SECRET", "AEP_ORG_ID"];
const LIMIT = 300_000;

let emulator: Emulator;
let project: Project;

const stageStack = () => ({ ...smallStack(), "aep:sandbox": "stage" });
const onCli = () => ({ AEP_ENGINE: "cli", PATH: [dirname(cli as string), project.env["PATH"]].join(delimiter) });

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 8 });
  project = new Project({ ...emulator.env, ...SMALL_SECRETS });
  for (const [name, config] of [
    ["dev", smallStack()],
    ["stage", stageStack()],
  ] as const) {
    project.stack(name, config);
    await project.must("stack", "init", name);
    await project.must("up", "--stack", name, "--yes", "--skip-preview");
  }
}, LIMIT);
afterAll(async () => {
  await emulator.close();
  project.remove();
});

/** `aep`, which must end with this exit code. */
async function aep(exitCode: number, args: string[], env: Record<string, string> = {}, input = ""): Promise<string> {
  const ran = await project.aep(args, env, input);
  expect(ran.exitCode, `${args.join(" ")}\n${ran.stdout}\n${ran.stderr}`).toBe(exitCode);
  for (const secret of Object.values(SMALL_SECRETS)) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran.stdout;
}

function editedMapping(): () => void {
  const path = "mappings/capillary-profile.yaml";
  const before = project.read(path) ?? "";
  project.write(path, before.replace("loyalty.tier: loyalty.tier", "loyalty.tier: { expr: upper(loyalty.tier) }"));
  return () => project.write(path, before);
}

/** Changes an object behind the program's back. */
async function behind(kind: string, resource: string, name: string, change: object | undefined): Promise<void> {
  const { id } = project.state("dev").find(({ urn }) => urn.endsWith(`:${resource}::${name}`)) ?? {};
  const url = `${emulator.url}/__emulator/sandboxes/dev/objects/${kind}/${encodeURIComponent(id)}`;
  const headers = { "content-type": "application/json" };
  const answer = await fetch(
    url,
    change ? { method: "PATCH", headers, body: JSON.stringify(change) } : { method: "DELETE" },
  );
  expect(answer.ok, url).toBe(true);
}

describe("aep graph", () => {
  it(
    "draws the same from the files, without a state, as from the state",
    async () => {
      const offline = {
        AEP_ENDPOINT: "http://127.0.0.1:9",
        PULUMI_BACKEND_URL: "file:///nowhere",
        AEP_CLIENT_SECRET: "",
      };
      const declared = JSON.parse(await aep(0, ["graph", "--stack", "dev", "--json"], offline));
      const deployed = JSON.parse(await aep(0, ["graph", "--stack", "dev", "--json", "--deployed"]));
      expect({ ...declared, title: "" }).toEqual({ ...deployed, title: "" });
      expect(declared.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(
        expect.arrayContaining([
          "Sandbox",
          "BaseConnection",
          "MappingSet",
          "Dataflow",
          "Dataset",
          "Schema",
          "FieldGroup",
        ]),
      );
      await aep(0, ["graph", "--stack", "dev", "--format", "svg", "--out", "pictures/dev.svg"], offline);
      expect(project.read("pictures/dev.svg")).toContain("Pipelines of stack dev");
    },
    LIMIT,
  );
});

describe("aep plan", () => {
  let previewed = "";

  it(
    "says it all without credentials and without a call, the same for both engines",
    async () => {
      let calls = 0;
      const server = createServer((_request, response) => {
        calls += 1;
        response.writeHead(500).end();
      });
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const blocked = {
        ...Object.fromEntries(CREDENTIALS.map((name) => [name, ""])),
        AEP_ENDPOINT: endpoint,
        AEP_IMS_ENDPOINT: endpoint,
        AEP_STREAMING_ENDPOINT: endpoint,
      };
      const cutOff = { ...blocked, http_proxy: endpoint, https_proxy: endpoint };
      const undo = editedMapping();
      try {
        const config = smallStack() as { "aep:pipelines": [{ flows: [Record<string, unknown>] }] };
        config["aep:pipelines"][0].flows[0]["schedule"] = { frequency: "minute", interval: 30 };
        project.stack("dev", config);
        const preview = ["pulumi", "preview", "--stack", "dev", "--json", "--non-interactive"];
        const plan = ["plan", "-", "--markdown", "--min-objects", "1", "--max-share", "60"];
        previewed = await aep(0, preview, blocked);
        const markdown = await aep(0, plan, cutOff, previewed);
        expect(markdown).toMatch(/^<!-- aep-plan stack=dev -->\n### Plan for `dev`\n/);
        expect(markdown).toContain('rows["loyalty.tier"].source: "loyalty.tier" => "upper(loyalty.tier)"');
        expect(markdown).toContain("| **only for what comes from now on** | MappingSet `members-profile` |");
        expect(markdown).toContain('| `loyalty.tier` | `"gold"` | `"GOLD"` |');
        expect(markdown).toMatch(/n\d+\[\["flow, changed<br\/>members profile<br\/>every 30 minutes"\]\]:::changed/);
        expect(markdown).toMatch(/n\d+\[\("dataset<br\/>Members"\)\]\n/);
        if (cli) expect(await aep(0, plan, cutOff, await aep(0, preview, { ...blocked, ...onCli() }))).toBe(markdown);
        expect(calls).toBe(0);
      } finally {
        undo();
        project.stack("dev", smallStack());
        server.close();
      }
    },
    LIMIT,
  );

  it(
    "draws what it can where the files are not those of the preview, and takes a limit",
    async () => {
      const schema = project.read("xdm/capillary-loyalty-profile.yaml") ?? "";
      project.write("xdm/capillary-loyalty-profile.yaml", "kind: nothing\n");
      const markdown = await aep(0, ["plan", "-", "--markdown", "--max-length", "4000"], {}, previewed);
      project.write("xdm/capillary-loyalty-profile.yaml", schema);
      expect(markdown.length).toBeLessThanOrEqual(4000);
      expect(markdown).toContain("not shown on sample events, no file in mappings/ has these rows");
      expect(markdown).toContain("Only what the plan touches");
      expect(await aep(2, ["plan", "-", "--markdown", "--max-length", "10"], {}, previewed)).toBe("");
    },
    LIMIT,
  );
});

describe("aep drift", () => {
  it(
    "finds none, then names what was changed, by whom and where it stands; writes nothing",
    async () => {
      expect(await aep(0, ["drift", "--all"])).toMatch(/stack dev: 0 differences[\s\S]*stack stage: 0 differences/);
      await behind("flows", "Dataflow", "members-profile", { scheduleParams: { interval: 45 } });
      await behind("dataSets", "Dataset", "members", { tags: { unifiedProfile: ["enabled:true"] } });
      await behind("connections", "BaseConnection", "members", {
        auth: { params: { clientSecret: "rotated-by-hand" } },
      });
      const before = project.read("backend/.pulumi/stacks/aep/dev.json");
      const [dev, stage] = JSON.parse(await aep(7, ["drift", "--all", "--json"])).stacks;
      expect(stage).toMatchObject({ stack: "stage", differences: [] });
      expect(dev.differences).toHaveLength(2);
      expect(dev.differences).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            class: "edited",
            name: "members-profile",
            path: "schedule.interval",
            expected: 15,
            found: 45,
            writtenBy: "emulator@AdobeID",
          }),
          expect.objectContaining({ class: "edited", name: "members", path: "profile", expected: false, found: true }),
        ]),
      );
      for (const { place, path } of dev.differences) {
        const line = (project.read(place.file) ?? "").split("\n")[place.line - 1] ?? "";
        expect(line.slice(place.column - 1)).toMatch(path === "profile" ? /^(dataset|name):/ : /^interval: 15/);
      }
      expect(dev.notes).toMatchObject([{ class: "rotated", kind: "BaseConnection" }]);
      expect(project.read("backend/.pulumi/stacks/aep/dev.json")).toBe(before);
      if (cli) expect(JSON.parse(await aep(7, ["drift", "--stack", "dev", "--json"], onCli())).stacks[0]).toEqual(dev);
    },
    LIMIT,
  );

  it(
    "goes on where one stack cannot be checked, and says so with exit code 1",
    async () => {
      await behind("flows", "Dataflow", "members-profile", undefined);
      await aep(1, ["drift", "--stack", "nowhere", "--stack", "dev", "--sarif", "drift.sarif", "-q"]);
      const { runs } = JSON.parse(project.read("drift.sarif") ?? "");
      expect(runs[0].invocations[0]).toMatchObject({ executionSuccessful: false });
      expect(runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(
        expect.arrayContaining(["drift/gone", "drift/edited", "drift/rotated"]),
      );
      await project.must("up", "--refresh", "--stack", "dev", "--yes", "--skip-preview");
      expect(await aep(0, ["drift", "--stack", "dev"])).toMatch(/stack dev: 0 differences in \d+ objects/);
      expect(await aep(2, ["drift", "--all", "--stack", "dev"])).toBe("");
    },
    LIMIT,
  );
});

describe("aep promote", () => {
  it(
    "finds two sandboxes of one program the same, and names what differs",
    async () => {
      expect(await aep(0, ["promote", "dev", "stage", "--live"])).toMatch(
        /as declared: nothing to do\n\ndev -> stage, as AEP holds it: the same \(\d+ and \d+ objects\)/,
      );
      const config = smallStack() as { "aep:pipelines": [{ flows: [Record<string, unknown>] }] };
      config["aep:pipelines"][0].flows[0]["schedule"] = { frequency: "minute", interval: 60 };
      project.stack("dev", config);
      await project.must("up", "--stack", "dev", "--yes", "--skip-preview");
      const { declared, live } = JSON.parse(await aep(0, ["promote", "dev", "stage", "--live", "--json"]));
      expect(declared.changes).toEqual([
        {
          kind: "update",
          item: false,
          path: ["pipelines", "members", "flows", "profile", "schedule", "interval"],
          from: 60,
          to: 15,
        },
      ]);
      expect(live.changes).toEqual([
        { kind: "update", item: false, path: ["Dataflow members-profile", "schedule", "interval"], from: 60, to: 15 },
      ]);
    },
    LIMIT,
  );

  it(
    "writes the change, then has nothing to do; refuses a file that is no YAML",
    async () => {
      const shown = await aep(0, ["promote", "dev", "stage", "--write"]);
      expect(shown).toMatch(/-\s+interval: 15\n\+\s+interval: 60/);
      expect(project.config("stage")).toEqual({ ...project.config("dev"), "aep:sandbox": "stage" });
      expect(await aep(0, ["promote", "dev", "stage", "--write"])).toBe("dev -> stage, as declared: nothing to do\n");
      project.write("stacks/Pulumi.stage.yaml", "config: [unclosed\n");
      await aep(1, ["promote", "dev", "stage", "--write"]);
      expect(project.read("stacks/Pulumi.stage.yaml")).toBe("config: [unclosed\n");
      await aep(2, ["promote", "dev", "dev"]);
      await aep(1, ["promote", "dev", "nowhere"]);
    },
    LIMIT,
  );
});
