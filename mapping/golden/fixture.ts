/** Events and expected rows of golden tests: JSON files or data written in the mapping file. */
import { AepError } from "../../errors.ts";
import type { Fixture } from "../yaml/mapping-file.ts";
import { readText } from "../yaml/source.ts";

/** The data behind a fixture, with `{tenant}` in its keys replaced. @throws AepError FILE_NOT_FOUND, EVENT_FILE */
export function readFixture(fixture: Fixture, tenant: string): unknown {
  const data = "file" in fixture ? parseJsonFile(fixture.file) : fixture.data;
  return renameKeys(data, (key) => key.replaceAll("{tenant}", tenant));
}

/** What `--update` writes: the tenant's own key becomes `_{tenant}` again, so that the file serves every sandbox. */
export function withoutTenant(data: unknown, tenant: string): unknown {
  return renameKeys(data, (key) => (key === `_${tenant}` ? "_{tenant}" : key));
}

/** @throws AepError FILE_NOT_FOUND, EVENT_FILE with the line and column of the mistake */
function parseJsonFile(path: string): unknown {
  return parseJson(readText(path), path);
}

/** `JSON.parse` whose error says where. `firstLine` is where `text` begins in the file. */
export function parseJson(text: string, path: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text);
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

function renameKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renameKeys(item, rename)]));
}
