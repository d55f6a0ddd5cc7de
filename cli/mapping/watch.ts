/** Running something again whenever a file beside the mappings changes. */
import { existsSync, watch as watchPath } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { print } from "../print.ts";

/** Editors write a file in several steps; changes this close together are one. */
const SETTLE_MS = 80;

/**
 * Calls `work` now and after every change in the folders of `files` and the xdm/ and events/ folders beside them,
 * until the process is interrupted or `signal` aborts.
 */
export function watch(files: readonly string[], work: () => void, signal?: AbortSignal): Promise<void> {
  const folders = new Set(files.map((file) => dirname(resolve(file))));
  for (const folder of [...folders]) {
    for (const sibling of ["xdm", "events"]) {
      const path = join(folder, "..", sibling);
      if (existsSync(path)) folders.add(path);
    }
  }
  return new Promise((done) => {
    let timer: NodeJS.Timeout | undefined;
    const watchers = [...folders].map((folder) =>
      watchPath(folder, () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          work();
          print("watching for changes; Ctrl-C ends");
        }, SETTLE_MS);
      }),
    );
    const stop = () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      process.off("SIGINT", stop);
      done();
    };
    process.on("SIGINT", stop);
    signal?.addEventListener("abort", stop);
    work();
    print("watching for changes; Ctrl-C ends");
  });
}
