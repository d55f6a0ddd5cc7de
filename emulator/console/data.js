// Landed rows of a dataset, and SQL over all of them.
import { api, get, inSandbox } from "./api.js";
import { coalesced, empty, h, json, moment, plural, problem, put } from "./dom.js";
import { profileLink } from "./profiles.js";

const PAGE = 25;

export async function render(root, { sandbox, path }) {
  const list = h("ul", { class: "picker", "aria-label": "Datasets" });
  const rows = h("div", { class: "pane" });
  let chosen = path[0];
  let start;
  const load = async () => {
    const { datasets } = await get(inSandbox(sandbox, "datasets"));
    chosen = datasets.some(({ id }) => id === chosen) ? chosen : datasets.toSorted((a, b) => b.rows - a.rows)[0]?.id;
    put(
      list,
      datasets.map((dataset) =>
        h(
          "li",
          {},
          h(
            "button",
            { class: "pick", "aria-pressed": String(dataset.id === chosen), onclick: () => select(dataset.id) },
            h("span", {}, dataset.name),
            h("small", {}, plural(dataset.rows, "row")),
          ),
        ),
      ),
    );
    const dataset = datasets.find(({ id }) => id === chosen);
    if (!dataset)
      put(rows, empty("No dataset yet", "Make one with Catalog's POST /dataSets; what lands in it shows here."));
    else await page(rows, sandbox, dataset, start, go);
    return datasets;
  };
  const go = (to) => {
    start = to;
    return load();
  };
  const select = (id) => {
    chosen = id;
    start = undefined;
    return load();
  };
  put(root, h("h1", {}, "Data"), h("div", { class: "split narrow" }, list, rows));
  const datasets = await load();
  root.append(sqlBox(sandbox, datasets));
  const look = coalesced(load, 400);
  return {
    tick(tick) {
      if (start === undefined && (tick.landed.length > 0 || tick.changed)) look();
    },
  };
}

/** The last page unless another is asked for: news is what one looks for. */
async function page(root, sandbox, dataset, asked, go) {
  const last = Math.max(0, Math.floor((dataset.rows - 1) / PAGE) * PAGE);
  const from = asked ?? last;
  const { count, rows } = await get(inSandbox(sandbox, `datasets/${dataset.id}/rows?start=${from}&limit=${PAGE}`));
  const head = h("div", { class: "row between" }, h("h2", {}, dataset.name), h("code", {}, dataset.table));
  if (count === 0)
    return put(
      root,
      head,
      empty(
        "No row has landed",
        "Send an event to the flow that writes here, or advance the clock to a scheduled run.",
      ),
    );
  const step = (label, to, off) => h("button", { class: "quiet", disabled: off, onclick: () => go(to) }, label);
  return put(
    root,
    head,
    rowsTable(rows),
    h(
      "div",
      { class: "row between" },
      h("span", { class: "lead" }, `${from + 1}–${from + rows.length} of ${count.toLocaleString("en")}`),
      h(
        "div",
        { class: "row" },
        step("Older", Math.max(0, from - PAGE), from === 0),
        step("Newer", from + PAGE, from + PAGE >= count),
      ),
    ),
  );
}

function rowsTable(rows) {
  const columns = [...new Set(rows.flatMap(({ row }) => Object.keys(row)))].slice(0, 8);
  const inProfile = rows.some(({ profile }) => profile !== undefined);
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rows" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", {}, "landed"),
          inProfile && h("th", {}, "profile"),
          columns.map((name) => h("th", {}, name)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map(({ at, row, profile }) =>
          h(
            "tr",
            {},
            h("td", { class: "when" }, moment(at)),
            inProfile && h("td", {}, profileCell(profile)),
            columns.map((name) => h("td", {}, cell(row[name]))),
          ),
        ),
      ),
    ),
  );
}

/** On whom the row landed; a row from before the dataset was in Profile says nothing. */
function profileCell(profile) {
  if (profile === undefined) return h("span", { class: "none" }, "–");
  if (profile === null)
    return h("span", { class: "none", title: "Profile takes no row without one" }, "no primary identity");
  return h("a", { href: profileLink(profile) }, profile.id);
}

/** Small values as they are, large ones behind a line. */
function cell(value) {
  if (value === undefined) return h("span", { class: "none" }, "–");
  if (typeof value !== "object" || value === null) return String(value);
  const text = JSON.stringify(value);
  return h("details", {}, h("summary", {}, text.length > 60 ? `${text.slice(0, 60)}…` : text), json(value));
}

function sqlBox(sandbox, datasets) {
  const table = datasets.toSorted((a, b) => b.rows - a.rows)[0]?.table;
  const text = h("textarea", { class: "sql", rows: "4", spellcheck: "false", "aria-label": "SQL statement" });
  text.value = table ? `SELECT *\nFROM ${table}\nLIMIT 20` : "SELECT 1 AS one";
  const answer = h("div", { class: "answer", "aria-live": "polite" });
  const run = async () => {
    put(answer, h("p", { class: "lead" }, "running …"));
    try {
      const { columns, rows, truncated, ms } = await api("POST", inSandbox(sandbox, "query"), { sql: text.value });
      put(
        answer,
        h("p", { class: "lead" }, `${plural(rows.length, "row")}${truncated ? ", the first ones" : ""} in ${ms} ms`),
        rows.length > 0 ? answerTable(columns, rows) : null,
      );
    } catch (error) {
      put(answer, problem(error));
    }
  };
  text.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && run());
  return h(
    "section",
    { class: "sqlbox" },
    h(
      "div",
      { class: "row between" },
      h("h2", {}, "SQL"),
      h("span", { class: "lead" }, "DuckDB; tables are named as in Query Service"),
    ),
    text,
    h("div", { class: "row" }, h("button", { onclick: run }, "Run"), h("kbd", {}, "Ctrl Enter")),
    answer,
  );
}

function answerTable(columns, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answer" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((name) => h("th", {}, name)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.slice(0, 500).map((row) =>
          h(
            "tr",
            {},
            columns.map((name) => h("td", {}, cell(row[name]))),
          ),
        ),
      ),
    ),
  );
}
