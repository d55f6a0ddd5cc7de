/** The pipelines of a stack as one graph: from the sandbox's connections through flows and mappings to what the data is. */
import type { KindName } from "../../resources/pointer.ts";
import { isUnknown } from "../../resources/unknown.ts";
import { at, isPlain, type Plain } from "../../resources/values.ts";
import { type GraphObject, keyOf } from "./objects.ts";

/** What a plan does to an object. */
export type Mark = "new" | "changed" | "replaced" | "deleted";
export const MARKS: readonly Mark[] = ["deleted", "replaced", "changed", "new"];

export interface GraphNode {
  /** `Dataset::members`; `Sandbox::dev`; `Adobe::<$id>` for what Adobe provides. Unique. */
  key: string;
  kind: KindName | "Sandbox" | "Adobe";
  /** The resource's name in the program. */
  name: string;
  /** Name or title in AEP. */
  label: string;
  /** What a reader wants to know besides, such as `every 15 minutes` or `Profile`. */
  details: string[];
  mark?: Mark;
}

export interface GraphEdge {
  from: string;
  to: string;
}

export interface PipelineGraph {
  /** In the order of the data's way, then by name; the same objects always give the same graph. */
  nodes: GraphNode[];
  edges: GraphEdge[];
}

const ORDER: ReadonlyArray<GraphNode["kind"]> = [
  "Sandbox",
  "BaseConnection",
  "SourceConnection",
  "MappingSet",
  "Dataflow",
  "TargetConnection",
  "Dataset",
  "Schema",
  "FieldGroup",
  "IdentityDescriptor",
  "Adobe",
];

/** Inputs whose reference is drawn the other way round: data flows from what is referred to. */
const UPSTREAM: ReadonlySet<string> = new Set([
  "Dataflow.sourceConnection",
  "Dataflow.mapping",
  "SourceConnection.baseConnection",
]);
/** Said by the way through flow and dataset already. */
const IMPLIED: ReadonlySet<string> = new Set(["TargetConnection.schema", "MappingSet.schema"]);

/** Draws the objects; `marks` by key. */
export function buildGraph(
  objects: readonly GraphObject[],
  marks: ReadonlyMap<string, Mark> = new Map(),
): PipelineGraph {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  for (const object of objects) {
    nodes.set(object.key, nodeOf(object, marks.get(object.key)));
    for (const group of adobesGroups(object)) {
      nodes.set(group.key, group);
      edges.push({ from: object.key, to: group.key });
    }
  }
  const known = objects.flatMap(edgesOf).filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  edges.push(...known);
  for (const { kind, key, inputs } of objects) {
    if (kind !== "BaseConnection" && !isRoot(kind, key, known)) continue;
    const sandbox = sandboxNode(String(inputs["sandbox"] ?? "sandbox"));
    nodes.set(sandbox.key, sandbox);
    edges.push({ from: sandbox.key, to: key });
  }
  return ordered([...nodes.values()], edges);
}

/** A source connection without account, or a dataset that no flow of the stack fills: it hangs at the sandbox. */
function isRoot(kind: KindName, key: string, edges: readonly GraphEdge[]): boolean {
  return (kind === "SourceConnection" || kind === "Dataset") && !edges.some(({ to }) => to === key);
}

function edgesOf({ key, kind, references }: GraphObject): GraphEdge[] {
  return references.flatMap((reference) => {
    const input = `${kind}.${reference.path}`;
    if (IMPLIED.has(input)) return [];
    const upstream = UPSTREAM.has(input) || kind === "IdentityDescriptor";
    return [upstream ? { from: reference.key, to: key } : { from: key, to: reference.key }];
  });
}

function nodeOf({ key, kind, name, inputs }: GraphObject, mark: Mark | undefined): GraphNode {
  const label = inputs["name"] ?? inputs["title"] ?? inputs["property"];
  const shown = typeof label === "string" && !isUnknown(label) ? label : name;
  return { key, kind, name, label: shown, details: detailsOf(kind, inputs), ...(mark && { mark }) };
}

const sandboxNode = (name: string): GraphNode => ({
  key: keyOf("Sandbox", name),
  kind: "Sandbox",
  name,
  label: name,
  details: [],
});

/** Adobe's own field groups, by the last part of their $id; tenant groups are objects of the stack. */
function adobesGroups({ kind, inputs }: GraphObject): GraphNode[] {
  const groups = kind === "Schema" && Array.isArray(inputs["fieldGroups"]) ? inputs["fieldGroups"] : [];
  return groups
    .filter((id): id is string => typeof id === "string" && id.startsWith("https://ns.adobe.com/xdm/"))
    .map((id) => ({
      key: keyOf("Adobe", id),
      kind: "Adobe" as const,
      name: id,
      label: id.slice(id.lastIndexOf("/") + 1),
      details: [],
    }));
}

function detailsOf(kind: KindName, inputs: Plain): string[] {
  switch (kind) {
    case "Dataflow":
      return [...scheduleOf(inputs["schedule"]), ...(inputs["state"] === "disabled" ? ["disabled"] : [])];
    case "MappingSet":
      return isPlain(inputs["rows"]) ? [counted(Object.keys(inputs["rows"]).length, "row")] : [];
    case "Dataset":
      return [
        ...(inputs["profile"] === true ? ["Profile"] : []),
        ...(inputs["identity"] === true ? ["Identity Service"] : []),
      ];
    case "FieldGroup":
      return isPlain(inputs["fields"]) ? [counted(Object.keys(inputs["fields"]).length, "field")] : [];
    case "IdentityDescriptor":
      return [`${inputs["namespace"]}${inputs["primary"] === true ? ", primary" : ""}`];
    case "Schema": {
      const name =
        String(inputs["class"] ?? "")
          .split("/")
          .at(-1) ?? "";
      return name === "" ? [] : [`class ${name}`];
    }
    default:
      return [];
  }
}

function scheduleOf(schedule: unknown): string[] {
  const frequency = at(schedule, "frequency");
  if (typeof frequency !== "string") return ["streaming"];
  const interval = Number(at(schedule, "interval") ?? 1);
  if (frequency === "once") return ["once"];
  return [interval === 1 ? `every ${frequency}` : `every ${interval} ${frequency}s`];
}

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

function ordered(nodes: GraphNode[], edges: GraphEdge[]): PipelineGraph {
  const rank = new Map(ORDER.map((kind, index) => [kind, index]));
  const by = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  nodes.sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0) || by(a.key, b.key));
  const place = new Map(nodes.map(({ key }, index) => [key, index]));
  const at = (key: string) => place.get(key) ?? 0;
  const unique = new Map(edges.map((edge) => [`${at(edge.from)} ${at(edge.to)}`, edge]));
  return { nodes, edges: [...unique.values()].sort((a, b) => at(a.from) - at(b.from) || at(a.to) - at(b.to)) };
}

/**
 * The part of a graph that a plan is about: everything marked and what lies on the way of its data, up and down. Of a graph
 * that is still too large, only the marked objects and their neighbours.
 */
export function around(graph: PipelineGraph, most: number): PipelineGraph | undefined {
  const marked = new Set(graph.nodes.flatMap(({ key, mark }) => (mark ? [key] : [])));
  const forward = reach(marked, graph.edges, ({ from, to }) => [from, to]);
  const back = reach(marked, graph.edges, ({ from, to }) => [to, from]);
  const near = graph.edges.flatMap(({ from, to }) => (marked.has(from) || marked.has(to) ? [from, to] : []));
  for (const keys of [new Set([...forward, ...back]), new Set([...marked, ...near]), marked]) {
    const part = restricted(graph, keys);
    if (part.nodes.length + part.edges.length <= most) return part;
  }
  return undefined;
}

function restricted({ nodes, edges }: PipelineGraph, keys: ReadonlySet<string>): PipelineGraph {
  return {
    nodes: nodes.filter(({ key }) => keys.has(key)),
    edges: edges.filter(({ from, to }) => keys.has(from) && keys.has(to)),
  };
}

function reach(
  start: ReadonlySet<string>,
  edges: readonly GraphEdge[],
  way: (edge: GraphEdge) => [string, string],
): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = way(edge);
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const seen = new Set(start);
  for (const key of seen) for (const other of next.get(key) ?? []) seen.add(other);
  return seen;
}
