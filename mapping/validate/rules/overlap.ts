/** Rules about rows that write the same place. */
import { type PathStep, printFieldPath } from "../../xdm/field-path.ts";
import type { RowView, Rule } from "../types.ts";

const duplicate: Rule = {
  id: "map/duplicate-destination",
  severity: "error",
  title: "Two rows for one destination",
  why: "The later row silently wins; which value arrives depends on the order of lines.",
  fix: "Keep one of the rows, or join them in one expression.",
  *check({ rows }) {
    const seen = new Map<string, RowView>();
    for (const view of rows) {
      const path = view.steps.length > 0 ? printFieldPath(view.steps) : view.row.destination;
      const before = seen.get(path);
      if (before) yield { row: view.row, message: `${path} is already written in line ${before.row.line}` };
      else seen.set(path, view);
    }
  },
};

const overlap: Rule = {
  id: "map/overlap",
  severity: "warning",
  title: "A row inside another row's object",
  why: "The object is copied whole and this row then overrides a part of it, or is overridden, depending on the order of lines.",
  fix: "Map the object field by field, or put the narrower row after the wider one and ignore this rule with the reason.",
  *check({ rows }) {
    for (const view of rows) {
      const wider = rows.find((other) => other !== view && isInside(view.steps, other.steps));
      if (wider)
        yield {
          row: view.row,
          message: `${view.row.destination} lies inside ${wider.row.destination} (line ${wider.row.line})`,
        };
    }
  },
};

const itemClash: Rule = {
  id: "map/item-clash",
  severity: "error",
  title: "One list written both item by item and by `[*]`",
  why: "[*] writes every item, the numbered row one of them: what the item holds in the end is not defined.",
  fix: "Use one of the two forms for the list.",
  *check({ rows }) {
    for (const view of rows) {
      const other = rows.find((one) => one.row.line > view.row.line && clashes(view.steps, one.steps));
      if (other)
        yield {
          row: other.row,
          message: `${other.row.destination} and ${view.row.destination} (line ${view.row.line}) write the same items in two ways`,
        };
    }
  },
};

const same = (a: PathStep, b: PathStep | undefined): boolean =>
  b !== undefined &&
  (a.kind === "name" ? b.kind === "name" && a.name === b.name : b.kind === "index" && a.index === b.index);

function isInside(inner: readonly PathStep[], outer: readonly PathStep[]): boolean {
  return outer.length > 0 && inner.length > outer.length && outer.every((step, index) => same(step, inner[index]));
}

/** The same list, `[*]` in one path and `[n]` in the other. */
function clashes(a: readonly PathStep[], b: readonly PathStep[]): boolean {
  const at = a.findIndex((step, index) => !same(step, b[index]));
  const [one, two] = [a[at], b[at]];
  return one?.kind === "index" && two?.kind === "index" && (one.index === "*") !== (two.index === "*");
}

const objectCopy: Rule = {
  id: "map/object-copy",
  severity: "info",
  title: "A whole object copied",
  why: "Every field that has the same name on both sides is copied, those of tomorrow too, without any line in a review.",
  fix: "Write one row per field, or ignore this rule with the reason.",
  *check({ rows }) {
    for (const { row, target } of rows) {
      if (row.sourceType === "ATTRIBUTE" && "field" in target && target.field.type === "object") {
        yield { row, message: `${row.source} is copied whole to ${row.destination}` };
      }
    }
  },
};

export const overlapRules: Rule[] = [duplicate, overlap, itemClash, objectCopy];
