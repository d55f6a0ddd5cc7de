/** Whatever is observed of an object and changed behind the program's back is named with its path, and nothing else is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { KINDS } from "../resources/kinds.ts";
import { KIND_NAMES, type KindName } from "../resources/pointer.ts";
import { isPlain } from "../resources/values.ts";
import { createEveryKind, type EveryKind } from "./support/every-kind.ts";
import { type Props, ProviderHost } from "./support/provider-host.ts";

type Body = Record<string, unknown>;

/** Names of the collections at the emulator's control endpoint. */
const COLLECTION: Record<KindName, string> = {
  FieldGroup: "fieldgroups",
  Schema: "schemas",
  IdentityDescriptor: "descriptors",
  Dataset: "dataSets",
  BaseConnection: "connections",
  SourceConnection: "sourceConnections",
  TargetConnection: "targetConnections",
  MappingSet: "mappingSets",
  Dataflow: "flows",
};

interface Drift {
  /** What of the inputs must be named, and nothing else. */
  names: string;
  /** Merge patch of the stored object. */
  change: (stored: Body, all: EveryKind) => Body;
}

const label = (field: string): Drift => ({ names: field, change: () => ({ [field]: "Changed in the UI" }) });
const mappings = (stored: Body) => structuredClone(stored["mappings"]) as Body[];
const otherSpec = () => ({ connectionSpec: { id: "another", version: "1.0" } });
const EVENT = "https://ns.adobe.com/xdm/context/experienceevent";
const LOYALTY = "https://ns.adobe.com/xdm/mixins/profile/profile-loyalty-details";

function withFields(stored: Body, edit: (fields: Body) => void): Body {
  const definitions = structuredClone(stored["definitions"]) as Body;
  const [root] = Object.values(definitions) as Array<{ properties: Record<string, { properties: Body }> }>;
  edit(root?.properties["_acme"]?.properties ?? {});
  return { definitions };
}

const DRIFTS: Record<KindName, Drift[]> = {
  FieldGroup: [
    label("title"),
    label("description"),
    { names: "intendedToExtend.0", change: () => ({ "meta:intendedToExtend": [EVENT] }) },
    {
      names: "fields._acme.points.title",
      change: (stored) => withFields(stored, (fields) => Object.assign(fields["points"] as Body, { title: "Other" })),
    },
    {
      names: "fields._acme.added",
      change: (stored) => withFields(stored, (fields) => Object.assign(fields, { added: { type: "string" } })),
    },
  ],
  Schema: [
    label("title"),
    label("description"),
    {
      names: "fieldGroups.3",
      change: (stored) => ({ allOf: [...(stored["allOf"] as Body[]), { $ref: "https://z.example/group" }] }),
    },
    {
      names: "class",
      change: (stored) => ({ "meta:class": EVENT, allOf: [{ $ref: EVENT }, ...(stored["allOf"] as Body[]).slice(1)] }),
    },
  ],
  IdentityDescriptor: [
    { names: "property", change: () => ({ "xdm:sourceProperty": "/mobilePhone/number" }) },
    { names: "namespace", change: () => ({ "xdm:namespace": "Phone" }) },
    { names: "primary", change: () => ({ "xdm:isPrimary": false }) },
  ],
  Dataset: [
    label("name"),
    label("description"),
    { names: "schema", change: () => ({ schemaRef: { id: LOYALTY } }) },
    { names: "profile", change: () => ({ tags: { unifiedProfile: ["enabled:false"] } }) },
    { names: "identity", change: () => ({ tags: { unifiedIdentity: ["enabled:false"] } }) },
    { names: "errorDiagnostics", change: () => ({ enableErrorDiagnostics: false }) },
    { names: "tags.team.0", change: () => ({ tags: { team: ["other"] } }) },
  ],
  BaseConnection: [label("name"), label("description"), { names: "connectionSpec.id", change: otherSpec }],
  SourceConnection: [
    { names: "connectionSpec.id", change: otherSpec },
    label("name"),
    label("description"),
    { names: "data.format", change: () => ({ data: { format: "delimited" } }) },
    { names: "params.path", change: () => ({ params: { path: "/other" } }) },
    { names: "baseConnection", change: () => ({ baseConnectionId: "another" }) },
  ],
  TargetConnection: [
    label("name"),
    label("description"),
    { names: "dataset", change: () => ({ params: { dataSetId: "another" } }) },
    { names: "schema", change: () => ({ data: { schema: { id: LOYALTY } } }) },
    { names: "format", change: () => ({ data: { format: "json" } }) },
  ],
  MappingSet: [
    label("name"),
    { names: "schema", change: () => ({ outputSchema: { schemaRef: { id: LOYALTY } }, xdmSchema: LOYALTY }) },
    {
      names: "rows.personalEmail.address.source",
      change: (stored) => ({
        mappings: mappings(stored).map((row) =>
          row["destination"] === "personalEmail.address"
            ? { ...row, source: "upper(email)", sourceAttribute: "upper(email)" }
            : row,
        ),
      }),
    },
    {
      names: "rows._acme.points",
      change: (stored) => ({ mappings: mappings(stored).filter((row) => row["destination"] !== "_acme.points") }),
    },
    {
      names: "rows._acme.added",
      change: (stored) => ({
        mappings: [...mappings(stored), { sourceType: "ATTRIBUTE", source: "a", destination: "_acme.added" }],
      }),
    },
  ],
  Dataflow: [
    label("name"),
    label("description"),
    { names: "state", change: () => ({ state: "disabled" }) },
    {
      names: "mapping.version",
      change: (_, all) => ({
        transformations: [{ name: "Mapping", params: { mappingId: all.MappingSet.id, mappingVersion: 7 } }],
      }),
    },
    { names: "schedule.interval", change: () => ({ scheduleParams: { interval: 45 } }) },
    { names: "schedule.frequency", change: () => ({ scheduleParams: { frequency: "hour" } }) },
    { names: "schedule.startTime", change: () => ({ scheduleParams: { startTime: 2_000_000_000 } }) },
    { names: "schedule.backfill", change: () => ({ scheduleParams: { backfill: false } }) },
    { names: "flowSpec.id", change: () => ({ flowSpec: { id: "another", version: "1.0" } }) },
    { names: "sourceConnection", change: () => ({ sourceConnectionIds: ["another"] }) },
    { names: "targetConnection", change: () => ({ targetConnectionIds: ["another"] }) },
  ],
};

/** Declared in a sandbox of its own: in the first one the descriptor enables the schema for Profile, and the dataset needs it. */
const RARELY_DECLARED: Partial<Record<KindName, Props>> = {
  Schema: { profile: false },
  IdentityDescriptor: { enableProfile: undefined },
  Dataset: { profile: undefined, identity: undefined },
  Dataflow: { options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 10 } },
};

const RARE_DRIFTS: Partial<Record<KindName, Drift[]>> = {
  Schema: [{ names: "profile", change: () => ({ "meta:immutableTags": ["union"] }) }],
  Dataflow: [
    { names: "options.errorDiagnosticsEnabled", change: () => ({ options: { errorDiagnosticsEnabled: false } }) },
    { names: "options.partialIngestionPercent", change: () => ({ options: { partialIngestionPercent: 50 } }) },
  ],
};

/** Paths at which two values differ, as deep as both have something there. */
function differences(a: unknown, b: unknown, path = ""): string[] {
  const both = (Array.isArray(a) && Array.isArray(b)) || (isPlain(a) && isPlain(b));
  if (!both) return Object.is(a, b) ? [] : [path];
  const [left, right] = [a as Body, b as Body];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differences(left[key], right[key], path === "" ? key : `${path}.${key}`));
}

let emulator: Emulator;
let host: ProviderHost;
let all: EveryKind;
beforeAll(async () => {
  emulator = await startEmulator();
  host = await ProviderHost.start(emulator.env);
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});
beforeEach(() => startAnew());

async function startAnew(declared: Partial<Record<KindName, Props>> = {}): Promise<void> {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  await forgetLists();
  all = await createEveryKind(host, declared);
}

/** A refresh serves its reads from lists for a while; a write, here of nothing, makes the provider read anew. */
async function forgetLists(): Promise<void> {
  await Promise.all(KIND_NAMES.map((kind) => host.remove(kind, "none", { sandbox: "dev" })));
}

async function behind(method: string, kind: KindName, body?: Body): Promise<Body> {
  const url = `${emulator.url}/__emulator/sandboxes/dev/objects/${COLLECTION[kind]}/${encodeURIComponent(all[kind].id)}`;
  const headers = { "content-type": "application/merge-patch+json" };
  const answer = await fetch(url, body === undefined ? { method } : { method, headers, body: JSON.stringify(body) });
  expect(answer.ok, `${method} ${url}`).toBe(true);
  return answer.status === 204 ? {} : ((await answer.json()) as Body);
}

async function expectNamed(kind: KindName, drifts: Drift[]): Promise<void> {
  const { id, outs, inputs } = all[kind];
  const original = await behind("GET", kind);
  for (const { names, change } of drifts) {
    await behind("PATCH", kind, change(original, all));
    const read = await host.read(kind, id, outs);
    expect(differences(inputs, read.inputs), names).toEqual([names]);
    expect(await host.diff(kind, id, read.outs, inputs), names).toMatchObject({ changes: undefined });
    for (const other of KIND_NAMES.filter((name) => name !== kind && name !== "IdentityDescriptor")) {
      const neighbour = await host.read(other, all[other].id, all[other].outs);
      expect(neighbour.inputs, `${other} after ${names}`).toEqual(all[other].inputs);
    }
    await behind("PATCH", kind, original);
    await forgetLists();
  }
}

describe.each([...KIND_NAMES])("%s", (kind) => {
  it("names each observed field that drifts, and only that", () => expectNamed(kind, DRIFTS[kind]));

  it("has a case for every observed field", () => {
    const unobserved: Partial<Record<KindName, string[]>> = {
      // A descriptor of another schema is another descriptor; what it enables is the schema's, and named there.
      IdentityDescriptor: ["schema", "enableProfile"],
      // The service masks credentials.
      BaseConnection: ["auth"],
    };
    const leaves = Object.keys(KINDS[kind].inputs.shape).filter((key) => key !== "sandbox" && key !== "adopt");
    const drifts = [...DRIFTS[kind], ...(RARE_DRIFTS[kind] ?? [])];
    const covered = new Set(drifts.map(({ names }) => names.split(".")[0]));
    expect(leaves.filter((key) => !covered.has(key))).toEqual(unobserved[kind] ?? []);
    expect(KINDS[kind].inputs).toBeInstanceOf(z.ZodObject);
  });

  it("that is gone is gone", async () => {
    await behind("DELETE", kind);
    await forgetLists();
    const { id, outs } = all[kind];
    expect(await host.read(kind, id, outs)).toMatchObject({ id: "" });
  });
});

it("what few programs declare is named too", async () => {
  await startAnew(RARELY_DECLARED);
  await expectNamed("Dataflow", RARE_DRIFTS.Dataflow ?? []);
  await expectNamed("Schema", RARE_DRIFTS.Schema ?? []); // last: a schema stays enabled
});

it("a thousand refreshes of an untouched world give no alarm", async () => {
  for (let round = 0; round < 112; round++) {
    const reads = KIND_NAMES.map(async (kind) => {
      const { id, outs, inputs } = all[kind];
      const read = await host.read(kind, id, outs);
      expect(read).toEqual({ id, outs, inputs });
      expect(await host.diff(kind, id, read.outs, inputs)).toMatchObject({ changes: false });
    });
    await Promise.all(reads);
  }
});
