/** Applying the safe fixes of findings to a mapping file; comments, order and quoting of everything else stay. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Document, isMap, isScalar, parseDocument } from "yaml";
import type { Edit, Finding } from "./types.ts";

/** Rewrites the file with every edit the findings carry. Returns the findings that were applied. */
export function applyFixes(path: string, findings: readonly Finding[]): Finding[] {
  const document = parseDocument(readFileSync(path, "utf8"), { merge: true });
  // Sources first: a destination's edit changes the key that the row's other edits look for.
  const ordered = findings.toSorted(
    (a, b) => Number(a.edit?.kind === "destination") - Number(b.edit?.kind === "destination"),
  );
  const applied = ordered.filter((finding) => finding.edit && applyEdit(document, finding.edit));
  if (applied.length > 0) writeFileSync(path, document.toString({ lineWidth: 0 }));
  return applied;
}

/** False when the row is not there (any more), or its new key is taken. */
function applyEdit(document: Document, edit: Edit): boolean {
  const rows = document.get("rows");
  if (!isMap(rows)) return false;
  const pair = rows.items.find((item) => isScalar(item.key) && item.key.value === edit.key);
  if (!pair || !isScalar(pair.key)) return false;
  if (edit.kind === "destination") {
    if (rows.has(edit.to)) return false;
    pair.key.value = edit.to;
    return true;
  }
  const target = isMap(pair.value) ? (pair.value.get("expr", true) ?? pair.value.get("from", true)) : pair.value;
  if (!isScalar(target)) return false;
  target.value = edit.to;
  return true;
}
