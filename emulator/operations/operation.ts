/** One row of the routes table. */
export interface Operation {
  /** As in Adobe's OpenAPI file, else our own name. */
  id: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Hono path on the emulator's port. */
  path: string;
  service: string;
  /** `partial` and `refused` say in `reason` what is left out. A refused one answers 501. */
  support: "supported" | "partial" | "refused";
  /** Whether a public document states the behaviour, or the emulator had to decide. */
  basis: "verified-by-doc" | "assumed";
  /** Required unless supported and verified. */
  reason?: string;
}

type Row = [id: string, method: Operation["method"], path: string, note?: Note];
export interface Note {
  support?: Operation["support"];
  basis?: Operation["basis"];
  reason: string;
}

/** Rows of one service: supported and verified unless the note says otherwise. */
export function operations(service: string, prefix: string, rows: Row[]): Operation[] {
  return rows.map(([id, method, path, note]) => ({
    id,
    method,
    path: path === "/" ? prefix : prefix + path,
    service,
    support: note?.support ?? "supported",
    basis: note?.basis ?? "verified-by-doc",
    ...(note ? { reason: note.reason } : {}),
  }));
}

/** Supported, but no document says how it answers. */
export const assumed = (reason: string): Note => ({ basis: "assumed", reason });
/** Supported as documented, less than the whole of it. */
export const partial = (reason: string): Note => ({ support: "partial", reason });
/** Known by name, answered with 501. */
export const refused = (reason: string): Note => ({ support: "refused", reason });
