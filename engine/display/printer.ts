/** Prints property values and their differences in the CLI's layout: one property a line, signs in the two columns before it. */
import { diffLines } from "diff";
import type { Op } from "../deploy/step.ts";
import { type ArrayDiff, byCodePoint, diffKeys, diffValue, type ObjectDiff, type ValueDiff } from "../values/diff.ts";
import { isInternalKey, isObject, isSecret, isUnknown, type Props, type Value } from "../values/value.ts";
import { type Paint, signOf } from "./style.ts";

export interface PrintOptions {
  paint: Paint;
  /** Leaves unchanged siblings out. */
  summary?: boolean;
}

type Title = (line: Line) => void;

/** Where a line stands: its depth, its operation, and whether the operation's sign is put before it. */
interface Line {
  indent: number;
  op: Op;
  signed: boolean;
}

export class PropertyPrinter {
  #text = "";
  readonly #options: PrintOptions;

  constructor(options: PrintOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.#text;
  }

  object(props: Props, line: Line): void {
    const keys = Object.keys(props).sort(byCodePoint);
    const width = widest(keys);
    for (const key of keys) {
      if (!isInternalKey(key)) this.property(key, props[key]!, width, line);
    }
  }

  property(key: string, value: Value, width: number, line: Line): void {
    titled(key, width, this)(line);
    this.#value(value, line);
    this.#put(line.op, "\n");
  }

  /** A difference; `only` keeps the top level to those keys. */
  diff(diff: ObjectDiff, indent: number, only?: string[]): void {
    const keys = diffKeys(diff).filter((key) => !only || only.includes(key));
    const width = widest(keys);
    for (const key of keys) this.propertyDiff(key, width, diff, { indent, op: "same", signed: true });
  }

  propertyDiff(key: string, width: number, diff: ObjectDiff, line: Line): void {
    const title = titled(key, width, this);
    const { adds, deletes, updates, sames } = diff;
    if (adds.has(key)) this.#whole("create", adds.get(key)!, title, line);
    else if (deletes.has(key)) this.#whole("delete", deletes.get(key)!, title, line);
    else if (updates.has(key)) this.#valueDiff(title, updates.get(key)!, line);
    else if (!this.#options.summary && worthShowing(sames.get(key))) {
      this.property(key, sames.get(key)!, width, { ...line, op: "same", signed: false });
    }
  }

  title(text: string, line: Line): void {
    this.#put(line.op, `${indentation(line)}${text}: `);
  }

  #put(op: Op, text: string): void {
    this.#text += this.#options.paint(op, text);
  }

  #whole(op: Op, value: Value, title: Title, line: Line): void {
    const at = { ...line, op, signed: true };
    title(at);
    this.#value(value, at);
    this.#put(op, "\n");
  }

  #value(value: Value, line: Line): void {
    if (Array.isArray(value)) this.#array(value, line);
    else if (isObject(value)) this.#object(value, line);
    else this.#put(line.op, primitive(value));
  }

  #array(items: Value[], line: Line): void {
    if (items.length === 0) {
      this.#put(line.op, "[]");
      return;
    }
    this.#put(line.op, "[\n");
    for (const [index, item] of items.entries()) {
      this.#put(line.op, `${indentation(line)}    [${index}]: `);
      this.#value(item, { ...line, indent: line.indent + 1 });
      this.#put(line.op, "\n");
    }
    this.#put(line.op, `${"    ".repeat(line.indent)}]`);
  }

  #object(props: Props, line: Line): void {
    if (Object.keys(props).length === 0) {
      this.#put(line.op, "{}");
      return;
    }
    this.#put(line.op, "{\n");
    this.object(props, { ...line, indent: line.indent + 1 });
    this.#put(line.op, `${"    ".repeat(line.indent)}}`);
  }

  #valueDiff(title: Title, diff: ValueDiff, outer: Line): void {
    const line: Line = { ...outer, op: "update", signed: true };
    if (diff.array) {
      this.#arrayDiff(title, diff.array, line);
      return;
    }
    if (diff.object) {
      title(line);
      this.#put("update", "{\n");
      this.diff(diff.object, line.indent + 1);
      this.#put("update", `${"    ".repeat(line.indent)}}\n`);
      return;
    }
    const { old, new: now } = diff;
    const [showOld, showNew] = [worthShowing(old), worthShowing(now)];
    if (showOld && showNew && isPrimitive(old!) && isPrimitive(now!)) {
      title(line);
      if (typeof old === "string" && typeof now === "string") {
        this.#textDiff(old, now, line);
        return;
      }
      this.#put("delete", primitive(old!));
      this.#put("update", " => ");
      this.#put("create", primitive(now!));
      this.#put("update", "\n");
      return;
    }
    if (showOld) this.#whole("delete", old!, title, line);
    if (showNew) this.#whole("create", now!, title, line);
  }

  #arrayDiff(title: Title, diff: ArrayDiff, line: Line): void {
    title(line);
    this.#put("update", "[\n");
    const indexes = [...diff.adds.keys(), ...diff.deletes.keys(), ...diff.updates.keys(), ...diff.sames.keys()].sort(
      (a, b) => a - b,
    );
    const inner: Line = { ...line, indent: line.indent + 2 };
    for (const index of indexes) {
      const itemTitle: Title = (at) => this.#put(at.op, `${indentation({ ...at, indent: at.indent - 1 })}[${index}]: `);
      if (diff.adds.has(index)) this.#whole("create", diff.adds.get(index)!, itemTitle, inner);
      else if (diff.deletes.has(index)) this.#whole("delete", diff.deletes.get(index)!, itemTitle, inner);
      else if (diff.updates.has(index)) this.#valueDiff(itemTitle, diff.updates.get(index)!, inner);
      else if (!this.#options.summary) this.#same(diff.sames.get(index)!, itemTitle, inner);
    }
    this.#put("update", `${"    ".repeat(line.indent)}]\n`);
  }

  #same(value: Value, title: Title, line: Line): void {
    const at: Line = { ...line, op: "same", signed: false };
    title(at);
    this.#value(value, at);
    this.#put("same", "\n");
  }

  #textDiff(old: string, now: string, line: Line): void {
    const [before, after] = [structured(old), structured(now)];
    const diff = before && after && diffValue(before, after, isInternalKey);
    if (diff) {
      this.#put("update", "(json) ");
      this.#valueDiff(() => undefined, diff, line);
      return;
    }
    if (!old.includes("\n") && !now.includes("\n")) {
      this.#put("delete", JSON.stringify(old));
      this.#put("update", " => ");
      this.#put("create", JSON.stringify(now));
      this.#put("update", "\n");
      return;
    }
    this.#put("update", "\n");
    for (const part of diffLines(old, now)) {
      const op: Op = part.added ? "create" : part.removed ? "delete" : "same";
      const at = { indent: line.indent + 1, op, signed: op !== "same" };
      for (const row of part.value.split("\n")) {
        if (row.trim() !== "") this.#put(op, `${indentation(at)}${row}\n`);
      }
    }
  }
}

const titled =
  (key: string, width: number, printer: PropertyPrinter): Title =>
  (line) =>
    printer.title(key.padEnd(width), line);

const widest = (keys: string[]): number => Math.max(0, ...keys.map((key) => Buffer.byteLength(key)));

export function indentation(line: Line): string {
  const spaces = "    ".repeat(line.indent);
  return line.signed && spaces !== "" ? spaces.slice(0, -2) + signOf(line.op) : spaces;
}

/** Empty things only clutter a difference. */
export function worthShowing(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

const isPrimitive = (value: Value): boolean => !Array.isArray(value) && !isObject(value);

function primitive(value: Value): string {
  if (isUnknown(value)) return "[unknown]";
  if (isSecret(value)) return "[secret]";
  if (value === null) return "<null>";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** A text that holds a JSON object or list is compared as what it holds. */
function structured(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
