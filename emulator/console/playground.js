// The mapping playground: YAML left, event middle, XDM right; evaluated by the emulator, mistakes at their place.
import { api, get, inSandbox } from "./api.js";
import { empty, h, json, plural, problem, put, short } from "./dom.js";

const YAML = `schema: loyalty profile
rows:
  identityMap.Email[0].id: { expr: lower(trim(customer.email)) }
  identityMap.Email[0].primary: { value: "true" }
  person.name.firstName: customer.firstName
  person.name.lastName: customer.lastName
  loyalty.points: customer.points
  loyalty.tier: { expr: 'coalesce(customer.tier, "basic")' }
`;
const EVENT = {
  customer: { email: " Ada@Example.com ", firstName: "Ada", lastName: "Byron", points: 420, tier: "gold" },
};

/** Schemas and mapping sets to choose from, the newest; a link from the picture brings any other one. */
const OFFERED = 100;

/** Chooses a value, also one that is not in the list yet. */
function offer(select, value) {
  if (![...select.options].some((option) => option.value === value))
    select.append(h("option", { value }, short(value.split("/").pop())));
  select.value = value;
}

export async function render(root, { sandbox, path }) {
  const { nodes } = await get(inSandbox(sandbox, `graph?limit=${OFFERED}`));
  const schemas = nodes.filter((node) => node.kind === "schema");
  const sets = nodes.filter((node) => node.kind === "mappingSet");
  const yaml = editor("Mapping", localStorage.getItem("playground-yaml") ?? YAML);
  const event = editor("Event", localStorage.getItem("playground-event") ?? JSON.stringify(EVENT, null, 2));
  const out = h("div", { class: "out", "aria-live": "polite" });
  const found = h("ol", { class: "problems" });
  const schema = h(
    "select",
    {},
    h("option", { value: "" }, "no schema"),
    schemas.map((node) => h("option", { value: node.id }, node.name)),
  );
  const from = h(
    "select",
    {},
    h("option", { value: "" }, "an example"),
    sets.map((node) => h("option", { value: node.id }, node.name)),
  );
  const run = () => evaluate({ sandbox, yaml, event, schema, out, found });
  let timer;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(run, 250);
  };
  const take = async () => {
    const text = from.value
      ? await get(inSandbox(sandbox, `mappingSets/${from.value}/yaml`))
      : { yaml: YAML, schema: "" };
    yaml.set(text.yaml);
    offer(schema, text.schema);
    if (!from.value) event.set(JSON.stringify(EVENT, null, 2));
    await run();
  };
  yaml.onchange = soon;
  event.onchange = soon;
  schema.addEventListener("change", run);
  from.addEventListener("change", take);
  put(
    root,
    h(
      "div",
      { class: "row between" },
      h("h1", {}, "Mapping playground"),
      h(
        "div",
        { class: "row" },
        h("label", { class: "field-inline" }, "Start from ", from),
        h("label", { class: "field-inline" }, "Check against ", schema),
      ),
    ),
    h("div", { class: "panes" }, yaml.root, event.root, h("section", { class: "editor" }, h("h2", {}, "XDM"), out)),
    found,
  );
  if (path[0] && sets.some(({ id }) => id === path[0])) {
    offer(from, path[0]);
    await take();
  } else await run();
  return {};
}

async function evaluate({ sandbox, yaml, event, schema, out, found }) {
  localStorage.setItem("playground-yaml", yaml.get());
  localStorage.setItem("playground-event", event.get());
  try {
    JSON.parse(event.get());
    event.mark([]);
  } catch (error) {
    event.mark([{ ...placeOf(error.message, event.get()), severity: "error" }]);
    put(out, empty("The event is no JSON", error.message));
    return;
  }
  try {
    const { data, problems, violations } = await api("POST", inSandbox(sandbox, "playground"), {
      yaml: yaml.get(),
      event: event.get(),
      schema: schema.value,
    });
    yaml.mark(problems);
    const verdict =
      violations.length > 0
        ? h("p", { class: "verdict bad" }, "The row does not fit the schema")
        : schema.value
          ? h("p", { class: "verdict good" }, "The row fits the schema")
          : null;
    put(
      out,
      verdict,
      violations.length > 0
        ? h(
            "ul",
            { class: "fields" },
            violations.map((item) => h("li", {}, h("code", {}, item.pointer), " ", item.message)),
          )
        : null,
      data ? json(data) : empty("No row", "Correct the mapping first; its mistakes are marked."),
    );
    put(
      found,
      problems.length === 0
        ? h("li", { class: "fine" }, "No mistake in the mapping.")
        : problems.map((item) => problemLine(item, yaml)),
      problems.length > 1 ? h("li", { class: "lead" }, plural(problems.length, "finding")) : null,
    );
  } catch (error) {
    put(out, problem(error));
  }
}

function problemLine({ line, column, severity, rule, message, hint }, yaml) {
  return h(
    "li",
    { class: severity },
    h("button", { class: "quiet", onclick: () => yaml.go(line, column) }, `${line}:${column}`),
    h("b", { class: "severity" }, severity),
    h("span", {}, message),
    rule ? h("code", { class: "rule", title: "A rule of aep mapping lint" }, rule) : null,
    hint ? h("em", {}, hint) : null,
  );
}

/** Where V8 says the JSON breaks. */
function placeOf(message, text) {
  const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}

/** A text area with line numbers; marked places are underlined by a copy of the text that lies beneath. */
function editor(title, text) {
  const area = h("textarea", { spellcheck: "false", autocomplete: "off", wrap: "off", "aria-label": title });
  const under = h("pre", { "aria-hidden": "true" });
  const gutter = h("pre", { class: "gutter", "aria-hidden": "true" });
  area.value = text;
  let marks = [];
  const paint = () => {
    const lines = area.value.split("\n");
    put(
      gutter,
      lines.map((_, index) => h("span", { class: worst(marks, index + 1) }, `${index + 1}\n`)),
    );
    put(
      under,
      lines.map((line, index) => [underlined(line, gravest(marks.filter((mark) => mark.line === index + 1))), "\n"]),
    );
  };
  const handle = { root: undefined, onchange: () => undefined, get: () => area.value };
  handle.set = (value) => {
    area.value = value;
    paint();
  };
  handle.mark = (found) => {
    marks = found;
    paint();
  };
  handle.go = (line, column) => {
    const at =
      area.value
        .split("\n")
        .slice(0, line - 1)
        .reduce((sum, one) => sum + one.length + 1, 0) + Math.max(0, column - 1);
    area.focus();
    area.setSelectionRange(at, at);
  };
  area.addEventListener("input", () => {
    marks = [];
    paint();
    handle.onchange();
  });
  area.addEventListener("scroll", () => {
    under.scrollTop = gutter.scrollTop = area.scrollTop;
    under.scrollLeft = area.scrollLeft;
  });
  handle.root = h(
    "section",
    { class: "editor" },
    h("h2", {}, title),
    h("div", { class: "code" }, gutter, h("div", { class: "text" }, under, area)),
  );
  paint();
  return handle;
}

const GRADES = ["error", "warning", "info"];
const gravest = (marks) => marks.toSorted((a, b) => GRADES.indexOf(a.severity) - GRADES.indexOf(b.severity))[0];

const worst = (marks, line) => gravest(marks.filter((mark) => mark.line === line))?.severity ?? "";

function underlined(line, mark) {
  if (!mark) return line;
  const at = Math.max(0, mark.column - 1);
  const word = /^[\w.$[\]{}*-]+/.exec(line.slice(at))?.[0] ?? line.slice(at);
  return [
    line.slice(0, at),
    h("u", { class: mark.severity, title: mark.message }, word || " "),
    line.slice(at + word.length),
  ];
}
