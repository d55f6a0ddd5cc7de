/** What happens, as server-sent events for the console: looked at a few times a second while somebody listens. */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { CallRecord, Entity, Env, Json, SandboxState, World } from "../store.ts";
import { namesOf } from "./names.ts";

const TICK_MS = 250;
/** At most so many calls, rows and failures a tick; the counts stay exact. */
const MAX_SHOWN = 25;
/** A quiet stream still says that it lives. */
const HEARTBEAT_TICKS = 20;

interface Seen {
  call: number;
  writes: number;
  rows: Map<string, number>;
  /** Version of a sandbox's rows when they were looked through. */
  versions: Map<string, number>;
  failed: Map<string, number>;
}

/** The stream of `GET /__emulator/live`: an event `tick` with the difference to the last one, first of all the present. */
export function liveEvents(c: Context<Env>, world: World): Response {
  return streamSSE(c, async (stream) => {
    const seen: Seen = {
      call: world.calls.at(-1)?.n ?? 0,
      writes: -1,
      rows: new Map(),
      versions: new Map(),
      failed: new Map(),
    };
    difference(world, seen);
    seen.writes = -1;
    let quiet = 0;
    while (!stream.aborted && !stream.closed) {
      const tick = difference(world, seen);
      quiet = tick ? 0 : quiet + 1;
      if (tick) await stream.writeSSE({ event: "tick", data: JSON.stringify(tick) });
      else if (quiet % HEARTBEAT_TICKS === 0) await stream.writeSSE({ event: "beat", data: String(world.clock.now()) });
      await stream.sleep(TICK_MS);
    }
  });
}

/** Undefined when nothing has happened. Marks everything as seen. */
function difference(world: World, seen: Seen): Entity | undefined {
  // An emptied log counts from the beginning again.
  if ((world.calls.at(-1)?.n ?? 0) < seen.call) seen.call = 0;
  const calls = newCalls(world, seen.call);
  const changed = world.writes !== seen.writes;
  const landed: Json[] = [];
  const failed: Json[] = [];
  for (const sandbox of world.sandboxes.values()) {
    // A reset begins to count anew: only without a write is the same version the same rows.
    if (changed || seen.versions.get(sandbox.name) !== sandbox.lake.rows.version)
      landed.push(...landedIn(sandbox, seen));
    const { failed: records } = sandbox.lake;
    const { length } = records;
    const before = Math.min(seen.failed.get(sandbox.name) ?? 0, length);
    seen.failed.set(sandbox.name, length);
    if (length === before) continue;
    const shown = records.page(Math.max(before, length - MAX_SHOWN), MAX_SHOWN);
    const names = namesOf(
      sandbox,
      shown.map(({ flowId }) => flowId),
    );
    failed.push({ sandbox: sandbox.name, added: length - before, records: shown as unknown as Json, names });
  }
  if (!changed && calls.length === 0 && landed.length === 0 && failed.length === 0) return undefined;
  seen.writes = world.writes;
  seen.call = world.calls.at(-1)?.n ?? 0;
  const clock = { now: world.clock.now(), frozen: world.clock.frozen };
  return { clock, changed, calls: calls.slice(-MAX_SHOWN).map(callSummary), landed, failed };
}

/** The rows that a sandbox has more than before, by dataset. */
function landedIn({ name: sandbox, lake, catalog }: SandboxState, seen: Seen): Json[] {
  const { rows } = lake;
  seen.versions.set(sandbox, rows.version);
  return rows.datasets().flatMap((id): Json[] => {
    const key = `${sandbox}/${id}`;
    const count = rows.count(id);
    const before = Math.min(seen.rows.get(key) ?? 0, count);
    seen.rows.set(key, count);
    if (count === before) return [];
    const shown = rows.page(id, Math.max(before, count - MAX_SHOWN), MAX_SHOWN);
    const name = String(catalog.dataSets.get(id)?.["name"] ?? id);
    return [{ sandbox, datasetId: id, name, added: count - before, rows: shown as unknown as Json }];
  });
}

/** From the end: the log may be long and the news are few. */
function newCalls(world: World, after: number): CallRecord[] {
  const found: CallRecord[] = [];
  for (let at = world.calls.length - 1; at >= 0; at -= 1) {
    const call = world.calls[at] as CallRecord;
    if (call.n <= after || found.length > MAX_SHOWN) break;
    found.unshift(call);
  }
  return found;
}

/** A call without its headers and bodies. */
export function callSummary(call: CallRecord): Entity {
  const { n, at, method, path, sandbox, status, requestId, ms, operation, fault } = call;
  return { n, at, method, path, sandbox, status, requestId, ms, operation, fault };
}
