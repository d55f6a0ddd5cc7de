/** Source data as Data Prep sees it: Java's kinds of numbers, of which JavaScript has one. */
import { mayHoldJavaNumbers } from "../mapping/expression/java-numbers.ts";
import type { Value } from "../mapping/expression/values.ts";
import type { Json } from "./json.ts";
import { language } from "./language.ts";

/**
 * The text's value for a mapping: `2.0` is another number than `2` there. Parsing so takes several times as long, so that a text without
 * such numbers gets `plain`, what JSON.parse made of it.
 */
export function sourceValue(text: string, plain: unknown): unknown {
  return mayHoldJavaNumbers(text) ? language().parseJson(text) : plain;
}

/** JSON text as a mapping takes it. Throws a SyntaxError as JSON.parse does. */
export function parseSource(text: string): unknown {
  return sourceValue(text, JSON.parse(text));
}

/** A source's value as JSON. Throws for one that nests deeper than 1000 levels. */
export function plainOf(source: unknown): Json {
  return language().toPlain(source as Value) as Json;
}
