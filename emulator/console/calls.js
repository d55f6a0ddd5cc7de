// The call log: every request of a client, with its bodies.
import { api, get } from "./api.js";
import { empty, h, json, problem, put, time, toast } from "./dom.js";

const SHOWN = 300;

export async function render(root) {
  const body = h("tbody");
  const side = h("aside", { class: "side", "aria-label": "Call" }, hint());
  const filter = h("input", {
    type: "search",
    placeholder: "operation, path, status or fault",
    "aria-label": "Filter",
    oninput: () => apply(),
  });
  const table = h(
    "div",
    { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Calls" },
    h(
      "table",
      { class: "log" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["time", "operation", "path", "sandbox", "status", "ms", "fault"].map((name) => h("th", {}, name)),
        ),
      ),
      body,
    ),
  );
  const nothing = empty(
    "No call yet",
    "Requests to the emulated APIs show here with their bodies; secrets are masked.",
  );
  const clear = async () => {
    await api("DELETE", "calls");
    put(body);
    nothing.hidden = false;
    put(side, hint());
    toast("The log is empty");
  };
  put(
    root,
    h(
      "div",
      { class: "row between" },
      h("h1", {}, "Calls"),
      h("div", { class: "row" }, filter, h("button", { class: "quiet", onclick: clear }, "Clear")),
    ),
    h("div", { class: "split wide" }, h("div", {}, nothing, table), side),
  );
  const apply = () => {
    const wanted = filter.value.toLowerCase();
    for (const row of body.children) row.hidden = !row.dataset.text.includes(wanted);
  };
  const add = (call) => {
    nothing.hidden = true;
    body.prepend(line(call, side));
    while (body.children.length > SHOWN) body.lastChild.remove();
  };
  for (const call of (await get(`calls?bodies=false&limit=${SHOWN}`)).calls) add(call);
  return {
    tick(tick) {
      for (const call of tick.calls) add(call);
      if (tick.calls.length > 0) apply();
    },
  };
}

function line(call, side) {
  const { n, at, method, path, sandbox, status, ms, operation, fault } = call;
  const show = async (event) => {
    for (const row of event.currentTarget.parentNode.children) row.removeAttribute("aria-selected");
    event.currentTarget.setAttribute("aria-selected", "true");
    try {
      detail(side, await get(`calls/${n}`), await get(`calls/${n}/curl`));
    } catch (error) {
      put(side, problem(error));
    }
  };
  const kind = status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
  return h(
    "tr",
    {
      tabindex: "0",
      "data-text": `${operation} ${method} ${path} ${status} ${fault ?? ""}`.toLowerCase(),
      onclick: show,
      onkeydown: (event) => event.key === "Enter" && show(event),
    },
    h("td", { class: "when" }, time(at)),
    h("td", {}, h("b", {}, operation)),
    h("td", { class: "path" }, h("code", {}, `${method} ${path.replace("/data/foundation", "")}`)),
    h("td", {}, sandbox ?? "–"),
    h("td", {}, h("span", { class: `pill ${kind}` }, String(status))),
    h("td", { class: "number" }, String(ms)),
    h("td", {}, fault ? h("span", { class: "pill bad" }, fault) : ""),
  );
}

function detail(side, call, curl) {
  const copy = async () => {
    await navigator.clipboard.writeText(curl).then(
      () => toast("Copied"),
      () => toast("The browser does not allow it", true),
    );
  };
  put(
    side,
    h("h2", {}, `${call.operation} `, h("small", {}, String(call.status))),
    h("p", { class: "lead" }, h("code", {}, `${call.method} ${call.path}`)),
    h("p", { class: "lead" }, `${call.ms} ms · request id ${call.requestId}`),
    h("h3", {}, "Request"),
    call.requestBody === undefined ? h("p", { class: "lead" }, "no body") : json(call.requestBody),
    h("h3", {}, "Answer"),
    call.responseBody === undefined ? h("p", { class: "lead" }, "no JSON body") : json(call.responseBody),
    h("div", { class: "row between" }, h("h3", {}, "As curl"), h("button", { class: "quiet", onclick: copy }, "Copy")),
    h("pre", { class: "command", tabindex: "0" }, curl),
  );
  side.scrollIntoView({ block: "nearest" });
}

const hint = () => empty("No call chosen", "Choose a call to see its bodies and the curl command that repeats it.");
