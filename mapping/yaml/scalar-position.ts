/** From an offset in a scalar's value to the character in the file that wrote it. */
import type { Scalar } from "yaml";
import type { Position, YamlSource } from "./source.ts";

/**
 * Where character `offset` of a scalar's value stands in the file. Exact for quoted scalars on one line and for plain, literal (`|`)
 * and folded (`>`) ones of any length; the first character of a quoted scalar that spans lines.
 */
export function scalarPosition(source: YamlSource, scalar: Scalar | undefined, offset: number): Position | undefined {
  const range = scalar?.range;
  if (!range) return undefined;
  const raw = source.text.slice(range[0], range[1]);
  return source.at(range[0] + rawOffset(raw, scalar, offset));
}

function rawOffset(raw: string, scalar: Scalar, offset: number): number {
  switch (scalar.type) {
    case "PLAIN":
      return raw.includes("\n") ? aligned(raw, 0, String(scalar.value), offset) : offset;
    case "QUOTE_SINGLE":
      return raw.includes("\n") ? 0 : walk(raw, offset, /''|./y);
    case "QUOTE_DOUBLE":
      return raw.includes("\n") ? 0 : walk(raw, offset, /\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\?./y);
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED":
      return aligned(raw, raw.indexOf("\n") + 1, String(scalar.value), offset);
    default:
      return 0;
  }
}

/** Steps over `offset` written characters after the opening quote. */
function walk(raw: string, offset: number, unit: RegExp): number {
  let at = 1;
  for (let left = offset; left > 0 && at < raw.length - 1; left--) {
    unit.lastIndex = at;
    at += unit.exec(raw)?.[0].length ?? 1;
  }
  return at;
}

/** These styles only change blanks: the n-th visible character of the value is the n-th visible one of the text. */
function aligned(raw: string, start: number, value: string, offset: number): number {
  const visible = value.slice(0, offset).replaceAll(/\s/g, "").length;
  let at = start;
  for (let seen = 0; at < raw.length; at++) {
    if (/\s/.test(raw[at]!)) continue;
    if (seen === visible) return at;
    seen += 1;
  }
  return start;
}
