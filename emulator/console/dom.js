// The few helpers the console is built of. All text goes in as text nodes: nothing from the outside becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: h("button", { class: "x", onclick: f }, "text", child). Null and false children are left out. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces what an element holds. */
export function put(element, ...children) {
  element.replaceChildren(
    ...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** What a view shows when it has nothing: a sentence, what to do, and perhaps a command. */
export function empty(title, text, ...more) {
  return h("div", { class: "empty" }, h("h3", {}, title), h("p", {}, text), ...more);
}

export function problem(error) {
  return h("div", { class: "empty bad", role: "alert" }, h("h3", {}, "That did not work"), h("p", {}, error.message));
}

/** A value as JSON, coloured. */
export function json(value) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const pre = h("pre", { class: "json", tabindex: "0" });
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  let at = 0;
  for (const match of text.matchAll(token)) {
    pre.append(text.slice(at, match.index));
    const kind = match[2] ? "k" : match[1] ? "s" : match[3] ? "b" : "n";
    pre.append(h("span", { class: kind }, match[1] ?? match[0]), match[2] ?? "");
    at = match.index + match[0].length;
  }
  pre.append(text.slice(at));
  return pre;
}

/** A short notice at the edge of the window. */
export function toast(text, bad = false) {
  const note = h("div", { class: bad ? "toast bad" : "toast" }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 8000 : 3500);
}

export const time = (ms) => new Date(ms).toISOString().slice(11, 19);
export const moment = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
export const short = (id) => (id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id);
/** 1,234,567 as 1.2M, where there is little room. */
export const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format;
export const plural = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** `work`, at most once in `ms` and a little late: many news are one look. Failures wait for the next one. */
export function coalesced(work, ms) {
  let _timer;
  return () => {
    _timer ??= setTimeout(() => {
      _timer = undefined;
      work().catch(() => undefined);
    }, ms);
  };
}

/** A search field that asks `again` when the typing pauses. */
export function finder(label, placeholder, again) {
  let timer;
  const input = h("input", {
    type: "search",
    class: "find",
    placeholder,
    "aria-label": label,
    title: label,
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(again, 200);
    },
  });
  return { root: input, text: () => input.value.trim() };
}

/** `ask`, then `show` with the answer, unless it has been asked again meanwhile: answers may overtake each other. */
export function latest(ask, show) {
  let asked = 0;
  return async () => {
    asked += 1;
    const mine = asked;
    const answer = await ask();
    return mine === asked ? show(answer) : undefined;
  };
}

/** Steps through a long list: `from` is the first shown, `to` goes there. */
export function pager({ from, shown, count, size, older = "Older", newer = "Newer", to }) {
  const step = (label, at, off) => h("button", { class: "quiet", disabled: off, onclick: () => to(at) }, label);
  return h(
    "div",
    { class: "row between" },
    h(
      "span",
      { class: "lead" },
      `${(from + 1).toLocaleString("en")}–${(from + shown).toLocaleString("en")} of ${count.toLocaleString("en")}`,
    ),
    count > size || from > 0
      ? h(
          "div",
          { class: "row" },
          step(older, Math.max(0, from - size), from === 0),
          step(newer, from + size, from + shown >= count),
        )
      : null,
  );
}
