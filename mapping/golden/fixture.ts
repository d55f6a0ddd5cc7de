/** Events and expected rows of golden tests: JSON files or data written in the mapping file. */
import { AepError } from "../../errors.ts";
import {
  isNumber,
  isObject,
  parseJson as parseValue,
  toNumber,
  type Value,
  type ValueObject,
} from "../expression/values.ts";
import type { Fixture } from "../yaml/mapping-file.ts";
import { readText } from "../yaml/source.ts";

/** The data behind a fixture as plain JSON, with `{tenant}` in its keys replaced. @throws AepError FILE_NOT_FOUND, EVENT_FILE */
export function readFixture(fixture: Fixture, tenant: string): unknown {
  return read(fixture, tenant, parseJson, (leaf) => (isNumber(leaf) ? toNumber(leaf) : leaf));
}

/** The same for an event that is to be mapped: its numbers keep Java's kinds, in which 2.0 is not 2. */
export function readEvent(fixture: Fixture, tenant: string): unknown {
  return read(fixture, tenant, parseEvent, (leaf) => leaf);
}

function read(fixture: Fixture, tenant: string, parse: typeof parseJson, leafOf: (leaf: Value) => unknown): unknown {
  const data = "file" in fixture ? parse(readText(fixture.file), fixture.file) : fixture.data;
  return changed(data, (key) => key.replaceAll("{tenant}", tenant), leafOf);
}

/** What `--update` writes: the tenant's own key becomes `_{tenant}` again, so that the file serves every sandbox. */
export function withoutTenant(data: unknown, tenant: string): unknown {
  return changed(
    data,
    (key) => (key === `_${tenant}` ? "_{tenant}" : key),
    (leaf) => leaf,
  );
}

/** `JSON.parse` whose error says where. `firstLine` is where `text` begins in the file. @throws AepError EVENT_FILE */
export function parseJson(text: string, path: string, firstLine = 1): unknown {
  return placed(JSON.parse, text, path, firstLine);
}

/** The same for an event that is to be mapped: its numbers keep Java's kinds. */
export function parseEvent(text: string, path: string, firstLine = 1): unknown {
  return placed(parseValue, text, path, firstLine);
}

function placed(parse: (text: string) => unknown, text: string, path: string, firstLine: number): unknown {
  if (text.trim() === "")
    throw new AepError("EVENT_FILE", "there is nothing in it; write JSON", { where: `${path}:${firstLine}:1` });
  try {
    return parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : 0));
    const before = text.slice(0, offset).split("\n");
    const where = `${path}:${firstLine + before.length - 1}:${before.at(-1)!.length + 1}`;
    throw new AepError("EVENT_FILE", `this is not JSON: ${reason(message)}`, { where });
  }
}

/** V8 quotes the text around the mistake; that may be somebody's data and the position says enough. */
function reason(message: string): string {
  if (/end of JSON|Unterminated/.test(message)) return "it ends too early";
  return (
    /^(Expected .*?|Bad .*?|Unexpected (?:token|number|string|non-whitespace character)[^,]*?)(?: after .*| in JSON.*|,.*|\.\.\..*)$/.exec(
      message,
    )?.[1] ?? "unexpected character"
  );
}

function changed(value: unknown, keyOf: (key: string) => string, leafOf: (leaf: Value) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => changed(item, keyOf, leafOf));
  if (!isObject(value as Value)) return leafOf(value as Value);
  return Object.fromEntries(
    Object.entries(value as ValueObject).map(([key, item]) => [keyOf(key), changed(item, keyOf, leafOf)]),
  );
}
