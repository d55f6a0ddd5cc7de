/** Sending, looking after what was sent, and asking for help: on one emulator with one deployed stack, in this order. */
import { afterAll, beforeAll, vi } from "vitest";
import { bundling } from "./operating/bundle.ts";
import { looking } from "./operating/errors.ts";
import { Lab } from "./operating/lab.ts";
import { sending } from "./operating/send.ts";

vi.setConfig({ testTimeout: 120_000 });

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 300_000);
afterAll(() => lab.stop());

sending(() => lab);
looking(() => lab);
bundling(() => lab);
