// Fault switches: common ones at a click, any other as JSON; and the emulator's settings.
import { api, get } from "./api.js";
import { coalesced, empty, h, plural, problem, put, toast } from "./dom.js";

const PRESETS = [
  [
    "Service unavailable",
    "every third call answers 503",
    { probability: 0.34, fault: { kind: "status", status: 503 } },
  ],
  ["Throttled", "429 with Retry-After of one second", { probability: 0.5, fault: { kind: "throttle", retryAfter: 1 } }],
  [
    "Throttled, no hint",
    "429 without Retry-After",
    { probability: 0.5, fault: { kind: "throttle", retryAfter: null } },
  ],
  [
    "Answer lost",
    "the work is done, the connection is reset",
    { match: { method: "POST" }, count: 1, fault: { kind: "reset", when: "after" } },
  ],
  ["Connection reset", "before anything is done", { probability: 0.3, fault: { kind: "reset" } }],
  ["Slow", "two seconds before each answer", { fault: { kind: "latency", ms: 2000 } }],
  ["Dripping body", "the answer takes three seconds to arrive", { fault: { kind: "slowBody", ms: 3000 } }],
  [
    "Half an answer",
    "the second half of the body is missing",
    { probability: 0.5, fault: { kind: "truncate", cut: true } },
  ],
  ["HTML page", "a proxy's error page instead of JSON", { probability: 0.5, fault: { kind: "html", status: 503 } }],
  [
    "Token expired",
    "the next call's token ends",
    { count: 1, match: { path: "/data/*" }, fault: { kind: "expiredToken" } },
  ],
  ["Stale lists", "lists lag ten seconds behind", { fault: { kind: "staleList", ms: 10_000 } }],
  ["Secrets absent", "secrets are missing from answers", { fault: { kind: "maskedSecrets", as: "absent" } }],
  ["Clock skew", "the server is an hour behind", { fault: { kind: "clockSkew", ms: -3_600_000 } }],
];

export async function render(root) {
  const rules = h("div", { class: "rules", "aria-live": "polite" });
  const switches = h("div", { class: "switches" });
  const operations = (await get("operations")).operations.filter(({ support }) => support !== "refused");
  const scope = h(
    "select",
    {},
    h("option", { value: "" }, "every call"),
    operations.map(({ id, service }) => h("option", { value: id }, `${id} (${service})`)),
  );
  const load = async () => {
    const { faults } = await get("faults");
    put(
      rules,
      faults.length === 0
        ? empty(
            "No fault is at work",
            "Every call is answered as documented. Switch one on to see what a client makes of it.",
          )
        : ruleTable(faults, load),
    );
    put(
      switches,
      PRESETS.map((preset) => toggle(preset, faults, scope, load)),
    );
  };
  put(
    root,
    h("h1", {}, "Faults"),
    h(
      "p",
      { class: "lead" },
      "What goes wrong in the cloud, on order. Faults draw from the emulator's seed, so that a run can be repeated.",
    ),
    h("div", { class: "row" }, h("label", { class: "field-inline" }, "New faults hit ", scope)),
    switches,
    h("h2", {}, "At work"),
    rules,
    ownRule(load),
    await settingsForm(),
  );
  await load();
  return { tick: coalesced(load, 1000) };
}

const same = (rule, preset) => JSON.stringify(rule.fault).includes(JSON.stringify(preset.fault).slice(1, -1));

function toggle([title, text, rule], faults, scope, load) {
  const active = faults.find((fault) => same(fault, rule));
  const flip = async () => {
    try {
      if (active) await api("DELETE", `faults/${active.id}`);
      else await api("POST", "faults", { ...rule, ...(scope.value ? { match: { operation: scope.value } } : {}) });
      await load();
    } catch (error) {
      toast(error.message, true);
    }
  };
  return h(
    "button",
    { class: "switch", role: "switch", "aria-checked": String(Boolean(active)), onclick: flip },
    h("i"),
    h("span", {}, h("b", {}, title), h("small", {}, text)),
  );
}

function ruleTable(faults, load) {
  const remove = (id) => api("DELETE", id ? `faults/${id}` : "faults").then(load);
  return [
    h(
      "div",
      { class: "scroll" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["rule", "fault", "hits calls", "when", "seen", "hit", ""].map((name) => h("th", {}, name)),
          ),
        ),
        h(
          "tbody",
          {},
          faults.map((rule) =>
            h(
              "tr",
              {},
              h("td", {}, rule.id),
              h("td", {}, h("b", {}, rule.fault.kind), " ", h("code", {}, parts(rule.fault))),
              h("td", {}, parts(rule.match) || "every one"),
              h("td", {}, when(rule)),
              h("td", { class: "number" }, String(rule.seen)),
              h("td", { class: "number" }, String(rule.hits)),
              h("td", {}, h("button", { class: "quiet", onclick: () => remove(rule.id) }, "Remove")),
            ),
          ),
        ),
      ),
    ),
    h("p", {}, h("button", { class: "quiet", onclick: () => remove() }, "Remove all")),
  ];
}

const parts = ({ kind: _kind, ...rest }) =>
  Object.entries(rest)
    .filter(([, value]) => value !== null && JSON.stringify(value) !== "{}")
    .map(([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(", ");
const when = ({ probability, count, skip }) =>
  [
    probability < 1 ? `${Math.round(probability * 100)} %` : "always",
    count ? plural(count, "time") : "",
    skip ? `after ${skip}` : "",
  ]
    .filter(Boolean)
    .join(", ");

function ownRule(load) {
  const text = h("textarea", { class: "sql", rows: "6", spellcheck: "false", "aria-label": "Fault rule as JSON" });
  text.value = JSON.stringify(
    { match: { operation: "createFlow" }, skip: 0, count: 1, fault: { kind: "status", status: 500, when: "after" } },
    null,
    2,
  );
  const said = h("div", { role: "alert" });
  const add = async () => {
    try {
      await api("POST", "faults", JSON.parse(text.value));
      put(said);
      await load();
    } catch (error) {
      put(said, problem(error));
    }
  };
  return h(
    "details",
    { class: "own" },
    h("summary", {}, "Another rule, as JSON"),
    text,
    h("p", {}, h("button", { onclick: add }, "Add the rule")),
    said,
  );
}

const SETTINGS = {
  latencyMs: "Added to every answer, ms",
  listLagMs: "Lists lag behind, ms",
  landingDelayMs: "From inlet to processing, ms",
  rateLimitPerSecond: "Requests a second, empty for any",
  maxPageSize: "Largest list page, empty for the service's own",
  maskSecrets: "Secrets read back as xxxx",
  mappingSetDelete: ["204", "405"],
  profileDelete: ["refused", "allowed"],
};
const CHOICES = { mappingSetDelete: "Deleting a mapping set answers", profileDelete: "Deleting what is in Profile is" };

async function settingsForm() {
  const now = await get("settings");
  const change = async (name, value, field) => {
    try {
      await api("POST", "settings", { [name]: value });
      field.removeAttribute("aria-invalid");
      toast(`${name}: ${value ?? "none"}`);
    } catch (error) {
      field.setAttribute("aria-invalid", "true");
      toast(error.message, true);
    }
  };
  const fields = Object.entries(SETTINGS).map(([name, about]) => {
    if (Array.isArray(about))
      return label(
        CHOICES[name],
        h(
          "select",
          { onchange: (event) => change(name, event.target.value, event.target) },
          about.map((value) => h("option", { value, selected: now[name] === value }, value)),
        ),
      );
    if (typeof now[name] === "boolean")
      return label(
        about,
        h("input", {
          type: "checkbox",
          checked: now[name],
          onchange: (event) => change(name, event.target.checked, event.target),
        }),
      );
    const read = (text) => (text === "" ? null : Number(text));
    return label(
      about,
      h("input", {
        type: "number",
        min: "0",
        value: String(now[name] ?? ""),
        onchange: (event) => change(name, read(event.target.value), event.target),
      }),
    );
  });
  return h("section", {}, h("h2", {}, "Settings"), h("div", { class: "settings" }, fields));
}

const label = (text, field) => h("label", {}, h("span", {}, text), field);
