import {
  aKind,
  isInteger,
  isNumber,
  isObject,
  isoDate,
  javaString,
  setOwn,
  toNumber,
  toPlain,
  type Value,
  type ValueObject,
} from "../expression/values.ts";
import { detectDocumented, formatDate, isDate, isoDateTime } from "../functions/calendar.ts";
import { type JsonSchema, xdmTypeOf } from "../xdm/json-schema.ts";

/** Data Prep's documented spellings, exactly; anything else (Yes, 1) does not convert. */
const TRUE = new Set(["y", "yes", "Y", "YES", "on", "ON", "true", "TRUE"]);
const FALSE = new Set(["n", "N", "no", "NO", "off", "OFF", "false", "FALSE"]);
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MAX_DEPTH = 64;

/** Reports a value that could not be converted; the value becomes null. */
type Report = (message: string) => void;

/** Turns a source value into what the destination field takes. */
export type Convert = (value: Value, report: Report, depth?: number) => unknown;

const converters = new WeakMap<JsonSchema, Convert>();
const asItIs: Convert = (value) => toPlain(value);

/**
 * The conversion of a field: text to boolean, number and date, scalars to text, and object copy, which keeps the children that
 * the schema knows. Without a field (no schema, or anything goes) the value stays as it is.
 */
export function compileConvert(field: JsonSchema | undefined): Convert {
  if (field === undefined || Object.keys(field).length === 0) return asItIs;
  const known = converters.get(field);
  if (known !== undefined) return known;
  // Through the map, because a field may lie within itself.
  converters.set(field, (value, report, depth) => converters.get(field)!(value, report, depth));
  const convert = ofType(field);
  const made: Convert = (value, report, depth = 0) => {
    if (value === null) return null;
    return depth > MAX_DEPTH
      ? refuse(report, `the value nests deeper than ${MAX_DEPTH} levels`)
      : convert(value, report, depth);
  };
  converters.set(field, made);
  return made;
}

function ofType(field: JsonSchema): Convert {
  const type = xdmTypeOf(field);
  switch (type) {
    case "string":
      return toText;
    case "boolean":
      return toBoolean;
    case "byte":
    case "short":
    case "int":
    case "long":
      return toWhole;
    case "double":
      return toDecimal;
    case "date":
    case "date-time":
      return (value, report) => toDate(value, type === "date", report);
    case "array":
      return copyList(field);
    default:
      return copyObject(field);
  }
}

function copyList(field: JsonSchema): Convert {
  const convert = compileConvert(field.items);
  return (value, report, depth = 0) => {
    if (!Array.isArray(value)) return refuse(report, `${aKind(value)} cannot become a list`);
    return value.map((item) => convert(item ?? null, report, depth + 1));
  };
}

/** Object copy: same-named children of source and schema; under a map every key. Null children are left out. */
function copyObject(field: JsonSchema): Convert {
  const children = new Map(Object.entries(field.properties ?? {}).map(([key, child]) => [key, compileConvert(child)]));
  const others =
    typeof field.additionalProperties === "object"
      ? compileConvert(field.additionalProperties)
      : field.properties
        ? undefined
        : asItIs;
  return (value, report, depth = 0) => {
    if (!isObject(value)) return refuse(report, `${aKind(value)} cannot become an object`);
    const copy: ValueObject = {};
    for (const key of Object.keys(value)) {
      const convert = children.get(key) ?? others;
      const converted = convert?.(value[key] ?? null, report, depth + 1) ?? null;
      if (converted !== null) setOwn(copy, key, converted as Value);
    }
    return copy;
  };
}

function toText(value: Value, report: Report): unknown {
  if (Array.isArray(value) || isObject(value)) return refuse(report, `${aKind(value)} cannot become a text`);
  return isNumber(value) && Number.isInteger(toNumber(value)) && isInteger(value) ? String(value) : javaString(value);
}

function toBoolean(value: Value, report: Report): unknown {
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && TRUE.has(value)) return true;
  if (typeof value === "string" && FALSE.has(value)) return false;
  return refuse(report, `${shown(value)} is not one of the texts that convert to true or false`);
}

function toWhole(value: Value, report: Report): unknown {
  const number = toDecimal(value, report);
  if (typeof number !== "number" || Number.isInteger(number)) return number;
  return refuse(report, `${shown(value)} is not a whole number`);
}

function toDecimal(value: Value, report: Report): unknown {
  if (isNumber(value)) return toPlain(value);
  if (typeof value === "string" && value.length < 400 && DECIMAL.test(value.trim())) return Number(value);
  return refuse(report, `${shown(value)} is not a number`);
}

/** RFC 3339 text passes as it is (assumed); other texts go through the documented patterns in their order. */
function toDate(value: Value, dayOnly: boolean, report: Report): unknown {
  const found = isDate(value) ? value : typeof value === "string" ? readDate(value) : undefined;
  if (found === undefined) {
    const hint = isNumber(value) ? "; epoch milliseconds need dformat" : "; give its format with date(text, format)";
    return refuse(report, `${shown(value)} fits none of the date patterns${hint}`);
  }
  if (dayOnly) return formatDate(found, "yyyy-MM-dd");
  return typeof value === "string" && RFC3339.test(value) ? value : isoDate(found);
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function readDate(value: string) {
  return RFC3339.test(value) ? isoDateTime(value) : detectDocumented(value);
}

function refuse(report: Report, message: string): null {
  report(message);
  return null;
}

function shown(value: Value): string {
  return Array.isArray(value) || isObject(value) ? `${aKind(value)}` : JSON.stringify(javaString(value).slice(0, 60));
}
