// The frame of the console: navigation, sandbox, clock, world, news. Views are modules with `render(root, context)`.
import { api, get, listen } from "./api.js";
import * as calls from "./calls.js";
import * as data from "./data.js";
import { compact, h, moment, problem, put, toast } from "./dom.js";
import * as failed from "./failed.js";
import * as faults from "./faults.js";
import * as live from "./live.js";
import * as pipelines from "./pipelines.js";
import * as playground from "./playground.js";
import * as profiles from "./profiles.js";

const VIEWS = [
  { id: "pipelines", title: "Pipelines", view: pipelines },
  { id: "live", title: "Live", view: live },
  { id: "data", title: "Data", view: data },
  { id: "profiles", title: "Profiles", view: profiles },
  { id: "failed", title: "Failed records", view: failed },
  { id: "calls", title: "Calls", view: calls },
  { id: "faults", title: "Faults", view: faults },
  { id: "playground", title: "Mapping", view: playground },
];
const $ = (id) => document.getElementById(id);
const state = { sandbox: localStorage.getItem("sandbox") ?? "dev", mounted: undefined, clock: undefined };

async function show() {
  const [, id = "pipelines", ...rest] = location.hash.split("/");
  const entry = VIEWS.find((view) => view.id === id) ?? VIEWS[0];
  for (const link of $("nav").querySelectorAll("a"))
    link.toggleAttribute("aria-current", link.getAttribute("href") === `#/${entry.id}`);
  // On a narrow screen the navigation is one line that scrolls.
  $("nav").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.title = `${entry.title} · AEP emulator`;
  const context = {
    sandbox: state.sandbox,
    path: rest.map(decodeURIComponent),
    now: () => state.clock?.now ?? Date.now(),
  };
  const root = h("div", { class: `view ${entry.id}` });
  state.mounted = undefined;
  put($("view"), root);
  try {
    const mounted = await entry.view.render(root, context);
    if (root.isConnected) state.mounted = mounted;
  } catch (error) {
    put(root, h("h1", {}, entry.title), problem(error));
  }
}

function navigation() {
  put(
    $("nav"),
    VIEWS.map(({ id, title }, index) =>
      h(
        "li",
        {},
        h(
          "a",
          { href: `#/${id}` },
          h("kbd", {}, String(index + 1)),
          title,
          h("b", { class: "badge", id: `badge-${id}` }),
        ),
      ),
    ),
  );
  addEventListener("hashchange", show);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    const view = VIEWS[Number(event.key) - 1];
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (view) location.hash = `#/${view.id}`;
    const search = event.key === "/" && $("view").querySelector('input[type="search"]:not([hidden])');
    if (!search) return;
    event.preventDefault();
    search.focus();
  });
}

async function sandboxes() {
  const { sandboxes: all } = await get("sandboxes");
  if (!all.some(({ name }) => name === state.sandbox)) state.sandbox = all[0]?.name ?? "dev";
  const options = all.map(({ name, title }) =>
    h("option", { value: name, selected: name === state.sandbox }, `${name} – ${title}`),
  );
  if ($("sandbox").options.length !== options.length) put($("sandbox"), options);
  const counts = all.find(({ name }) => name === state.sandbox)?.counts;
  for (const [view, count] of [
    ["failed", counts?.failed],
    ["data", counts?.rows],
  ]) {
    put($(`badge-${view}`), count ? compact(count) : "");
    $(`badge-${view}`).title = count ? count.toLocaleString("en") : "";
  }
}

function clock() {
  const change = async (body) => {
    try {
      state.clock = { ...(await api("POST", "clock", body)), at: Date.now() };
      paintClock();
    } catch (error) {
      toast(error.message, true);
    }
  };
  const jump = (label, ms, title) =>
    h("button", { class: "quiet", title, onclick: () => change({ advanceMs: ms }) }, label);
  put(
    $("clock"),
    h("time", { id: "now" }),
    jump("+1 min", 60_000, "Advance the virtual clock by a minute"),
    jump("+1 h", 3_600_000, "Advance the virtual clock by an hour"),
    jump("+1 d", 86_400_000, "Advance the virtual clock by a day"),
    h("button", { class: "quiet", id: "freeze", onclick: () => change({ freeze: !state.clock?.frozen }) }, "Freeze"),
  );
  setInterval(paintClock, 500);
}

function paintClock() {
  if (!state.clock) return;
  const { now, frozen, at } = state.clock;
  $("now").textContent = `${moment(frozen ? now : now + Date.now() - at)} UTC`;
  $("freeze").textContent = frozen ? "Let it run" : "Freeze";
  $("freeze").setAttribute("aria-pressed", String(frozen));
}

function world() {
  const pick = h("input", { type: "file", accept: ".json", hidden: true, onchange: restore });
  put(
    $("world"),
    h("a", { class: "button quiet", href: "/__emulator/snapshot", download: "aep-emulator-snapshot.json" }, "Snapshot"),
    h("button", { class: "quiet", onclick: () => pick.click() }, "Restore"),
    h("button", { class: "quiet danger", onclick: askReset }, "Reset"),
    pick,
  );
}

async function restore(event) {
  try {
    await api("POST", "restore", JSON.parse(await event.target.files[0].text()));
    toast("The snapshot is restored");
    await show();
  } catch (error) {
    toast(error instanceof SyntaxError ? "The file is no JSON" : error.message, true);
  }
  event.target.value = "";
}

function askReset() {
  const end = async () => {
    dialog.close();
    try {
      await api("POST", "reset", {});
      toast("Everything is empty again");
      await show();
    } catch (error) {
      toast(error.message, true);
    }
  };
  const dialog = h(
    "dialog",
    { onclose: () => dialog.remove() },
    h("h2", {}, "Reset the emulator?"),
    h("p", {}, "Every object, row and call of all sandboxes goes. Settings and faults return to those of the start."),
    h(
      "div",
      { class: "row end" },
      h("button", { class: "quiet", onclick: () => dialog.close() }, "Cancel"),
      h("button", { class: "danger", onclick: end }, "Reset"),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function connected(is) {
  $("status").classList.toggle("on", is);
  $("status").lastChild.textContent = is ? "live" : "not reachable, trying again";
  document.body.classList.toggle("offline", !is);
}

async function news(tick) {
  state.clock = { ...tick.clock, at: Date.now() };
  paintClock();
  state.mounted?.tick?.(tick);
  if (!state.asked) {
    state.asked = setTimeout(() => {
      state.asked = undefined;
      sandboxes().catch(() => undefined);
    }, 300);
  }
}

async function start() {
  navigation();
  clock();
  world();
  $("sandbox").addEventListener("change", (event) => {
    state.sandbox = event.target.value;
    localStorage.setItem("sandbox", state.sandbox);
    // What was chosen is in the other sandbox.
    history.replaceState(null, "", location.hash.split("/").slice(0, 2).join("/") || "#/pipelines");
    sandboxes().then(show);
  });
  listen(news, connected);
  try {
    state.clock = { ...(await get("clock")), at: Date.now() };
    const { org, tenant, seed } = await get("");
    $("about").textContent = `${org}, tenant ${tenant}, seed ${seed}`;
    await sandboxes();
  } catch (error) {
    toast(error.message, true);
  }
  await show();
}

start();
