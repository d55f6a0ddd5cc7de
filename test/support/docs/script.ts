/** Runs a ts or js block as a user would: with node, in a project that has this package. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Block } from "./blocks.ts";
import { linkPackages } from "./content.ts";

/** What it printed. Rejects when it fails. */
export async function runScript({ page, line, text, lang }: Block, env: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "aep-docs-"));
  try {
    linkPackages(folder);
    const file = join(folder, `script.${lang}`);
    writeFileSync(file, text);
    const options = { cwd: folder, env: { ...env, PATH: process.env["PATH"] ?? "" }, timeout: 120_000 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], options);
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${page}:${line}: ${(error as Error).message}\n${stdout}${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
