/** Specs chosen by name, against the emulator's Flow Service. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AepClient, createClient } from "../aep/client.ts";
import { readSettings } from "../aep/settings.ts";
import { startEmulator } from "../emulator/index.ts";
import { DEFAULT_SPECS } from "../resources/capillary-to-aep.ts";
import { lookupSpec } from "../resources/spec-lookup.ts";

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let client: AepClient;
beforeAll(async () => {
  emulator = await startEmulator();
  client = createClient(readSettings(() => undefined, emulator.env));
});
afterAll(() => emulator.close());

describe("lookupSpec", () => {
  it.each([
    ["connectionSpecs", "Capillary Streaming Events", DEFAULT_SPECS.genericRest.connectionSpec],
    ["flowSpecs", "RestStorageToAEP", DEFAULT_SPECS.genericRest.flowSpec],
    ["connectionSpecs", "Streaming Connection", DEFAULT_SPECS.httpStreaming.connectionSpec],
  ] as const)("finds %s %s", async (collection, name, spec) => {
    await expect(lookupSpec(client, "dev", collection, name)).resolves.toEqual(spec);
  });

  it("says that there is none", async () => {
    await expect(lookupSpec(client, "dev", "flowSpecs", "NoSuchFlow")).rejects.toMatchObject({
      code: "AEP_NOT_FOUND",
      where: 'flowSpecs name=="NoSuchFlow"',
    });
  });
});
