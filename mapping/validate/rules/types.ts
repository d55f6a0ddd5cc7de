/** Rules about whether what a row reads can become what the field holds. Samples come from the golden tests. */

import type { JsonSchema } from "../../xdm/json-schema.ts";
import { outcome, valuesOf } from "../evaluate.ts";
import { type Misfit, type MisfitKind, misfit } from "../fits.ts";
import type { Hit, LintContext, RowView, Rule } from "../types.ts";

/** The first sample whose value does not fit; each row is reported once. */
function* misfits({ rows, samples }: LintContext, kinds: readonly MisfitKind[]): Iterable<Hit> {
  for (const view of rows) {
    const { row, target } = view;
    if (!("field" in target)) continue;
    const events = row.sourceType === "STATIC" ? [{ where: "", event: {} }] : samples;
    for (const { where, event } of events) {
      const found = firstMisfit(valuesOf(view, event), target.field);
      if (!found || !kinds.includes(found.kind)) continue;
      yield {
        row,
        message: `${row.destination}: ${found.message}${where ? ` (${where})` : ""}`,
        ...(found.uncertain ? { severity: "warning" as const } : {}),
      };
      break;
    }
  }
}

function firstMisfit(values: unknown[], field: JsonSchema): Misfit | undefined {
  for (const value of values) {
    const found = misfit(value, field);
    if (found) return found;
  }
  return undefined;
}

const mismatch: Rule = {
  id: "type/mismatch",
  severity: "error",
  title: "A value that does not convert to the field's type",
  why: "The field becomes null with only a warning; where the field is required the whole row is lost.",
  fix: "Convert it in an expression (to_decimal, to_integer, iif, ...) or map to a field of its type.",
  check: (context) => misfits(context, ["type"]),
};

const fraction: Rule = {
  id: "type/fraction",
  severity: "error",
  title: "A fraction for a field of whole numbers",
  why: "Quantities by weight or length do not fit XDM's integer quantity: the row is refused.",
  fix: "Send such values to a decimal field of the tenant's own, or round them in an expression.",
  check: (context) => misfits(context, ["fraction"]),
};

const enumeration: Rule = {
  id: "type/enum",
  severity: "error",
  title: "A value outside the field's list",
  why: "XDM refuses the row.",
  fix: "Translate the values with decode(...) or iif(...).",
  check: (context) => misfits(context, ["enum"]),
};

const date: Rule = {
  id: "type/date",
  severity: "error",
  title: "A text that is not read as a date",
  why: "Without a format Data Prep tries eighteen patterns in order; what fits none becomes null, and the row is lost where the date is required.",
  fix: `Name the format: { expr: date(field, "yyyy-MM-dd'T'HH:mm:ssXXX") }, or dformat(field, ...) for epoch milliseconds.`,
  check: (context) => misfits(context, ["date"]),
};

const implicitDate: Rule = {
  id: "type/implicit-date",
  severity: "warning",
  title: "A date copied without saying its format",
  why: "The first of eighteen patterns that fits wins: 12112020 is the 11th of December, not the 12th of November.",
  fix: `Name the format: { expr: date(field, "yyyy-MM-dd") }.`,
  *check(context) {
    for (const view of context.rows) {
      if (view.row.sourceType !== "ATTRIBUTE" || !isDateTarget(view) || alreadyReported(view, context)) continue;
      yield {
        row: view.row,
        message: `${view.row.source} is copied to the date ${view.row.destination} without a format`,
      };
    }
  },
};

function isDateTarget({ target }: RowView): boolean {
  return "field" in target && (target.field.format === "date-time" || target.field.format === "date");
}

function alreadyReported(view: RowView, context: LintContext): boolean {
  return [...misfits({ ...context, rows: [view] }, ["date", "type"])].length > 0;
}

const fails: Rule = {
  id: "expr/fails",
  severity: "error",
  title: "An expression that fails on a sample event",
  why: "A row that fails becomes null with only a warning in the run's log.",
  fix: "Guard the case (iif, coalesce, contains_key), or expect the failure in the golden test.",
  *check({ rows, samples, file }) {
    for (const view of rows) {
      const expected = new Set(file.tests.flatMap((test) => test.errors.map((error) => error.destination)));
      // What fails in every event is said once, by the rule that knows why.
      const known = view.problems.some(({ code, severity }) => severity === "error" || code === "not-previewed");
      if (known || expected.has(view.row.destination)) continue;
      for (const { where, event } of samples) {
        const result = outcome(view, event);
        if (!("problem" in result) || !result.problem) continue;
        yield { row: view.row, offset: result.problem.offset, message: `${result.problem.message} (${where})` };
        break;
      }
    }
  },
};

export const typeRules: Rule[] = [mismatch, fraction, enumeration, date, implicitDate, fails];
