/** Applying the safe fixes of findings to a mapping file: only the texts that a fix names are rewritten. */
import { readFileSync, writeFileSync } from "node:fs";
import { isMap, isScalar, parseDocument, type Scalar, type YAMLMap } from "yaml";
import type { Edit, Finding } from "./types.ts";

/** A piece of the file and what stands there instead. */
interface Change {
  from: number;
  to: number;
  text: string;
}

/** Rewrites the file with every edit the findings carry. Returns the findings that were applied. */
export function applyFixes(path: string, findings: readonly Finding[]): Finding[] {
  const text = readFileSync(path, "utf8");
  const rows = parseDocument(text, { merge: true }).get("rows");
  if (!isMap(rows)) return [];
  const changes: Change[] = [];
  const keys = new Set<unknown>(rows.items.map(({ key }) => (isScalar(key) ? key.value : undefined)));
  const applied = findings.filter(({ edit }) => {
    const change = edit && changeOf(edit, rows, text);
    if (!change || changes.some(({ from }) => from === change.from)) return false;
    // A new key that is taken would silence the row that has it.
    if (edit.kind === "destination" && keys.has(edit.to)) return false;
    if (edit.kind === "destination") keys.add(edit.to);
    changes.push(change);
    return true;
  });
  if (changes.length > 0) writeFileSync(path, changed(text, changes));
  return applied;
}

/** Undefined when the row is not there, or is written in a way that cannot be rewritten (an alias). */
function changeOf(edit: Edit, rows: YAMLMap, text: string): Change | undefined {
  const pair = rows.items.find(({ key }) => isScalar(key) && key.value === edit.key);
  if (!pair) return undefined;
  if (edit.kind === "destination") return replaced(pair.key, edit.to, rows, text);
  if (!isMap(pair.value)) return replaced(pair.value, edit.to, rows, text);
  return replaced(pair.value.get("expr", true) ?? pair.value.get("from", true), edit.to, pair.value, text);
}

function replaced(node: unknown, to: string, within: YAMLMap, text: string): Change | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const [from, end] = node.range;
  const raw = text.slice(from, end);
  // A block scalar's end lies behind its line break.
  return { from, to: end, text: written(to, node, within.flow === true) + (/\n\s*$/.exec(raw)?.[0] ?? "") };
}

const PLAIN = /^(?!(?:true|false|null)$)[A-Za-z_$][\w.$*{}[\]-]*$/;
const PLAIN_IN_FLOW = /^(?!(?:true|false|null)$)[A-Za-z_$][\w.$*-]*$/;

/** The text as YAML, quoted as the old one was, or where it must be. */
function written(text: string, old: Scalar, inFlow: boolean): string {
  if (old.type === "QUOTE_DOUBLE" || text.includes("\n")) return JSON.stringify(text);
  if (old.type === "PLAIN" && (inFlow ? PLAIN_IN_FLOW : PLAIN).test(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

function changed(text: string, changes: readonly Change[]): string {
  const fromTheEnd = changes.toSorted((a, b) => b.from - a.from);
  return fromTheEnd.reduce((done, { from, to, text: put }) => done.slice(0, from) + put + done.slice(to), text);
}
