/**
 * The published package: built, linted, packed, and installed by npm into a project that `aep init` made. There plain Node runs it
 * (no type stripping inside node_modules), the project's own program imports it, and the states it writes find it.
 */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";

const ROOT = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "aep-package-"));
const project = join(folder, "project");
const installed = join(project, "node_modules/pulumi-aep");
const LIMIT = 240_000;
let emulator: Emulator;
let npmSaid: string;

/** Its standard output. In the background, because the emulator answers from this process. */
async function call(program: string, args: string[], cwd: string, env = environment()): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd, env, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}
const node = (args: string[], cwd: string): Promise<string> => call(process.execPath, args, cwd);

const environment = (): Record<string, string> => ({
  PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
  HOME: join(folder, "home"),
  PULUMI_HOME: join(folder, "home"),
  PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
  PULUMI_CONFIG_PASSPHRASE: "package",
  CAPILLARY_CLIENT_ID: "emulator",
  CAPILLARY_CLIENT_SECRET: "package-client-secret",
  CAPILLARY_ACCESS_TOKEN: "package-access-token",
  NO_COLOR: "1",
  AEP_ENGINE: "embedded",
  ...emulator.env,
});

/** The checkout's packages that a project needs, as links to the same files: what npm would get from the registry. */
function takeOver(modules: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const names = Object.keys(packages).filter(
    (path) => path !== "" && (!packages[path].dev || /^node_modules\/(typescript|@types\/node)$/.test(path)),
  );
  for (const path of [...names, "node_modules/.bin"]) {
    const from = join(ROOT, path);
    if (!existsSync(from) || path.lastIndexOf("node_modules/") > 0) continue;
    linkTree(from, join(modules, relative("node_modules", path)));
  }
}

function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkOrCopy(source, target);
  }
}

/** The scratch folder may lie on another disk. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** The command as npm links it. */
const aep = (...args: string[]): Promise<string> => node([join(project, "node_modules/.bin/aep"), ...args], project);

beforeAll(async () => {
  emulator = await startEmulator({ seed: 5 });
  await node([join(ROOT, "build.ts"), join(folder, "dist")], ROOT);
  const env = { ...environment(), PATH: process.env["PATH"] ?? "", npm_config_update_notifier: "false" };
  const packed = await call("npm", ["pack", "--silent", "--pack-destination", folder], join(folder, "dist"), env);
  const tarball = `file:${join(folder, packed.trim().split("\n").at(-1) as string)}`;
  const answers = ["--org", "EMULATOR@AdobeOrg", "--tenant", "acme", "--sandbox", "dev", "--package", tarball];
  await node([join(ROOT, "cli/aep.ts"), "init", project, ...answers], folder);
  takeOver(join(project, "node_modules"));
  // Without network and cache: were a dependency missing, or of a version that the package does not take, it would fail.
  const offline = ["--offline", `--cache=${join(folder, "cache")}`, "--ignore-scripts", "--no-audit", "--no-fund"];
  npmSaid = await call("npm", ["install", ...offline], project, env);
}, LIMIT);
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

it("is installed by npm, with the dependencies it names and no other", () => {
  expect(npmSaid).toMatch(/^added 1 package\b/m);
});

it("has nothing that publint finds wrong", async () => {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages.filter(({ type }) => type !== "suggestion")).toEqual([]);
});

it("ships no test, no source of the program and nothing secret", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter(
    (file) => !file.startsWith("template/"),
  );
  expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$|\.env$|^test\//.test(file))).toEqual([]);
  expect(files).toContain("emulator/console/index.html");
});

it(
  "has entry points for Node and for TypeScript",
  async () => {
    const exported = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).exports;
    for (const entry of Object.values<any>(exported)) {
      for (const path of typeof entry === "string" ? [entry] : Object.values<string>(entry))
        expect(existsSync(join(installed, path)), path).toBe(true);
    }
    writeFileSync(
      join(project, "uses.ts"),
      `import { Dataset, type DatasetArgs } from "pulumi-aep";
import { startEmulator } from "pulumi-aep/emulator";
import { compileMapping } from "pulumi-aep/mapping";
const args: DatasetArgs = { sandbox: "dev", name: "a", schema: "https://ns.adobe.com/acme/schemas/1" };
export { args, compileMapping, Dataset, startEmulator };
`,
    );
    await node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"], project);
  },
  LIMIT,
);

it(
  "runs: help, mapping tests, the emulator as a library, with plain Node",
  async () => {
    expect(await aep("--help")).toContain("Usage: aep");
    expect(await aep("mapping", "test")).toContain("2 tests, 0 failed");
    const script = `import { startEmulator } from "pulumi-aep/emulator";
const emulator = await startEmulator();
const answer = await fetch(emulator.url + "/__emulator/clock");
await emulator.close();
console.log(answer.status);`;
    expect((await node(["--input-type=module", "-e", script], project)).trim()).toBe("200");
  },
  LIMIT,
);

it(
  "deploys the new project, and nothing is left to do",
  async () => {
    await aep("pulumi", "stack", "init", "dev");
    const up = await aep("pulumi", "up", "--stack", "dev", "--yes", "--skip-preview");
    expect(up).toMatch(/\+ \d+ created/);
    await aep("pulumi", "preview", "--stack", "dev", "--expect-no-changes");
    const state = readFileSync(join(folder, "backend/.pulumi/stacks/aep/dev.json"), "utf8");
    expect(state).toContain('(\\"pulumi-aep/dynamic\\")');
  },
  LIMIT,
);
