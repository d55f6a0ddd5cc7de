import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { unseal } from "./scratch.ts";

it("a stack that was made already is made anew in the copy", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aep-scratch-"));
  const file = join(folder, "Pulumi.local.yaml");
  const config = "config:\n  aep:sandbox: dev # encryptionsalt: here is none\n";
  writeFileSync(file, `encryptionsalt: v1:abc:def\n${config}secretsprovider: awskms://alias/aep\nencryptedkey: abc\n`);
  await unseal(file);
  expect(readFileSync(file, "utf8")).toBe(config);
  rmSync(folder, { recursive: true });
});
