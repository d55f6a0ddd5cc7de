// Profiles that rows have landed on, while their dataset was enabled for Profile: attributes, what they are made of, events.
import { get, inSandbox } from "./api.js";
import { coalesced, empty, finder, h, json, latest, moment, pager, plural, problem, put, short } from "./dom.js";

const SHOWN = 50;

export async function render(root, { sandbox, path }) {
  const list = h("ul", { class: "picker", "aria-label": "Profiles" });
  const side = h("div", { class: "pane" });
  const lead = h("p", { class: "lead" });
  const pages = h("div", {});
  let chosen = path[0] === undefined ? undefined : { namespace: path[0], id: path[1] ?? "" };
  let from = 0;
  const find = finder("Find a profile by its identity", "identity", () => go(0));
  const load = latest(
    () => get(inSandbox(sandbox, `profiles?start=${from}&limit=${SHOWN}&find=${encodeURIComponent(find.text())}`)),
    async ({ count, complete, ignored, profiles }) => {
      chosen ??= profiles[0];
      find.root.hidden = find.text() === "" && count <= SHOWN;
      lead.textContent = said(count, complete, ignored, find.text());
      put(
        list,
        profiles.map((one) => pick(one, same(one, chosen), select)),
      );
      put(
        pages,
        count > SHOWN
          ? pager({ from, shown: profiles.length, count, size: SHOWN, older: "Newer", newer: "Older", to: go })
          : null,
      );
      if (!chosen) put(side, nothing(ignored));
      else await detail(side, sandbox, chosen);
    },
  );
  const go = (to) => {
    from = to;
    return load();
  };
  const select = (one) => {
    chosen = one;
    history.replaceState(null, "", profileLink(one));
    return load();
  };
  put(
    root,
    h("h1", {}, "Profiles"),
    lead,
    h("div", { class: "split narrow" }, h("div", {}, find.root, list, pages), side),
  );
  await load();
  const look = coalesced(load, 400);
  return { tick: (tick) => (tick.landed.length > 0 || tick.changed) && look() };
}

export const profileLink = ({ namespace, id }) =>
  `#/profiles/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
const same = (a, b) => a.namespace === b?.namespace && a.id === b?.id;

function said(count, complete, ignored, wanted) {
  if (wanted !== "") return `${plural(count, "profile")} with “${wanted}” in the identity.`;
  const lost = ignored === 0 ? "" : ` ${plural(ignored, "row")} without a primary identity stayed out of Profile.`;
  const more = complete ? "" : ", those that changed last; older ones are found through their rows";
  return count + ignored === 0
    ? ""
    : `${plural(count, "profile")}${more}.${lost} Identities are not stitched: each primary identity is one profile.`;
}

function nothing(ignored) {
  return ignored > 0
    ? empty("No profile", "The rows that landed have no primary identity: no descriptor's field, no primary item.")
    : empty(
        "No profile yet",
        "Rows show here by whom they are about, once their schema has the union tag and their dataset unifiedProfile enabled:true.",
      );
}

function pick(one, pressed, select) {
  const notes = [one.records > 0 && plural(one.records, "record"), one.events > 0 && plural(one.events, "event")];
  return h(
    "li",
    {},
    h(
      "button",
      { class: "pick", "aria-pressed": String(pressed), onclick: () => select(one) },
      h("span", {}, one.id),
      h("small", {}, [one.namespace, ...notes.filter(Boolean)].join(" · ")),
    ),
  );
}

async function detail(root, sandbox, { namespace, id }) {
  let profile;
  try {
    profile = await get(inSandbox(sandbox, `profiles/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`));
  } catch (error) {
    return put(root, problem(error));
  }
  const { attributes, fragments, events, eventCount, names } = profile;
  const name = (key) => names[key] ?? short(key);
  return put(
    root,
    h("div", { class: "row between" }, h("h2", {}, id), h("code", {}, namespace)),
    fragments.length > 0 ? json(attributes) : h("p", { class: "lead" }, "Only events so far, no record."),
    fragments.length > 0
      ? h(
          "p",
          { class: "lead" },
          "From ",
          fragments.map(({ datasetId, at }, index) => `${index > 0 ? ", " : ""}${name(datasetId)} (${moment(at)})`),
        )
      : null,
    h(
      "h3",
      {},
      plural(eventCount, "event"),
      eventCount > events.length ? `, ${profile.truncated ? "some of the latest" : `the newest ${events.length}`}` : "",
    ),
    events.map(({ datasetId, event }) =>
      h(
        "details",
        { class: "event" },
        h("summary", {}, h("time", {}, String(event.timestamp ?? "")), ` ${event.eventType ?? name(datasetId)}`),
        json(event),
      ),
    ),
  );
}
