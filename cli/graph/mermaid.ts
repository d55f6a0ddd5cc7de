/** A pipeline graph as Mermaid, which GitHub and GitLab draw in a comment. */
import { type GraphNode, MARKS, type Mark, type PipelineGraph } from "./model.ts";

/** Readable on a light and on a dark page: the marked boxes bring their own background. */
const STYLES: Record<Mark, string> = {
  new: "fill:#1a7f37,stroke:#1a7f37,color:#ffffff",
  changed: "fill:#9a6700,stroke:#9a6700,color:#ffffff",
  replaced: "fill:#bc4c00,stroke:#bc4c00,color:#ffffff,stroke-width:3px",
  deleted: "fill:#cf222e,stroke:#cf222e,color:#ffffff,stroke-dasharray:6 4",
};

/** Opening and closing of a box, by kind. */
const SHAPES: Record<GraphNode["kind"], [string, string]> = {
  Sandbox: ["([", "])"],
  BaseConnection: ["[", "]"],
  SourceConnection: ["[", "]"],
  MappingSet: ["[/", "/]"],
  Dataflow: ["[[", "]]"],
  TargetConnection: ["[", "]"],
  Dataset: ["[(", ")]"],
  Schema: ["{{", "}}"],
  FieldGroup: ["(", ")"],
  IdentityDescriptor: ["(", ")"],
  Adobe: ["(", ")"],
};

export const TITLES: Record<GraphNode["kind"], string> = {
  Sandbox: "sandbox",
  BaseConnection: "base connection",
  SourceConnection: "source connection",
  MappingSet: "mapping set",
  Dataflow: "flow",
  TargetConnection: "target connection",
  Dataset: "dataset",
  Schema: "schema",
  FieldGroup: "field group",
  IdentityDescriptor: "identity",
  Adobe: "Adobe's field group",
};

/** Longer labels are cut; a box must stay a box. */
const MAX_LABEL = 60;

/** Mermaid text, ending in a newline. Nodes are `n0`, `n1`, ... in the graph's own order. */
export function asMermaid({ nodes, edges }: PipelineGraph): string {
  const names = new Map(nodes.map(({ key }, index) => [key, `n${index}`]));
  const lines = ["flowchart LR"];
  for (const node of nodes) {
    const [open, close] = SHAPES[node.kind];
    const mark = node.mark ? `:::${node.mark}` : "";
    lines.push(`  ${names.get(node.key)}${open}"${boxText(node)}"${close}${mark}`);
  }
  for (const { from, to } of edges) lines.push(`  ${names.get(from)} --> ${names.get(to)}`);
  for (const mark of MARKS)
    if (nodes.some((node) => node.mark === mark)) lines.push(`  classDef ${mark} ${STYLES[mark]}`);
  return `${lines.join("\n")}\n`;
}

function boxText({ kind, label, details, mark }: GraphNode): string {
  const head = mark ? `${TITLES[kind]}, ${mark}` : TITLES[kind];
  return [head, cut(label), ...details.map(cut)].map(escapeLabel).join("<br/>");
}

/**
 * Text inside a quoted label. Whatever could end the label, start Markdown or HTML, or be taken for an entity becomes a
 * numeric entity in Mermaid's own spelling, `#35;`.
 */
export function escapeLabel(text: string): string {
  return [...text].map((sign) => (/^[\p{L}\p{M}\p{N} .,:/+=-]$/u.test(sign) ? sign : entity(sign))).join("");
}

function entity(sign: string): string {
  const code = sign.codePointAt(0) ?? 32;
  return code < 32 || code === 127 ? " " : `#${code};`;
}

export const cut = (text: string): string =>
  [...text].length > MAX_LABEL ? `${[...text].slice(0, MAX_LABEL - 3).join("")}...` : text;
