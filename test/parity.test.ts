/**
 * The embedded engine against the real Pulumi CLI: every scenario on both, compared step by step, and each engine going on from
 * the other's state with nothing to do. Skipped, and said so, where no `pulumi` is on the PATH.
 */
import { afterEach, describe, expect, it } from "vitest";
import { openCrypter } from "../engine/state/crypter.ts";
import { findCli, PASSPHRASE, type Run, Scratch } from "./engine-harness.ts";
import { scenarios } from "./engine-scenarios.ts";

const cli = findCli();
if (!cli) console.log("parity suite skipped: there is no `pulumi` on the PATH to compare with");

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const open: Scratch[] = [];
afterEach(() => {
  for (const scratch of open.splice(0)) scratch.remove();
});

async function fresh(engine: "embedded" | "cli"): Promise<Scratch> {
  const scratch = new Scratch();
  open.push(scratch);
  const run = await scratch.run(engine, ["stack", "init", "dev"]);
  expect(run.exitCode, run.stderr).toBe(0);
  return scratch;
}

/** A value without what two runs never share: times, random ids, folders, and the sealing of secrets. */
async function comparable(value: unknown, scratch: Scratch): Promise<unknown> {
  const state = scratch.state() as JsonObject;
  const salt = ((state["secrets_providers"] as JsonObject)["state"] as JsonObject)["salt"] as string;
  const crypter = await openCrypter(PASSPHRASE, salt);
  const dropped = new Set([
    "created",
    "modified",
    "manifest",
    "secrets_providers",
    "duration",
    "sourcePosition",
    "stackTrace",
  ]);
  // A secret within a secret is not sealed by itself.
  const unsealed = (text: string) => (/^v1:[\w+/=]+:[\w+/=]+$/.test(text) ? crypter.decrypt(text) : text);
  const walk = (node: Json): Json => {
    if (typeof node === "string")
      return node
        .replaceAll(scratch.folder, "<scratch>")
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>");
    // The CLI takes dependencies from a set, in any order.
    if (Array.isArray(node)) return String(node[0]).startsWith("urn:pulumi:") ? node.map(walk).sort() : node.map(walk);
    if (node === null || typeof node !== "object") return node;
    if (typeof node["ciphertext"] === "string")
      return { secret: walk(JSON.parse(unsealed(node["ciphertext"])) as Json) };
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, item]) => (dropped.has(key) ? [] : [[key, walk(item)]])),
    );
  };
  return walk(value as Json);
}

/** Reads of a refresh end in any order. */
function ordered(document: JsonObject, anyOrder: boolean): JsonObject {
  const steps = (document["steps"] ?? []) as JsonObject[];
  return anyOrder
    ? { ...document, steps: steps.toSorted((a, b) => (String(a["urn"]) < String(b["urn"]) ? -1 : 1)) }
    : document;
}

/** The CLI without the dots it prints while nothing happens for a while, as on a machine that has much to do. */
function withoutWaiting(stdout: string): string {
  return stdout.replace(/^@ .*\.\n/gm, "");
}

/** What a run says it did, apart from how long it took and how it got there. */
function summaryOf(run: Run): string {
  return /^Resources:\n(?: {4}.*\n)*/m.exec(run.stdout)?.[0] ?? "";
}

async function compare(
  args: string[],
  runs: Record<"embedded" | "cli", Run>,
  scratches: Record<"embedded" | "cli", Scratch>,
): Promise<void> {
  const what = `${args.join(" ")}\n--- embedded\n${runs.embedded.stdout}${runs.embedded.stderr}\n--- cli\n${runs.cli.stdout}${runs.cli.stderr}`;
  expect(runs.embedded.exitCode, what).toBe(runs.cli.exitCode);
  if (args.includes("--json")) {
    const documents = [runs.embedded, runs.cli].map((run) =>
      ordered(JSON.parse(run.stdout) as JsonObject, args[0] === "refresh"),
    );
    expect(await comparable(documents[0], scratches.embedded), what).toEqual(
      await comparable(documents[1], scratches.cli),
    );
  } else if (args.includes("--diff")) expect(runs.embedded.stdout, what).toBe(withoutWaiting(runs.cli.stdout));
  else expect(summaryOf(runs.embedded), what).toBe(summaryOf(runs.cli));
  expect(await comparable(scratches.embedded.state(), scratches.embedded), what).toEqual(
    await comparable(scratches.cli.state(), scratches.cli),
  );
}

describe.skipIf(!cli)("embedded engine and Pulumi CLI do the same", () => {
  for (const scenario of scenarios) {
    it(scenario.name, { timeout: 900_000 }, async () => {
      const scratches = { embedded: await fresh("embedded"), cli: await fresh("cli") };
      for (const action of scenario.actions) {
        for (const scratch of Object.values(scratches)) {
          if (action.program) scratch.program(action.program);
          action.before?.(scratch);
        }
        const runs = {
          embedded: await scratches.embedded.run("embedded", action.args),
          cli: await scratches.cli.run("cli", action.args),
        };
        await compare(action.args, runs, scratches);
      }
      const look = ["preview", "--stack", "dev", "--json"];
      const crossed = {
        embedded: await scratches.cli.run("embedded", look),
        cli: await scratches.embedded.run("cli", look),
      };
      await compare(look, crossed, { embedded: scratches.cli, cli: scratches.embedded });
    });
  }
});
