import type { Answer } from "./answer.ts";

/** Which explained difference of mapping/expression/differences.ts a disagreement is; undefined: it is a fault. */
export function explain(expression: string, ours: Answer, theirs: Answer): string | undefined {
  if ("error" in ours && ours.error.includes("has no text of its own")) return "E1";
  const disagreement = "value" in ours && "value" in theirs ? [ours.value, theirs.value] : undefined;
  // A call directly on a call's result: x.get(1).size(), (x.get(1)).size().
  if (/\)+\.\w+\(/.test(expression)) return "E4";
  const wide = /~|\d{10}/.test(expression);
  if (wide && /\.equals\(|=~|!~/.test(expression) && disagreement?.every((value) => typeof value === "boolean"))
    return "E6";
  return undefined;
}
