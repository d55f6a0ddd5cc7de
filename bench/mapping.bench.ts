/**
 * Events a second through the profile and transaction mappings, one core, beside a function written by hand, a JSON round
 * trip of the same event, and the mapping's expressions on Commons JEXL in the JVM (when a JDK and the jar are there).
 *
 *   node bench/mapping.bench.ts [seconds per measurement]
 */
import { deepStrictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compileMapping, loadMappingFile, loadSchema, type MappingRow } from "../mapping/index.ts";
import { JARS, oracleMissing } from "../test/oracle/oracle.ts";
import { profileByHand, transactionByHand } from "./hand-written.ts";

const root = resolve(import.meta.dirname, "..");
const seconds = Number(process.argv[2] ?? 1);

/** Where results go, so that no engine may leave the work out. */
const kept: unknown[] = [];

/** Calls a second of processor time (other programs on the machine do not count), after as long a time to warm up. */
function rate(call: () => unknown): number {
  for (let phase = 0; ; phase++) {
    let rounds = 0;
    const before = process.cpuUsage();
    const spent = () => process.cpuUsage(before).user / 1e6;
    while (spent() < seconds) for (let round = 0; round < 500; round++, rounds++) kept[round] = call();
    if (phase === 1) return Math.round(rounds / spent());
  }
}

/** The mapping's sources on Commons JEXL; undefined without a JDK or the jar. */
function rateOnJvm(rows: readonly MappingRow[]): number | undefined {
  if (oracleMissing() !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "aep-bench-"));
  try {
    const path = [folder, ...JARS].join(":");
    spawnSync("javac", ["-d", folder, "-cp", path, join(root, "bench/JexlBench.java")]);
    const sources = rows.map((row) => (row.sourceType === "STATIC" ? `'${row.source}'` : row.source));
    const run = spawnSync("java", ["-cp", path, "JexlBench", String(seconds), ...sources], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(run.stderr);
    return Number(run.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(name: string, byHand: (event: never) => unknown): void {
  const file = loadMappingFile(join(root, `mappings/capillary-${name}.yaml`), { tenant: "acme" });
  const { schema } = loadSchema(file.schemaPath, { tenant: "acme" });
  const mapping = compileMapping(file.rows, { schema });
  const event = JSON.parse(readFileSync(join(root, `events/guide-${name}.json`), "utf8"));
  deepStrictEqual(mapping.apply(event), { data: byHand(event as never), errors: [] });
  const mapped = rate(() => mapping.apply(event));
  const others = {
    "by hand": rate(() => byHand(event as never)),
    "JSON round trip": rate(() => JSON.parse(JSON.stringify(event))),
    "Commons JEXL": rateOnJvm(file.rows),
  };
  console.log(`${name.padEnd(12)} mapping ${mapped}/s`);
  for (const [other, value] of Object.entries(others)) {
    console.log(
      value === undefined
        ? `             ${other}: not measured, ${oracleMissing()}`
        : `             ${other} ${value}/s, the mapping runs at ${(mapped / value).toFixed(2)} of it`,
    );
  }
}

/** Heap growth over a million events, after collecting what is garbage. */
function memory(): void {
  const file = loadMappingFile(join(root, "mappings/capillary-transaction.yaml"), { tenant: "acme" });
  const mapping = compileMapping(file.rows, loadSchema(file.schemaPath, { tenant: "acme" }));
  const text = readFileSync(join(root, "events/guide-transaction.json"), "utf8");
  const used = () => Math.round(process.memoryUsage().rss / 1048576);
  const before = used();
  let peak = before;
  for (let index = 0; index < 1_000_000; index++) {
    mapping.apply({
      ...JSON.parse(text),
      _id: `T${index}`,
      timestamp: `2025-07-14T12:00:${String(index % 60).padStart(2, "0")}-06:00`,
    });
    if (index % 50_000 === 0) peak = Math.max(peak, used());
  }
  console.log(`memory       ${before} MB before, ${peak} MB at most over a million events`);
}

measure("profile", profileByHand);
measure("transaction", transactionByHand);
memory();
