/** Random sandboxes of all managed kinds, made through the kinds' own handlers, with strangers among their objects. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { newSandbox, type SandboxState, type World } from "../../emulator/store.ts";
import { standardFieldGroups } from "../../mapping/index.ts";
import * as providers from "../../resources/dynamic.ts";
import type { KindName } from "../../resources/pointer.ts";
import { clean, type Plain } from "../../resources/values.ts";

const PROFILE = "https://ns.adobe.com/xdm/context/profile";
const EVENT = "https://ns.adobe.com/xdm/context/experienceevent";
const GROUPS: Record<string, string[]> = {
  [PROFILE]: ["identity-map", "loyalty-details", "personal-contact-details", "demographic-details"],
  [EVENT]: ["identity-map", "commerce-details", "loyalty-event-details"],
};
const HTTP_API = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const CAPILLARY = "6360f136-5980-4111-8bdf-15d29eab3b5a";
const SFTP = "b7bf2577-4520-42c9-bae9-cad01560f7bc";
const FLOW_SPECS: Record<string, string> = {
  [HTTP_API]: "c1a19761-d2c7-4702-b9fa-fe91f0613e81",
  [CAPILLARY]: "6499120c-0b15-42dc-936e-847ea3c24d72",
  [SFTP]: "9753525b-82c7-4dce-8a9b-5ccfce2b9876",
};

/** Names that YAML, Pulumi, slugs and references might misread. */
const ODD = [
  "null",
  "true",
  "no",
  "1e3",
  "0x1f",
  "2026-01-31",
  "~",
  "- a",
  "a: b # c",
  "{a}",
  "[x]",
  "*star",
  "&anchor",
  "!tag",
  "%x",
  "@at",
  "`tick`",
  "${orders.id}",
  "$${orders.id}",
  "${x}",
  "{tenant}",
  "_acme",
  'say "hi"',
  "it's",
  "back\\slash",
  "tab\there",
  "two\nlines",
  "  around  ",
  "名前",
  "Ünïcödé",
  "🎯 goal",
  "a/b/c",
  "xdm",
  "orders",
  "Orders",
  "orders!",
  "identity-map",
  "env:HOME",
  "<<",
  "...",
  "---",
  "x".repeat(90),
];
const label = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ODD) },
  { weight: 2, arbitrary: fc.constantFrom("Orders", "Loyalty members", "Loyalty events", "Stores", "Returns") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 24 }) },
);
const description = fc.option(label, { nil: undefined });
const index = fc.nat({ max: 7 });
const fieldName = fc.constantFrom("points", "tier", "code", "since", "storeId", "is_active", "x-y", "a1");
const field = fc.oneof(
  fc.constantFrom<Plain>(
    { type: "string" },
    { type: "integer" },
    { type: "number" },
    { type: "boolean" },
    { type: "string", format: "date-time" },
  ),
  fc.record({ type: fc.constant("string"), title: label, description: label }),
  fc.constant<Plain>({ type: "string", enum: ["b", "a"], "meta:enum": { b: "Bee", a: "Ay" } }),
  fc.constant<Plain>({ type: "string", "meta:enum": { web: "Web" } }),
  fc.record({
    type: fc.constant("integer"),
    minimum: fc.integer({ min: -9, max: 0 }),
    maximum: fc.integer({ min: 1, max: 9 }),
  }),
  fc.constant<Plain>({ type: "string", pattern: "^[A-Z]{2}$", maxLength: 2 }),
);
const expression = fc.constantFrom(
  "lower(a.b)",
  'concat("x", a)',
  'iif(a == 1, "one", null)',
  "  upper(a)",
  "a.b + 1",
  'date(t, "yyyy-MM-dd")',
);
const row = fc.oneof(
  fc.record({
    sourceType: fc.constant("ATTRIBUTE"),
    source: fc.constantFrom("a.b", "loyalty.points", "items[*].sku", "_acme.x"),
  }),
  fc.record({ sourceType: fc.constant("EXPRESSION"), source: expression }),
  fc.record({ sourceType: fc.constant("STATIC"), source: fc.oneof(label, fc.constantFrom("", "5", "true")) }),
);
const rows = fc.dictionary(
  fc.constantFrom(
    "_id",
    "personID",
    "identityMap.Email[0].id",
    "loyalty.points",
    "loyalty.tier",
    "person.name.firstName",
    "eventType",
  ),
  row,
  { maxKeys: 5, noNullPrototype: true },
);

/** A sandbox in outline; numbers are indexes into what stands before, taken modulo its length. */
export const sandboxModel = fc.record({
  groups: fc.array(
    fc.record({
      title: label,
      description,
      forEvents: fc.boolean(),
      fields: fc.uniqueArray(fc.tuple(fieldName, field), { minLength: 1, maxLength: 4, selector: ([name]) => name }),
      nested: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  schemas: fc.array(
    fc.record({
      title: label,
      description,
      forEvents: fc.boolean(),
      standard: fc.subarray([0, 1, 2, 3]),
      own: fc.array(index, { maxLength: 2 }),
      identity: fc.constantFrom("none", "primary", "secondary"),
      profile: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  datasets: fc.array(
    fc.record({
      name: label,
      description,
      schema: index,
      profile: fc.boolean(),
      identity: fc.boolean(),
      errorDiagnostics: fc.boolean(),
      tags: fc.option(
        fc.dictionary(fc.constantFrom("team", "cost/center", "x"), fc.array(label, { maxLength: 2 }), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
        { nil: undefined },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  bases: fc.array(fc.record({ name: label, description, spec: fc.constantFrom(HTTP_API, CAPILLARY, SFTP) }), {
    minLength: 1,
    maxLength: 3,
  }),
  sources: fc.array(fc.record({ name: label, description, base: index, path: label }), { minLength: 1, maxLength: 4 }),
  targets: fc.array(fc.record({ name: label, description, dataset: index }), { minLength: 1, maxLength: 3 }),
  sets: fc.array(fc.record({ name: label, schema: index, versions: fc.array(rows, { minLength: 1, maxLength: 3 }) }), {
    maxLength: 3,
  }),
  flows: fc.array(
    fc.record({
      name: label,
      description,
      source: index,
      target: index,
      set: index,
      version: index,
      future: fc.boolean(),
      frequency: fc.constantFrom("minute", "hour", "day", "once"),
      partial: fc.boolean(),
      disabled: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  strangers: fc.subarray(["draft", "manyRows", "adobeDataset", "destination", "relation", "class"]),
});
export type SandboxModel = typeof sandboxModel extends fc.Arbitrary<infer T> ? T : never;

interface Made {
  id: string;
  inputs: Plain;
  outs: Plain;
}

/** Makes the sandbox; what the emulator refuses (a title twice, a flow between schemas that do not fit) is left out. */
export class SandboxMaker {
  readonly name = `s${randomBytes(6).toString("hex")}`;
  readonly #world: World;
  readonly #made: Record<string, Made[]> = {};
  readonly #fits = new Map<string, Made>();

  constructor(world: World) {
    this.#world = world;
    const dev = world.sandboxes.get("dev") as SandboxState;
    world.sandboxes.set(this.name, newSandbox(this.name, { ...dev.entity, name: this.name }));
  }

  get state(): SandboxState {
    return this.#world.sandboxes.get(this.name) as SandboxState;
  }

  remove(): void {
    this.#world.sandboxes.delete(this.name);
  }

  async make(model: SandboxModel): Promise<void> {
    for (const one of model.groups) await this.#fieldGroup(one);
    for (const one of model.schemas) await this.#schema(one);
    for (const one of model.datasets) await this.#dataset(one);
    for (const one of model.bases) await this.#base(one);
    for (const one of model.sources) await this.#source(one);
    for (const one of model.targets) await this.#target(one);
    for (const one of model.sets) await this.#set(one);
    for (const one of model.flows) await this.#flow(one);
    for (const stranger of model.strangers) this.#stranger(stranger);
  }

  async #create(kind: KindName, news: Plain): Promise<Made | undefined> {
    const provider = providers[kind];
    const checked = await provider.check?.({}, clean({ sandbox: this.name, ...news }));
    if (!checked || (checked.failures ?? []).length > 0) return undefined;
    const inputs = checked.inputs as Plain;
    try {
      const { id, outs } = await provider.create(inputs);
      const made = { id, inputs, outs: outs as Plain };
      this.#made[kind] = [...(this.#made[kind] ?? []), made];
      return made;
    } catch (error) {
      if (/AEP_REFUSED|AEP_INPUT/.test(String((error as Error).message))) return undefined;
      throw error;
    }
  }

  #pick(kind: KindName, at: number): Made | undefined {
    const all = this.#made[kind] ?? [];
    return all[at % all.length];
  }

  async #fieldGroup({ title, description, forEvents, fields, nested }: SandboxModel["groups"][number]): Promise<void> {
    const prefix = nested ? "_acme.nested.list[]" : "_acme.flat";
    const own = Object.fromEntries(fields.map(([name, one]) => [`${prefix}.${name}`, one]));
    await this.#create("FieldGroup", {
      title,
      description,
      intendedToExtend: [forEvents ? EVENT : PROFILE],
      fields: own,
    });
  }

  async #schema({
    title,
    description,
    forEvents,
    standard,
    own,
    identity,
    profile,
  }: SandboxModel["schemas"][number]): Promise<void> {
    const ownClass = forEvents ? EVENT : PROFILE;
    const names = GROUPS[ownClass] ?? [];
    const adobe = standard
      .flatMap((at) => names[at] ?? [])
      .map((name) => standardFieldGroups[name as keyof typeof standardFieldGroups]);
    const groups = own
      .flatMap((at) => this.#pick("FieldGroup", at) ?? [])
      .filter(({ inputs }) => (inputs["intendedToExtend"] as string[]).includes(ownClass));
    const withEmail = identity !== "none" && !forEvents ? [standardFieldGroups["personal-contact-details"]] : [];
    const fieldGroups = [...adobe, ...withEmail, ...groups.map(({ id }) => id)];
    const enabledAlone = profile && identity !== "primary" && fieldGroups.includes(standardFieldGroups["identity-map"]);
    const schema = await this.#create("Schema", {
      title,
      description,
      class: ownClass,
      fieldGroups,
      profile: enabledAlone || undefined,
    });
    if (!schema || identity === "none" || forEvents) return;
    const primary = identity === "primary";
    const enableProfile = primary && profile ? true : undefined;
    await this.#create("IdentityDescriptor", {
      schema: schema.id,
      property: "/personalEmail/address",
      namespace: "Email",
      primary,
      enableProfile,
    });
  }

  async #dataset({ schema, profile, ...rest }: SandboxModel["datasets"][number]): Promise<void> {
    const of = this.#pick("Schema", schema);
    if (!of) return;
    const inUnion = [...this.state.registry.schemas.values()].some(
      (one) => one["$id"] === of.id && one["meta:immutableTags"]?.includes("union"),
    );
    await this.#create("Dataset", { ...rest, schema: of.id, profile: profile && inUnion });
  }

  async #base({ name, description, spec }: SandboxModel["bases"][number]): Promise<void> {
    const unique = `s-${randomBytes(5).toString("hex")}`;
    const auth = {
      [HTTP_API]: {
        specName: "Streaming Connection",
        params: { sourceId: unique, name, dataType: "raw", authenticationRequired: false },
      },
      [CAPILLARY]: {
        specName: "OAuth generic-rest-connector",
        params: { clientId: "key", clientSecret: "canary-client-secret", accessToken: "canary-token" },
      },
      [SFTP]: {
        specName: "Basic Authentication for sftp",
        params: { host: "sftp.example.com", port: 22, userName: "u", password: "canary-password" },
      },
    }[spec];
    await this.#create("BaseConnection", { name, description, connectionSpec: { id: spec }, auth });
  }

  async #source({ name, description, base, path }: SandboxModel["sources"][number]): Promise<void> {
    const of = this.#pick("BaseConnection", base);
    if (!of) return;
    const connectionSpec = of.inputs["connectionSpec"] as Plain;
    const files = {
      data: { format: "delimited", properties: { columnDelimiter: "," } },
      params: { path: `/${path}`, type: "file" },
    };
    await this.#create("SourceConnection", {
      name,
      description,
      baseConnection: of.id,
      connectionSpec,
      ...(connectionSpec["id"] === SFTP && files),
    });
  }

  async #target({ name, description, dataset }: SandboxModel["targets"][number]): Promise<void> {
    const of = this.#pick("Dataset", dataset);
    if (of) await this.#create("TargetConnection", { name, description, dataset: of.id, schema: of.inputs["schema"] });
  }

  async #set({ name, schema, versions }: SandboxModel["sets"][number]): Promise<void> {
    const of = this.#pick("Schema", schema);
    if (!of) return;
    let made = await this.#create("MappingSet", { name, schema: of.id, rows: versions[0] });
    for (const rows of versions.slice(1)) {
      if (!made) return;
      const inputs: Plain = { ...made.inputs, rows };
      const answer = await providers.MappingSet.update?.(made.id, made.outs, inputs).catch(() => undefined);
      if (answer) made = Object.assign(made, { inputs, outs: answer.outs as Plain });
    }
  }

  async #flow(one: SandboxModel["flows"][number]): Promise<void> {
    const source = this.#pick("SourceConnection", one.source);
    const target = this.#pick("TargetConnection", one.target);
    if (!source || !target) return;
    const sets = (this.#made["MappingSet"] ?? []).filter(({ inputs }) => inputs["schema"] === target.inputs["schema"]);
    const set = sets[one.set % (sets.length || 1)];
    const spec = String((source.inputs["connectionSpec"] as Plain)["id"]);
    const scheduled = spec !== HTTP_API;
    const startTime = Math.floor(this.#world.clock.now() / 1000) + 3600;
    const schedule = {
      ...(one.future && { startTime }),
      frequency: one.frequency,
      ...(one.frequency !== "once" && { interval: 20, backfill: one.partial }),
    };
    const flow = (mapping: Made | undefined) =>
      this.#create("Dataflow", {
        name: one.name,
        description: one.description,
        flowSpec: { id: FLOW_SPECS[spec] },
        sourceConnection: source.id,
        targetConnection: target.id,
        ...(mapping && { mapping: { id: mapping.id, version: one.version % (Number(mapping.outs["version"]) + 1) } }),
        ...(scheduled && { schedule }),
        ...(one.partial && { options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 10 } }),
        state: one.disabled ? "disabled" : "enabled",
      });
    if (!(await flow(set))) await flow(await this.#fitting(String(target.inputs["schema"]), one.name));
  }

  /** A mapping set that fits any schema, in two versions; flows to one schema share it. */
  async #fitting(schema: string, name: string): Promise<Made | undefined> {
    const known = this.#fits.get(schema);
    if (known) return known;
    const versions = ["a.b", "a.c"].map((source) => ({ _id: { sourceType: "ATTRIBUTE", source } }));
    const before = this.#made["MappingSet"]?.length ?? 0;
    const of = (this.#made["Schema"] ?? []).findIndex(({ id }) => id === schema);
    await this.#set({ name, schema: of, versions } as SandboxModel["sets"][number]);
    const made = this.#made["MappingSet"]?.[before];
    if (made) this.#fits.set(schema, made);
    return made;
  }

  /** Objects that no program of this project declares; put in as they are, because its own API calls could not make them. */
  #stranger(which: string): void {
    const { flowService, catalog, registry, dataPrep } = this.state;
    const id = randomBytes(12).toString("hex");
    const now = { createdAt: 1, updatedAt: 1, etag: `"${id}"`, version: `"${id}"`, sandboxName: this.name };
    if (which === "draft")
      flowService.connections.set(id, {
        id,
        name: "draft",
        state: "draft",
        connectionSpec: { id: CAPILLARY, version: "1.0" },
        ...now,
      });
    if (which === "destination")
      flowService.targetConnections.set(id, {
        id,
        name: "segment export",
        state: "enabled",
        connectionSpec: { id: SFTP, version: "1.0" },
        ...now,
      });
    if (which === "adobeDataset")
      catalog.dataSets.set(id, {
        name: "Profile export",
        created: 1,
        schemaRef: { id: "https://ns.adobe.com/xdm/x", contentType: "application/vnd.adobe.xed+json;version=1" },
        tags: {},
      });
    if (which === "relation")
      registry.descriptors.set(id, {
        "@id": id,
        "@type": "xdm:descriptorOneToOne",
        "xdm:sourceSchema": "https://ns.adobe.com/acme/schemas/x",
        "xdm:sourceProperty": "/a",
      });
    if (which === "class") {
      const $id = `https://ns.adobe.com/acme/classes/${id}`;
      registry.classes.set(`_acme.classes.${id}`, {
        $id,
        "meta:altId": `_acme.classes.${id}`,
        "meta:resourceType": "classes",
        title: `Class ${id}`,
        type: "object",
        version: "1.0",
        allOf: [{ $ref: "https://ns.adobe.com/xdm/data/record" }],
      });
    }
    const set = [...dataPrep.mappingSets.values()][0];
    const latest = set?.versions.at(-1);
    if (which === "manyRows" && set && latest?.["mappings"]?.[0])
      set.versions.push({
        ...latest,
        version: set.versions.length,
        mappings: [...latest["mappings"], latest["mappings"][0]],
      });
  }
}

/** Everything of a managed kind that the sandbox holds, as `Kind id`. */
export function objectsOf({ registry, catalog, flowService, dataPrep }: SandboxState): string[] {
  const ids = (kind: string, all: Iterable<string>) => [...all].map((id) => `${kind} ${id}`);
  const own = (entities: Map<string, { [key: string]: unknown }>) =>
    [...entities.values()].map((one) => String(one["$id"]));
  return [
    ...ids("FieldGroup", own(registry.fieldgroups)),
    ...ids("Schema", own(registry.schemas)),
    ...ids("IdentityDescriptor", registry.descriptors.keys()),
    ...ids("Dataset", catalog.dataSets.keys()),
    ...ids("BaseConnection", flowService.connections.keys()),
    ...ids("SourceConnection", flowService.sourceConnections.keys()),
    ...ids("TargetConnection", flowService.targetConnections.keys()),
    ...ids("MappingSet", dataPrep.mappingSets.keys()),
    ...ids("Dataflow", flowService.flows.keys()),
    ...ids("class", own(registry.classes)),
  ].sort();
}
