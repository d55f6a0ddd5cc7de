#!/usr/bin/env -S node --
/** `aep`: the command line's entry point. */
import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "../engine/protocol/compile-cache.ts";

// What a command loads is stripped of its types and compiled once, not at every start.
const cache = compileCacheFolder(import.meta.filename);
if (cache !== undefined) enableCompileCache(cache);

const [{ main }, { watchOutput }] = await Promise.all([import("./main.ts"), import("./output.ts")]);
watchOutput();
await main(process.argv);
