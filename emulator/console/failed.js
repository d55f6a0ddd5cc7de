// Records that did not land, with the mapping row or the field at fault.
import { get, inSandbox } from "./api.js";
import { empty, h, json, moment, plural, put } from "./dom.js";

const PAGE = 50;

export async function render(root, { sandbox }) {
  const list = h("div", { class: "failures" });
  const lead = h("p", { class: "lead" });
  put(root, h("h1", {}, "Failed records"), lead, list);
  const load = async () => {
    const { count } = await get(inSandbox(sandbox, "failed?limit=0"));
    const { failed } = await get(inSandbox(sandbox, `failed?start=${Math.max(0, count - PAGE)}&limit=${PAGE}`));
    const { nodes } = await get(inSandbox(sandbox, "graph"));
    lead.textContent =
      count === 0
        ? ""
        : `${plural(count, "record")} did not land in sandbox ${sandbox}${count > PAGE ? `, the latest ${PAGE} are shown` : ""}.`;
    if (count === 0)
      put(
        list,
        empty(
          "No record has failed",
          "What a mapping row or the schema refuses is kept here, with the row or field at fault.",
        ),
      );
    else
      put(
        list,
        failed.toReversed().map((record) => card(record, nodes)),
      );
  };
  await load();
  return { tick: (tick) => tick.failed.some((item) => item.sandbox === sandbox) && load() };
}

function card(record, nodes) {
  const name = (id) => nodes.find((node) => node.id === id)?.name ?? id;
  const rows = record.details.filter((item) => item?.destination !== undefined);
  const fields = record.details.filter((item) => item?.pointer !== undefined);
  const flow = nodes.find((node) => node.id === record.flowId);
  return h(
    "article",
    { class: "failure" },
    h(
      "header",
      {},
      h("code", { class: "code" }, record.code),
      h("b", {}, flow ? flow.name : "a flow that is gone"),
      record.datasetId ? h("span", { class: "lead" }, `→ ${name(record.datasetId)}`) : null,
      h("time", {}, moment(record.at)),
    ),
    rows.length > 0 ? rows.map(mappingRow) : null,
    fields.length > 0
      ? h(
          "ul",
          { class: "fields" },
          fields.map((field) => h("li", {}, h("code", {}, field.pointer), " ", field.message)),
        )
      : null,
    rows.length + fields.length === 0 ? h("p", {}, record.reason) : null,
    h("details", {}, h("summary", {}, "The record"), json(record.record)),
  );
}

function mappingRow({ destination, source, exception }) {
  return h(
    "div",
    { class: "guilty" },
    h("span", { class: "tag" }, "mapping row"),
    h("code", {}, destination),
    h("span", { "aria-hidden": "true" }, "←"),
    h("code", {}, source),
    h("p", {}, exception),
  );
}
