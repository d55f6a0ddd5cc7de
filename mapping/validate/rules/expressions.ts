/** Rules about the expressions themselves: grammar, names, and what the engine's undocumented mode would change. */
import { childrenOf, type Expression, walk } from "../../expression/ast.ts";
import type { ProblemCode } from "../../expression/problem.ts";
import { sameData } from "../../golden/diff.ts";
import { outcome } from "../evaluate.ts";
import type { Hit, LintContext, RowView, Rule, RuleInfo } from "../types.ts";

/** A rule that passes on what the language's own analysis found. */
function analysed(info: RuleInfo, codes: readonly ProblemCode[]): Rule {
  return {
    ...info,
    *check({ rows }) {
      for (const { row, problems } of rows) {
        for (const problem of problems) {
          if (!codes.includes(problem.code)) continue;
          const { offset, message, severity, hint } = problem;
          yield {
            row,
            offset,
            message,
            severity: severity === "warning" ? "warning" : info.severity,
            ...(hint ? { fix: hint } : {}),
          };
        }
      }
    },
  };
}

const syntax = analysed(
  {
    id: "expr/syntax",
    severity: "error",
    title: "An expression that cannot be read",
    why: "AEP refuses the mapping set when it is saved.",
    fix: "Correct the expression at the named character.",
  },
  ["syntax", "unterminated", "not-chainable", "number", "too-long", "too-deep"],
);

const forbidden = analysed(
  {
    id: "expr/forbidden",
    severity: "error",
    title: "Something of the engine that mappings must not use",
    why: "Objects, assignments, loops and lambdas are outside the documented language; they may stop working any day, or be refused.",
    fix: "Say it with documented functions and operators.",
  },
  ["forbidden"],
);

const reserved = analysed(
  {
    id: "expr/reserved-word",
    severity: "error",
    title: "A reserved word as a field name",
    why: "The engine reads the word as an operator or keyword, and the expression means something else or nothing.",
    fix: "Wrap the name: ${new}.",
  },
  ["reserved-word", "jexl-word"],
);

const wildcard = analysed(
  {
    id: "expr/wildcard",
    severity: "error",
    title: "`[*]` inside an expression",
    why: "Expressions know no [*]; only ATTRIBUTE rows repeat.",
    fix: "Use an ATTRIBUTE row with [*] on both sides, or arrays_to_objects(...).",
  },
  ["wildcard"],
);

const unknownName = analysed(
  {
    id: "expr/unknown-name",
    severity: "error",
    title: "A function or method that does not exist",
    why: "The lenient engine answers null for an unknown function, silently and in every event.",
    fix: "Use a function of docs/data-prep.md.",
  },
  ["unknown-function", "unknown-method"],
);

const arity = analysed(
  {
    id: "expr/arity",
    severity: "error",
    title: "Too few or too many arguments",
    why: "The call fails, and the row becomes null with only a warning.",
    fix: "Give the arguments the function takes.",
  },
  ["arity"],
);

const destinationsOnly = analysed(
  {
    id: "expr/destinations-only",
    severity: "error",
    title: "A function that works only for Destinations",
    why: "Source mappings refuse it.",
    fix: "Shape the list before it is sent, or copy it as it is.",
  },
  ["destinations-only"],
);

const notPreviewed = analysed(
  {
    id: "expr/not-previewed",
    severity: "warning",
    title: "A documented function that is not computed offline",
    why: "Golden tests and previews cannot vouch for this row.",
    fix: "Preview the row in the sandbox: aep mapping preview --online.",
  },
  ["not-previewed"],
);

const deprecated = analysed(
  {
    id: "expr/deprecated",
    severity: "warning",
    title: "A deprecated or undocumented name",
    why: "It works today and is promised by nobody.",
    fix: "Use the documented name.",
  },
  ["deprecated-function", "unsafe-method"],
);

const engineMode: Rule = {
  id: "expr/engine-mode",
  severity: "warning",
  title: "An expression whose value depends on the engine's mode",
  why: "Adobe does not publish whether the engine is strict about null and missing fields; the row may give something else there than here.",
  fix: "Guard what may be missing: coalesce(field, 0), iif(contains_key(field), ..., nullify()).",
  *check({ rows, samples }) {
    for (const view of rows) {
      if (!view.ast || view.problems.some((problem) => problem.severity === "error")) continue;
      const sampled = samples.length > 0 ? sampledDifference(view, samples) : possibleDifference(view);
      const hit = sampled ?? certainDifference(view);
      if (hit) yield hit;
    }
  },
};

function sampledDifference(view: RowView, samples: LintContext["samples"]): Hit | undefined {
  for (const { where, event } of samples) {
    const lenient = outcome(view, event, "lenient");
    const strict = outcome(view, event, "strict");
    if (!("value" in lenient)) continue;
    if ("problem" in strict && strict.problem) {
      return {
        row: view.row,
        offset: strict.problem.offset,
        message: `a strict engine fails here: ${strict.problem.message} (${where})`,
      };
    }
    if ("value" in strict && !sameData(lenient.value, strict.value)) {
      return { row: view.row, message: `a strict engine gives another value (${where})` };
    }
  }
  return undefined;
}

/** Without samples: calculating with a field that may be missing, or of which the type is not known. */
function possibleDifference({ row, ast }: RowView): Hit | undefined {
  let found: Hit | undefined;
  walk(ast!, (node) => {
    const calculates = node.kind === "binary" && ["+", "-", "*", "/", "%"].includes(node.operator);
    if (!found && calculates && childrenOf(node).some((child) => ["name", "member", "index"].includes(child.kind))) {
      found = { row, offset: node.at.offset, message: "the calculation reads a field that may be missing" };
    }
  });
  return found;
}

/** A calculation with constants only, such as "1" + 2, is the same for every event, reached by a sample or not. */
function certainDifference(view: RowView): Hit | undefined {
  const anyEvent = [{ where: "any event", event: {} }];
  for (const node of nodesOf(view.ast!)) {
    if (node.kind !== "binary" || !nodesOf(node).every(({ kind }) => CONSTANT.has(kind))) continue;
    const hit = sampledDifference({ ...view, ast: node }, anyEvent);
    if (hit) return { offset: node.at.offset, ...hit };
  }
  return undefined;
}

const CONSTANT: ReadonlySet<string> = new Set(["binary", "unary", "number", "string", "constant"]);

const elvis: Rule = {
  id: "expr/elvis-zero",
  severity: "warning",
  title: "`?:` as a default value",
  why: "?: also replaces 0, false and an empty text: a points balance of zero becomes the default.",
  fix: "Use coalesce(field, default), which replaces only null.",
  *check({ rows }) {
    for (const { row, ast } of rows) {
      const found = ast ? nodesOf(ast).find((node) => node.kind === "elvis") : undefined;
      if (found) yield { row, offset: found.at.offset, message: "?: replaces 0 and empty texts too, not only null" };
    }
  },
};

const randomId: Rule = {
  id: "expr/random-id",
  severity: "error",
  title: "A random value as the event's id",
  why: "AEP drops repeated events by _id; a new one on every replay doubles the data.",
  fix: "Build _id from the event: its own id, or sha256(concat(...)) of what makes it unique.",
  *check({ rows }) {
    for (const { row, ast } of rows) {
      const call =
        ast &&
        nodesOf(ast).find((node) => node.kind === "call" && ["uuid", "guid", "now", "timestamp"].includes(node.name));
      if (row.destination === "_id" && call)
        yield { row, offset: call.at.offset, message: "_id changes every time the event is sent" };
    }
  },
};

function nodesOf(ast: Expression): Expression[] {
  const out: Expression[] = [];
  walk(ast, (node) => out.push(node));
  return out;
}

export const expressionRules: Rule[] = [
  syntax,
  forbidden,
  reserved,
  wildcard,
  unknownName,
  arity,
  destinationsOnly,
  notPreviewed,
  deprecated,
  engineMode,
  elvis,
  randomId,
];
