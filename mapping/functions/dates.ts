import { IsoFields, type ZonedDateTime } from "@js-joda/core";
import { OperandError } from "../expression/operand-error.ts";
import { type Value, WholeDouble } from "../expression/values.ts";
import { detectDate, formatDate, isDate, makeDate, ofEpoch, parseDate, toUtc, toZone } from "./calendar.ts";
import { type FunctionSpec, needInteger, needText, param, text } from "./types.ts";

/** A date argument; a text is read by the auto-detected patterns. */
function needDate(value: Value | undefined, what = "the date"): ZonedDateTime {
  if (isDate(value)) return value;
  const found = detectDate(needText(value, what));
  if (found === undefined)
    throw new OperandError(
      `${what} ${JSON.stringify(String(value).slice(0, 40))} fits none of the known patterns; give its format with date(text, format)`,
    );
  return found;
}

function date([input, pattern, fallback]: Value[]): Value {
  if (input === null || input === undefined)
    return isDate(fallback) ? fallback : fallback ? needDate(fallback, "the default") : null;
  if (isDate(input)) return input;
  if (typeof input !== "string") throw new OperandError("date reads a text; for epoch milliseconds use dformat");
  const format = text(pattern, "the format");
  return format === null ? needDate(input) : parseDate(input, format);
}

function format([input, pattern]: Value[]): Value {
  return input === null ? null : formatDate(needDate(input), needText(pattern, "the format"));
}

function formatEpoch([input, pattern]: Value[]): Value {
  if (input === null) return null;
  const milliseconds = input instanceof WholeDouble ? input.value : needInteger(input, "the timestamp");
  return formatDate(ofEpoch(milliseconds), needText(pattern, "the format"));
}

const PARTS: Readonly<Record<string, (date: ZonedDateTime) => number>> = {
  year: (date) => date.year(),
  quarter: (date) => date.get(IsoFields.QUARTER_OF_YEAR),
  month: (date) => date.monthValue(),
  dayofyear: (date) => date.dayOfYear(),
  day: (date) => date.dayOfMonth(),
  week: (date) => date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
  weekday: (date) => date.dayOfWeek().value(),
  hour: (date) => date.hour(),
  hh12: (date) => date.hour() % 12 || 12,
  minute: (date) => date.minute(),
  second: (date) => date.second(),
  millisecond: (date) => Math.trunc(date.nano() / 1e6),
};

/** Every documented spelling of a component; upper and lower case alike. */
const SPELLINGS: Readonly<Record<string, string>> = {
  yyyy: "year",
  yy: "year",
  qq: "quarter",
  q: "quarter",
  mm: "month",
  m: "month",
  dy: "dayofyear",
  y: "dayofyear",
  dd: "day",
  d: "day",
  ww: "week",
  w: "week",
  dw: "weekday",
  hh: "hour",
  hh24: "hour",
  mi: "minute",
  n: "minute",
  ss: "second",
  s: "second",
  sss: "millisecond",
  ms: "millisecond",
};

function component(value: Value | undefined): string {
  const name = needText(value, "the component").toLowerCase();
  return SPELLINGS[name] ?? name;
}

function datePart([part, input]: Value[]): Value {
  const read = PARTS[component(part)];
  if (read === undefined) throw new OperandError(`the component must be one of ${Object.keys(PARTS).join(", ")}`);
  return input === null ? null : read(needDate(input));
}

const SETTERS: Readonly<Record<string, (date: ZonedDateTime, value: number) => ZonedDateTime>> = {
  year: (date, value) => date.withYear(value),
  month: (date, value) => date.withMonth(value),
  day: (date, value) => date.withDayOfMonth(value),
  hour: (date, value) => date.withHour(value),
  minute: (date, value) => date.withMinute(value),
  second: (date, value) => date.withSecond(value),
};

function setDatePart([part, value, input]: Value[]): Value {
  const set = SETTERS[component(part)];
  if (set === undefined) throw new OperandError(`the component must be one of ${Object.keys(SETTERS).join(", ")}`);
  if (input === null) return null;
  const [date, number] = [needDate(input), needInteger(value, "the value")];
  try {
    return set(date, number).withNano(0);
  } catch {
    throw new OperandError(`${number} is no ${component(part)} of that date`);
  }
}

function make(args: Value[]): Value {
  const numbers = args.slice(0, 7).map((arg) => needInteger(arg, "every part of the date"));
  return makeDate(numbers, needText(args[7], "the zone"));
}

const D = "Date and time";
const MAKE = ["year", "month", "day", "hour", "minute", "second", "nanosecond"].map((name) => param(name, "integer"));
const MAKE_DOC = "A date from its parts and a zone.";

export const DATE_FUNCTIONS: readonly FunctionSpec[] = [
  {
    name: "now",
    category: D,
    tier: "A",
    params: [],
    returns: "date",
    doc: "The current time. Previews and tests can fix the clock.",
    example: "is_empty(now())",
    result: false,
    evaluate: (_args, environment) => ofEpoch(environment.now()),
  },
  {
    name: "timestamp",
    category: D,
    tier: "A",
    params: [],
    returns: "integer",
    doc: "The current time in epoch milliseconds.",
    example: "timestamp() >= 0",
    result: true,
    evaluate: (_args, environment) => Math.trunc(environment.now()),
  },
  {
    name: "date",
    category: D,
    tier: "A",
    params: [param("text"), param("format?"), param("default?", "date")],
    returns: "date",
    doc: "Reads a date; the format says how the text is written (java.time letters), the default stands in for null. Without a zone in the text it is UTC.",
    example: 'date("2019-10-23 11:24", "yyyy-MM-dd HH:mm")',
    result: "2019-10-23T11:24:00Z",
    evaluate: date,
  },
  {
    name: "format",
    category: D,
    tier: "A",
    params: [param("date", "date"), param("format")],
    returns: "string",
    doc: "Prints a date.",
    example: 'format(date("2019-10-23T11:24:35+00:00"), "yyyy-MM-dd HH:mm:ss")',
    result: "2019-10-23 11:24:35",
    evaluate: format,
  },
  {
    name: "dformat",
    category: D,
    tier: "A",
    params: [param("epochMilliseconds", "integer"), param("format")],
    returns: "string",
    doc: "Prints epoch milliseconds as a date in UTC.",
    example: "dformat(1571829875000, \"yyyy-MM-dd'T'HH:mm:ss.SSSX\")",
    result: "2019-10-23T11:24:35.000Z",
    evaluate: formatEpoch,
  },
  {
    name: "date_part",
    category: D,
    tier: "B",
    params: [param("component"), param("date", "date")],
    returns: "integer",
    doc: "One part of a date: year, quarter, month, dayofyear, day, week, weekday, hour, hh12, minute, second, millisecond, or a short spelling. Weeks are ISO weeks, Monday is weekday 1.",
    example: 'date_part("MM", date("2019-10-17 11:55:12"))',
    result: 10,
    evaluate: datePart,
  },
  {
    name: "set_date_part",
    category: D,
    tier: "B",
    params: [param("component"), param("value", "integer"), param("date", "date")],
    returns: "date",
    doc: "A date with one part replaced, in whole seconds.",
    example: 'set_date_part("m", 4, date("2016-11-09T11:44:44.797"))',
    result: "2016-04-09T11:44:44Z",
    evaluate: setDatePart,
  },
  {
    name: "make_date_time",
    aliases: ["make_timestamp"],
    category: D,
    tier: "B",
    params: [...MAKE, param("zone")],
    returns: "date",
    doc: MAKE_DOC,
    example: 'make_date_time(2019, 10, 17, 11, 55, 12, 0, "America/Los_Angeles")',
    result: "2019-10-17T11:55:12-07:00",
    evaluate: make,
  },
  {
    name: "zone_date_to_utc",
    category: D,
    tier: "B",
    params: [param("date", "date")],
    returns: "date",
    doc: "The same instant in UTC.",
    example: 'zone_date_to_utc(date("2019-10-17T11:55:12-08:00"))',
    result: "2019-10-17T19:55:12Z",
    evaluate: ([input]) => (input === null ? null : toUtc(needDate(input))),
  },
  {
    name: "zone_date_to_zone",
    category: D,
    tier: "B",
    params: [param("date", "date"), param("zone")],
    returns: "date",
    doc: "The same instant in another zone.",
    example: 'zone_date_to_zone(date("2021-10-26T13:43:59Z"), "Europe/Paris")',
    result: "2021-10-26T15:43:59+02:00",
    evaluate: ([input, zone]) => (input === null ? null : toZone(needDate(input), needText(zone, "the zone"))),
  },
];
