/** Every check of `aep doctor`, in the order of its report; a check stands after those it needs. */
import type { Check } from "./check.ts";
import { credentialChecks } from "./credentials.ts";
import { environmentChecks } from "./environment.ts";
import type { Facts } from "./facts.ts";
import { guideChecks } from "./guide.ts";
import { reachChecks } from "./reach.ts";
import { serviceChecks } from "./services.ts";

export const CHECKS: readonly Check<Facts>[] = [
  ...environmentChecks,
  ...credentialChecks,
  ...serviceChecks,
  ...reachChecks,
  ...guideChecks,
];
