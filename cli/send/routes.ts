/** Which flows an event goes to, and in which form. */
import { isDeepStrictEqual } from "node:util";
import { isEventKind, normaliseEvent } from "../../capillary/events.ts";
import { AepError } from "../../errors.ts";
import type { DeployedFlow } from "../flows.ts";

export interface Routed {
  flows: readonly DeployedFlow[];
  /** The JSON to send: as it was written, or a Capillary event brought to the flat shape that mappings read. */
  text: string;
}

export type Router = (text: string, where: string) => Routed;

/**
 * With flows named, every event goes to each of them; otherwise Capillary's events go by their kind, and any event where
 * the stack has a single inlet.
 * @throws AepError USAGE when there is no way to tell
 */
export function router(
  named: readonly DeployedFlow[],
  all: readonly DeployedFlow[],
  routes: ReadonlyMap<string, DeployedFlow[]>,
): Router {
  const takesKinds = new Set([...routes.values()].flat());
  const targets = named.length > 0 ? named : all.length === 1 ? all : undefined;
  return (text, where) => {
    const event = parsed(text, where);
    if (targets && !targets.some((flow) => takesKinds.has(flow))) return { flows: targets, text };
    const flat = flattened(event, where, targets === undefined, all);
    const flows = targets ?? (flat && routes.get(flat.eventName));
    if (!flows || flows.length === 0)
      throw new AepError("USAGE", `no flow takes ${flat ? `the event ${flat.eventName}` : "this event"}`, {
        where,
        hint: nameOne(all),
      });
    return { flows, text: flat === undefined || isDeepStrictEqual(flat, event) ? text : JSON.stringify(flat) };
  };
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's own words quote the text around the mistake, which may be somebody's data.
    throw new AepError("EVENT_FILE", "the event that begins here is not JSON", { where, cause });
  }
}

/** The event in the flat shape; undefined for one that is not Capillary's, which only a named flow can take. */
function flattened(event: unknown, where: string, needed: boolean, all: readonly DeployedFlow[]) {
  try {
    return normaliseEvent(event);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    if (!needed) return undefined;
    const { eventName } = event as { eventName?: unknown };
    const known = isEventKind(eventName) ? "is not complete" : "is none of Capillary's events";
    throw new AepError("USAGE", `the event ${known}, so that its kind does not say where it goes`, {
      where,
      hint: nameOne(all),
    });
  }
}

const nameOne = (all: readonly DeployedFlow[]): string =>
  `Name the flow with --flow, one of: ${all.map(({ label }) => label).join(", ") || "(no flow of this stack has an inlet)"}.`;
