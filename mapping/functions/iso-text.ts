/**
 * Dates in ISO 8601 recognised by their characters, without js-joda. Every answer is a certain yes; for anything out of the
 * ordinary (year 0, hour 24, an offset beyond 17 hours) it is no or undefined, and js-joda decides. A property test holds
 * that both agree.
 */

/** A day such as 2025-07-14. */
export function isDay(value: unknown): value is string {
  return typeof value === "string" && value.length === 10 && hasDay(value);
}

/** A time as RFC 3339 writes it: 2025-07-14T12:00:00-06:00, with or without a fraction of up to nine digits. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== "string" || value.length < 20 || !hasDay(value) || !hasTime(value, T)) return false;
  let zone = 19;
  if (value.charCodeAt(zone) === DOT) {
    zone++;
    while (isDigit(value.charCodeAt(zone))) zone++;
    if (zone < 21 || zone > 29) return false;
  }
  return hasZone(value, zone);
}

/**
 * What date(text, pattern) gives for a text, as Data Prep writes it; undefined: it is not one of the ordinary cases.
 * The reader itself is undefined for patterns that are not close to ISO 8601.
 *
 * @example isoReader("yyyy-MM-dd")!("2025-07-14") // "2025-07-14T00:00:00Z"
 */
export function isoReader(pattern: string): ((value: unknown) => string | undefined) | undefined {
  const match = /^yyyy-MM-dd(?:('T'| )HH:mm:ss(XXX|'Z')?)?$/.exec(pattern);
  if (match === null) return undefined;
  const [, between, zone] = match;
  if (between === undefined) return (value) => (isDay(value) ? `${value}T00:00:00Z` : undefined);
  const code = between === " " ? BLANK : T;
  return (value) => {
    if (typeof value !== "string" || value.length < 19 || !hasDay(value) || !hasTime(value, code)) return undefined;
    if (zone === undefined ? value.length !== 19 : !hasZone(value, 19)) return undefined;
    const isUtc = value.length <= 20;
    if (zone === "'Z'" && !isUtc) return undefined;
    if (code === T && zone !== undefined && (isUtc || !value.endsWith("00:00"))) return value;
    const text = code === T ? value.slice(0, 19) : `${value.slice(0, 10)}T${value.slice(11, 19)}`;
    return text + (isUtc ? "Z" : offset(value));
  };
}

/** The offset as it is printed. */
function offset(value: string): string {
  const text = value.slice(19);
  return text === "+00:00" || text === "-00:00" ? "Z" : text;
}

const [DASH, DOT, COLON, BLANK, PLUS, T, Z] = [..."-.: +TZ"].map((char) => char.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function hasDay(text: string): boolean {
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return false;
  const [year, month, day] = [two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8)];
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= LENGTHS[month - 1]! || (month === 2 && day === 29 && isLeap);
}

function hasTime(text: string, between: number): boolean {
  return (
    text.charCodeAt(10) === between &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    two(text, 11) <= 23 &&
    two(text, 14) <= 59 &&
    two(text, 17) <= 59
  );
}

function hasZone(text: string, at: number): boolean {
  const sign = text.charCodeAt(at);
  if (sign === Z) return text.length === at + 1;
  return (
    (sign === PLUS || sign === DASH) &&
    text.length === at + 6 &&
    text.charCodeAt(at + 3) === COLON &&
    two(text, at + 1) <= 17 &&
    two(text, at + 4) <= 59
  );
}

/** Two digits as a number; NaN, which is neither small nor big enough for anything, when they are none. */
function two(text: string, at: number): number {
  const [tens, units] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return isDigit(tens) && isDigit(units) ? (tens - 48) * 10 + units - 48 : Number.NaN;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
