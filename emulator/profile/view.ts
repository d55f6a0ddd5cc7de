/**
 * Profiles as far as somebody who ingests wants to see them: on which profile a row has landed, and what it made of it. No identity
 * graph: identities that belong together are not stitched, every primary identity is a profile.
 */
import { isObject } from "../http.ts";
import { altIdOf } from "../schema-registry/lookup.ts";
import type { Entity, LandedRow, SandboxState } from "../store.ts";
import { type Identity, keyOf } from "./row-index.ts";

const EVENT_CLASS = "https://ns.adobe.com/xdm/context/experienceevent";
const MAX_EVENTS = 100;
/** Thousands of rows read for one profile's events, the newest first. */
const MAX_PORTIONS = 100;
const MAX_LISTED = 1000;

/** A profile in a list. */
export interface ProfileSummary extends Identity {
  records: number;
  events: number;
  updatedAt: number;
}

export interface ProfileList {
  /** Those that match, among the ones that are known by name. */
  count: number;
  /** False once there were more profiles than are known by name, 100,000: those that changed longest ago are left out. */
  complete: boolean;
  /** Rows of datasets in Profile that have no primary identity: in the dataset, not in Profile. */
  ignored: number;
  profiles: ProfileSummary[];
}

export interface ProfileQuery {
  start: number;
  /** At most 1000. */
  limit: number;
  /** Part of the identity, in any case. */
  find: string;
}

/** Profiles of a sandbox, the latest changed first. */
export function listProfiles(sandbox: SandboxState, { start, limit, find }: ProfileQuery): ProfileList {
  const { profiles: index } = sandbox.lake.rows;
  const { profiles: named, complete } = index.named();
  const wanted = find.trim().toLowerCase();
  const matching = wanted === "" ? named : named.filter(({ id }) => id.toLowerCase().includes(wanted));
  const page = matching.slice(start, start + Math.min(limit, MAX_LISTED));
  const counts = index.count(page);
  const profiles = page.map(({ namespace, id, at }): ProfileSummary => {
    const summary = { namespace, id, records: 0, events: 0, updatedAt: at };
    for (const [datasetId, count] of counts.get(keyOf({ namespace, id })) ?? [])
      summary[kindOf(sandbox, datasetId)] += count;
    return summary;
  });
  return { count: matching.length, complete, ignored: index.ignored, profiles };
}

/** Whether rows of a dataset are records or events. */
function kindOf({ catalog, registry }: SandboxState, datasetId: string): "records" | "events" {
  const schemaId = String(catalog.dataSets.get(datasetId)?.["schemaRef"]?.id);
  return registry.schemas.get(altIdOf(schemaId))?.["meta:class"] === EVENT_CLASS ? "events" : "records";
}

export interface Profile extends Identity {
  /** The newest record of each dataset, merged field by field in the order of their landing: the latest value wins. */
  attributes: Entity;
  /** What it is made of, oldest first. */
  fragments: { datasetId: string; batchId: string; flowId: string | null; at: number }[];
  /** The newest events by their timestamp, 100 at most. */
  events: { datasetId: string; batchId: string; at: number; event: Entity }[];
  eventCount: number;
  /** Whether older events were not looked at: the newest 100,000 rows that hold any were. */
  truncated: boolean;
}

/**
 * One profile; undefined when no row has landed on it. A record overwrites the dataset's earlier one of the same identity; how the
 * datasets' records are merged is assumed from Adobe's default merge policy, which goes by time.
 */
export async function readProfile(sandbox: SandboxState, who: Identity): Promise<Profile | undefined> {
  const { rows } = sandbox.lake;
  const records: LandedRow[] = [];
  const events: LandedRow[] = [];
  let [eventCount, truncated] = [0, false];
  for (const [datasetId, count] of rows.profiles.count([who]).get(keyOf(who)) ?? []) {
    const portions = rows.profiles.portionsOf(datasetId, who);
    if (kindOf(sandbox, datasetId) === "records") {
      const newest = await newestRecord(sandbox, datasetId, portions, who);
      if (newest) records.push(newest);
      continue;
    }
    eventCount += count;
    truncated ||= portions.length > MAX_PORTIONS;
    for (const portion of portions.slice(0, MAX_PORTIONS))
      events.push(...(await rowsIn(sandbox, datasetId, portion, who)));
  }
  if (records.length === 0 && events.length === 0) return undefined;
  const fragments = records.sort((a, b) => a.at - b.at);
  const moment = ({ row }: LandedRow) => String(row["timestamp"] ?? "");
  events.sort((a, b) => (moment(a) < moment(b) ? 1 : -1));
  return {
    ...who,
    attributes: fragments.reduce<Entity>((merged, { row }) => merge(merged, row), {}),
    fragments: fragments.map(({ datasetId, batchId, flowId, at }) => ({ datasetId, batchId, flowId, at })),
    events: events
      .slice(0, MAX_EVENTS)
      .map(({ datasetId, batchId, at, row }) => ({ datasetId, batchId, at, event: row })),
    eventCount,
    truncated,
  };
}

async function newestRecord(
  sandbox: SandboxState,
  datasetId: string,
  portions: readonly number[],
  who: Identity,
): Promise<LandedRow | undefined> {
  for (const portion of portions) {
    const newest = (await rowsIn(sandbox, datasetId, portion, who)).at(-1);
    if (newest) return newest;
  }
  return undefined;
}

/** The profile's rows in one thousand of a dataset, oldest first. Others are answered between two of them. */
async function rowsIn(sandbox: SandboxState, datasetId: string, portion: number, who: Identity): Promise<LandedRow[]> {
  await new Promise((resolve) => setImmediate(resolve));
  const wanted = keyOf(who);
  return sandbox.lake.rows
    .portion(datasetId, portion)
    .filter(({ profile }) => profile !== undefined && profile !== null && keyOf(profile) === wanted);
}

/** Objects field by field, everything else as it came last. */
function merge(before: Entity, after: Entity): Entity {
  const merged: Entity = { ...before };
  for (const [key, value] of Object.entries(after))
    merged[key] = isObject(value) && isObject(merged[key]) ? merge(merged[key], value) : value;
  return merged;
}
