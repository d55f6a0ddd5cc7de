/** What the parts of the data plane share. */
import type { Ids, Json, World } from "../store.ts";

/** A message the inlet took. */
export interface Message {
  sandbox: string;
  flowId: string;
  kind: "raw" | "xdm";
  /** The whole message as it was sent. */
  content: Json;
  /** The message as a mapping takes it, with Java's kinds of numbers. */
  source: unknown;
  bytes: number;
  xactionId: string;
}

/** What a cycle's parts work with. */
export interface PlaneContext {
  world: World;
  /** Ids of runs, batches and mapped `uuid()`s: a sequence apart from what clients create. */
  ids: Ids;
  /** Aborted when the plane stops: nothing may be written after that. */
  signal: AbortSignal;
}

/** Records a source gave for a window, as a mapping takes them (parseSource). */
export interface Fetched {
  records: unknown[];
  bytes: number;
  files?: number;
}
