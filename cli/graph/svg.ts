/** A pipeline graph as SVG, laid out by Graphviz as WebAssembly: no browser, no program to install. */
import type { Attributes, Graph } from "@viz-js/viz";
import { cut, TITLES } from "./mermaid.ts";
import type { GraphNode, PipelineGraph } from "./model.ts";

const SHAPES: Partial<Record<GraphNode["kind"], string>> = { Sandbox: "box", Dataset: "cylinder", Schema: "component" };
const ROUNDED: ReadonlySet<GraphNode["kind"]> = new Set(["Sandbox", "FieldGroup", "IdentityDescriptor", "Adobe"]);

/** Colours by class, for light and dark pages; the picture's background is the page's. */
const STYLE = `
svg.aep { --line: #57606a; --text: #1f2328; --box: #f6f8fa; --flow: #ddf4ff; --data: #dafbe1; --soft: #ffffff; }
svg.aep .edge path { stroke: var(--line); }
svg.aep .edge polygon { stroke: var(--line); fill: var(--line); }
svg.aep .node path, svg.aep .node polygon, svg.aep .node polyline, svg.aep .node ellipse { stroke: var(--line); fill: var(--box); }
svg.aep .node text { fill: var(--text); }
svg.aep .Dataflow path, svg.aep .Dataflow polygon, svg.aep .Dataflow polyline { fill: var(--flow); }
svg.aep .Dataset path, svg.aep .Dataset polyline { fill: var(--data); }
svg.aep .Adobe path { fill: var(--soft); stroke-dasharray: 3 3; }
svg.aep .new path, svg.aep .new polygon { fill: #1a7f37; stroke: #1a7f37; }
svg.aep .changed path, svg.aep .changed polygon { fill: #9a6700; stroke: #9a6700; }
svg.aep .replaced path, svg.aep .replaced polygon { fill: #bc4c00; stroke: #bc4c00; }
svg.aep .deleted path, svg.aep .deleted polygon { fill: #cf222e; stroke: #cf222e; stroke-dasharray: 6 4; }
svg.aep .new text, svg.aep .changed text, svg.aep .replaced text, svg.aep .deleted text { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg.aep { --line: #8b949e; --text: #e6edf3; --box: #161b22; --flow: #0c2d6b; --data: #033a16; --soft: #0d1117; }
}`;

/** An SVG document. `title` names the picture for readers that do not see it. */
export async function asSvg(graph: PipelineGraph, title: string): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const svg = (await instance()).renderString(description(graph), { format: "svg" });
  return finished(svg, title, summaryOf(graph));
}

function description({ nodes, edges }: PipelineGraph): Graph {
  const names = new Map(nodes.map(({ key }, index) => [key, `n${index}`]));
  return {
    directed: true,
    graphAttributes: { rankdir: "LR", bgcolor: "transparent", nodesep: 0.25, ranksep: 0.5, pad: 0.2 },
    nodeAttributes: { fontname: "Helvetica,Arial,sans-serif", fontsize: 11, margin: "0.22,0.1" },
    edgeAttributes: { arrowsize: 0.7 },
    nodes: nodes.map((node) => ({ name: names.get(node.key) ?? "", attributes: attributesOf(node) })),
    edges: edges.map(({ from, to }) => ({ tail: names.get(from) ?? "", head: names.get(to) ?? "" })),
  };
}

function attributesOf(node: GraphNode): Attributes {
  const { kind, label, details, mark } = node;
  const head = mark ? `${TITLES[kind]}, ${mark}` : TITLES[kind];
  return {
    label: [head, cut(label), ...details.map(cut)].map(plainLabel).join("\n"),
    shape: SHAPES[kind] ?? "box",
    style: ROUNDED.has(kind) ? "rounded,filled" : "filled",
    class: mark ? `${kind} ${mark}` : kind,
    tooltip: plainLabel(`${TITLES[kind]} ${node.name}`),
  };
}

/** Graphviz reads a backslash as the start of an escape, and an entity as what it stands for. */
const plainLabel = (text: string): string =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("&", "&amp;")
    .replaceAll(/\p{Cc}/gu, " ");

/** Graphviz's own picture with a name, a description and colours of ours. */
function finished(svg: string, title: string, text: string): string {
  const start = svg.indexOf("<svg");
  const open = svg.indexOf(">", start);
  const tag = svg
    .slice(start, open)
    .replace("<svg", '<svg class="aep" role="img" aria-labelledby="aep-title aep-desc"');
  const head = `<title id="aep-title">${xml(title)}</title>\n<desc id="aep-desc">${xml(text)}</desc>\n<style>${STYLE}\n</style>`;
  const body = svg.slice(open + 1).replaceAll(/<!--[\s\S]*?-->\n?/g, "");
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag}>\n${head}${body}`;
}

function summaryOf({ nodes, edges }: PipelineGraph): string {
  const flows = nodes.filter(({ kind }) => kind === "Dataflow");
  const name = new Map(nodes.map((node) => [node.key, node.label]));
  const ways = flows.map(({ key, label }) => {
    const near = (side: "from" | "to", other: "from" | "to") =>
      edges.filter((edge) => edge[side] === key).map((edge) => name.get(edge[other]) ?? "");
    return `${label}: from ${near("to", "from").join(" and ")} to ${near("from", "to").join(" and ")}`;
  });
  return `${nodes.length} objects, ${flows.length} flows. ${ways.join(". ")}.`;
}

const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
