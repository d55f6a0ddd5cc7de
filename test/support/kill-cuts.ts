/** The places where a deployment can be cut off, and which of them a run of the tests tries. */
import { Ids } from "../../emulator/ids.ts";
import type { Cut } from "./kill-gate.ts";

export type CutPoint = Pick<Cut, "at" | "when"> & { call: string };

const DAY_MS = 86_400_000;

/** Before and after each call of an undisturbed run. */
export function cutPoints(calls: readonly string[]): CutPoint[] {
  return calls.flatMap((call, index) => [
    { at: index + 1, when: "before" as const, call },
    { at: index + 1, when: "after" as const, call },
  ]);
}

/**
 * A sample in which at least one call had its effect and lost its answer; AEP_KILL_SEED chooses it, by default the day.
 * A sample as large as they are is all of them.
 */
export function sampleOf(points: readonly CutPoint[], size: number): { cuts: CutPoint[]; seed: number } {
  const seed = Number(process.env["AEP_KILL_SEED"] ?? Math.floor(Date.now() / DAY_MS));
  if (size >= points.length) return { cuts: [...points], seed };
  const dice = new Ids(seed);
  const draw = (from: CutPoint[]) => from.splice(dice.below(from.length), 1);
  const first = draw(points.filter(({ when, call }) => when === "after" && !/^GET |\/ims\//.test(call)));
  const rest = points.filter((point) => !first.includes(point));
  return { cuts: [...first, ...Array.from({ length: size - 1 }, () => draw(rest)).flat()], seed };
}
