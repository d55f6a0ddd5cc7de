/** The objects of a sandbox and how they hang together, for the console's picture: all of them, or as many as a picture takes. */
import { altIdOf } from "../schema-registry/lookup.ts";
import type { Entity, SandboxState } from "../store.ts";

const KINDS = ["connection", "source", "flow", "target", "dataset", "schema", "mappingSet"] as const;
type Kind = (typeof KINDS)[number];

export interface GraphNode {
  id: string;
  kind: Kind;
  name: string;
  /** Under the name: a state, a version, a count. */
  note: string;
  /** Flows: enabled, disabled, draft; and whether the last run failed. */
  state?: string;
}
export interface Graph {
  nodes: GraphNode[];
  edges: { from: string; to: string }[];
  /** Objects of each kind in the sandbox. */
  counts: Record<Kind, number>;
  /** Of each kind how many match and are not among the nodes. */
  more: Record<Kind, number>;
}

export interface GraphQuery {
  /** At most so many of a kind, and what the flows among them consist of. */
  limit?: number;
  /** Part of a name in any case, or an id: what matches, the flows that have a part which matches, and their parts. */
  find?: string;
}

/** The newest objects that match, flows first, with everything those flows consist of. Edges name nodes that are there. */
export function graphOf(sandbox: SandboxState, query: GraphQuery = {}): Graph {
  const { limit = Number.POSITIVE_INFINITY, find = "" } = query;
  const all = objectsOf(sandbox);
  const fits = matcher(find.trim().toLowerCase());
  const shown = new Set<string>();
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, all[kind].size])) as Graph["counts"];
  const more = { ...counts };
  const fitsFlow = (id: string, flow: Entity | undefined) =>
    fits(id, flow) || partsOf(all, id).some(([kind, part]) => fits(part, all[kind].get(part)));
  for (const kind of ["flow", ...KINDS.filter((other) => other !== "flow")] as const) {
    const test = kind === "flow" ? fitsFlow : fits;
    const ids = [...all[kind].keys()];
    const matching = find === "" ? ids : ids.filter((id) => test(id, all[kind].get(id)));
    const room = Math.max(0, limit - ids.filter((id) => shown.has(id)).length);
    const others = matching.filter((id) => !shown.has(id));
    for (const id of others.slice(Math.max(0, others.length - room))) {
      shown.add(id);
      if (kind === "flow") for (const [, part] of partsOf(all, id)) shown.add(part);
    }
    more[kind] = Math.max(0, others.length - room);
  }
  const nodes = KINDS.flatMap((kind) =>
    [...all[kind].keys()]
      .filter((id) => shown.has(id))
      .map((id) => nodeOf(sandbox, kind, id, all[kind].get(id) as Entity)),
  );
  return { nodes, edges: edgesOf(all, new Set(nodes.map(({ id }) => id))), counts, more };
}

/** What a look at one kind of objects needs of it, by the id that others name them by. */
interface Objects {
  size: number;
  keys(): Iterable<string>;
  get(id: string): Entity | undefined;
}

function objectsOf({ flowService, catalog, registry, dataPrep }: SandboxState): Record<Kind, Objects> {
  const { schemas } = registry;
  const { mappingSets } = dataPrep;
  return {
    connection: flowService.connections,
    source: flowService.sourceConnections,
    flow: flowService.flows,
    target: flowService.targetConnections,
    dataset: catalog.dataSets,
    schema: {
      size: schemas.size,
      keys: () => [...schemas.values()].map((schema) => String(schema["$id"])),
      get: (id) => schemas.get(altIdOf(id)),
    },
    mappingSet: {
      size: mappingSets.size,
      keys: () => mappingSets.keys(),
      get: (id) => mappingSets.get(id)?.versions.at(-1),
    },
  };
}

function matcher(wanted: string): (id: string, entity: Entity | undefined) => boolean {
  return (id, entity) =>
    wanted === "" ||
    id.toLowerCase() === wanted ||
    (entity ? nameOf(entity, id).toLowerCase().includes(wanted) : false);
}

const nameOf = (entity: Entity, id: string): string => String(entity["name"] ?? entity["title"] ?? id);

/** Sources, targets and mapping sets of a flow, and what is behind those; also what is gone. */
function partsOf(all: Record<Kind, Objects>, flowId: string): [kind: Kind, id: string][] {
  const flow = all.flow.get(flowId) as Entity;
  const found: [Kind, unknown][] = [];
  for (const id of flow["sourceConnectionIds"] as string[])
    found.push(["source", id], ["connection", all.source.get(id)?.["baseConnectionId"]]);
  for (const id of flow["targetConnectionIds"] as string[]) {
    const dataset = all.target.get(id)?.["params"]?.dataSetId;
    found.push(["target", id], ["dataset", dataset], ["schema", all.dataset.get(String(dataset))?.["schemaRef"]?.id]);
  }
  for (const step of flow["transformations"] ?? []) found.push(["mappingSet", step?.params?.mappingId]);
  return found.filter((part): part is [Kind, string] => typeof part[1] === "string");
}

function nodeOf(sandbox: SandboxState, kind: Kind, id: string, entity: Entity): GraphNode {
  const notes: Record<Kind, () => string> = {
    connection: () => String(entity["auth"]?.specName ?? ""),
    source: () => String(entity["data"]?.format ?? ""),
    flow: () => lastRun(entity),
    target: () => "data lake",
    dataset: () => `${sandbox.lake.rows.count(id)} rows`,
    schema: () => ((entity["meta:immutableTags"] ?? []).includes("union") ? "in Profile" : ""),
    mappingSet: () => `version ${entity["version"]}, ${entity["mappings"].length} rows`,
  };
  const state = kind === "flow" && entity["state"] ? { state: entity["state"] } : {};
  return { id, kind, name: nameOf(entity, id), note: notes[kind](), ...state };
}

function lastRun(flow: Entity): string {
  const state: unknown = flow["lastRunDetails"]?.state;
  return typeof state === "string" ? `last run ${state}` : "no run yet";
}

function edgesOf(all: Record<Kind, Objects>, shown: ReadonlySet<string>): Graph["edges"] {
  const edges: { from: unknown; to: unknown }[] = [];
  const of = (kind: Kind) => [...shown].flatMap((id) => all[kind].get(id) ?? []);
  for (const { id, baseConnectionId } of of("source")) edges.push({ from: baseConnectionId, to: id });
  for (const { id, params } of of("target")) edges.push({ from: id, to: params?.dataSetId });
  for (const { id, sourceConnectionIds, targetConnectionIds, transformations = [] } of of("flow")) {
    for (const source of sourceConnectionIds) edges.push({ from: source, to: id });
    for (const target of targetConnectionIds) edges.push({ from: id, to: target });
    for (const step of transformations) edges.push({ from: step?.params?.mappingId, to: id });
  }
  for (const id of shown) {
    const dataset = all.dataset.get(id);
    if (dataset) edges.push({ from: dataset["schemaRef"]?.id, to: id });
  }
  const known = (id: unknown) => typeof id === "string" && shown.has(id);
  return edges.filter((edge) => known(edge.from) && known(edge.to)) as Graph["edges"];
}
