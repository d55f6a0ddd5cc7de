/** Names of time zones as java.time prints and reads them in English: PST, Pacific Standard Time. js-joda has only "PT". */
import { type ZonedDateTime, ZoneOffset } from "@js-joda/core";
import { OperandError } from "../expression/operand-error.ts";

/** Short name: long name, and a zone that a text with the short name is read in. BST and IST have several meanings and are not read. */
const NAMES: Readonly<Record<string, readonly [long: string, zone?: string]>> = {
  AKST: ["Alaska Standard Time", "America/Anchorage"],
  AKDT: ["Alaska Daylight Time", "America/Anchorage"],
  PST: ["Pacific Standard Time", "America/Los_Angeles"],
  PDT: ["Pacific Daylight Time", "America/Los_Angeles"],
  MST: ["Mountain Standard Time", "America/Denver"],
  MDT: ["Mountain Daylight Time", "America/Denver"],
  CST: ["Central Standard Time", "America/Chicago"],
  CDT: ["Central Daylight Time", "America/Chicago"],
  EST: ["Eastern Standard Time", "America/New_York"],
  EDT: ["Eastern Daylight Time", "America/New_York"],
  AST: ["Atlantic Standard Time", "America/Halifax"],
  ADT: ["Atlantic Daylight Time", "America/Halifax"],
  BRT: ["Brasilia Standard Time", "America/Sao_Paulo"],
  GMT: ["Greenwich Mean Time", "GMT"],
  BST: ["British Summer Time"],
  WET: ["Western European Standard Time", "WET"],
  WEST: ["Western European Summer Time", "WET"],
  CET: ["Central European Standard Time", "CET"],
  CEST: ["Central European Summer Time", "CET"],
  EET: ["Eastern European Standard Time", "EET"],
  EEST: ["Eastern European Summer Time", "EET"],
  MSK: ["Moscow Standard Time", "Europe/Moscow"],
  SAST: ["South Africa Standard Time", "Africa/Johannesburg"],
  EAT: ["East Africa Time", "Africa/Nairobi"],
  PKT: ["Pakistan Standard Time", "Asia/Karachi"],
  IST: ["India Standard Time"],
  NPT: ["Nepal Time", "Asia/Kathmandu"],
  ICT: ["Indochina Time", "Asia/Bangkok"],
  SGT: ["Singapore Standard Time", "Asia/Singapore"],
  HKT: ["Hong Kong Standard Time", "Asia/Hong_Kong"],
  JST: ["Japan Standard Time", "Asia/Tokyo"],
  KST: ["Korean Standard Time", "Asia/Seoul"],
  AWST: ["Australian Western Standard Time", "Australia/Perth"],
  AEST: ["Australian Eastern Standard Time", "Australia/Sydney"],
  AEDT: ["Australian Eastern Daylight Time", "Australia/Sydney"],
  NZST: ["New Zealand Standard Time", "Pacific/Auckland"],
  NZDT: ["New Zealand Daylight Time", "Pacific/Auckland"],
};
/** Long names whose short one is taken by another zone when reading. */
const MORE_SHORT: Readonly<Record<string, string>> = {
  "China Standard Time": "CST",
  "China Daylight Time": "CDT",
  "Irish Standard Time": "IST",
  "Hawaii-Aleutian Standard Time": "HST",
};
const SHORT = new Map([
  ...Object.entries(NAMES).map(([short, [long]]) => [long, short] as const),
  ...Object.entries(MORE_SHORT),
]);
const PARTS = /(?:'[^']*'|[^'z])+|z+/g;

/** Whether a pattern names the zone (z outside of quotes). */
export function namesZone(pattern: string): boolean {
  return pattern.replace(/'[^']*'/g, "").includes("z");
}

/** A date by a pattern that names the zone; `print` does the parts between. Throws OperandError for a zone without a short name. */
export function printNamed(
  date: ZonedDateTime,
  pattern: string,
  print: (date: ZonedDateTime, pattern: string) => string,
): string {
  const parts = pattern.match(PARTS) ?? [];
  return parts.map((part) => (part.startsWith("z") ? zoneName(date, part.length > 3) : print(date, part))).join("");
}

function zoneName(date: ZonedDateTime, long: boolean): string {
  const zone = date.zone().id();
  if (date.zone() instanceof ZoneOffset) return zone;
  if (/^(?:UTC|GMT0?|UT)$/.test(zone)) return long ? longName(zone, date) : zone.replace("0", "");
  const name = longName(zone, date);
  if (long || name.startsWith("GMT")) return name;
  const short = SHORT.get(name);
  if (short === undefined)
    throw new OperandError(
      `the short name of the zone ${zone} is not known; print its offset with XXX, or its id with VV`,
    );
  return short;
}

function longName(zone: string, date: ZonedDateTime): string {
  if (zone.startsWith("GMT") && !/[+-]/.test(zone)) return "Greenwich Mean Time";
  try {
    const parts = formatOf(zone).formatToParts(date.toInstant().toEpochMilli());
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone;
  } catch {
    // A zone of js-joda's own, such as UTC+3, prints as it is written.
    return zone;
  }
}

/** One for each zone, of which there are some hundreds: making it costs as much as printing twenty dates (measured). */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "long" });
  formats.set(zone, made);
  return made;
}

/** The text with zones' short names put as their ids, which js-joda reads. */
export function withZoneIds(text: string): string {
  return text.replace(/\b[A-Z]{3,4}\b/g, (word) => (Object.hasOwn(NAMES, word) ? (NAMES[word]?.[1] ?? word) : word));
}
