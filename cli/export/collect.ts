/** Everything a sandbox holds, sorted into what this project manages and what it leaves alone. */
import type { Context } from "../../resources/context.ts";
import type { Kind } from "../../resources/kind.ts";
import { KINDS } from "../../resources/kinds.ts";
import { KIND_NAMES, type KindName } from "../../resources/pointer.ts";
import { at, isPlain, type Plain } from "../../resources/values.ts";

/** An object of a managed kind. */
export interface Found {
  kind: KindName;
  id: string;
  object: unknown;
  /** As the kind sees it when nothing is known of it: every input it can observe. */
  inputs: Plain;
}

/** An object that is listed, and never touched. */
export interface Foreign {
  /** `Dataset`, or another word for what is no managed kind. */
  kind: string;
  id: string;
  name: string;
  why: string;
}

export interface Inventory {
  found: Found[];
  foreign: Foreign[];
}

/** The one target of source flows; every other target connection belongs to destinations or other services. */
const DATA_LAKE = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";
const REGISTRY = "/data/foundation/schemaregistry";
const PAGE = 300;

/** Reads all collections of the sandbox. @throws AepError whatever the API refuses */
export async function collect(context: Context): Promise<Inventory> {
  const lists = await Promise.all(KIND_NAMES.map((name) => listKind(context, KINDS[name])));
  const all = lists.flat();
  const reasons = new Map<Found, string>();
  for (const one of all) {
    const why = strange(one, all);
    if (why) reasons.set(one, why);
  }
  orphansOfForeign(all, reasons);
  const foreign = [...reasons].map(([one, why]) => foreignOf(one, why));
  return {
    found: all.filter((one) => !reasons.has(one)),
    foreign: [
      ...foreign,
      ...(await tenantResources(context, "classes")),
      ...(await tenantResources(context, "datatypes")),
    ],
  };
}

async function listKind(context: Context, kind: Kind): Promise<Found[]> {
  const source = kind.source(context);
  const found: Found[] = [];
  for await (const object of source.list()) {
    const { inputs } = kind.view(object, { inputs: { sandbox: context.sandbox }, outputs: {} });
    found.push({ kind: kind.name, id: source.idOf(object), object, inputs });
  }
  return found;
}

export function foreignOf({ kind, id, inputs }: Found, why: string): Foreign {
  const name = inputs["name"] ?? inputs["title"] ?? inputs["property"];
  return { kind, id, name: typeof name === "string" ? name : "", why };
}

/** Why the object is none of this project's; undefined when it is. */
function strange({ kind, object, inputs }: Found, all: readonly Found[]): string | undefined {
  if (at(object, "state") === "draft") return "a draft";
  switch (kind) {
    case "IdentityDescriptor":
      return strangeDescriptor(at(object, "descriptor"), all);
    case "Dataset":
      return ownedByAdobe(inputs["schema"], all);
    case "TargetConnection":
      return specId(object) === DATA_LAKE ? undefined : "a target other than the data lake";
    case "MappingSet":
      return strangeRows(inputs["rows"]);
    case "Dataflow":
      return strangeFlow(object, all);
    default:
      return undefined;
  }
}

function strangeDescriptor(descriptor: unknown, all: readonly Found[]): string | undefined {
  const type = at(descriptor, "@type");
  if (type !== "xdm:descriptorIdentity") return `a descriptor of type ${String(type)}`;
  const schema = isPlain(descriptor) ? descriptor["xdm:sourceSchema"] : undefined;
  return all.some((one) => one.kind === "Schema" && one.id === schema)
    ? undefined
    : "its schema is not one of the tenant's";
}

function ownedByAdobe(schema: unknown, all: readonly Found[]): string | undefined {
  if (typeof schema !== "string") return "a dataset without a schema";
  return all.some((one) => one.kind === "Schema" && one.id === schema)
    ? undefined
    : "its schema is not one of the tenant's";
}

/** Rows the kind shows under names of its own, because two of them write to the same place. */
function strangeRows(rows: unknown): string | undefined {
  const doubled = Object.keys(isPlain(rows) ? rows : {}).find((destination) => destination.endsWith(" (again)"));
  return doubled ? `two rows write to ${doubled.slice(0, -" (again)".length)}` : undefined;
}

function strangeFlow(object: unknown, all: readonly Found[]): string | undefined {
  const [sources, targets, steps] = ["sourceConnectionIds", "targetConnectionIds", "transformations"].map((key) => {
    const list = at(object, key);
    return Array.isArray(list) ? list : [];
  }) as [unknown[], unknown[], unknown[]];
  if (sources.length !== 1 || targets.length !== 1) return `${sources.length} sources and ${targets.length} targets`;
  const other = steps.find((step) => at(step, "name") !== "Mapping");
  if (other !== undefined) return `a transformation "${String(at(other, "name"))}"`;
  if (steps.length > 1) return "several mappings";
  const target = all.find((one) => one.kind === "TargetConnection" && one.id === targets[0]);
  return target && specId(target.object) !== DATA_LAKE ? "a flow to a target other than the data lake" : undefined;
}

/** Connections that only foreign flows use, and base connections that only foreign connections use. */
function orphansOfForeign(all: readonly Found[], reasons: Map<Found, string>): void {
  const usedOnlyByForeign = (kind: KindName, ...userKinds: KindName[]) => {
    for (const one of all.filter((item) => item.kind === kind && !reasons.has(item))) {
      const by = all.filter((item) => userKinds.includes(item.kind) && refersTo(item, one.id));
      if (by.length > 0 && by.every((user) => reasons.has(user))) reasons.set(one, "only used by what is listed here");
    }
  };
  usedOnlyByForeign("SourceConnection", "Dataflow");
  usedOnlyByForeign("TargetConnection", "Dataflow");
  usedOnlyByForeign("BaseConnection", "SourceConnection", "TargetConnection");
}

function refersTo({ object }: Found, id: string): boolean {
  const ids = ["sourceConnectionIds", "targetConnectionIds", "baseConnectionId"].flatMap(
    (key) => at(object, key) ?? [],
  );
  return ids.includes(id);
}

function specId(object: unknown): unknown {
  const spec = at(object, "connectionSpec");
  return isPlain(spec) ? spec["id"] : spec;
}

/** Classes and data types of the tenant, which are no managed kinds. */
async function tenantResources(context: Context, collection: "classes" | "datatypes"): Promise<Foreign[]> {
  const found: Foreign[] = [];
  let start: unknown;
  do {
    const query = [
      ["limit", context.client.pageSize ?? PAGE],
      ["orderby", "title"],
      ["start", start as string],
    ] as const;
    const path = `${REGISTRY}/tenant/${collection}`;
    const headers = { accept: "application/vnd.adobe.xed-id+json" };
    const { body } = await context.client({ method: "GET", path, sandbox: context.sandbox, query, headers });
    for (const item of (at(body, "results") ?? []) as Plain[]) {
      const kind = collection === "classes" ? "class" : "data type";
      found.push({ kind, id: String(item["$id"]), name: String(item["title"] ?? ""), why: "not a managed kind" });
    }
    const next = at(body, "_page.next");
    start = next === start ? undefined : (next ?? undefined);
  } while (start !== undefined);
  return found;
}

/** The tenant id, as the registry names it. */
export async function tenantOf(context: Context): Promise<string | undefined> {
  const { body } = await context.client({ method: "GET", path: `${REGISTRY}/stats`, sandbox: context.sandbox });
  const tenant = at(body, "tenantId");
  return typeof tenant === "string" ? tenant : undefined;
}
