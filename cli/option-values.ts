/** What options take: lengths of time (`30s`, `10m`, `24h`, `7d`), counts, and values that may be repeated. */
import { AepError } from "../errors.ts";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds. @throws AepError USAGE that names the option */
export function parseDuration(option: string, text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(s|m|h|d)$/.exec(text.trim());
  if (found) return Number(found[1]) * UNITS[found[2] as keyof typeof UNITS];
  throw new AepError("USAGE", `${option} ${JSON.stringify(text)} is no length of time`, {
    hint: "Write a number with s, m, h or d: 30s, 10m, 24h, 7d.",
  });
}

/** A whole number. @throws AepError USAGE that names the option */
export function parseCount(option: string, text: string, most = Number.MAX_SAFE_INTEGER, least = 1): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new AepError("USAGE", `${option} must be a whole number ${range}, not ${JSON.stringify(text)}`);
}

/** For an option that may be repeated; its default is []. */
export const append = (value: string, before: string[]): string[] => [...before, value];
