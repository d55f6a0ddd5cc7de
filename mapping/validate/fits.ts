/** Would a value fit an XDM field after Data Prep's automatic conversions? Values never appear in the answers. */
import { detectDocumented, isoDateTime } from "../functions/calendar.ts";
import type { JsonSchema } from "../xdm/json-schema.ts";

export type MisfitKind = "type" | "fraction" | "enum" | "date";

export interface Misfit {
  kind: MisfitKind;
  /** `a text does not convert to a number`. */
  message: string;
  /** It may pass, but the documentation does not promise it. */
  uncertain?: true;
}

/** Exactly the spellings that convert; `Yes` and `1` do not. */
const TRUE_WORDS = ["y", "yes", "Y", "YES", "on", "ON", "true", "TRUE"];
const FALSE_WORDS = ["n", "N", "no", "NO", "off", "OFF", "false", "FALSE"];

export function misfit(value: unknown, field: JsonSchema): Misfit | undefined {
  if (value === null || value === undefined) return undefined;
  switch (field.type) {
    case "object":
      return isObject(value) ? childMisfit(value, field) : type(value, "an object");
    case "array":
      return Array.isArray(value) ? itemMisfit(value, field) : type(value, "a list");
    case "string":
      return textMisfit(value, field);
    case "number":
    case "integer":
      return numberMisfit(value, field.type);
    case "boolean":
      return typeof value === "boolean" ||
        (typeof value === "string" && [...TRUE_WORDS, ...FALSE_WORDS].includes(value))
        ? undefined
        : {
            kind: "type",
            message: `${noun(value)} that is none of ${[...TRUE_WORDS, ...FALSE_WORDS].join(", ")} does not convert to true or false`,
          };
    default:
      return undefined;
  }
}

function textMisfit(value: unknown, field: JsonSchema): Misfit | undefined {
  if (typeof value === "object") return type(value, "a text");
  if (field.format === "date-time" || field.format === "date") return dateMisfit(value);
  if (field.enum && !field.enum.includes(String(value))) {
    return { kind: "enum", message: `the value is none of the allowed ${field.enum.join(", ")}` };
  }
  return undefined;
}

function dateMisfit(value: unknown): Misfit | undefined {
  if (typeof value === "number")
    return { kind: "date", message: "a number is no date; epoch milliseconds need dformat(...)" };
  if (typeof value !== "string") return type(value, "a date");
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value) || detectDocumented(value)) return undefined;
  if (isoDateTime(value)) {
    return {
      kind: "date",
      uncertain: true,
      message: "the text is ISO 8601 but matches none of the documented patterns",
    };
  }
  return { kind: "date", message: "the text matches none of the documented date patterns" };
}

function numberMisfit(value: unknown, wanted: "number" | "integer"): Misfit | undefined {
  const isNumeric =
    typeof value === "number" ||
    (typeof value === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value));
  if (!isNumeric) return type(value, wanted === "integer" ? "a whole number" : "a number");
  if (wanted === "integer" && !Number.isInteger(Number(value))) {
    return { kind: "fraction", message: "the value has a fraction and the field takes whole numbers only" };
  }
  return undefined;
}

function childMisfit(value: Record<string, unknown>, field: JsonSchema): Misfit | undefined {
  for (const [name, child] of Object.entries(field.properties ?? {})) {
    const found = Object.hasOwn(value, name) ? misfit(value[name], child) : undefined;
    if (found) return { ...found, message: `${name}: ${found.message}` };
  }
  return undefined;
}

function itemMisfit(value: unknown[], field: JsonSchema): Misfit | undefined {
  for (const item of field.items ? value : []) {
    const found = misfit(item, field.items!);
    if (found) return found;
  }
  return undefined;
}

const type = (value: unknown, wanted: string): Misfit => ({
  kind: "type",
  message: `${noun(value)} does not convert to ${wanted}`,
});

function noun(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return { string: "a text", number: "a number", boolean: "true or false" }[typeof value as string] ?? "the value";
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
