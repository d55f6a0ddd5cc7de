/** Rules about what a row reads from the event: prefixes, paths that lead nowhere, lists read without an index. */
import { closest, type PathStep, printFieldPath } from "../../xdm/field-path.ts";
import { type SourcePath, takeFrom, wildcards } from "../source-paths.ts";
import type { Hit, LintContext, RowView, Rule } from "../types.ts";

const XDM_PREFIX = /(^|[.[(,\s])xdm:/g;

const prefix: Rule = {
  id: "src/xdm-prefix",
  severity: "error",
  title: "A source path with an `xdm:` prefix",
  why: "`xdm:` is how the schema repository spells keys; in a source path it is a syntax error, and the row gives nothing.",
  fix: "Leave the prefix out.",
  fixable: true,
  *check({ rows }) {
    for (const { row } of rows) {
      const at = row.sourceType === "STATIC" ? -1 : row.source.search(XDM_PREFIX);
      if (at < 0) continue;
      const to = row.source.replaceAll(XDM_PREFIX, "$1");
      yield {
        row,
        offset: row.source.indexOf("xdm:", at),
        message: `the source ${row.source} has an xdm: prefix`,
        fix: `Write ${to}.`,
        edit: { kind: "source", key: row.key, to },
      };
    }
  },
};

const notAPath: Rule = {
  id: "src/not-a-path",
  severity: "error",
  title: "An attribute source that is no path",
  why: "An ATTRIBUTE row copies one field; anything else is refused when the mapping set is saved.",
  fix: "Write a path such as loyalty.points, or { expr: ... } for an expression.",
  *check({ rows }) {
    for (const { row, reads } of rows) {
      if (row.sourceType !== "ATTRIBUTE" || reads.length > 0 || row.source.search(XDM_PREFIX) >= 0) continue;
      yield {
        row,
        message: `${row.source} is not a path into the event`,
        fix: `If it is an expression, write { expr: ${JSON.stringify(row.source)} }.`,
      };
    }
  },
};

const listWithoutIndex: Rule = {
  id: "src/list-without-index",
  severity: "error",
  title: "A field of a list read without saying of which item",
  why: "A list has no fields: the lenient engine answers null and loses the value silently, the strict one fails.",
  fix: "Write [0] for the first item, or [*] on both sides of an ATTRIBUTE row for every item.",
  *check({ rows, samples }) {
    for (const view of rows) {
      for (const read of view.reads) {
        for (const { event, where } of samples) {
          const taken = takeFrom(event, read.steps);
          if (taken.found || taken.problem !== "list") continue;
          yield listHit(view, read, taken.step, taken.before, where);
          break;
        }
      }
    }
  },
};

function listHit(view: RowView, read: SourcePath, step: PathStep, before: string, where: string): Hit {
  const position = read.steps.indexOf(step);
  const bothLists = "problem" in view.target && view.target.problem === "index-missing" && view.target.before !== "";
  const every = view.row.sourceType === "ATTRIBUTE" && (bothLists || wildcards(view.steps) > wildcards(read.steps));
  const index: PathStep = { kind: "index", index: every ? "*" : 0, at: step.at };
  const to = printFieldPath([...read.steps.slice(0, position), index, ...read.steps.slice(position)]);
  return {
    row: view.row,
    offset: read.offset,
    message: `${before} is a list in ${where}; ${read.text} reads a field of the list itself`,
    fix: `Write ${to}.`,
  };
}

const unknownPath: Rule = {
  id: "src/unknown-path",
  severity: "warning",
  title: "A source path that no sample event has",
  why: "A misspelt path gives null without any error, in every event.",
  fix: "Correct the path, or add a golden test whose event has the field.",
  *check(context) {
    for (const view of context.rows) {
      for (const read of view.reads) {
        const hit = read.optional ? undefined : unknownHit(view, read, context);
        if (hit) yield hit;
      }
    }
  },
};

function unknownHit(view: RowView, read: SourcePath, { samples }: LintContext): Hit | undefined {
  const taken = samples.map((sample) => takeFrom(sample.event, read.steps));
  const missing = taken.filter((one) => !one.found && (one.problem === "missing" || one.problem === "not-list"));
  if (samples.length === 0 || missing.length < taken.length) return undefined;
  const first = missing[0]!;
  if (first.found || first.problem === "unknown") return undefined;
  const count = samples.length === 1 ? samples[0]!.where : `any of the ${samples.length} sample events`;
  if (first.problem !== "missing")
    return {
      row: view.row,
      offset: read.offset,
      message: `${first.before} is no list in ${count}, yet ${read.text} takes an item of it`,
    };
  const near = first.step.kind === "name" ? closest(first.step.name, Object.keys(first.parent)) : undefined;
  const path =
    near &&
    printFieldPath([...read.steps.slice(0, read.steps.indexOf(first.step)), { kind: "name", name: near, at: 0 }]);
  return {
    row: view.row,
    offset: read.offset,
    message: `${read.text} is not in ${count}`,
    ...(path ? { fix: `Did you mean ${path}?` } : {}),
  };
}

export const sourceRules: Rule[] = [prefix, notAPath, listWithoutIndex, unknownPath];
