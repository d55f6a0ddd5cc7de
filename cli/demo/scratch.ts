/** A scratch copy of this project, so that the demo can edit a mapping and keep its own state without touching the user's files. */
import { globSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { stackPath } from "../../config.ts";
import { INDEX } from "../init/files.ts";
import { IS_PUBLISHED, PACKAGE_ROOT, TEMPLATE_ROOT } from "../init/template.ts";

/** What a stack needs of the project: the program, its rooms, its content. */
const COPIED =
  "package.json tsconfig.json Pulumi.yaml *.ts config resources aep capillary mapping stacks mappings xdm events".split(
    " ",
  );

export interface Scratch {
  dir: string;
  remove(): Promise<void>;
}

/** In the checkout a copy of its own program and content; elsewhere a project as `aep init` makes them. */
export const makeScratch = (name: string): Promise<Scratch> => (IS_PUBLISHED ? newProject(name) : ownCopy(name));

async function newProject(name: string): Promise<Scratch> {
  const dir = await mkdtemp(join(tmpdir(), `aep-${name}-`));
  await cp(TEMPLATE_ROOT, dir, { recursive: true });
  await writeFile(join(dir, "index.ts"), INDEX);
  await writeFile(join(dir, "package.json"), '{ "type": "module" }\n');
  await mkdir(join(dir, "node_modules"));
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  await symlink(dirname(sdk), join(dir, "node_modules/@pulumi"), "dir");
  await symlink(PACKAGE_ROOT, join(dir, "node_modules/pulumi-aep"), "dir");
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/**
 * Makes `<checkout>/tmp/<name>-<pid>` with the project's files and a link to its packages.
 * Inside the checkout on purpose: nothing is left elsewhere, and `tmp/` is ignored by git.
 */
async function ownCopy(name: string): Promise<Scratch> {
  const dir = join(PACKAGE_ROOT, "tmp", `${name}-${process.pid}`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  for (const entry of globSync(COPIED, { cwd: PACKAGE_ROOT })) {
    await cp(join(PACKAGE_ROOT, entry), join(dir, entry), {
      recursive: true,
      filter: (path) => !relative(PACKAGE_ROOT, path).endsWith(".test.ts"),
    });
  }
  await unseal(join(dir, stackPath("local")));
  await symlink(join(PACKAGE_ROOT, "node_modules"), join(dir, "node_modules"), "dir");
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Whoever has made the stack already has a passphrase for it; the copy's stack is made anew, with one of its own. */
export async function unseal(stackFile: string): Promise<void> {
  const text = await readFile(stackFile, "utf8");
  await writeFile(stackFile, text.replaceAll(/^(encryptionsalt|secretsprovider|encryptedkey):.*\n/gm, ""));
}
