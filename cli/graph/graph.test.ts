/** Graphs of any objects: well-formed Mermaid whatever they are called, a valid SVG, the same picture from the same objects. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KIND_NAMES } from "../../resources/pointer.ts";
import { asMermaid, escapeLabel } from "./mermaid.ts";
import { around, buildGraph, MARKS, type Mark } from "./model.ts";
import { connect, keyOf, type LooseObject } from "./objects.ts";
import { asSvg } from "./svg.ts";

/** The part of Mermaid's flowchart grammar that is written, strictly: what does not fit would not be drawn. */
const BOX =
  /^ {2}n\d+(\(\["|\[\/"|\[\["|\[\("|\{\{"|\["|\(")([^"`<>[\](){}|;&]|<br\/>|#\d+;)*("\]\)|"\/\]|"\]\]|"\)\]|"\}\}|"\]|"\))(:::\w+)?$/;
const ARROW = /^ {2}n(\d+) --> n(\d+)$/;
const STYLE = /^ {2}classDef (new|changed|replaced|deleted) [\w:#,\- ]+$/;

function checkMermaid(text: string): void {
  const lines = text.trimEnd().split("\n");
  expect(lines[0]).toBe("flowchart LR");
  const boxes = lines.filter((line) => BOX.test(line)).length;
  for (const line of lines.slice(1)) {
    const arrow = ARROW.exec(line);
    if (arrow) for (const end of arrow.slice(1)) expect(Number(end)).toBeLessThan(boxes);
    else expect(BOX.test(line) || STYLE.test(line), line).toBe(true);
  }
  const used = new Set([...text.matchAll(/:::(\w+)$/gm)].map(([, name]) => name));
  expect(new Set([...text.matchAll(/^ {2}classDef (\w+)/gm)].map(([, name]) => name))).toEqual(used);
}

const odd = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.constantFrom(
    '"]:::new',
    "`code`",
    "<script>",
    "a --> b",
    "end",
    "#quot;",
    "{{x}}",
    "a\nb",
    "%%{init}%%",
    "ÄÖ 日本",
    "\\",
  ),
);
const objects = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom(...KIND_NAMES),
    name: odd,
    label: odd,
    sees: fc.array(fc.nat(20), { maxLength: 3 }),
  }),
  { selector: ({ kind, name }) => keyOf(kind, name), maxLength: 20 },
);

function loose(
  drawn: Array<{ kind: (typeof KIND_NAMES)[number]; name: string; label: string; sees: number[] }>,
): LooseObject[] {
  return drawn.map(({ kind, name, label, sees }, index) => {
    const other = `id ${sees[0]}`;
    const inputs = {
      sandbox: "dev",
      name: label,
      schema: other,
      baseConnection: other,
      sourceConnection: other,
      dataset: other,
      fieldGroups: sees.map((n) => `id ${n}`),
      mapping: { id: other },
    };
    return { kind, name, inputs, ids: [`id ${index}`] };
  });
}

describe("a graph", () => {
  it("is well-formed Mermaid whatever things are called", () => {
    fc.assert(
      fc.property(objects, fc.array(fc.constantFrom(...MARKS)), (drawn, marks) => {
        const known = connect(loose(drawn));
        const marked = new Map(known.slice(0, marks.length).map(({ key }, at) => [key, marks[at] as Mark]));
        const graph = buildGraph(known, marked);
        checkMermaid(asMermaid(graph));
        expect(asMermaid(buildGraph([...known].reverse(), marked))).toBe(asMermaid(graph));
        const keys = new Set(graph.nodes.map(({ key }) => key));
        for (const { from, to } of graph.edges) expect(keys.has(from) && keys.has(to)).toBe(true);
        for (const key of marked.keys()) expect(around(graph, 1000)?.nodes.some((node) => node.key === key)).toBe(true);
      }),
    );
  });

  it("escapes what could end or change a label, and leaves words readable", () => {
    expect(escapeLabel("Loyalty profiles, 2 of 3: a/b_c-d")).toBe("Loyalty profiles, 2 of 3: a/b#95;c-d");
    expect(escapeLabel('"#;<`[')).toBe("#34;#35;#59;#60;#96;#91;");
  });

  it("is an SVG with a name, a description and no script, whatever things are called", async () => {
    const [drawn] = fc.sample(fc.tuple(objects.filter(({ length }) => length > 5)), { numRuns: 1, seed: 4 })[0] ?? [[]];
    const evil = [
      ...drawn,
      { kind: "Dataset" as const, name: "x", label: '</text><script>alert("&lt;")</script>\\N', sees: [] },
    ];
    const svg = await asSvg(buildGraph(connect(loose(evil))), "Pipelines of <dev> & others");
    expect(svg).toMatch(/^<\?xml [^>]*\?>\n<svg class="aep" role="img" aria-labelledby="aep-title aep-desc"/);
    expect(svg).toContain('<title id="aep-title">Pipelines of &lt;dev&gt; &amp; others</title>');
    expect(svg).toContain('<desc id="aep-desc">');
    expect(svg).not.toContain("<script");
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg.match(/<g id="node\d+" class="node/g)).toHaveLength(buildGraph(connect(loose(evil))).nodes.length);
    expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
  });
});
