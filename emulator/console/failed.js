// Records that did not land, with the mapping row or the field at fault.
import { get, inSandbox } from "./api.js";
import { coalesced, empty, h, json, latest, moment, pager, plural, put } from "./dom.js";

const PAGE = 50;

export async function render(root, { sandbox }) {
  const list = h("div", { class: "failures" });
  const lead = h("p", { class: "lead" });
  const pages = h("div", {});
  // From the newest; undefined stays with the news.
  let skip;
  put(root, h("h1", {}, "Failed records"), lead, list, pages);
  const load = latest(
    async () => {
      const { count } = await get(inSandbox(sandbox, "failed?limit=0"));
      const end = Math.max(0, count - (skip ?? 0));
      const start = Math.max(0, end - PAGE);
      return get(inSandbox(sandbox, `failed?start=${start}&limit=${end - start}`));
    },
    ({ count, forgotten, failed, names }) => {
      if (count === 0) {
        lead.textContent = "";
        put(pages);
        return put(
          list,
          empty(
            "No record has failed",
            "What a mapping row or the schema refuses is kept here, with the row or field at fault.",
          ),
        );
      }
      const gone = forgotten > 0 ? ` ${plural(forgotten, "older record")} are no longer kept.` : "";
      lead.textContent = `${plural(count, "record")} did not land in sandbox ${sandbox}, newest first.${gone}`;
      put(
        list,
        failed.toReversed().map((record) => card(record, names)),
      );
      const to = (from) => {
        skip = from === 0 ? undefined : from;
        return load();
      };
      const position = { from: skip ?? 0, shown: failed.length, count, size: PAGE };
      return put(pages, pager({ ...position, older: "Newer", newer: "Older", to }));
    },
  );
  await load();
  const look = coalesced(load, 400);
  return { tick: (tick) => skip === undefined && tick.failed.some((item) => item.sandbox === sandbox) && look() };
}

function card(record, names) {
  const rows = record.details.filter((item) => item?.destination !== undefined);
  const fields = record.details.filter((item) => item?.pointer !== undefined);
  return h(
    "article",
    { class: "failure" },
    h(
      "header",
      {},
      h("code", { class: "code" }, record.code),
      h("b", {}, names[record.flowId] ?? "a flow that is gone"),
      record.datasetId ? h("span", { class: "lead" }, `→ ${names[record.datasetId] ?? record.datasetId}`) : null,
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
