import type { Answer } from "./answer.ts";

/** Which explained difference of mapping/expression/differences.ts a disagreement is; undefined: it is a fault. */
export function explain(expression: string, ours: Answer, theirs: Answer): string | undefined {
  if ("error" in ours && ours.error.includes("has no text of its own")) return "E1";
  const disagreement = "value" in ours && "value" in theirs ? [ours.value, theirs.value] : undefined;
  // A call directly on a call's result: x.get(1).size(), (x.get(1)).size().
  if (/\)+\.\w+\(|\[none\]\S*\.size\(/.test(expression)) return "E4";
  // What parentheses do to a chain or a choice in strict mode.
  if ("value" in ours && "error" in theirs && /\)\s*(?:[.[]|\?)|[?:]\s*\(/.test(expression)) return "E5";
  const wide = /~|\d{10}/.test(expression);
  if (wide && /\.equals\(|=~|!~/.test(expression) && disagreement?.every((value) => typeof value === "boolean"))
    return "E6";
  // -(-2147483648): an Integer overflows to itself, a Long does not.
  if (/[-~]/.test(expression) && disagreement?.every((value) => Math.abs(Number(value)) === 2147483648)) return "E6";
  if (/\d[fF]\b/.test(expression) && /\.equals\(|=~|!~/.test(expression)) return "E14";
  return undefined;
}
