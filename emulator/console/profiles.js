// Profiles that rows have landed on, while their dataset was enabled for Profile: attributes, what they are made of, events.
import { get, inSandbox } from "./api.js";
import { coalesced, empty, h, json, moment, plural, problem, put, short } from "./dom.js";

const SHOWN = 200;

export async function render(root, { sandbox, path }) {
  const list = h("ul", { class: "picker", "aria-label": "Profiles" });
  const side = h("div", { class: "pane" });
  const lead = h("p", { class: "lead" });
  let chosen = path[0] === undefined ? undefined : { namespace: path[0], id: path[1] ?? "" };
  const load = async () => {
    const { count, ignored, profiles } = await get(inSandbox(sandbox, `profiles?limit=${SHOWN}`));
    const { nodes } = await get(inSandbox(sandbox, "graph"));
    chosen ??= profiles[0];
    lead.textContent = said(count, ignored);
    put(
      list,
      profiles.map((one) => pick(one, same(one, chosen), select)),
    );
    if (!chosen) put(side, nothing(ignored));
    else await detail(side, sandbox, chosen, nodes);
  };
  const select = (one) => {
    chosen = one;
    history.replaceState(null, "", profileLink(one));
    return load();
  };
  put(root, h("h1", {}, "Profiles"), lead, h("div", { class: "split narrow" }, list, side));
  await load();
  const look = coalesced(load, 400);
  return { tick: (tick) => (tick.landed.length > 0 || tick.changed) && look() };
}

export const profileLink = ({ namespace, id }) =>
  `#/profiles/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
const same = (a, b) => a.namespace === b?.namespace && a.id === b?.id;

function said(count, ignored) {
  const lost = ignored === 0 ? "" : ` ${plural(ignored, "row")} without a primary identity stayed out of Profile.`;
  const more = count > SHOWN ? `, the ${SHOWN} changed last are shown` : "";
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

async function detail(root, sandbox, { namespace, id }, nodes) {
  const name = (key) => nodes.find((node) => node.id === key)?.name ?? short(key);
  let profile;
  try {
    profile = await get(inSandbox(sandbox, `profiles/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`));
  } catch (error) {
    return put(root, problem(error));
  }
  const { attributes, fragments, events, eventCount } = profile;
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
    h("h3", {}, plural(eventCount, "event")),
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
