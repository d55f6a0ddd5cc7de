/**
 * What a release leaves for the tests of all later ones: a stack's state as it wrote it, the sandbox that belongs to it,
 * and the files it was made from. `npm run fixture` adds the one of the version in package.json.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { Project } from "./project.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const STATES = join(ROOT, "test/fixtures/states");
/** Stands for the emulator's address, whose port is another one each time. */
const ORIGIN = "http://emulator.invalid";
const STACK = "stacks/Pulumi.local.yaml";
const CONTENT = ["xdm", "mappings"];

/** State as `stack export` writes it: with secrets sealed (passphrase: the test projects' own), and with secrets shown. */
export const FORMS = { sealed: [], shown: ["--show-secrets"] } as const;
export type Form = keyof typeof FORMS;

/** Versions that have left a state. */
export function stateVersions(): string[] {
  return readdirSync(STATES).sort();
}

/** The stack as that version left it, with the emulator as it was: only the program and the provider are today's. */
export async function restoreState(version: string, form: Form): Promise<{ emulator: Emulator; project: Project }> {
  const folder = join(STATES, version);
  const emulator = await startEmulator();
  const here = (text: string) => text.replaceAll(ORIGIN, emulator.url);
  const world = here(gunzipSync(readFileSync(join(folder, "world.json.gz"))).toString());
  const restored = await fetch(`${emulator.url}/__emulator/restore`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: world,
  });
  if (!restored.ok) throw new Error(`the snapshot of ${version} was refused: ${await restored.text()}`);
  const project = new Project(emulator.env, false);
  for (const name of CONTENT) cpSync(join(folder, name), join(project.folder, name), { recursive: true });
  project.write(STACK, readFileSync(join(folder, "Pulumi.local.yaml"), "utf8"));
  project.write("state.json", here(readFileSync(join(folder, `state.${form}.json`), "utf8")));
  await project.must("stack", "init", "local");
  await project.must("stack", "import", "--stack", "local", "--file", "state.json");
  return { emulator, project };
}

async function writeState(version: string): Promise<void> {
  const folder = join(STATES, version);
  if (existsSync(folder)) throw new Error(`${folder} stands already: what a release has written does not change`);
  const emulator = await startEmulator({ seed: 12 });
  const project = new Project(emulator.env);
  try {
    project.write(STACK, readFileSync(join(ROOT, STACK), "utf8"));
    await project.must("stack", "init", "local");
    const secret = "aep:pipelines[0].source.auth.params.clientSecret";
    await project.must("config", "set", "--secret", "--path", secret, "fixture-secret", "--stack", "local");
    await project.must("up", "--stack", "local", "--yes", "--skip-preview");
    mkdirSync(folder, { recursive: true });
    const anywhere = (text: string) =>
      text
        .replaceAll(emulator.url, ORIGIN)
        .replaceAll(/project:\/\/\/[^" ]*?node_modules\//g, "project:///node_modules/")
        .replaceAll(/project:\/\/\/file:[^" ]*?\/(?=index\.ts|resources\/)/g, "project:///");
    for (const [form, flags] of Object.entries(FORMS)) {
      const { stdout } = await project.must("stack", "export", "--stack", "local", ...flags);
      writeFileSync(join(folder, `state.${form}.json`), anywhere(stdout));
    }
    const world = await (await fetch(`${emulator.url}/__emulator/snapshot`)).text();
    writeFileSync(join(folder, "world.json.gz"), gzipSync(anywhere(world), { level: 9 }));
    writeFileSync(join(folder, "Pulumi.local.yaml"), project.read(STACK) ?? "");
    for (const name of CONTENT) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  } finally {
    await emulator.close();
    project.remove();
  }
}

if (import.meta.main) {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  await writeState(version);
  console.log(`test/fixtures/states/${version} written`);
}
