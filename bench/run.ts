/** `npm run bench -- NAME [arguments]`: runs bench/NAME.bench.ts in a process of its own; without a name, says which there are. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const ENDING = ".bench.ts";
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length));
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  console.error(`Write one of ${names.join(", ")}: npm run bench -- ${names[0]}`);
  process.exitCode = 2;
} else {
  const flags = ["--expose-gc", join(import.meta.dirname, name + ENDING), ...rest];
  process.exitCode = spawnSync(process.execPath, flags, { stdio: "inherit" }).status ?? 1;
}
