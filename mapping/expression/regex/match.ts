import { LimitError } from "../operand-error.ts";
import { lineBreak } from "./classes.ts";
import type { CharTest, ParsedRegex, RegexNode } from "./nodes.ts";

/** How many steps one call may take; a pattern such as (a+)+b on a long text would otherwise run for years. */
const MAX_STEPS = 1_000_000;

/** The rest of a match from a position on. Compiled once with what follows, it needs no tree at run time. */
type Continue = (at: number) => boolean;

interface State {
  text: string;
  steps: number;
  end: number;
  /** Start and end of every group; -1 while it has not matched. */
  starts: number[];
  ends: number[];
  /** Where each group was last entered. */
  entered: number[];
}

/** One match: the whole and its groups. */
export interface Match {
  start: number;
  end: number;
  groups: (string | null)[];
}

/** A regular expression ready to match, with the step budget as its guard. Not reentrant. */
export class RegexProgram {
  /** The text itself, when the pattern has no special characters. */
  readonly literal: string | undefined;
  readonly #state: State;
  readonly #anywhere: Continue;
  readonly #whole: Continue;

  constructor(parsed: ParsedRegex) {
    const none = () => new Array<number>(parsed.groups + 1).fill(-1);
    const state: State = { text: "", steps: 0, end: -1, starts: none(), ends: none(), entered: none() };
    this.#state = state;
    this.literal = literalOf(parsed.root);
    const accept = (at: number) => {
      state.end = at;
      return true;
    };
    this.#anywhere = compile(parsed.root, accept, state);
    this.#whole = compile(parsed.root, (at) => at === state.text.length && accept(at), state);
  }

  /** The match of the whole text, or null. @throws LimitError */
  whole(text: string): Match | null {
    this.#begin(text);
    return this.#from(0, this.#whole);
  }

  /** Every match, left to right, without overlap. @throws LimitError */
  all(text: string): Match[] {
    this.#begin(text);
    const found: Match[] = [];
    for (let at = 0; at <= text.length; ) {
      const match = this.#from(at, this.#anywhere);
      if (match === null) {
        at++;
        continue;
      }
      found.push(match);
      at = match.end > at ? match.end : at + 1;
    }
    return found;
  }

  #begin(text: string): void {
    this.#state.text = text;
    this.#state.steps = 0;
  }

  #from(at: number, run: Continue): Match | null {
    const state = this.#state;
    state.starts.fill(-1);
    state.ends.fill(-1);
    state.entered.fill(-1);
    step(state);
    try {
      if (!run(at)) return null;
    } catch (error) {
      // A loop over groups goes one level deeper each round.
      if (error instanceof RangeError) throw new LimitError("the regular expression nests too deep on this text");
      throw error;
    }
    const groups = state.starts
      .slice(1)
      .map((start, index) => (start < 0 ? null : state.text.slice(start, state.ends[index + 1])));
    return { start: at, end: state.end, groups };
  }
}

function literalOf(node: RegexNode): string | undefined {
  const parts = node.kind === "sequence" ? node.parts : [node];
  const literals = parts.map((part) => (part.kind === "char" ? part.literal : undefined));
  return literals.length > 0 && literals.every((literal) => literal !== undefined) ? literals.join("") : undefined;
}

function step(state: State): void {
  if (++state.steps > MAX_STEPS)
    throw new LimitError(`the regular expression takes more than ${MAX_STEPS} steps on this text`);
}

function compile(node: RegexNode, next: Continue, state: State): Continue {
  switch (node.kind) {
    case "char":
      return (at) => {
        step(state);
        const width = widthAt(state.text, at, node.test);
        return width > 0 && next(at + width);
      };
    case "sequence":
      return node.parts.reduceRight((rest, part) => compile(part, rest, state), next);
    case "choice": {
      const options = node.options.map((option) => compile(option, next, state));
      return (at) => {
        step(state);
        return options.some((option) => option(at));
      };
    }
    case "group":
      return compileGroup(node, next, state);
    case "repeat":
      return compileRepeat(node, next, state);
    case "atomic":
      return compileAtomic(node.body, next, state);
    case "look":
      return compileLook(node, next, state);
    case "backreference":
      return compileBackreference(node, next, state);
    case "anchor":
      return (at) => holds(node.at, state.text, at) && next(at);
  }
}

/** Width of the code point at a position when the test takes it, else 0. */
function widthAt(text: string, at: number, test: CharTest): number {
  const code = text.codePointAt(at);
  return code !== undefined && test(code) ? (code > 0xffff ? 2 : 1) : 0;
}

function compileGroup(node: Extract<RegexNode, { kind: "group" }>, next: Continue, state: State): Continue {
  const { index } = node;
  const body = compile(
    node.body,
    (at) => {
      const [start, end] = [state.starts[index]!, state.ends[index]!];
      state.starts[index] = state.entered[index]!;
      state.ends[index] = at;
      if (next(at)) return true;
      state.starts[index] = start;
      state.ends[index] = end;
      return false;
    },
    state,
  );
  return (at) => {
    const entered = state.entered[index]!;
    state.entered[index] = at;
    if (body(at)) return true;
    state.entered[index] = entered;
    return false;
  };
}

function compileRepeat(node: Extract<RegexNode, { kind: "repeat" }>, next: Continue, state: State): Continue {
  if (node.mode === "possessive") return compileAtomic({ ...node, mode: "greedy" }, next, state);
  if (node.body.kind === "char") return compileRun(node.body.test, node, next, state);
  const { min, max } = node;
  const lazy = node.mode === "lazy";
  let count = 0;
  let last = -1;
  const loop: Continue = (at) => {
    step(state);
    const [rounds, before] = [count, last];
    const again = () => {
      // A round that matched nothing would go on forever.
      if (rounds >= max || (rounds >= min && at === before)) return false;
      count = rounds + 1;
      last = at;
      if (body(at)) return true;
      count = rounds;
      last = before;
      return false;
    };
    if (lazy) return (rounds >= min && next(at)) || again();
    return again() || (rounds >= min && next(at));
  };
  const body = compile(node.body, loop, state);
  return (at) => {
    const [rounds, before] = [count, last];
    count = 0;
    last = -1;
    if (loop(at)) return true;
    count = rounds;
    last = before;
    return false;
  };
}

/** A repeated single character needs no recursion: run ahead, then give back one by one. */
function compileRun(
  test: CharTest,
  node: { min: number; max: number; mode: string },
  next: Continue,
  state: State,
): Continue {
  const { min, max } = node;
  if (node.mode === "lazy") {
    return (start) => {
      for (let at = start, count = 0; ; count++) {
        step(state);
        if (count >= min && next(at)) return true;
        const width = count < max ? widthAt(state.text, at, test) : 0;
        if (width === 0) return false;
        at += width;
      }
    };
  }
  return (start) => {
    let at = start;
    let count = 0;
    for (let width = 1; count < max && width > 0; count += width > 0 ? 1 : 0, at += width) {
      step(state);
      width = widthAt(state.text, at, test);
    }
    for (; count >= min; count--) {
      step(state);
      if (next(at)) return true;
      at -= at - 2 >= start && (state.text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
    }
    return false;
  };
}

function compileAtomic(body: RegexNode, next: Continue, state: State): Continue {
  let reached = -1;
  const once = compile(
    body,
    (at) => {
      reached = at;
      return true;
    },
    state,
  );
  return (at) => {
    const saved = save(state);
    if (once(at) && next(reached)) return true;
    restore(state, saved);
    return false;
  };
}

function compileLook(node: Extract<RegexNode, { kind: "look" }>, next: Continue, state: State): Continue {
  let target = -1;
  const body = compile(node.body, (at) => !node.behind || at === target, state);
  const found = (at: number): boolean => {
    target = at;
    if (!node.behind) return body(at);
    for (let start = at; start >= 0; start--) {
      step(state);
      target = at;
      if (body(start)) return true;
    }
    return false;
  };
  return (at) => {
    const saved = save(state);
    const seen = found(at);
    if (seen && node.negative) restore(state, saved);
    if (seen !== node.negative && next(at)) return true;
    restore(state, saved);
    return false;
  };
}

type Saved = Pick<State, "starts" | "ends" | "entered">;

function save({ starts, ends, entered }: State): Saved {
  return { starts: [...starts], ends: [...ends], entered: [...entered] };
}

/** Into the same arrays: the closures hold on to the state, not to what it held. */
function restore(state: State, saved: Saved): void {
  for (const key of ["starts", "ends", "entered"] as const) {
    for (const [index, value] of saved[key].entries()) state[key][index] = value;
  }
}

function compileBackreference(
  node: Extract<RegexNode, { kind: "backreference" }>,
  next: Continue,
  state: State,
): Continue {
  return (at) => {
    step(state);
    const [start, end] = [state.starts[node.index] ?? -1, state.ends[node.index] ?? -1];
    if (start < 0) return false;
    const wanted = state.text.slice(start, end);
    state.steps += wanted.length;
    const found = state.text.slice(at, at + wanted.length);
    const same = node.ignoreCase ? found.toLowerCase() === wanted.toLowerCase() : found === wanted;
    return same && next(at + wanted.length);
  };
}

const WORD = /[\p{L}\p{Nd}_]/u;

function holds(at: Extract<RegexNode, { kind: "anchor" }>["at"], text: string, index: number): boolean {
  const breaks = (position: number) => lineBreak(text.charCodeAt(position));
  switch (at) {
    case "start":
      return index === 0;
    case "end":
      return index === text.length;
    case "last-line-end":
      return (
        index === text.length ||
        (index === text.length - 1 && breaks(index)) ||
        (index === text.length - 2 && text.slice(index) === "\r\n")
      );
    case "line-start":
      // Never at the end, not even of an empty text.
      if (index === text.length) return false;
      return index === 0 || (breaks(index - 1) && text.slice(index - 1, index + 1) !== "\r\n");
    case "line-end":
      return index === text.length || (breaks(index) && text.slice(index - 1, index + 1) !== "\r\n");
    default: {
      const boundary = WORD.test(text[index - 1] ?? " ") !== WORD.test(text[index] ?? " ");
      return boundary === (at === "boundary");
    }
  }
}
