/** Changes written into a YAML document whose comments and order stay. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  Pair,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { AepError } from "../../errors.ts";
import { isCredential, isOwn, type Side, translated } from "./own.ts";
import type { TreeChange } from "./tree.ts";

export interface Target {
  from: { side: Side; root: Node };
  to: { side: Side; document: Document; root: Node; file: string };
  /** Whether ids in texts are of one sandbox. */
  ids: boolean;
}

/** Places that are left for a person to fill in, by path. */
export type Blanks = string[][];

/** Writes one change into the target's document. @throws AepError AEP_CONFIG_INVALID where an anchor stands in the way */
export function writeChange(target: Target, change: TreeChange, blanks: Blanks): void {
  const { path, kind } = change;
  const parent = follow(target, "to", path.slice(0, -1));
  const name = path.at(-1) ?? "";
  if (kind === "delete") {
    remove(parent, target, name);
    return;
  }
  const source = follow(target, "from", path);
  const fresh = copied(source, target, path, blanks);
  const current = kind === "update" ? child(parent, name, target, "to") : undefined;
  if (isSeq(current) && isSeq(fresh) && replaceWords(current, fresh)) return;
  if (isScalar(current) && isScalar(fresh)) current.value = fresh.value;
  else if (isMap(parent) && current !== undefined) parent.set(name, fresh);
  else insert(parent, name, fresh, follow(target, "from", path.slice(0, -1)), target);
}

/** The node a path leads to, on one side. */
function follow(target: Target, side: "from" | "to", path: readonly string[]): Node {
  let node: unknown = target[side].root;
  for (const step of path) {
    node = child(node, step, target, side);
    if (isAlias(node))
      throw new AepError(
        "AEP_CONFIG_INVALID",
        `${path.join(".")} is an anchor's copy, which one change would not stay in`,
        {
          where: target.to.file,
          hint: "Write it out in full, or make this change by hand.",
        },
      );
  }
  return node as Node;
}

/** Value of a key, or item of that name as both sides would write it. */
function child(node: unknown, step: string, { from, to, ids }: Target, side: "from" | "to"): unknown {
  if (isMap(node)) return node.get(step, true);
  if (!isSeq(node)) return undefined;
  const name = (item: unknown) => (isMap(item) ? String(item.get("name")) : "");
  const own = side === "from" ? from.side : to.side;
  return node.items.find((item) => name(item) === step || translated(name(item), own, NOBODY, ["name"], ids) === step);
}

/** Written with tokens in place of names. */
const NOBODY: Side = { stack: "{stack}", sandbox: "{sandbox}", tenant: "{tenant}" };

function remove(parent: Node, target: Target, name: string): void {
  if (isMap(parent)) parent.delete(name);
  else if (isSeq(parent)) parent.items.splice(parent.items.indexOf(child(parent, name, target, "to")), 1);
}

/** Behind what stands before it on the other side, so that both files read alike. */
function insert(parent: Node, name: string, fresh: Node, model: Node, target: Target): void {
  if (isMap(parent) && isMap(model)) {
    const keys = model.items.map(({ key }) => String(key));
    const before = keys.slice(0, keys.indexOf(name)).reverse();
    const own = (parent as YAMLMap).items.map(({ key }) => String(key));
    const after = before.map((key) => own.indexOf(key)).find((index) => index >= 0) ?? own.length - 1;
    parent.items.splice(after + 1, 0, new Pair(new Scalar(name), fresh));
  } else if (isSeq(parent) && isSeq(model)) {
    const place = model.items.indexOf(child(model, name, target, "from"));
    const before = model.items
      .slice(0, place)
      .reverse()
      .map((item) => String(isMap(item) ? item.get("name") : ""));
    const items = (parent as YAMLSeq).items;
    const after = before.map((one) => items.indexOf(child(parent, one, target, "to"))).find((index) => index >= 0);
    items.splice((after ?? items.length - 1) + 1, 0, fresh);
  }
}

/** Lists of words: what stays keeps its place and its comment. */
function replaceWords(current: YAMLSeq, fresh: YAMLSeq): boolean {
  const word = (node: unknown) => (isScalar(node) ? node.value : undefined);
  if (![...current.items, ...fresh.items].every((item) => typeof word(item) === "string")) return false;
  const wanted = new Set(fresh.items.map(word));
  const kept = current.items.filter((item) => wanted.has(word(item)));
  const known = new Set(kept.map(word));
  current.items = [...kept, ...fresh.items.filter((item) => !known.has(word(item)))];
  return true;
}

/** A copy in the target's names. A credential is never copied; what names a variable of the environment is. */
export function copied(source: Node, target: Target, path: readonly string[], blanks: Blanks): Node {
  const copy = source.clone() as Node;
  const { from, to, ids } = target;
  if (isScalar(copy)) return fill(copy, target, path, blanks);
  visit(copy, {
    Pair: (_key, pair, ancestors) => {
      const inner = [...path, ...keysOf(ancestors), String(pair.key)];
      if (isCredential(inner) && !isReference(pair.value)) {
        pair.value = new Scalar(`<${inner.at(-1)} for ${to.side.sandbox ?? to.side.stack}>`);
        blanks.push(inner);
        return visit.SKIP;
      }
      if (isOwn(inner) && !isCredential(inner)) return visit.REMOVE;
      return undefined;
    },
    Scalar: (key, scalar, ancestors) => {
      if (key === "key" || typeof scalar.value !== "string") return;
      scalar.value = translated(scalar.value, from.side, to.side, [...path, ...keysOf(ancestors)], ids);
    },
  });
  return copy;
}

function fill(copy: Scalar, { from, to, ids }: Target, path: readonly string[], blanks: Blanks): Scalar {
  if (isCredential(path) && !isReference(copy)) {
    blanks.push([...path]);
    copy.value = `<${path.at(-1)} for ${to.side.sandbox ?? to.side.stack}>`;
  } else if (typeof copy.value === "string") copy.value = translated(copy.value, from.side, to.side, path, ids);
  return copy;
}

/** `env:NAME` says where a secret is, and is none. */
const isReference = (node: unknown): boolean =>
  isScalar(node) && typeof node.value === "string" && node.value.startsWith("env:");

function keysOf(ancestors: readonly unknown[]): string[] {
  return ancestors.flatMap((one, index) => {
    if (isPair(one)) return [String(one.key)];
    const above = ancestors[index - 1];
    return isSeq(above) && isMap(one) ? [String(one.get("name") ?? above.items.indexOf(one))] : [];
  });
}

/** The document as text, in the manner the file is written in. */
export function documentText(document: Document, before: string): string {
  const text = document.toString({
    lineWidth: 0,
    flowCollectionPadding: /[{[] \S/.test(before),
    indentSeq: !/^( *)[^\s#-][^\n]*:\n\1- /m.test(before),
  });
  return before.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text;
}

/** Whether a node can be followed at all. */
export const isTree = (node: unknown): node is Node => isNode(node) && isCollection(node);
