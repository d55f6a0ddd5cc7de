/** Which rows, required fields and branches of expressions the golden tests reach. */
import { type CallNode, childrenOf, type Expression, type Position } from "../expression/ast.ts";
import { compileExpression, type Evaluate } from "../expression/compile.ts";
import { tryParseExpression } from "../expression/parser.ts";
import type { Value, ValueObject } from "../expression/values.ts";
import { fieldAt, listFields } from "../xdm/field-path.ts";
import type { FileRow } from "../yaml/mapping-file.ts";
import type { OpenMapping } from "./project.ts";
import type { GoldenResult } from "./run-tests.ts";

export interface Share {
  reached: number;
  total: number;
}

interface MissedRow {
  destination: string;
  line: number;
  column: number;
}

interface MissedBranch extends MissedRow {
  /** `iif(...) is never true`. */
  branch: string;
}

export interface Coverage {
  file: string;
  rows: Share;
  /** Fields the schema requires that end up filled in at least one test. */
  required: Share;
  branches: Share;
  /** Rows that give null in every test. */
  missedRows: MissedRow[];
  missedRequired: string[];
  missedBranches: MissedBranch[];
}

export function coverageOf(mapping: OpenMapping, results: readonly GoldenResult[]): Coverage {
  const { file, loaded } = mapping;
  const missedRows = file.rows.filter((row) => !results.some(({ actual }) => reaches(actual.data, row.destination)));
  const required = listFields(loaded.schema).filter(
    (field) => field.required && fieldAt(loaded.schema, field.path) && !field.path.includes("{key}"),
  );
  const missedRequired = required
    .filter(({ path }) => !results.some(({ actual }) => reaches(actual.data, path)))
    .map(({ path }) => path);
  const branches = file.rows.flatMap((row) => branchesOf(row, mapping, results));
  const missedBranches = branches.filter((branch) => !branch.reached).map(({ reached: _, ...branch }) => branch);
  return {
    file: file.path,
    rows: share(file.rows.length, missedRows.length),
    required: share(required.length, missedRequired.length),
    branches: share(branches.length, missedBranches.length),
    missedRows: missedRows.map(({ destination, line, column }) => ({ destination, line, column })),
    missedRequired,
    missedBranches,
  };
}

const share = (total: number, missed: number): Share => ({ reached: total - missed, total });

/** The row has a value other than null at the path; `[*]` means any item. */
function reaches(data: unknown, path: string): boolean {
  let nodes: unknown[] = [data];
  for (const step of path.replaceAll(/\[(\d+|\*)\]/g, ".[$1]").split(/(?<!\\)\./)) {
    const key = step.replaceAll("\\", "");
    nodes = nodes.flatMap((node) => {
      if (typeof node !== "object" || node === null) return [];
      if (key === "[*]") return Array.isArray(node) ? node : [];
      const index = /^\[(\d+)\]$/.exec(key)?.[1] ?? key;
      return Object.hasOwn(node, index) ? [(node as Record<string, unknown>)[index]] : [];
    });
  }
  return nodes.some((node) => node !== null && node !== undefined);
}

interface Branch extends MissedBranch {
  reached: boolean;
}

/** One side of a decision, and the node that stands there. */
interface Side {
  label: string;
  node: Expression;
}

interface Decision {
  at: Position;
  sides: Side[];
  /** Index of the side that is taken; undefined when none is. */
  choose(run: (node: Expression) => Value): number | undefined;
  /** Parts that are always evaluated. */
  always: Expression[];
}

function branchesOf(row: FileRow, mapping: OpenMapping, results: readonly GoldenResult[]): Branch[] {
  const parsed = row.sourceType === "EXPRESSION" ? tryParseExpression(row.source) : undefined;
  if (!parsed || !("ast" in parsed)) return [];
  const taken = new Set<string>();
  for (const { event } of results) trace(parsed.ast, event as ValueObject, taken);
  return decisionsOf(parsed.ast).flatMap((decision) =>
    decision.sides.map((side, index) => ({
      destination: row.destination,
      ...mapping.file.sourcePosition(row, decision.at.offset),
      branch: side.label,
      reached: taken.has(`${decision.at.offset}:${index}`),
    })),
  );
}

function decisionsOf(root: Expression): Decision[] {
  const out: Decision[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const decision = decisionAt(node);
    if (decision) out.push(decision);
    open.push(...childrenOf(node).toReversed());
  }
  return out;
}

/** Walks only what the event makes the engine walk, and notes the sides taken. */
function trace(root: Expression, event: ValueObject, taken: Set<string>): void {
  const environment = { now: () => 0, uuid: () => "" };
  const run = (node: Expression): Value => {
    try {
      return evaluator(node)({ event, environment });
    } catch {
      return null;
    }
  };
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const decision = decisionAt(node);
    if (!decision) {
      open.push(...childrenOf(node));
      continue;
    }
    const side = decision.choose(run);
    open.push(...decision.always);
    if (side === undefined) continue;
    taken.add(`${decision.at.offset}:${side}`);
    open.push(decision.sides[side]!.node);
  }
}

const evaluators = new WeakMap<Expression, Evaluate>();

function evaluator(node: Expression): Evaluate {
  const known = evaluators.get(node) ?? compileExpression(node);
  evaluators.set(node, known);
  return known;
}

function decisionAt(node: Expression): Decision | undefined {
  const at = node.at;
  if (node.kind === "ternary") {
    const sides = [side("? is never true", node.then), side("? is never false", node.otherwise)];
    return { at: node.test.at, sides, always: [node.test], choose: (run) => (truthy(run(node.test)) ? 0 : 1) };
  }
  if (node.kind === "elvis") {
    const sides = [side("?: never uses its left side", node.left), side("?: never uses its right side", node.right)];
    return { at: node.left.at, sides, always: [], choose: (run) => (truthy(run(node.left)) ? 0 : 1) };
  }
  if (node.kind !== "call") return undefined;
  if (node.name === "iif" && node.args.length === 3) {
    const [test, yes, no] = node.args as [Expression, Expression, Expression];
    const sides = [side("iif(...) is never true", yes), side("iif(...) is never false", no)];
    return { at, sides, always: [test], choose: (run) => (truthy(run(test)) ? 0 : 1) };
  }
  if (node.name === "coalesce") return coalesceDecision(node);
  return node.name === "decode" && node.args.length > 2 ? decodeDecision(node) : undefined;
}

const side = (label: string, node: Expression): Side => ({ label, node });

function coalesceDecision(node: CallNode): Decision {
  const sides = node.args.map((arg, index) => side(`coalesce(...) never reaches argument ${index + 1}`, arg));
  return {
    at: node.at,
    sides,
    always: [],
    choose: (run) => {
      const found = node.args.findIndex((arg) => run(arg) !== null);
      return found < 0 ? undefined : found;
    },
  };
}

function decodeDecision(node: CallNode): Decision {
  const [key, ...rest] = node.args as [Expression, ...Expression[]];
  const pairs = Math.floor(rest.length / 2);
  const sides = Array.from({ length: pairs }, (_, index) =>
    side(`decode(...) never meets case ${index + 1}`, rest[2 * index + 1]!),
  );
  if (rest.length % 2 === 1) sides.push(side("decode(...) never falls to its default", rest.at(-1)!));
  return {
    at: node.at,
    sides,
    always: [key],
    choose: (run) => {
      const value = JSON.stringify(run(key));
      const met = Array.from({ length: pairs }, (_, index) => index).find(
        (index) => JSON.stringify(run(rest[2 * index]!)) === value,
      );
      return met ?? (rest.length % 2 === 1 ? pairs : undefined);
    },
  };
}

/** As the engine sees a condition: null, false, zero and the empty text are false. */
function truthy(value: Value): boolean {
  if (typeof value === "string") return value !== "" && value !== "false";
  return Boolean(value) && value !== 0n;
}
