/** Beyond the routes' own bodies: any method, path and header, damaged snapshots, bodies beyond the limits. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { aepHttp } from "./support/aep-http.ts";

let emulator: Emulator;
let common: Record<string, string>;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 3 });
  common = {
    authorization: `Bearer ${await aepHttp(emulator).token()}`,
    "x-api-key": "emulator",
    "x-gw-ims-org-id": "EMULATOR@AdobeOrg",
    "x-sandbox-name": "dev",
    "content-type": "application/json",
  };
});
afterAll(() => emulator.close());

const odd = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "BREW"),
  prefix: fc.constantFrom(
    "/",
    "/console/",
    "/ims/",
    "/data/foundation/",
    "/data/foundation/flowservice/",
    "/data/foundation/catalog/",
    "/collection/",
    "/capillary/v2/",
    "/__emulator/",
    "/__emulator/sandboxes/dev/",
    "/__emulator/calls/",
  ),
  rest: fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom("query", "playground", "graph", "datasets/x/rows", "objects/flows/x", "0/curl", "%2e%2e/index.ts"),
  ),
  name: fc.constantFrom("accept", "if-match", "x-sandbox-name", "authorization", "x-adobe-flow-id", "content-type"),
  value: fc.string({ unit: "grapheme-ascii", maxLength: 60 }),
  sent: fc.option(fc.jsonValue({ maxDepth: 4 })),
});

it("any method, path and header, on the APIs, the controls and the console", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(odd, async ({ method, prefix, rest, name, value, sent }) => {
      const url = emulator.url + prefix + encodeURI(rest.toWellFormed()).replaceAll("#", "%23");
      const answer = await fetch(url, {
        method,
        headers: { ...common, [name]: value },
        ...(method === "GET" || method === "HEAD" || sent === null ? {} : { body: JSON.stringify(sent) }),
      });
      const live = answer.headers.get("content-type")?.includes("event-stream");
      const seen = live ? await answer.body?.cancel() : await answer.text();
      const fine = answer.status < 500 || answer.status === 501;
      expect(fine, `${method} ${url} ${answer.status}: ${seen}`).toBe(true);
    }),
    { numRuns: 800, seed: 7 },
  );
});

const control = (method: string, path: string, sent?: unknown) =>
  fetch(`${emulator.url}/__emulator/${path}`, {
    method,
    ...(sent === undefined ? {} : { body: JSON.stringify(sent), headers: { "content-type": "application/json" } }),
  });

it("damaged snapshots are refused before anything changes", { timeout: 60_000 }, async () => {
  const snapshot = (await (await control("GET", "snapshot")).json()) as Record<string, unknown>;
  const sandbox = (snapshot["sandboxes"] as Record<string, unknown>[])[0] as Record<string, unknown>;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(sandbox)), fc.jsonValue({ maxDepth: 3 }), async (key, value) => {
      const answer = await control("POST", "restore", { ...snapshot, sandboxes: [{ ...sandbox, [key]: value }] });
      expect(answer.status, `${key} ${JSON.stringify(value)}: ${await answer.text()}`).toBeLessThan(500);
    }),
    { numRuns: 150, seed: 3 },
  );
  expect((await control("POST", "restore", snapshot)).status).toBe(200);
});

it("bodies beyond the limits are refused", async () => {
  const send = async (path: string, megabytes: number) => {
    const body = JSON.stringify({ name: "x".repeat(megabytes * 1024 * 1024) });
    // The server ends the connection early, which a sender may see before the answer.
    const answer = await fetch(emulator.url + path, { method: "POST", headers: common, body }).catch(() => undefined);
    return answer?.status ?? "closed";
  };
  for (const path of ["/data/foundation/flowservice/connections", "/data/foundation/catalog/dataSets", "/ims/token/v3"])
    expect([413, "closed"], path).toContain(await send(path, 11));
  expect([413, "closed"]).toContain(await send(`/collection/${"0".repeat(64)}`, 2));
});
