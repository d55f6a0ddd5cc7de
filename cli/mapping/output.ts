/** Writing a result to a file that must not be there yet, or to standard output. */
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { AepError } from "../../errors.ts";
import { print, printText } from "../print.ts";
import { writeWhole } from "../whole-file.ts";

export interface OutputOptions {
  out?: string;
  force?: boolean;
}

/** @throws AepError USAGE when the file exists and --force was not given */
export function writeResult(text: string, { out, force }: OutputOptions): void {
  if (!out) {
    printText(text);
    return;
  }
  if (existsSync(out) && !force)
    throw new AepError("USAGE", `${out} exists already`, { hint: "Give another name, or --force to overwrite it." });
  writeWhole(out, text);
  print(`wrote ${out}`);
}

/** The file `--schema` means: a path, or a name in xdm/ as mapping files write it. */
export function schemaFile(named: string): string {
  return /[/\\]|\.ya?ml$/.test(named) ? named : join("xdm", `${named}.yaml`);
}

/** How a mapping file names a schema file: by its name when it lies in the xdm/ beside it, by its path otherwise. */
export function schemaName(schemaFile: string, mappingFile?: string): string {
  const folder = dirname(resolve(mappingFile ?? "mappings/x.yaml"));
  const path = relative(folder, resolve(schemaFile)).replaceAll("\\", "/");
  return path === `../xdm/${basename(path)}`
    ? basename(path).replace(/\.ya?ml$/, "")
    : path.startsWith(".")
      ? path
      : `./${path}`;
}
