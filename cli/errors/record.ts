/** What the quarantine keeps of a payload that was not taken: the fields that Adobe's guide asks to be logged. */

/** Why, in general. `partial`: found after the inlet had taken it, in a run of the flow. */
export type ErrorType = "validation" | "partial" | "rate_limit" | "auth" | "network" | "server";

/**
 * `quarantined`: waits for somebody. `replaying`: was being sent again when the process ended, so that nobody knows.
 * `replayed`: was taken when it was sent again.
 */
export type Outcome = "quarantined" | "replaying" | "replayed";

export interface ErrorRecord {
  version: 1;
  id: string;
  /** When it was refused, the last time; ISO 8601. */
  time: string;
  errorType: ErrorType;
  /** The API's own code, where it gave one. */
  code?: string;
  message: string;
  /** Streaming ingestion (`dcs`), or a run of Flow Service (`flow`). */
  system: "dcs" | "flow";
  outcome: Outcome;
  /** How often it was sent and refused. */
  attempts: number;
  request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    /** The payload is a file of its own: it holds personal data. */
    payload: { sha256: string; bytes: number };
  };
  response: { status?: number; body?: unknown };
  ids: { requestId?: string; xactionId?: string; batchId?: string; runId?: string };
  resources: {
    stack?: string;
    sandbox: string;
    /** `capillary-stream/profile`. */
    flow: string;
    flowId: string;
    datasetId?: string;
    schemaId?: string;
    mappingSetId?: string;
  };
  /** Where the event came from: `events.ndjson:17`. */
  source?: string;
  replays: Array<{ time: string; outcome: "taken" | "refused" | "unknown"; xactionId?: string; message?: string }>;
}

/** A record without what the store adds. */
export type NewRecord = Omit<ErrorRecord, "version" | "id" | "time" | "outcome" | "attempts" | "replays"> & {
  time?: string;
};

/** The type of a refusal by its status and code. */
export function errorTypeOf(status: number | undefined): ErrorType {
  if (status === undefined) return "network";
  if (status === 401 || status === 403) return "auth";
  if (status === 429) return "rate_limit";
  return status >= 500 ? "server" : "validation";
}
