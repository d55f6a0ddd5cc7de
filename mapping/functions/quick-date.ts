import { LocalDateTime, YearMonth, type ZonedDateTime, ZoneOffset } from "@js-joda/core";

/**
 * The short way for patterns of numbers only, such as yyyy-MM-dd'T'HH:mm:ssXXX: ten times faster than the general formatter.
 * It answers undefined whenever anything is out of the ordinary (a day beyond 31, hour 24, year 0, another letter); the
 * general formatter decides then, so that both ways always agree.
 */
export interface QuickPattern {
  read(text: string): ZonedDateTime | undefined;
  print(date: ZonedDateTime): string | undefined;
}

type Field = "year" | "month" | "day" | "hour" | "minute" | "second" | "fraction" | "offset";

interface Part {
  field: Field | undefined;
  /** The letters, or the literal text. */
  text: string;
}

const FIELDS: Readonly<Record<string, Field>> = {
  yyyy: "year",
  MM: "month",
  M: "month",
  dd: "day",
  d: "day",
  HH: "hour",
  H: "hour",
  mm: "minute",
  ss: "second",
  SSS: "fraction",
  X: "offset",
  XXX: "offset",
  Z: "offset",
};

const OFFSETS: Readonly<Record<string, string>> = {
  X: "Z|[+-]\\d\\d(?:\\d\\d)?",
  XXX: "Z|[+-]\\d\\d:\\d\\d",
  Z: "[+-]\\d{4}",
};
const PART = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']/g;

/** The short way for a pattern; undefined when it has names, week years or anything else than plain numbers. */
export function quickPattern(pattern: string): QuickPattern | undefined {
  const parts: Part[] = [];
  let length = 0;
  for (const match of pattern.matchAll(PART)) {
    length += match[0].length;
    const field = FIELDS[match[0]];
    if (match[1] !== undefined && field === undefined) return undefined;
    if (/[[\]{}#]/.test(match[0]) && match[2] === undefined) return undefined;
    const literal = match[2] === undefined ? match[0] : match[2].replaceAll("''", "'") || "'";
    parts.push(field === undefined ? { field, text: literal } : { field, text: match[0] });
  }
  const fields = parts.flatMap((part) => part.field ?? []);
  const complete = ["year", "month", "day"].every((field) => fields.includes(field as Field));
  if (length !== pattern.length || !complete || new Set(fields).size !== fields.length) return undefined;
  return { read: reader(parts, fields), print: (date) => print(date, parts) };
}

function reader(parts: readonly Part[], fields: readonly Field[]): (text: string) => ZonedDateTime | undefined {
  const pattern = new RegExp(`^${parts.map(groupOf).join("")}$`);
  const at = (field: Field) => fields.indexOf(field) + 1;
  const [year, month, day, hour, minute, second, fraction, offset] = (
    ["year", "month", "day", "hour", "minute", "second", "fraction", "offset"] as const
  ).map(at) as [number, number, number, number, number, number, number, number];
  return (text) => {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const number = (index: number) => (index === 0 ? 0 : Number(match[index]));
    const zone = offset === 0 ? ZoneOffset.UTC : offsetOf(match[offset]!);
    const days = number(day);
    if (zone === undefined || number(year) === 0 || days === 0 || days > 31) return undefined;
    if (number(month) < 1 || number(month) > 12 || number(hour) > 23 || number(minute) > 59 || number(second) > 59)
      return undefined;
    return LocalDateTime.of(
      number(year),
      number(month),
      // java.time takes 31 April for the month's last day.
      Math.min(days, YearMonth.of(number(year), number(month)).lengthOfMonth()),
      number(hour),
      number(minute),
      number(second),
      number(fraction) * 1e6,
    ).atZone(zone);
  };
}

function groupOf({ field, text }: Part): string {
  if (field === undefined) return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  if (field === "offset") return `(${OFFSETS[text]})`;
  return text.length === 1 ? "(\\d{1,2})" : `(\\d{${text.length}})`;
}

const offsets = new Map<string, ZoneOffset>();

function offsetOf(text: string): ZoneOffset | undefined {
  if (text === "Z") return ZoneOffset.UTC;
  const known = offsets.get(text);
  if (known !== undefined) return known;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(text.includes(":") ? 4 : 3) || 0)];
  if (hours > 17 || minutes > 59) return undefined;
  const sign = text[0] === "-" ? -1 : 1;
  const made = ZoneOffset.ofTotalSeconds(sign * (hours * 3600 + minutes * 60));
  if (offsets.size < 200) offsets.set(text, made);
  return made;
}

function print(date: ZonedDateTime, parts: readonly Part[]): string | undefined {
  if (date.year() < 1 || date.year() > 9999) return undefined;
  let text = "";
  for (const part of parts) text += part.field === undefined ? part.text : fieldText(date, part.field, part.text);
  return text;
}

function fieldText(date: ZonedDateTime, field: Field, letters: string): string {
  switch (field) {
    case "year":
      return pad(date.year(), 4);
    case "month":
      return pad(date.monthValue(), letters.length);
    case "day":
      return pad(date.dayOfMonth(), letters.length);
    case "hour":
      return pad(date.hour(), letters.length);
    case "minute":
      return pad(date.minute(), 2);
    case "second":
      return pad(date.second(), 2);
    case "fraction":
      return pad(Math.trunc(date.nano() / 1e6), 3);
    case "offset":
      return offsetText(date.offset().totalSeconds(), letters);
  }
}

function offsetText(seconds: number, letters: string): string {
  if (seconds === 0) return letters === "Z" ? "+0000" : "Z";
  const size = Math.abs(seconds);
  const [hours, minutes] = [pad(Math.trunc(size / 3600), 2), pad(Math.trunc(size / 60) % 60, 2)];
  const sign = seconds < 0 ? "-" : "+";
  if (letters === "X") return sign + hours + (minutes === "00" ? "" : minutes);
  return sign + hours + (letters === "XXX" ? ":" : "") + minutes;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
