/** Every field of every kind, changed alone: the plan is what the kind's table says, and only that field changes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { changesOf, type Mode, rulesOf } from "../resources/kind.ts";
import { KINDS } from "../resources/kinds.ts";
import { KIND_NAMES, type KindName } from "../resources/pointer.ts";
import { at, isPlain } from "../resources/values.ts";
import { type Created, create, createEveryKind, type EveryKind } from "./support/every-kind.ts";
import { type Props, ProviderHost } from "./support/provider-host.ts";

const EVENT = "https://ns.adobe.com/xdm/context/experienceevent";
const LOYALTY = "https://ns.adobe.com/xdm/mixins/profile/profile-loyalty-details";
const CLOUD_STORAGE = "b7bf2577-4520-42c9-bae9-cad01560f7bc";

/** Values that a generated one cannot stand for: references and names that AEP knows. */
const VALUES: Record<string, (all: EveryKind) => unknown> = {
  "FieldGroup.intendedToExtend": () => [EVENT],
  "Schema.class": () => EVENT,
  "Schema.fieldGroups": (all) => [...(all.Schema.inputs["fieldGroups"] as string[]), LOYALTY],
  "IdentityDescriptor.schema": () => "https://ns.adobe.com/acme/schemas/other",
  "IdentityDescriptor.property": () => "/mobilePhone/number",
  "IdentityDescriptor.namespace": () => "Phone",
  "Dataset.schema": () => "https://ns.adobe.com/acme/schemas/other",
  "BaseConnection.connectionSpec.id": () => CLOUD_STORAGE,
  "SourceConnection.connectionSpec.id": () => CLOUD_STORAGE,
  "TargetConnection.schema": () => "https://ns.adobe.com/acme/schemas/other",
  "MappingSet.schema": (all) => all.Schema.id,
  "Dataflow.mapping.id": async (all) => {
    const { name: _, ...rest } = all.MappingSet.inputs;
    return (await create(host, "MappingSet", { ...rest, name: "Another mapping" })).id;
  },
  "Dataflow.mapping.version": async ({ MappingSet: { id, inputs, outs } }) => {
    const changed = await host.update("MappingSet", id, outs, { ...inputs, name: "Another version" });
    return changed["version"];
  },
  "Dataflow.schedule.frequency": () => "hour",
};

interface Mutation {
  path: string;
  value: (before: unknown) => unknown;
}

/** One change for every leaf of a schema. */
function mutations(schema: unknown, path = ""): Mutation[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return mutations(schema.unwrap(), path);
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, child]) =>
      mutations(child, path === "" ? key : `${path}.${key}`),
    );
  }
  return [{ path, value: (before) => other(schema, before) }];
}

function other(schema: unknown, before: unknown): unknown {
  if (schema instanceof z.ZodBoolean) return before !== true;
  if (schema instanceof z.ZodNumber) return typeof before === "number" ? before + 1 : 7;
  if (schema instanceof z.ZodEnum) return schema.options.find((option) => option !== before);
  if (schema instanceof z.ZodRecord) {
    const [key, value] = Object.entries((before ?? {}) as Props)[0] ?? ["added", "value"];
    return { ...(before as Props | undefined), [key]: changed(value) };
  }
  return `${before ?? ""} changed`.trim();
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return [...value, "more"];
  if (isPlain(value)) return "source" in value ? { ...value, source: "changed" } : { ...value, title: "Changed" };
  return typeof value === "string" ? `${value} changed` : value;
}

function withValue(inputs: Props, path: string, value: unknown): Props {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...inputs, [head]: value };
  return { ...inputs, [head]: withValue((inputs[head] ?? {}) as Props, rest.join("."), value) };
}

let emulator: Emulator;
let host: ProviderHost;
let all: EveryKind;
beforeAll(async () => {
  emulator = await startEmulator();
  host = await ProviderHost.start({ ...emulator.env, AEP_ALLOW_DESTROY: "*" });
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  all = await createEveryKind(host);
});
afterEach(() => expect(emulator.world.calls.filter((call) => call.status >= 500)).toEqual([]));

function tableMode(kind: KindName, olds: Props, news: Props): Mode {
  const modes = changesOf(KINDS[kind], olds, news).map((change) => change.mode);
  expect(modes.length).toBeLessThanOrEqual(1);
  return modes[0] ?? "ignored";
}

async function expectPlan(one: Created, inputs: Props, mode: Mode, path: string): Promise<void> {
  const plan = await host.diff(one.kind, one.id, one.outs, inputs);
  if (mode === "ignored") return expect(plan).toMatchObject({ changes: false, replaces: [] });
  const replaced = mode === "update" ? [] : [path.split(".")[0]];
  expect(plan).toEqual({
    changes: undefined,
    replaces: replaced,
    deleteBeforeReplace: mode === "delete-before-replace",
  });
}

async function expectOnly(one: Created, inputs: Props, path: string): Promise<void> {
  const outs = await host.update(one.kind, one.id, one.outs, inputs);
  const read = await host.read(one.kind, one.id, outs);
  expect(read.inputs).toEqual(inputs);
  expect(at(read.inputs, path)).toEqual(at(inputs, path));
  expect(await host.diff(one.kind, one.id, read.outs, inputs)).toMatchObject({ changes: false });
}

describe.each([...KIND_NAMES])("%s", (kind) => {
  const changes = mutations(KINDS[kind].inputs);

  it("has a table row for every input", () => {
    const rows = Object.keys(rulesOf(KINDS[kind]));
    const uncovered = changes.filter(({ path }) => !rows.some((row) => path === row || path.startsWith(`${row}.`)));
    expect(uncovered).toEqual([]);
  });

  it.each(changes)("$path", async ({ path, value }) => {
    const one = all[kind];
    const given = path === "sandbox" ? "stage" : await VALUES[`${kind}.${path}`]?.(all);
    const wanted = given ?? value(at(one.inputs, path));
    const { inputs, failures } = await host.check(kind, {}, withValue(one.inputs, path, wanted));
    expect(failures).toEqual([]);
    const mode = tableMode(kind, one.inputs, inputs);
    const checked = await host.check(kind, one.inputs, withValue(one.inputs, path, wanted));
    expect(checked.failures.length).toBe(mode === "refused" ? 1 : 0);
    if (mode === "refused") return;
    const before = emulator.world.calls.length;
    await expectPlan(one, inputs, mode, path);
    expect(emulator.world.calls.length).toBe(before);
    if (mode === "update") await expectOnly(one, inputs, path);
  });
});
