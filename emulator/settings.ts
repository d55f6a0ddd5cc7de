/** Checks a change of the emulator's switches. */
import { isObject } from "./http.ts";
import { controlProblem } from "./problem.ts";
import type { Entity, Settings, World } from "./store.ts";

const numberOrNull = (min: number) => (value: unknown) =>
  value === null || (Number.isSafeInteger(value) && (value as number) >= min);

const milliseconds = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 60_000;

const upToADay = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 86_400_000;

const CHECKS: Record<keyof Settings, { ok: (value: unknown) => boolean; wanted: string }> = {
  maxPageSize: { ok: numberOrNull(1), wanted: "a whole number from 1, or null" },
  listLagMs: { ok: milliseconds, wanted: "milliseconds from 0 to 60000" },
  latencyMs: { ok: milliseconds, wanted: "milliseconds from 0 to 60000" },
  rateLimitPerSecond: { ok: numberOrNull(0), wanted: "a whole number from 0, or null" },
  maskSecrets: { ok: (value) => typeof value === "boolean", wanted: "true or false" },
  profileDelete: { ok: (value) => value === "refused" || value === "allowed", wanted: '"refused" or "allowed"' },
  landingDelayMs: { ok: milliseconds, wanted: "milliseconds from 0 to 60000" },
  capillaryClients: {
    ok: (value) =>
      value === null || (isObject(value) && Object.values(value).every((item) => typeof item === "string")),
    wanted: "an object of client keys and secrets, or null",
  },
  capillaryPerMinute: { ok: numberOrNull(0), wanted: "a whole number from 0, or null" },
  inletWarmUpMs: { ok: upToADay, wanted: "milliseconds from 0 to 86400000" },
  transitionMs: { ok: upToADay, wanted: "milliseconds from 0 to 86400000" },
  sftpFolders: {
    ok: (value) => isObject(value) && Object.values(value).every((item) => typeof item === "string"),
    wanted: "an object of host names and folders",
  },
  mappingSetDelete: { ok: (value) => value === "204" || value === "405", wanted: '"204" or "405"' },
};

/** Changes the settings named in the body, all or none, and returns them all. Throws a 400 Problem with every mistake. */
export function changeSettings(world: World, body: Entity): Settings {
  const mistakes = Object.entries(body).flatMap(([key, value]) => {
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key as keyof Settings] : undefined;
    if (!check) return [`${key} is no setting; there are ${Object.keys(CHECKS).join(", ")}`];
    return check.ok(value) ? [] : [`${key} must be ${check.wanted}`];
  });
  if (mistakes.length > 0) throw controlProblem(400, mistakes.join("; "));
  world.settings = { ...world.settings, ...body };
  return world.settings;
}
