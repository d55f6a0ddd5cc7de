/** Source data as Data Prep sees it: Java's kinds of numbers, of which JavaScript has one. */
import type { Value } from "../mapping/expression/values.ts";
import type { Json } from "./json.ts";
import { language } from "./language.ts";

/** Whole numbers written with a point or an exponent, and integers too long for a JavaScript number (in texts too: then nothing is lost). */
const SPECIAL = /\d\.0+(?!\d)|\d[eE][-+\d]|\d{16}/;

/**
 * The text's value for a mapping: `2.0` is another number than `2` there. Parsing so takes several times as long, so that a text without
 * such numbers gets `plain`, what JSON.parse made of it.
 */
export function sourceValue(text: string, plain: unknown): unknown {
  return SPECIAL.test(text) ? language().parseJson(text) : plain;
}

/** JSON text as a mapping takes it. Throws a SyntaxError as JSON.parse does. */
export function parseSource(text: string): unknown {
  return sourceValue(text, JSON.parse(text));
}

/** A source's value as JSON. Throws for one that nests deeper than 1000 levels. */
export function plainOf(source: unknown): Json {
  return language().toPlain(source as Value) as Json;
}
