/** The objects of a sandbox and how they hang together, for the console's picture. */
import type { Entity, SandboxState } from "../store.ts";

export interface GraphNode {
  id: string;
  kind: "connection" | "source" | "flow" | "target" | "dataset" | "schema" | "mappingSet";
  name: string;
  /** Under the name: a state, a version, a count. */
  note: string;
  /** Flows: enabled, disabled, draft; and whether the last run failed. */
  state?: string;
}
export interface Graph {
  nodes: GraphNode[];
  edges: { from: string; to: string }[];
}

/** Everything that belongs to a flow or could: connections, flows, datasets, schemas, mapping sets. Edges name nodes that exist. */
export function graphOf(sandbox: SandboxState): Graph {
  const { flowService, catalog, registry, dataPrep, lake } = sandbox;
  const nodes: GraphNode[] = [];
  const wanted: Graph["edges"] = [];
  const add = (kind: GraphNode["kind"], entity: Entity, id: string, note: string, state?: string) =>
    nodes.push({ id, kind, name: String(entity["name"] ?? entity["title"] ?? id), note, ...(state ? { state } : {}) });
  for (const [id, entity] of flowService.connections) add("connection", entity, id, specName(entity));
  for (const [id, entity] of flowService.sourceConnections) {
    add("source", entity, id, String(entity["data"]?.format ?? ""));
    wanted.push({ from: entity["baseConnectionId"], to: id });
  }
  for (const [id, entity] of flowService.targetConnections) {
    add("target", entity, id, "data lake");
    wanted.push({ from: id, to: entity["params"]?.dataSetId });
  }
  for (const [id, entity] of flowService.flows) {
    add("flow", entity, id, lastRun(entity), entity["state"]);
    for (const source of entity["sourceConnectionIds"]) wanted.push({ from: source, to: id });
    for (const target of entity["targetConnectionIds"]) wanted.push({ from: id, to: target });
    for (const step of entity["transformations"] ?? []) wanted.push({ from: step?.params?.mappingId, to: id });
  }
  for (const { id, versions } of dataPrep.mappingSets.values()) {
    const latest = versions.at(-1) as Entity;
    add("mappingSet", latest, id, `version ${latest["version"]}, ${latest["mappings"].length} rows`);
  }
  for (const [id, entity] of catalog.dataSets) {
    add("dataset", entity, id, `${lake.rows.count(id)} rows`);
    wanted.push({ from: entity["schemaRef"]?.id, to: id });
  }
  for (const entity of registry.schemas.values())
    add("schema", entity, entity["$id"], (entity["meta:immutableTags"] ?? []).includes("union") ? "in Profile" : "");
  const known = new Set(nodes.map(({ id }) => id));
  return { nodes, edges: wanted.filter(({ from, to }) => known.has(from) && known.has(to)) };
}

function specName(entity: Entity): string {
  return String(entity["auth"]?.specName ?? "");
}

function lastRun(flow: Entity): string {
  const state: unknown = flow["lastRunDetails"]?.state;
  return typeof state === "string" ? `last run ${state}` : "no run yet";
}
