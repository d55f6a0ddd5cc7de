/** Pulumi's own folder (chosen stacks, notes of creations) is a scratch one for the whole test run, and gone after it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): () => void {
  const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  process.env["PULUMI_HOME"] = home;
  return () => rmSync(home, { recursive: true, force: true });
}
