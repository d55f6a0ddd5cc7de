// What passes through the sandbox's pipelines, as it happens: in, landed, failed.
import { get, inSandbox } from "./api.js";
import { empty, h, json, put, short, time } from "./dom.js";

const KEPT = 60;
/** Flows to choose from here; any other one is chosen in the picture. */
const FLOWS = 100;
const INLET = new Set(["sendMessage", "postBatchOfStreamingMessages"]);

export async function render(root, { sandbox, path }) {
  const graph = await get(inSandbox(sandbox, `graph?limit=${FLOWS}`));
  const flows = graph.nodes.filter((node) => node.kind === "flow");
  const asked = path[0] ?? "";
  const others =
    asked === "" || flows.some(({ id }) => id === asked) ? [] : [{ id: asked, name: await nameOf(sandbox, asked) }];
  const lanes = ["in", "landed", "failed"].map((kind) => lane(kind));
  const [incoming, landed, failed] = lanes;
  const filter = () => {
    const only = choose.value;
    for (const item of root.querySelectorAll("[data-flow]"))
      item.hidden = only !== "" && item.dataset.flow !== "" && item.dataset.flow !== only;
    for (const one of lanes) one.count(only !== "");
  };
  const choose = h(
    "select",
    { onchange: filter },
    h("option", { value: "" }, "all flows"),
    [...others, ...flows].map((flow) => h("option", { value: flow.id, selected: flow.id === asked }, flow.name)),
    graph.more.flow > 0 &&
      h("option", { disabled: true }, `${graph.more.flow.toLocaleString("en")} more: choose one in Pipelines`),
  );
  const { count: failures } = await get(inSandbox(sandbox, "failed?limit=0"));
  const newest = await get(inSandbox(sandbox, `failed?start=${Math.max(0, failures - KEPT)}&limit=${KEPT}`));
  for (const record of newest.failed) failed.add(failedItem(record, newest.names));
  const { rows, names } = await get(inSandbox(sandbox, `landed?limit=${KEPT}`));
  for (const row of rows) landed.add(landedItem(row, names[row.datasetId]));
  for (const call of (await get("calls?bodies=false&limit=400")).calls) if (arrives(call)) incoming.add(callItem(call));
  // Shown only now: from here on the news keep it current, with no moment between that nobody listens to.
  put(
    root,
    h("div", { class: "row between" }, h("h1", {}, "Live"), h("label", { class: "field-inline" }, "Flow ", choose)),
    h(
      "p",
      { class: "lead" },
      "Messages at the inlets and reads of polled sources, then the rows and failures they become. Newest first.",
    ),
    h(
      "div",
      { class: "lanes" },
      lanes.map((one) => one.root),
    ),
  );
  filter();
  return {
    tick(tick) {
      for (const call of tick.calls) if (arrives(call)) incoming.add(callItem(call));
      for (const item of tick.landed.filter((one) => one.sandbox === sandbox))
        for (const row of item.rows) landed.add(landedItem(row, item.name));
      for (const item of tick.failed.filter((one) => one.sandbox === sandbox))
        for (const record of item.records) failed.add(failedItem(record, item.names));
      filter();
    },
  };
}

const nameOf = (sandbox, flow) =>
  get(inSandbox(sandbox, `objects/flows/${encodeURIComponent(flow)}`)).then(
    ({ name }) => name,
    () => short(flow),
  );
const arrives = (call) => INLET.has(call.operation) || call.operation === "listEvents";

function lane(kind) {
  const titles = { in: "In", landed: "Landed", failed: "Failed" };
  const texts = {
    in: ["No message yet", "Post one to a flow's inlet, or put Capillary events into the feed."],
    landed: ["No row yet", "Rows show here when a message has been mapped, checked and written."],
    failed: ["No failure", "Records that a mapping or the schema refuses show here, with the reason."],
  };
  const nothing = empty(...texts[kind]);
  const notOfIt = h("p", { class: "empty", hidden: true }, "Nothing of this flow among the latest.");
  const list = h("ol", { class: "feed" });
  const badge = h("b", { class: "badge" });
  return {
    root: h(
      "section",
      { class: `lane ${kind}`, "aria-label": titles[kind] },
      h("h2", {}, titles[kind], " ", badge),
      nothing,
      notOfIt,
      list,
    ),
    add(item) {
      list.prepend(item);
      while (list.children.length > KEPT) list.lastChild.remove();
    },
    /** Says how many are to be seen, or why there are none. */
    count(filtered) {
      const seen = list.querySelectorAll(":scope > li:not([hidden])").length;
      badge.textContent = seen > 0 ? String(seen) : "";
      nothing.hidden = list.children.length > 0;
      notOfIt.hidden = !filtered || seen > 0 || list.children.length === 0;
    },
  };
}

function item(kind, flow, at, title, text, body) {
  return h(
    "li",
    { class: kind, "data-flow": flow },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("time", {}, time(at)),
        h("span", { class: "title" }, title),
        h("span", { class: "text" }, text),
      ),
      body,
    ),
  );
}

function callItem(call) {
  const holder = h("div", {});
  const made = item(
    call.status < 300 ? "in" : "failed",
    "",
    call.at,
    call.operation === "listEvents" ? "poll" : "message",
    `${call.status} · ${call.ms} ms`,
    holder,
  );
  made.firstChild.addEventListener("toggle", async () => {
    if (holder.hasChildNodes()) return;
    const full = await get(`calls/${call.n}`).catch((error) => ({ requestBody: error.message }));
    put(holder, json(full.requestBody ?? full.path), json(full.responseBody ?? null));
  });
  return made;
}

function landedItem({ datasetId, flowId, at, row }, name) {
  return item("landed", flowId ?? "", at, name ?? short(datasetId), identityOf(row), json(row));
}

/** What a person knows a row by. */
function identityOf(row) {
  const [space, ids] = Object.entries(row.identityMap ?? {})[0] ?? [];
  return space ? `${space}: ${ids?.[0]?.id ?? ""}` : String(row._id ?? "");
}

function failedItem({ flowId, at, code, reason, record, details }, names) {
  return item("failed", flowId ?? "", at, names[flowId] ?? short(flowId), `${code} · ${reason}`, [
    json(details),
    json(record),
  ]);
}
