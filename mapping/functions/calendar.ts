import { createRequire } from "node:module";
import {
  DateTimeFormatter,
  Instant,
  type LocalDate,
  LocalDateTime,
  ParsePosition,
  TemporalQueries,
  ZonedDateTime,
  ZoneId,
  ZoneOffset,
} from "@js-joda/core";
import { OperandError } from "../expression/operand-error.ts";
import type { Value } from "../expression/values.ts";
import { type QuickPattern, quickPattern } from "./quick-date.ts";
import { namesZone, printNamed, withZoneIds } from "./zone-names.ts";

// English names take 400 ms to load and the zones 90: only a mapping that needs them pays.
const load = createRequire(import.meta.url);
const english = () => load("@js-joda/locale_en") as typeof import("@js-joda/locale_en");
const withZones = () => load("@js-joda/timezone") as typeof import("@js-joda/timezone");

/** Letters of a pattern that need a locale (names, and weeks, which begin on Sunday), and those that name zones; text in single quotes does not count. */
const NAMES = /[aEcGzBOYwWe]|M{3}|L{3}|Q{3}|q{3}/;
const ZONES = /[Vvz]/;

/** Dates on js-joda, with the pattern letters of java.time and English names. No zone in a text means UTC. */

/** What Data Prep tries, in this order, on a text without a format (documented). */
export const AUTO_PATTERNS: readonly string[] = [
  "yyyy-MM-dd HH:mm:ssZ",
  "yyyy-MM-dd HH:mm:ss.SSSZ",
  "yyyy-MM-dd HH:mm:ss.SSS",
  "yyyy-MM-dd'T'HH:mm:ss.SSSX",
  "yyyy-MM-dd'T'HH:mm:ss'Z'",
  "yyyy-MM-dd",
  "yyyy/MM/dd",
  "yyyy.MM.dd",
  "yyyy-MMM-dd",
  "yyyyMMdd",
  "MM-dd-yyyy",
  "MMddyyyy",
  "M/dd/yyyy",
  "dd.M.yyyy",
  "M/dd/yyyy hh:mm:ss a",
  "dd.M.yyyy hh:mm:ss a",
  "dd.MMM.yyyy",
  "dd-MMM-yyyy",
];

const MAX_FORMATTERS = 256;

interface Format {
  /** The pattern has the zone's name in it. */
  named: boolean;
  quick: QuickPattern | undefined;
  formatter: DateTimeFormatter;
}

const formats = new Map<string, Format>();

export function isDate(value: Value | undefined): value is ZonedDateTime {
  return value instanceof ZonedDateTime;
}

/** What reads and prints a pattern, made once. Throws OperandError for a pattern java.time would not take. */
function formatOf(pattern: string): Format {
  const known = formats.get(pattern);
  if (known !== undefined) return known;
  const made = { named: namesZone(pattern), quick: quickPattern(pattern), formatter: formatterOf(pattern) };
  if (formats.size >= MAX_FORMATTERS) formats.clear();
  formats.set(pattern, made);
  return made;
}

function formatterOf(pattern: string): DateTimeFormatter {
  const letters = pattern.replace(/'[^']*'/g, "");
  try {
    if (ZONES.test(letters)) withZones();
    // Loaded before the pattern is read: reading a pattern with names needs them.
    const locale = NAMES.test(letters) ? english().Locale.US : undefined;
    const formatter = DateTimeFormatter.ofPattern(pattern);
    return locale ? formatter.withLocale(locale) : formatter;
  } catch {
    throw new OperandError(
      `${JSON.stringify(pattern.slice(0, 60))} is not a date pattern; its letters are those of java.time, other text goes into single quotes`,
    );
  }
}

/** Reads a date by a pattern. Throws OperandError when the text does not fit it. */
export function parseDate(text: string, pattern: string): ZonedDateTime {
  const found = tryPattern(text, pattern);
  if (found === undefined)
    throw new OperandError(
      `${JSON.stringify(text.slice(0, 60))} does not fit the format ${JSON.stringify(pattern.slice(0, 60))}`,
    );
  return found;
}

function tryPattern(written: string, pattern: string): ZonedDateTime | undefined {
  const { named, quick, formatter } = formatOf(pattern);
  const found = quick?.read(written);
  if (found !== undefined) return found;
  const text = named ? withZoneIds(written) : written;
  try {
    const position = new ParsePosition(0);
    // The cheap test first: parse() throws, and building an exception for each of 18 patterns costs more than the parsing.
    if (!fractionFits(text, pattern)) return undefined;
    if (formatter.parseUnresolved(text, position) === null || position.getIndex() < text.length) return undefined;
    const parsed = formatter.parse(text);
    const date = parsed.query(TemporalQueries.localDate());
    if (date === null) return undefined;
    const time = parsed.query(TemporalQueries.localTime());
    const zone = parsed.query(TemporalQueries.zone()) ?? ZoneOffset.UTC;
    return time === null
      ? date.atStartOfDay(zone as ZoneId)
      : LocalDateTime.of(date as LocalDate, time).atZone(zone as ZoneId);
  } catch {
    return undefined;
  }
}

/** java.time takes exactly as many digits as the pattern has S; js-joda takes fewer too. */
function fractionFits(text: string, pattern: string): boolean {
  const digits = /\.(S+)/.exec(pattern)?.[1]?.length;
  if (digits === undefined) return true;
  const fraction = /\d\.(\d+)(?!.*\d\.\d)/.exec(text)?.[1];
  return fraction !== undefined && fraction.length === digits;
}

/**
 * Reads a date of unknown format: the documented patterns, then ISO 8601 with a blank or a T, with or without seconds and zone.
 * The zone may be one of RFC 822's names, which are fixed offsets (documented sample: 2019-10-17T11:55:12 PST is 19:55:12Z).
 */
export function detectDate(text: string): ZonedDateTime | undefined {
  const named = / ([A-Z]{3})$/.exec(text)?.[1] ?? "";
  const offset = Object.hasOwn(RFC822_ZONES, named) ? RFC822_ZONES[named] : undefined;
  return detectDocumented(text) ?? isoDateTime(offset === undefined ? text : text.slice(0, -4) + offset);
}

const RFC822_ZONES: Readonly<Record<string, string>> = {
  UTC: "Z",
  GMT: "Z",
  EST: "-05:00",
  EDT: "-04:00",
  CST: "-06:00",
  CDT: "-05:00",
  MST: "-07:00",
  MDT: "-06:00",
  PST: "-08:00",
  PDT: "-07:00",
};

/** The documented patterns only: what a row without date() relies on. */
export function detectDocumented(text: string): ZonedDateTime | undefined {
  if (text.length > 40) return undefined;
  for (const pattern of AUTO_PATTERNS) {
    if (!hasNames(text, pattern)) continue;
    const found = tryPattern(text, pattern);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A pattern with a month's name or AM/PM cannot fit a text without letters. */
function hasNames(text: string, pattern: string): boolean {
  return !/MMM| a/.test(pattern) || /[A-Za-z]{2}/.test(text);
}

/** ISO 8601 date and time; without a zone it is UTC. */
export function isoDateTime(text: string): ZonedDateTime | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) return undefined;
  try {
    return ZonedDateTime.parse(`${match[1]}T${match[2]}${match[3] ?? "Z"}`);
  } catch {
    return undefined;
  }
}

export function formatDate(date: ZonedDateTime, pattern: string): string {
  try {
    const { named, quick, formatter } = formatOf(pattern);
    return quick?.print(date) ?? (named ? printNamed(date, pattern, formatDate) : date.format(formatter));
  } catch (error) {
    if (error instanceof OperandError) throw error;
    throw new OperandError(`the date cannot be printed as ${JSON.stringify(pattern.slice(0, 60))}`);
  }
}

export function ofEpoch(milliseconds: number): ZonedDateTime {
  try {
    return Instant.ofEpochMilli(milliseconds).atZone(ZoneOffset.UTC);
  } catch {
    throw new OperandError(`${milliseconds} is no time in epoch milliseconds`);
  }
}

export function toUtc(date: ZonedDateTime): ZonedDateTime {
  return date.withZoneSameInstant(ZoneOffset.UTC);
}

export function toZone(date: ZonedDateTime, zone: string): ZonedDateTime {
  return date.withZoneSameInstant(zoneOf(zone));
}

/** @param numbers year, month, day, hour, minute, second, nanosecond */
export function makeDate(numbers: readonly number[], zone: string): ZonedDateTime {
  const [year, month, day, hour, minute, second, nanosecond] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const place = zoneOf(zone);
  try {
    return LocalDateTime.of(year, month, day, hour, minute, second, nanosecond).atZone(place);
  } catch {
    throw new OperandError(`${numbers.join(", ")} is no date and time`);
  }
}

/** Java's short zone ids that are still met; ZoneId.of knows only the long ones. */
const SHORT_ZONES: Readonly<Record<string, string>> = {
  EST: "-05:00",
  MST: "-07:00",
  HST: "-10:00",
  PST: "America/Los_Angeles",
  CST: "America/Chicago",
  IST: "Asia/Kolkata",
  JST: "Asia/Tokyo",
  CTT: "Asia/Shanghai",
  ECT: "Europe/Paris",
  AET: "Australia/Sydney",
};

function zoneOf(zone: string): ZoneId {
  try {
    withZones();
    return ZoneId.of(SHORT_ZONES[zone] ?? zone);
  } catch {
    throw new OperandError(
      `${JSON.stringify(zone.slice(0, 40))} is no time zone; write one such as Europe/Paris, UTC or +02:00`,
    );
  }
}
