/** Gathers a bundle, looks for secrets in it, and only then writes it. */
import { createHash } from "node:crypto";
import { readSetting } from "../../aep/settings.ts";
import { AepError } from "../../errors.ts";
import { stackSettings, stackValues } from "../connect.ts";
import type { Quarantine } from "../errors/store.ts";
import { writePrivateFile } from "../private-file.ts";
import { type BundleOptions, contents } from "./contents.ts";
import { environmentSecrets, type Hit, type KnownSecret, scan } from "./scan.ts";
import { zip } from "./zip.ts";

export interface Bundle {
  file: string;
  bytes: number;
  sha256: string;
  files: Array<{ name: string; bytes: number; sha256: string }>;
  missing: Record<string, string>;
}

/** @throws AepError SUPPORT_SECRET with every place; FILE_NOT_FOUND when it cannot be written */
export async function writeBundle(quarantine: Quarantine, options: BundleOptions, out: string): Promise<Bundle> {
  const { files, missing } = await contents(quarantine, options);
  const listed = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => ({ name, ...digest(text) }));
  const manifest = {
    made: new Date().toISOString(),
    stack: options.stack,
    payloads: options.reveal ? "as sent" : "personal data hashed",
    files: listed,
    missing,
  };
  files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  refuseSecrets(scan(files, await knownSecrets(options.stack, files.get("stack.json") ?? "")));
  const archive = await zip(files);
  writePrivateFile(out, archive);
  return { file: out, ...digest(archive), files: listed, missing };
}

const digest = (content: string | Buffer) => ({
  bytes: Buffer.byteLength(content),
  sha256: createHash("sha256").update(content).digest("hex"),
});

/** What is secret on this machine: the environment's credentials, those the stack names, and the stack's own when it can be opened. */
async function knownSecrets(stack: string, stackText: string): Promise<KnownSecret[]> {
  const named = [...stackText.matchAll(/\benv:(\w+)/g)].map(([, name]) => name ?? "");
  const open = ["clientId", "tenantId", "sandbox", "orgId"] as const;
  const shown = open.flatMap((name) => readSetting(name, stackValues(stack)) ?? []);
  const known = environmentSecrets(process.env, named, shown);
  const own = await stackSettings(stack).then(
    (settings) => settings("aep:clientSecret"),
    // Secrets that nobody can open here cannot have got into the bundle either.
    () => undefined,
  );
  if (own !== undefined && !shown.includes(own)) known.push({ value: own, from: "aep:clientSecret" });
  return known;
}

function refuseSecrets(hits: readonly Hit[]): void {
  if (hits.length === 0) return;
  const places = hits.slice(0, 10).map(({ file, line, what }) => `${file} line ${line} holds ${what}`);
  const more = hits.length > places.length ? ` and ${hits.length - places.length} more` : "";
  throw new AepError("SUPPORT_SECRET", `${places.join("; ")}${more}`);
}
