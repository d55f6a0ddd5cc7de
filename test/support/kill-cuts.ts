/** The places where a deployment can be cut off, and which of them a run of the tests tries. */
import { Ids } from "../../emulator/ids.ts";
import type { Cut } from "./kill-gate.ts";

export type CutPoint = Pick<Cut, "at" | "when"> & { call: string };

/** Cut points tried for each operation unless AEP_KILL_ALL is set; AEP_KILL_SEED chooses which, by default the day. */
const SAMPLE = 2;
const DAY_MS = 86_400_000;

/** Before and after each call of an undisturbed run. */
export function cutPoints(calls: readonly string[]): CutPoint[] {
  return calls.flatMap((call, index) => [
    { at: index + 1, when: "before" as const, call },
    { at: index + 1, when: "after" as const, call },
  ]);
}

/** All of them, or a sample in which at least one call had its effect and lost its answer. */
export function chosen(points: readonly CutPoint[], env: NodeJS.ProcessEnv = process.env) {
  const seed = Number(env["AEP_KILL_SEED"] ?? Math.floor(Date.now() / DAY_MS));
  if (env["AEP_KILL_ALL"]) return { cuts: [...points], seed };
  const dice = new Ids(seed);
  const draw = (from: CutPoint[]) => from.splice(dice.below(from.length), 1);
  const effective = points.filter(({ when, call }) => when === "after" && !/^GET |\/ims\//.test(call));
  const first = draw(effective);
  const rest = points.filter((point) => !first.includes(point));
  const others = Array.from({ length: SAMPLE - first.length }, () => draw(rest)).flat();
  return { cuts: [...first, ...others], seed };
}
