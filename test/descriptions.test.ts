/** A description that the program no longer declares is emptied; one that it never declared is somebody else's. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { KINDS } from "../resources/kinds.ts";
import { KIND_NAMES } from "../resources/pointer.ts";
import { createEveryKind, type EveryKind } from "./support/every-kind.ts";
import { ProviderHost } from "./support/provider-host.ts";

let emulator: Emulator;
let host: ProviderHost;
let made: EveryKind;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 14 });
  host = await ProviderHost.start(emulator.env);
  made = await createEveryKind(host);
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});

it.each(KIND_NAMES.filter((kind) => "description" in KINDS[kind].inputs.shape))("%s", async (kind) => {
  const { id, inputs, outs } = made[kind];
  const shown = async () => (await host.read(kind, id, outs)).inputs["description"];
  expect(await shown()).toBe("Made by a test");
  const { description: _, ...bare } = inputs;
  const emptied = await host.update(kind, id, outs, bare);
  expect(await shown()).toBeUndefined();

  await host.update(kind, id, emptied, { ...bare, description: "Somebody else's" });
  const label = "title" in bare ? "title" : "name";
  await host.update(kind, id, emptied, { ...bare, [label]: `Renamed ${kind}` });
  expect(await shown()).toBe("Somebody else's");
});
