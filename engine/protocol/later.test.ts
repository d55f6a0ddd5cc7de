import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runBefore, sdkModule } from "./child.ts";
import { loadedLater } from "./later.ts";

const script = sdkModule(process.cwd(), "cmd/run/index.js");
const folder = mkdtempSync(join(tmpdir(), "aep-later-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `code` gives in a process where the SDK is loaded as the engine has it loaded; `loaded` tells of a part of a path. */
function withSdk(code: string): unknown {
  const program = `
    const sdk = require(${JSON.stringify(sdkModule(process.cwd(), "index.js"))});
    const loaded = (part) => Object.keys(require.cache).some((file) => file.includes(part));
    (async () => { ${code} })().then((value) => console.log(JSON.stringify(value)));`;
  const args = [...runBefore([loadedLater(script)]), "-e", program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: "pipe" }));
}

const HEAVY = ["/typescript/", "/arborist/", "/spdx-correct/", "/pulumi/automation/", "/source-map-support/"];

it("the SDK starts without what only few programs use", () => {
  expect(withSdk(`return ${JSON.stringify(HEAVY)}.filter(loaded)`)).toEqual([]);
});

it("a program that uses it has it", () => {
  for (const [path, dependencies] of Object.entries({ ".": { one: "1.0.0" }, "node_modules/one": {} })) {
    mkdirSync(join(folder, path), { recursive: true });
    const text = JSON.stringify({ name: path === "." ? "project" : "one", version: "1.0.0", dependencies });
    writeFileSync(join(folder, path, "package.json"), text);
  }
  const used = withSdk(`
    const { text } = await sdk.runtime.serializeFunction(() => 1 + 1);
    const paths = await sdk.runtime.computeCodePaths();
    return {
      serialised: text.includes("1 + 1"),
      packed: [...paths.keys()],
      workspace: typeof sdk.automation.LocalWorkspace.create,
      asked: "LocalWorkspace" in sdk.automation,
      missing: "Nothing" in sdk.automation,
      loaded: ${JSON.stringify(HEAVY)}.filter(loaded),
    };`);
  expect(used).toEqual({
    serialised: true,
    packed: ["node_modules/one"],
    workspace: "function",
    asked: true,
    missing: false,
    loaded: HEAVY.filter((part) => !part.includes("source-map")),
  });
});

it("a run that is traced is traced", () => {
  const tracing = JSON.stringify(sdkModule(process.cwd(), "cmd/run/tracing.js"));
  const seen = withSdk(`
    const tracing = require(${tracing});
    const spans = () => [tracing.newSpan("one").isRecording(), loaded("/sdk-trace-node/")];
    const before = spans();
    tracing.start("http://127.0.0.1:1/api/v2/spans");
    return [before, spans()];`);
  expect(seen).toEqual([
    [false, false],
    [true, true],
  ]);
});
