/** A scratch copy of this project inside the checkout, so that the demo can edit a mapping and keep its own state without touching the user's files. */
import { globSync } from "node:fs";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const PROJECT_ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What a stack needs of the project: the program, its rooms, its content. */
const COPIED =
  "package.json tsconfig.json Pulumi.yaml *.ts config resources aep capillary mapping stacks mappings xdm events".split(
    " ",
  );

export interface Scratch {
  dir: string;
  remove(): Promise<void>;
}

/**
 * Makes `<checkout>/tmp/<name>-<pid>` with the project's files and a link to its packages.
 * Inside the checkout on purpose: nothing is left elsewhere, and `tmp/` is ignored by git.
 */
export async function makeScratch(name: string): Promise<Scratch> {
  const dir = join(PROJECT_ROOT, "tmp", `${name}-${process.pid}`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  for (const entry of globSync(COPIED, { cwd: PROJECT_ROOT })) {
    await cp(join(PROJECT_ROOT, entry), join(dir, entry), {
      recursive: true,
      filter: (path) => !relative(PROJECT_ROOT, path).endsWith(".test.ts"),
    });
  }
  await symlink(join(PROJECT_ROOT, "node_modules"), join(dir, "node_modules"), "dir");
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
