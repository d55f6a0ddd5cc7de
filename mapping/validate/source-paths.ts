/** Paths of the event that a row reads, and where they lead in a sample. */
import { childrenOf, type Expression } from "../expression/ast.ts";
import { type PathStep, parseFieldPath, printFieldPath } from "../xdm/field-path.ts";

export interface SourcePath {
  steps: PathStep[];
  /** The path as text. */
  text: string;
  /** Offset of the path in the row's source. */
  offset: number;
  /** The row asks whether the path exists (`contains_key(path)`): missing is meant. */
  optional: boolean;
}

/** The one path of an ATTRIBUTE source; none when it is not a path. */
export function attributePath(source: string): SourcePath | undefined {
  const steps = parseFieldPath(source);
  return steps && { steps, text: source, offset: 0, optional: false };
}

/** Every longest access chain (`a.b[0].c`) of an expression. */
export function expressionPaths(root: Expression): SourcePath[] {
  const out: SourcePath[] = [];
  const open: Array<{ node: Expression; optional: boolean }> = [{ node: root, optional: false }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, optional } = next;
    const steps = chain(node);
    if (steps) {
      out.push({ steps, text: printFieldPath(steps), offset: steps[0]!.at, optional });
      continue;
    }
    const asks = node.kind === "call" && (node.name === "contains_key" || node.name === "is_set");
    for (const child of childrenOf(node)) open.push({ node: child, optional: asks });
  }
  return out.sort((a, b) => a.offset - b.offset);
}

function chain(node: Expression): PathStep[] | undefined {
  if (node.kind === "name") return [{ kind: "name", name: node.name, at: node.at.offset }];
  if (node.kind !== "member" && node.kind !== "index") return undefined;
  const before = chain(node.object);
  if (!before) return undefined;
  const at = node.object.end;
  if (node.kind === "member") {
    return [
      ...before,
      /^\d+$/.test(node.name) ? { kind: "index", index: Number(node.name), at } : { kind: "name", name: node.name, at },
    ];
  }
  if (node.index.kind === "number" && /^\d+$/.test(node.index.raw))
    return [...before, { kind: "index", index: Number(node.index.raw), at }];
  if (node.index.kind === "string") return [...before, { kind: "name", name: node.index.value, at }];
  return undefined;
}

/** Where a path leads in one event. A `[*]` follows the first item. */
export type Taken =
  | { found: true; value: unknown }
  | { found: false; problem: "missing"; step: PathStep; parent: Record<string, unknown>; before: string }
  /** A name on a list, or an index on something that is none. */
  | { found: false; problem: "list" | "not-list"; step: PathStep; before: string }
  /** Null or an empty list on the way: nothing can be said. */
  | { found: false; problem: "unknown" };

export function takeFrom(event: unknown, steps: readonly PathStep[]): Taken {
  let node = event;
  for (const [position, step] of steps.entries()) {
    const before = printFieldPath(steps.slice(0, position));
    if (node === null || node === undefined) return { found: false, problem: "unknown" };
    if (step.kind === "index") {
      if (!Array.isArray(node)) return { found: false, problem: "not-list", step, before };
      if (node.length === 0) return { found: false, problem: "unknown" };
      node = node[step.index === "*" ? 0 : step.index] ?? null;
      continue;
    }
    if (Array.isArray(node)) return { found: false, problem: "list", step, before };
    if (typeof node !== "object") return { found: false, problem: "missing", step, parent: {}, before };
    if (!Object.hasOwn(node, step.name))
      return { found: false, problem: "missing", step, parent: node as Record<string, unknown>, before };
    node = (node as Record<string, unknown>)[step.name];
  }
  return { found: true, value: node };
}

/** How many `[*]` a path has. */
export const wildcards = (steps: readonly PathStep[]): number =>
  steps.filter((step) => step.kind === "index" && step.index === "*").length;
