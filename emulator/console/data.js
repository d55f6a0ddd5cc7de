// Landed rows of a dataset, and SQL over all of them.
import { api, get, inSandbox } from "./api.js";
import { coalesced, empty, finder, h, json, latest, moment, pager, plural, problem, put } from "./dom.js";
import { profileLink } from "./profiles.js";

const PAGE = 25;
/** Datasets in the list, those with the most rows; the others are found by name. */
const LISTED = 100;
const MANY = 12;

export async function render(root, { sandbox, path }) {
  const list = h("ul", { class: "picker", "aria-label": "Datasets" });
  const rest = h("p", { class: "lead" });
  const rows = h("div", { class: "pane" });
  let chosen = path[0];
  let start;
  const datasets = (query) => get(inSandbox(sandbox, `datasets?${query}`));
  const find = finder("Find a dataset by its name or id", "name or id", () => load());
  const ask = async () => {
    const { count, datasets: listed } = await datasets(`limit=${LISTED}&find=${encodeURIComponent(find.text())}`);
    const named = listed.find(({ id }) => id === chosen);
    const other =
      chosen === undefined || named ? [] : (await datasets(`limit=1&find=${encodeURIComponent(chosen)}`)).datasets;
    return { count, listed, dataset: named ?? other[0] ?? listed[0] };
  };
  const show = async ({ count, listed, dataset }) => {
    chosen = dataset?.id;
    find.root.hidden = find.text() === "" && count < MANY;
    rest.textContent = count > listed.length ? `+ ${(count - listed.length).toLocaleString("en")} more` : "";
    put(
      list,
      listed.map((one) =>
        h(
          "li",
          {},
          h(
            "button",
            { class: "pick", "aria-pressed": String(one.id === chosen), onclick: () => select(one.id) },
            h("span", {}, one.name),
            h("small", {}, plural(one.rows, "row")),
          ),
        ),
      ),
    );
    if (dataset) await page(rows, sandbox, dataset, start, go);
    else if (find.text() !== "")
      put(rows, empty("Nothing of that name", "No dataset of this sandbox has that in its name or as its id."));
    else put(rows, empty("No dataset yet", "Make one with Catalog's POST /dataSets; what lands in it shows here."));
    return dataset;
  };
  const load = latest(ask, show);
  const go = (to) => {
    start = to;
    return load();
  };
  const select = (id) => {
    chosen = id;
    return go(undefined);
  };
  const side = h("div", {}, find.root, list, rest);
  put(root, h("h1", {}, "Data"), h("div", { class: "split narrow" }, side, rows));
  const first = await load();
  root.append(sqlBox(sandbox, first?.table));
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
  return put(root, head, rowsTable(rows), pager({ from, shown: rows.length, count, size: PAGE, to: go }));
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

function sqlBox(sandbox, table) {
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
