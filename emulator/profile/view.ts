/**
 * Profiles as far as somebody who ingests wants to see them: on which profile a row has landed, and what it made of it. Rows are read
 * when they are asked for. No identity graph: identities that belong together are not stitched, every primary identity is a profile.
 */
import { isObject } from "../http.ts";
import { altIdOf } from "../schema-registry/lookup.ts";
import type { Entity, LandedRow, SandboxState } from "../store.ts";
import type { Identity } from "./identity.ts";

const EVENT_CLASS = "https://ns.adobe.com/xdm/context/experienceevent";
const MAX_EVENTS = 100;

/** A profile in a list. */
export interface ProfileSummary extends Identity {
  records: number;
  events: number;
  updatedAt: number;
}

export interface ProfileList {
  count: number;
  /** Rows of datasets in Profile that have no primary identity: in the dataset, not in Profile. */
  ignored: number;
  profiles: ProfileSummary[];
}

/** Profiles of a sandbox, the latest changed first. */
export async function listProfiles(sandbox: SandboxState, start: number, limit: number): Promise<ProfileList> {
  const found = new Map<string, ProfileSummary>();
  let ignored = 0;
  for await (const { row, kind } of profileRows(sandbox)) {
    if (!row.profile) ignored += 1;
    else count(found, row.profile, kind, row.at);
  }
  const all = [...found.values()].sort((a, b) => b.updatedAt - a.updatedAt);
  return { count: all.length, ignored, profiles: all.slice(start, start + limit) };
}

function count(found: Map<string, ProfileSummary>, who: Identity, kind: "records" | "events", at: number): void {
  const key = keyOf(who);
  const summary = found.get(key) ?? { ...who, records: 0, events: 0, updatedAt: at };
  summary[kind] += 1;
  summary.updatedAt = Math.max(summary.updatedAt, at);
  found.set(key, summary);
}

export interface Profile extends Identity {
  /** The newest record of each dataset, merged field by field in the order of their landing: the latest value wins. */
  attributes: Entity;
  /** What it is made of, oldest first. */
  fragments: { datasetId: string; batchId: string; flowId: string | null; at: number }[];
  /** The newest events by their timestamp, 100 at most. */
  events: { datasetId: string; batchId: string; at: number; event: Entity }[];
  eventCount: number;
}

/**
 * One profile; undefined when no row has landed on it. A record overwrites the dataset's earlier one of the same identity; how the
 * datasets' records are merged is assumed from Adobe's default merge policy, which goes by time.
 */
export async function readProfile(sandbox: SandboxState, who: Identity): Promise<Profile | undefined> {
  const wanted = keyOf(who);
  const records = new Map<string, LandedRow>();
  const events: LandedRow[] = [];
  for await (const { row, kind } of profileRows(sandbox)) {
    if (!row.profile || keyOf(row.profile) !== wanted) continue;
    if (kind === "events") events.push(row);
    else records.set(row.datasetId, row);
  }
  if (records.size === 0 && events.length === 0) return undefined;
  const fragments = [...records.values()].sort((a, b) => a.at - b.at);
  const moment = ({ row }: LandedRow) => String(row["timestamp"] ?? "");
  events.sort((a, b) => (moment(a) < moment(b) ? 1 : -1));
  return {
    ...who,
    attributes: fragments.reduce<Entity>((merged, { row }) => merge(merged, row), {}),
    fragments: fragments.map(({ datasetId, batchId, flowId, at }) => ({ datasetId, batchId, flowId, at })),
    events: events
      .slice(0, MAX_EVENTS)
      .map(({ datasetId, batchId, at, row }) => ({ datasetId, batchId, at, event: row })),
    eventCount: events.length,
  };
}

/** Rows that landed while their dataset was in Profile. In portions, so that others are answered while many are read. */
async function* profileRows(sandbox: SandboxState): AsyncGenerator<{ row: LandedRow; kind: "records" | "events" }> {
  for (const [id, dataset] of sandbox.catalog.dataSets) {
    const schema = sandbox.registry.schemas.get(altIdOf(String(dataset["schemaRef"]?.id)));
    const kind = schema?.["meta:class"] === EVENT_CLASS ? "events" : "records";
    for (const portion of sandbox.lake.rows.portions(id)) {
      for (const row of portion) if (row.profile !== undefined) yield { row, kind };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const keyOf = ({ namespace, id }: Identity): string => JSON.stringify([namespace, id]);

/** Objects field by field, everything else as it came last. */
function merge(before: Entity, after: Entity): Entity {
  const merged: Entity = { ...before };
  for (const [key, value] of Object.entries(after))
    merged[key] = isObject(value) && isObject(merged[key]) ? merge(merged[key], value) : value;
  return merged;
}
