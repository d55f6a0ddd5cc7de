/**
 * Any sandbox goes out as files, comes back as a program, and nothing is to change: for generated sandboxes, each object is
 * either declared, with inputs that check and diff find equal to what was adopted, or listed as foreign.
 * AEP_EXPORT_RUNS sets how many sandboxes; the number that ran is printed.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ImportDocument, ImportEntry } from "../cli/adopt/import-file.ts";
import { exportSandbox } from "../cli/export/export-sandbox.ts";
import { readStackConfig } from "../config.ts";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { Session } from "../resources/context.ts";
import { declareResources } from "../resources/declared.ts";
import * as providers from "../resources/dynamic.ts";
import type { KindName } from "../resources/pointer.ts";
import { isPlain, type Plain } from "../resources/values.ts";
import { XdmModel } from "../resources/xdm-model.ts";
import { objectsOf, SandboxMaker, type SandboxModel, sandboxModel } from "./support/sandbox-generator.ts";

const RUNS = Number(process.env["AEP_EXPORT_RUNS"] ?? 100);
const SIGNATURE = "4dabf18193072939515e22adb298388d";

let emulator: Emulator;
let session: Session;
const totals = { sandboxes: 0, objects: 0, foreign: 0 };

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 11 });
  Object.assign(process.env, emulator.env);
  session = new Session(() => undefined);
  for (const kind of Object.keys(providers) as KindName[])
    await providers[kind].configure?.({ config: { get: () => undefined } } as never);
});
afterAll(async () => {
  await emulator.close();
  console.info(
    `${totals.sandboxes} sandboxes round-tripped: ${totals.objects} objects declared, ${totals.foreign} listed as foreign`,
  );
});

/** Secrets in the clear, whether they are marked for an import file or for the wire. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (!isPlain(value)) return value;
  if (value[SIGNATURE] !== undefined)
    return "plaintext" in value ? JSON.parse(String(value["plaintext"])) : value["value"];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
}

interface Registered {
  kind: KindName;
  inputs: Plain;
}

/** Runs the exported program's resources; each registered resource gets the id and outputs of its import entry. */
async function registerAll(
  folder: string,
  stack: string,
  entries: Map<string, ImportEntry>,
): Promise<Map<string, Registered>> {
  const registered = new Map<string, Registered>();
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ type, name, inputs }) => {
        const key = `${type}::${name}`;
        const entry = entries.get(key);
        if (type !== "aep:xdm:XdmModel")
          registered.set(key, {
            kind: type.slice(type.lastIndexOf(":") + 1) as KindName,
            inputs: opened(inputs) as Plain,
          });
        return { id: entry?.id ?? `missing ${key}`, state: { ...inputs, ...(opened(entry?.outputs ?? {}) as Plain) } };
      },
    },
    "aep",
    stack,
  );
  const config = readStackConfig({ stack, root: folder, env: {} });
  const xdm = new XdmModel("xdm", { sandbox: config.sandbox, tenantId: config.tenantId });
  if (config.resources !== undefined) {
    const { sandbox, tenantId, protect, resources } = config;
    const declared = declareResources(resources, { sandbox, tenantId, protect, xdm, root: folder });
    await Promise.all(Object.values(declared).map(({ id }) => new Promise((done) => id.apply(done))));
  }
  await pulumi.runtime.disconnect();
  return registered;
}

async function roundTrip(model: SandboxModel): Promise<void> {
  const maker = new SandboxMaker(emulator.world);
  const folder = mkdtempSync(join(tmpdir(), "aep-round-"));
  try {
    await maker.make(model);
    const held = objectsOf(maker.state);
    emulator.world.calls.splice(0);
    const result = await exportSandbox(await session.context(maker.name), { stack: "exported" });
    expect(emulator.world.calls.filter(({ method, path }) => method !== "GET" && !path.startsWith("/ims"))).toEqual([]);
    for (const [path, text] of result.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      expect(text).not.toContain("canary");
    }
    const document = JSON.parse(result.files.get(result.importFile) ?? "{}") as ImportDocument;
    const entries = (document.resources ?? []).filter(({ component }) => !component);
    const kindOf = ({ type }: ImportEntry) => type.slice(type.lastIndexOf(":") + 1) as KindName;
    const accounted = [
      ...entries.map((one) => `${kindOf(one)} ${one.id}`),
      ...result.foreign.map(({ kind, id }) => `${kind} ${id}`),
    ];
    expect(accounted.sort()).toEqual(held);
    expect(result.foreign.filter(({ why }) => /^(cannot|would)/.test(why))).toEqual([]);
    const byKey = new Map(entries.map((one) => [`${one.type}::${one.logicalName ?? one.name}`, one]));
    const registered = await registerAll(folder, "exported", byKey);
    expect([...registered.keys()].sort()).toEqual([...byKey.keys()].sort());
    const checks = [...registered].map(([key, { kind, inputs }]) =>
      expectUnchanged(kind, byKey.get(key) as ImportEntry, inputs, key),
    );
    await Promise.all(checks);
    totals.sandboxes++;
    totals.objects += entries.length;
    totals.foreign += result.foreign.length;
  } finally {
    maker.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The next preview and the next refresh, as the engine would ask for them. */
async function expectUnchanged(kind: KindName, entry: ImportEntry, declared: Plain, key: string): Promise<void> {
  const provider = providers[kind];
  const [id, inputs, outputs] = [entry.id as string, opened(entry.inputs) as Plain, opened(entry.outputs) as Plain];
  const checked = await provider.check?.(inputs, declared);
  expect(checked?.failures ?? [], key).toEqual([]);
  expect(await provider.diff?.(id, outputs, checked?.inputs), `${key} in a preview`).toEqual({ changes: false });
  const read = await provider.read?.(id, outputs);
  expect(read?.id, key).toBe(id);
  expect(await provider.diff?.(id, read?.props, inputs), `${key} in a refresh`).toEqual({ changes: false });
  const { __provider: _, ...plain } = inputs;
  expect(read?.inputs, key).toEqual(plain);
}

it(`exports, adopts and previews empty for ${RUNS} generated sandboxes`, { timeout: 900_000 }, async () => {
  await fc.assert(fc.asyncProperty(sandboxModel, roundTrip), { numRuns: RUNS });
  expect(totals.objects / totals.sandboxes).toBeGreaterThan(8);
});
