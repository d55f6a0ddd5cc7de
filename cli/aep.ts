#!/usr/bin/env -S node --
/** `aep`: the command line's entry point. */
import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "../engine/protocol/compile-cache.ts";

/** Whoever read our output has enough (`| head`): that is an end, not a failure. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

// What a command loads is stripped of its types and compiled once, not at every start.
const cache = compileCacheFolder(import.meta.filename);
if (cache !== undefined) enableCompileCache(cache);

const { main } = await import("./main.ts");
await main(process.argv);
