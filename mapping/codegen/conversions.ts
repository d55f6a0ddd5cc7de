import { isObject, type Value } from "../expression/values.ts";
import { isDay, isInstant } from "../functions/iso-text.ts";
import { type Convert, compileConvert } from "../row/convert.ts";
import { type JsonSchema, xdmTypeOf } from "../xdm/json-schema.ts";
import { type Program, quote } from "./program.ts";

/** How many levels and fields of a copied object get code of their own; what lies below is converted by the closures. */
const MAX_LEVELS = 4;
const MAX_FIELDS = 200;

/** The condition under which a local holds what the field takes as it is; undefined for lists and objects. */
export function fitsAsItIs(program: Program, field: JsonSchema | undefined, local: string): string | undefined {
  if (field === undefined || Object.keys(field).length === 0)
    return `(typeof ${local} === "string" || typeof ${local} === "boolean" || Number.isFinite(${local}))`;
  switch (xdmTypeOf(field)) {
    case "string":
      return `typeof ${local} === "string"`;
    case "boolean":
      return `typeof ${local} === "boolean"`;
    case "byte":
    case "short":
    case "int":
    case "long":
      return `Number.isInteger(${local})`;
    case "double":
      return `Number.isFinite(${local})`;
    case "date":
      return `${program.use(isDay)}(${local})`;
    case "date-time":
      return `${program.use(isInstant)}(${local})`;
    default:
      return undefined;
  }
}

/**
 * Writes the copying of lists and objects. The functions throw at what the schema does not take; the closures of
 * ../row/convert.ts copy then once more, with their reports.
 */
export class Copies {
  readonly #program: Program;
  readonly #above = new Set<JsonSchema>();
  #fields = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The name of a function that copies a value into a field; undefined when there is nothing to gain. */
  write(field: JsonSchema): string | undefined {
    const type = xdmTypeOf(field);
    if (this.#above.has(field) || this.#above.size >= MAX_LEVELS || this.#fields > MAX_FIELDS) return undefined;
    if (type !== "array" && (type !== "object" || !isPlain(field))) return undefined;
    this.#above.add(field);
    const name = type === "array" ? this.#list(field) : this.#object(field);
    this.#above.delete(field);
    return name;
  }

  #list(field: JsonSchema): string {
    const item = this.#convert("item", field.items);
    return this.#program.helper(
      "list",
      `if (!Array.isArray(list)) throw ${this.#program.use(NO_FIT)};
const copy = [];
for (let at = 0; at < list.length; at++) {
let item = list[at] ?? null;
if (item !== null) { ${item} }
copy.push(item);
}
return copy;`,
    );
  }

  #object(field: JsonSchema): string {
    const cases = Object.entries(field.properties!).map(
      ([name, child]) =>
        `case ${quote(name)}: { ${this.#convert("item", child)}\nif (item !== null) copy[${quote(name)}] = item; break; }`,
    );
    this.#fields += cases.length;
    return this.#program.helper(
      "from",
      `if (!${this.#program.use(isObject)}(from)) throw ${this.#program.use(NO_FIT)};
const copy = {};
for (const key in from) {
let item = from[key] ?? null;
if (item !== null) switch (key) {
${cases.join("\n")}
}
}
return copy;`,
    );
  }

  /** Converts a local that is not null, in place. */
  #convert(local: string, field: JsonSchema | undefined): string {
    const depth = this.#above.size;
    const other = `${local} = ${this.#program.use(quietly(compileConvert(field), depth))}(${local});`;
    const fits = fitsAsItIs(this.#program, field, local);
    if (fits !== undefined) return `if (!(${fits})) ${other}`;
    const copy = this.write(field!);
    return copy === undefined ? other : `${local} = ${copy}(${local});`;
  }
}

/** Whether an object has named fields only: maps, and a field named `__proto__`, are left to the closures. */
function isPlain(field: JsonSchema): boolean {
  return (
    field.properties !== undefined &&
    typeof field.additionalProperties !== "object" &&
    !Object.hasOwn(field.properties, "__proto__")
  );
}

const NO_FIT = new Error("the schema does not take the value");

function refuse(): never {
  throw NO_FIT;
}

function quietly(convert: Convert, depth: number): (value: Value) => unknown {
  return (value) => convert(value, refuse, depth);
}
