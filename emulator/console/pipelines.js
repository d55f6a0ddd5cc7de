// The picture of a sandbox: connections, sources, flows, datasets, schemas.
import { get, inSandbox } from "./api.js";
import { coalesced, empty, finder, h, json, latest, moment, plural, put, s, short } from "./dom.js";

const COLUMNS = ["connection", "source", "flow", "dataset", "schema"];
const TITLES = ["Connections", "Sources", "Flows", "Datasets", "Schemas"];
const STORED = {
  connection: "connections",
  source: "sourceConnections",
  flow: "flows",
  dataset: "dataSets",
  schema: "schemas",
};
const [WIDTH, HEIGHT, GAP_X, GAP_Y, TOP] = [200, 62, 44, 18, 38];
/** A picture of more is no picture; the rest is counted, and found by name. */
const MAX_OF_A_KIND = 60;
/** From here on there is something to search. */
const MANY = 12;

export async function render(root, context) {
  const { sandbox } = context;
  const picture = h("div", { class: "canvas" });
  const side = h("aside", { class: "side", "aria-label": "Details" });
  const summary = h("p", { class: "lead" });
  const find = finder("Find a pipeline by any of its names or ids", "name or id", () => load());
  put(root, h("div", { class: "row between" }, h("h1", {}, "Pipelines"), find.root), summary, picture, side);
  const load = latest(
    () => get(inSandbox(sandbox, `graph?limit=${MAX_OF_A_KIND}&find=${encodeURIComponent(find.text())}`)),
    (answer) => {
      const graph = folded(answer);
      const { counts } = answer;
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      summary.textContent = `Sandbox ${sandbox}: ${plural(counts.flow, "flow")}, ${plural(counts.dataset, "dataset")}, ${plural(counts.schema, "schema")}.`;
      find.root.hidden = find.text() === "" && Math.max(...Object.values(counts)) < MANY;
      side.hidden = graph.nodes.length === 0;
      if (all === 0) return put(picture, start());
      if (graph.nodes.length === 0)
        return put(
          picture,
          empty("Nothing of that name", "No object of this sandbox has that in its name or as its id."),
        );
      const chosen = picture.querySelector(".node.chosen")?.dataset.id;
      put(
        picture,
        draw(graph, (node) => detail(side, context, node, graph)),
      );
      const again = chosen && picture.querySelector(`[data-id="${CSS.escape(chosen)}"]`);
      if (again) again.classList.add("chosen");
      else put(side, hint());
    },
  );
  await load();
  const look = coalesced(load, 1300);
  return {
    tick(tick) {
      for (const { rows } of tick.landed.filter((item) => item.sandbox === sandbox))
        for (const row of rows) pulse(picture, row.flowId, "good");
      for (const { records } of tick.failed.filter((item) => item.sandbox === sandbox))
        for (const record of records) pulse(picture, record.flowId, "bad");
      if (tick.changed || tick.landed.length > 0) look();
    },
  };
}

/** Target connections and mapping sets are part of their flow: edges go through them, their names stand in the details. */
function folded({ nodes, edges, more }) {
  const kinds = new Map(nodes.map((node) => [node.id, node.kind]));
  const next = Map.groupBy(edges, (edge) => edge.from);
  const direct = edges.flatMap((edge) => {
    if (kinds.get(edge.from) === "mappingSet" || kinds.get(edge.from) === "target") return [];
    if (kinds.get(edge.to) === "target") return (next.get(edge.to) ?? []).map(({ to }) => ({ from: edge.from, to }));
    return kinds.get(edge.from) === "schema" ? [{ from: edge.to, to: edge.from }] : [edge];
  });
  return { nodes: nodes.filter((node) => COLUMNS.includes(node.kind)), edges: direct, all: nodes, every: edges, more };
}

/** Columns in the order of the neighbours to their left or right, so that few lines cross. */
function layout({ nodes, edges }) {
  const place = new Map();
  const columns = COLUMNS.map((kind) => nodes.filter((node) => node.kind === kind));
  const settle = (column, neighbour) => {
    const key = (node) => {
      const ys = edges
        .flatMap(({ from, to }) => (from === node.id ? [to] : to === node.id ? [from] : []))
        .map((id) => place.get(id)?.row)
        .filter((row) => row !== undefined);
      return neighbour && ys.length > 0 ? ys.reduce((sum, y) => sum + y, 0) / ys.length : Number.POSITIVE_INFINITY;
    };
    const keys = new Map(columns[column].map((node) => [node, key(node)]));
    columns[column].sort((a, b) => keys.get(a) - keys.get(b) || 0);
    for (const [row, node] of columns[column].entries()) place.set(node.id, { column, row });
  };
  settle(2, false);
  for (const column of [1, 0, 3, 4]) settle(column, true);
  const tallest = Math.max(...columns.map((column) => column.length));
  for (const [index, column] of columns.entries()) {
    const shift = ((tallest - column.length) * (HEIGHT + GAP_Y)) / 2;
    for (const node of column) {
      const { row } = place.get(node.id);
      place.set(node.id, {
        row,
        x: index * (WIDTH + GAP_X),
        y: TOP + shift + row * (HEIGHT + GAP_Y),
      });
    }
  }
  return { place, tallest };
}

function draw(graph, choose) {
  const { place, tallest } = layout(graph);
  const [width, height] = [5 * WIDTH + 4 * GAP_X, TOP + tallest * (HEIGHT + GAP_Y)];
  return s(
    "svg",
    { viewBox: `-2 0 ${width + 4} ${height}`, role: "group", "aria-label": "Pipelines of the sandbox" },
    COLUMNS.map((kind, index) =>
      s(
        "text",
        { class: "head", x: String(index * (WIDTH + GAP_X)), y: "16" },
        TITLES[index],
        graph.more[kind] > 0 &&
          s("tspan", { class: "more", dx: "8" }, `+ ${graph.more[kind].toLocaleString("en")} more`),
      ),
    ),
    graph.edges.map(({ from, to }) => line(place.get(from), place.get(to), from, to)),
    graph.nodes.map((node) => box(node, place.get(node.id), choose)),
  );
}

function line(a, b, from, to) {
  const [x1, y1, x2, y2] = [a.x + WIDTH, a.y + HEIGHT / 2, b.x, b.y + HEIGHT / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return s("path", {
    class: "edge",
    "data-from": from,
    "data-to": to,
    d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
  });
}

function box(node, { x, y }, choose) {
  const pick = (event) => {
    for (const other of event.currentTarget.ownerSVGElement.querySelectorAll(".chosen"))
      other.classList.remove("chosen");
    event.currentTarget.classList.add("chosen");
    choose(node);
  };
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  return s(
    "g",
    {
      class: `node ${node.kind} ${node.state ?? ""} ${node.note.includes("failed") ? "failing" : ""}`,
      "data-id": node.id,
      transform: `translate(${x} ${y})`,
      tabindex: "0",
      role: "button",
      "aria-label": `${node.kind} ${node.name}${node.state ? `, ${node.state}` : ""}${node.note ? `, ${node.note}` : ""}`,
      onclick: pick,
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        pick(event);
      },
    },
    s("title", {}, node.name),
    s("rect", { class: "card", width: String(WIDTH), height: String(HEIGHT), rx: "10" }),
    s("rect", { class: "stripe", width: "5", height: String(HEIGHT - 20), x: "0", y: "10", rx: "2.5" }),
    s("text", { class: "name", x: "18", y: "27" }, cut(node.name, 21)),
    s(
      "text",
      { class: "note", x: "18", y: "46" },
      cut([node.state, node.note].filter(Boolean).join(" · ") || short(node.id.split("/").pop()), 28),
    ),
  );
}

/** Light runs along a flow when rows land or fail. */
function pulse(picture, flowId, kind) {
  for (const edge of picture.querySelectorAll(".edge")) {
    if (edge.dataset.from !== flowId && edge.dataset.to !== flowId) continue;
    if (kind === "bad" && edge.dataset.from === flowId) continue;
    edge.classList.remove("good", "bad");
    edge.getBoundingClientRect();
    edge.classList.add(kind);
  }
}

async function detail(side, { sandbox }, node, graph) {
  const entity = await get(inSandbox(sandbox, `objects/${STORED[node.kind]}/${encodeURIComponent(node.id)}`)).catch(
    (error) => ({ error: error.message }),
  );
  const parts = graph.every
    .filter(({ from, to }) => from === node.id || to === node.id)
    .map(({ from, to }) => graph.all.find(({ id }) => id === (from === node.id ? to : from)));
  const link = { flow: `#/live/${node.id}`, dataset: `#/data/${node.id}` }[node.kind];
  const about = h(
    "div",
    {},
    h("h2", {}, node.name),
    h(
      "p",
      { class: "lead" },
      `${node.kind} `,
      h("code", {}, short(node.id.split("/").pop())),
      node.note ? ` · ${node.note}` : "",
    ),
    entity.updatedAt ? h("p", { class: "lead" }, `changed ${moment(entity.updatedAt)} UTC`) : null,
    parts.length > 0
      ? h(
          "ul",
          { class: "links" },
          parts.map((part) =>
            h(
              "li",
              {},
              h("b", {}, part.kind),
              ` ${part.name}`,
              part.kind === "mappingSet" ? h("a", { href: `#/playground/${part.id}` }, "try it") : null,
            ),
          ),
        )
      : null,
    link
      ? h("p", {}, h("a", { class: "button", href: link }, node.kind === "flow" ? "Watch it live" : "Look at the rows"))
      : null,
  );
  put(side, about, json(entity));
  side.scrollIntoView({ block: "nearest" });
}

const hint = () => empty("Nothing chosen", "Choose an object in the picture to see it as the API stores it.");

function start() {
  const env = `export AEP_ENDPOINT=${location.origin}
export AEP_IMS_ENDPOINT=${location.origin}
export AEP_STREAMING_ENDPOINT=${location.origin}
export AEP_ORG_ID=EMULATOR@AdobeOrg AEP_CLIENT_ID=emulator AEP_CLIENT_SECRET=emulator`;
  return empty(
    "No pipelines yet",
    "Point a client of Experience Platform at this address, and what it makes appears here.",
    h("pre", { class: "command", tabindex: "0" }, env),
  );
}
