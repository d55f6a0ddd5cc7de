/**
 * Builds the package that is published, in a folder of its own: `node build.ts [folder]`, `dist` when nothing is said.
 *
 * The checkout runs its .ts files as they are; Node does not do that inside node_modules. So the published package is not
 * this folder but what is made here: the compiled program, the files that `aep init` and `aep demo` hand out, and a
 * package.json of its own, whose entry points are the same as those of the checkout with .js instead of .ts.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const ROOT = import.meta.dirname;

/** What projects are made of; it is handed out, not run. */
const TEMPLATE = [
  ".github/workflows/*.yml",
  "ci/**/*.{sh,ts,txt}",
  "docs/json-schema/*.json",
  "events/*",
  "mappings/*.yaml",
  "stacks/Pulumi.{local,dev}.yaml",
  "xdm/*.yaml",
  "errors.ts",
  "Pulumi.yaml",
];

/** Fields of package.json that mean something to whoever installs the package. */
const PUBLISHED = ["name", "version", "description", "license", "type", "engines", "optionalDependencies"];

function build(out: string): void {
  rmSync(out, { recursive: true, force: true });
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  // Types are checked by `npm run types`; here they are only written.
  const args = [tsc, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", out, "--noCheck"];
  execFileSync(process.execPath, args, { stdio: "inherit" });
  copy(["emulator/console/*", "README.md", "LICENSE"], out);
  copy(TEMPLATE, join(out, "template"));
  writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

function copy(patterns: string[], to: string): void {
  for (const path of globSync(patterns, { cwd: ROOT, exclude: ["**/*.test.ts"] })) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(ROOT, path), join(to, path));
  }
}

function manifest(): Record<string, unknown> {
  const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const kept = Object.fromEntries(PUBLISHED.map((key) => [key, own[key]]));
  const entry = (path: string) =>
    path.endsWith(".ts") ? { types: path.replace(/\.ts$/, ".d.ts"), default: path.replace(/\.ts$/, ".js") } : path;
  const exported = Object.entries<string>(own.exports).map(([name, path]) => [name, entry(path)]);
  // One copy of the SDK per process: a project may take a newer one, and then this package takes the same.
  const dependencies = { ...own.dependencies, "@pulumi/pulumi": `^${own.dependencies["@pulumi/pulumi"]}` };
  return {
    ...kept,
    dependencies,
    exports: Object.fromEntries(exported),
    bin: { aep: own.bin.aep.replace(/\.ts$/, ".js") },
  };
}

build(resolve(process.argv[2] ?? join(ROOT, "dist")));
