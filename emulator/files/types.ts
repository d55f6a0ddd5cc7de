/** What every file store offers. */

export interface FileEntry {
  type: "file" | "folder";
  name: string;
  /** From the root, `/` between segments. */
  path: string;
  /** Epoch milliseconds of the wall clock: the server's own time. */
  modified: number;
  size: number;
}

/** Paths begin at the root; both throw FileStoreError. */
export interface FileStore {
  /** What is in a folder, by name; a file's own path gives that file alone. */
  list(path: string): Promise<FileEntry[]>;
  read(path: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** `missing`: there is no such file or folder. `refused`: the server cannot be reached or does not let the user in. */
export class FileStoreError extends Error {
  readonly reason: "missing" | "refused";
  constructor(reason: "missing" | "refused", message: string) {
    super(message);
    this.name = "FileStoreError";
    this.reason = reason;
  }
}
