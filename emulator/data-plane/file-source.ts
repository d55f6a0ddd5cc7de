/** File sources: what was put there or changed since the last run, by the files' own modification times. */

import { openFileStore } from "../files/file-store.ts";
import { fileFormat, readRecords } from "../files/formats.ts";
import { pickFiles } from "../files/pick.ts";
import type { FileEntry } from "../files/types.ts";
import type { Entity } from "../store.ts";
import type { Fetched, PlaneContext } from "./context.ts";

export interface FileRequest {
  connection: Entity;
  flow: Entity;
  /** Take every file, whatever was read before: runs that a user asks for. */
  everything: boolean;
  backfill: boolean;
}

/**
 * Reads the files that are due. The virtual clock decides when a run comes; which files it takes goes by the wall clock, as that is
 * what files are stamped with: the first run takes everything (with backfill) or what came after the flow, later ones what came
 * after the last look. A file put back with its old time is not seen, as documented.
 */
export async function fetchFiles(context: PlaneContext, request: FileRequest): Promise<Fetched> {
  const { connection, flow } = request;
  const bound: Entity = flow["bound"];
  const store = await openFileStore(context.world, connection);
  try {
    const lookedAt = Date.now();
    const files = await pickFiles(store, bound["source"].params ?? {});
    const due = request.everything ? files : files.filter((file) => isDue(file, bound, request.backfill));
    const format = fileFormat(bound["source"].data);
    const fetched: Fetched = { records: [], bytes: 0, files: due.length };
    for (const file of due) {
      const bytes = await store.read(file.path);
      for (const record of await named(file, () => readRecords(bytes, format))) fetched.records.push(record);
      fetched.bytes += bytes.length;
    }
    bound["lookedAt"] = lookedAt;
    bound["seen"] = Object.fromEntries(files.map((file) => [file.path, file.modified]));
    return fetched;
  } finally {
    await store.close();
  }
}

function isDue(file: FileEntry, bound: Entity, backfill: boolean): boolean {
  const since: number = bound["lookedAt"] ?? (backfill ? 0 : bound["boundAt"]);
  // File systems stamp coarser than the clock runs: a file of the same second counts unless it was read already.
  return file.modified >= since - 1000 && bound["seen"]?.[file.path] !== file.modified;
}

async function named<T>(file: FileEntry, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new Error(`${file.path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
