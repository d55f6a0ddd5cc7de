/** From an offset in a scalar's value to the character in the file that wrote it. */
import type { Scalar } from "yaml";
import type { Position, YamlSource } from "./source.ts";

/**
 * Where character `offset` of a scalar's value stands in the file. Exact for plain, quoted and literal (`|`) scalars;
 * the scalar's first character when a multi-line plain or folded scalar rewrote its line breaks.
 */
export function scalarPosition(source: YamlSource, scalar: Scalar | undefined, offset: number): Position | undefined {
  const range = scalar?.range;
  if (!range) return undefined;
  const raw = source.text.slice(range[0], range[1]);
  const within = rawOffset(raw, scalar, offset);
  return source.at(range[0] + (within ?? 0));
}

function rawOffset(raw: string, scalar: Scalar, offset: number): number | undefined {
  switch (scalar.type) {
    case "PLAIN":
      return raw.includes("\n") ? undefined : offset;
    case "QUOTE_SINGLE":
      return raw.includes("\n") ? undefined : walk(raw, offset, /''|./y);
    case "QUOTE_DOUBLE":
      return raw.includes("\n")
        ? undefined
        : walk(raw, offset, /\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\?./y);
    case "BLOCK_LITERAL":
      return inLiteral(raw, String(scalar.value), offset);
    default:
      return undefined;
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

/** A literal block keeps its lines; each is indented alike. */
function inLiteral(raw: string, value: string, offset: number): number {
  const before = value.slice(0, offset);
  const line = before.split("\n").length - 1;
  const column = offset - (before.lastIndexOf("\n") + 1);
  const lines = raw.split("\n");
  const indent = /^ */.exec(lines.slice(1).find((text) => text.trim() !== "") ?? "")![0].length;
  const start = lines.slice(0, line + 1).join("\n").length + 1;
  return start + indent + column;
}
