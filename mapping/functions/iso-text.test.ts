import { ZonedDateTime } from "@js-joda/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoDate } from "../expression/values.ts";
import { detectDocumented, formatDate, isoDateTime, parseDate } from "./calendar.ts";
import { isDay, isInstant, isoReader } from "./iso-text.ts";

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, "0"));
/** Days and times around every edge: months' ends, leap years, hours and offsets that are too big, fractions of any length. */
const day = fc
  .tuple(fc.constantFrom("0000", "0001", "1900", "2000", "2023", "2024", "9999"), two(13), two(32))
  .map((parts) => parts.join("-"));
const time = fc.tuple(two(24), fc.constantFrom("00", "59", "60"), fc.constantFrom("00", "30", "59", "60"));
const zone = fc.oneof(
  fc.constantFrom("", "Z", "+00:00", "-00:00", "+0530", "+05", "z"),
  fc
    .tuple(fc.constantFrom("+", "-"), two(19), fc.constantFrom("00", "30", "59", "60"))
    .map(([sign, a, b]) => `${sign}${a}:${b}`),
);
const fraction = fc.oneof(fc.constant(""), fc.stringMatching(/^\.\d{0,10}$/));
const moment = fc
  .tuple(day, fc.constantFrom("T", " ", "t", ""), time, fraction, zone)
  .map(([date, between, parts, rest, offset]) => date + between + parts.join(":") + rest + offset);
/** Those, and the same with one character changed or lost. */
const texts = fc.oneof(
  day,
  moment,
  fc
    .tuple(moment, fc.nat({ max: 30 }), fc.constantFrom("", "0", "x", "-", "٣", " "))
    .map(([text, at, char]) => text.slice(0, at) + char + text.slice(at + 1)),
);
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const tries = { numRuns: 20_000, seed: 1 };

describe("a yes agrees with js-joda", () => {
  it("that a text is a day", () => {
    const check = (text: string) => {
      if (isDay(text)) expect(formatDate(detectDocumented(text)!, "yyyy-MM-dd")).toBe(text);
    };
    fc.assert(fc.property(texts, check), tries);
  });

  it("that a text is a time", () => {
    const check = (text: string) => {
      if (isInstant(text)) expect(RFC3339.test(text) && isoDateTime(text)).toBeInstanceOf(ZonedDateTime);
    };
    fc.assert(fc.property(texts, check), tries);
  });

  it.each([
    "yyyy-MM-dd",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "yyyy-MM-dd HH:mm:ssXXX",
  ])("what date(text, %j) gives", (pattern) => {
    const check = (text: string) => {
      const found = isoReader(pattern)!(text);
      if (found === undefined) return;
      const date = parseDate(text, pattern);
      expect(found).toBe(isoDate(date));
      expect(found.slice(0, 10)).toBe(formatDate(date, "yyyy-MM-dd"));
    };
    fc.assert(fc.property(texts, check), tries);
  });

  it("and the ordinary ones are recognised", () => {
    expect(["2024-02-29", "2025-12-31"].every(isDay)).toBe(true);
    expect(["2025-07-14T12:00:00-06:00", "2025-07-31T00:00:00.123Z"].every(isInstant)).toBe(true);
    expect(isoReader("yyyy-MM-dd HH:mm:ssXXX")!("2025-07-14 12:00:00+00:00")).toBe("2025-07-14T12:00:00Z");
    expect(isoReader("yyyy-MM-dd'T'HH:mm:ssXXX")!("2025-07-14T12:00:00-06:00")).toBe("2025-07-14T12:00:00-06:00");
    expect(isoReader("dd.MM.yyyy")).toBeUndefined();
  });
});
