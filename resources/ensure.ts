import { setTimeout as delay } from "node:timers/promises";
import { wasLost } from "../aep/errors.ts";
import { log } from "../aep/log.ts";
import { AepError } from "../errors.ts";
import type { Context } from "./context.ts";
import { journal, keyOf } from "./journal.ts";
import { changesOf, type Kind, observe } from "./kind.ts";
import { type Plain, project } from "./values.ts";

/** A created or found object. `found`: it was there already, so it may still differ from the inputs. */
export interface Made {
  id: string;
  outputs: Plain;
  found: boolean;
}

/** The API's `Date` header has whole seconds, and its clocks may differ a little among themselves. */
const CLOCK_TOLERANCE_MS = 2_000;
const ATTEMPTS = 3;
/** After a lost answer the API may still be at work; these are the waits before each look. */
const LOOKS_MS = [0, 400, 1_000];

/** Objects that belong to a resource this process knows; never taken for the result of a lost answer. */
const claimed = new Set<string>();

/** Objects that a creation of this process found, or was told to adopt, instead of making them. */
const takenUp = new Set<string>();

/**
 * Whether a new resource of this run has taken the object up. A renamed resource does that, after a killed run or with
 * `adopt`, and the resource of the old name, which goes at the end, must not take the object with it.
 */
export function hasNewOwner(kind: Kind, sandbox: string, id: string): boolean {
  return takenUp.has(`${sandbox}/${kind.name}/${id}`);
}

/** Says that a resource has this object. */
function claim(kind: Kind, sandbox: string, id: string): void {
  claimed.add(`${sandbox}/${kind.name}/${id}`);
}

/** Says that the state holds this object; whoever was killed while making it has left nothing behind. */
export function recorded(kind: Kind, sandbox: string, id: string): void {
  claim(kind, sandbox, id);
  journal.confirmed(id);
}

/**
 * Creates the object once. When the answer is lost, it is looked up by its natural key, created after the attempt
 * began, before anything is tried again. With `adopt`, an existing object is taken over instead.
 */
export async function ensure(kind: Kind, context: Context, inputs: Plain): Promise<Made> {
  const made =
    inputs["adopt"] === undefined ? await createOnce(kind, context, inputs) : await adopt(kind, context, inputs);
  claim(kind, context.sandbox, made.id);
  return made;
}

async function createOnce(kind: Kind, context: Context, inputs: Plain): Promise<Made> {
  const key = attemptKey(kind, context, inputs);
  const left = await takeUp(kind, context, inputs, key);
  if (left) return left;
  const note = journal.write(key, context.client.serverNow() - CLOCK_TOLERANCE_MS);
  try {
    const made = await attempts(kind, context, inputs, note.note.since);
    journal.answered(note, made.id);
    return made;
  } catch (error) {
    if (!wasLost(error)) journal.drop(note);
    throw error;
  }
}

async function attempts(kind: Kind, context: Context, inputs: Plain, since: number): Promise<Made> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { ...(await kind.create(context, inputs)), found: false };
    } catch (error) {
      if (!wasLost(error)) throw error;
      const found = await lookUp(kind, context, inputs, since);
      if (found) return found;
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** What a process made that was killed before the state knew of it. */
async function takeUp(kind: Kind, context: Context, inputs: Plain, key: string): Promise<Made | undefined> {
  for (const filed of journal.left(key)) {
    const { id, since } = filed.note;
    const made =
      id === undefined ? (await candidates(kind, context, inputs, since))[0] : await byId(kind, context, inputs, id);
    if (made === undefined) {
      journal.drop(filed);
      continue;
    }
    log.info({ kind: kind.name, id: made.id }, "an earlier run made this object and was ended before it could say so");
    journal.answered(filed, made.id);
    takenUp.add(`${context.sandbox}/${kind.name}/${made.id}`);
    return made;
  }
  return undefined;
}

async function byId(kind: Kind, context: Context, inputs: Plain, id: string): Promise<Made | undefined> {
  if (claimed.has(`${context.sandbox}/${kind.name}/${id}`)) return undefined;
  const object = await kind.source(context).get(id);
  if (object === undefined) return undefined;
  const observed = observe(kind, object, { inputs, outputs: {} });
  const different = obstacles(kind, observed.inputs, inputs);
  if (different.length === 0) return { id, outputs: observed.outputs, found: true };
  log.warn(
    { kind: kind.name, id, different },
    "a run that was ended left this object behind, and it differs in what cannot be changed: a new one is made, delete this one in AEP",
  );
  return undefined;
}

function attemptKey(kind: Kind, { client, sandbox }: Context, inputs: Plain): string {
  const { endpoint, orgId } = client.settings;
  return keyOf(
    endpoint,
    orgId,
    sandbox,
    kind.name,
    kind.naturalKey.map((key) => inputs[key]),
  );
}

async function lookUp(kind: Kind, context: Context, inputs: Plain, since: number): Promise<Made | undefined> {
  for (const wait of LOOKS_MS) {
    await delay(wait);
    const matches = await candidates(kind, context, inputs, since);
    if (matches.length > 1) throw ambiguous(kind, inputs, matches);
    const [match] = matches;
    if (match) {
      log.info(
        { kind: kind.name, id: match.id },
        "the answer to the creation was lost; the object was found by its name",
      );
      return match;
    }
  }
  return undefined;
}

/** Objects with the natural key that may be the one: made since, nobody's, and different only in what can be changed. */
async function candidates(kind: Kind, context: Context, inputs: Plain, since: number): Promise<Made[]> {
  const source = kind.source(context);
  const matches: Made[] = [];
  for await (const object of kind.find(context, inputs)) {
    const id = source.idOf(object);
    const observed = observe(kind, object, { inputs, outputs: {} });
    const recent = observed.createdAt === undefined || observed.createdAt >= since;
    if (!recent || claimed.has(`${context.sandbox}/${kind.name}/${id}`)) continue;
    if (obstacles(kind, observed.inputs, inputs).length === 0)
      matches.push({ id, outputs: observed.outputs, found: true });
  }
  return matches;
}

/** Inputs in which the object differs and cannot be made equal. */
function obstacles(kind: Kind, live: Plain, inputs: Plain): string[] {
  const seen = project(inputs, live, new Set(kind.whole)) as Plain;
  return changesOf(kind, seen, inputs)
    .filter(({ mode }) => mode !== "update")
    .map(({ path }) => path);
}

async function adopt(kind: Kind, context: Context, inputs: Plain): Promise<Made> {
  const source = kind.source(context);
  const wanted = String(inputs["adopt"]);
  const object = wanted === "by-name" ? await theOne(kind, context, inputs) : await source.get(wanted);
  if (object === undefined) {
    throw new AepError("AEP_NOT_FOUND", `there is no ${kind.name} to adopt ${byWhat(kind, inputs)}`, {
      hint: "Check `adopt`, or remove it to create the object.",
    });
  }
  const observed = observe(kind, object, { inputs, outputs: {} });
  const different = obstacles(kind, observed.inputs, inputs);
  if (different.length > 0) {
    throw new AepError(
      "AEP_REFUSED",
      `the ${kind.name} to adopt differs in what cannot be changed: ${different.join(", ")}`,
      {
        hint: "Make these inputs equal to the object's, or remove `adopt` to create a new object.",
      },
    );
  }
  const id = source.idOf(object);
  if (hasNewOwner(kind, context.sandbox, id)) {
    throw new AepError("AEP_REFUSED", `another resource of this run has taken over ${id} already`, {
      hint: "Let one resource adopt it, and remove `adopt` from the other, or the other itself.",
    });
  }
  takenUp.add(`${context.sandbox}/${kind.name}/${id}`);
  return { id, outputs: observed.outputs, found: true };
}

async function theOne(kind: Kind, context: Context, inputs: Plain): Promise<unknown> {
  const source = kind.source(context);
  const all: unknown[] = [];
  for await (const object of kind.find(context, inputs)) all.push(object);
  if (all.length <= 1) return all[0];
  throw ambiguous(
    kind,
    inputs,
    all.map((object) => ({ id: source.idOf(object) })),
  );
}

function ambiguous(kind: Kind, inputs: Plain, matches: Array<{ id: string }>): AepError {
  const ids = matches.map(({ id }) => id).join(", ");
  return new AepError(
    "AEP_REFUSED",
    `${matches.length} objects ${byWhat(kind, inputs)} could be this ${kind.name}: ${ids}`,
    {
      hint: "Set `adopt` to the id of the one that is meant, or rename the others.",
    },
  );
}

function byWhat(kind: Kind, inputs: Plain): string {
  if (inputs["adopt"] !== undefined && inputs["adopt"] !== "by-name") return `with id ${inputs["adopt"]}`;
  return `with ${kind.naturalKey.map((key) => `${key} ${JSON.stringify(inputs[key])}`).join(" and ")}`;
}
