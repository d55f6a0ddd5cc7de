/** What a preview with `--json` says went wrong. */
import { count } from "../print.ts";

/** What differs from object to object in messages about the same thing: its name, its id, the request's id. */
const OWN = /(?<=: )\w+ "(?:[^"\\]|\\.)*"(?=: )|request id [\w-]+|[0-9a-f]{8}[\w-]*/g;

/** Each failure once, with the number of objects that met it too: an API that is down is one message, not one per object. */
export function failuresText(errors: readonly string[]): string {
  const found = new Map<string, { text: string; times: number }>();
  for (const text of errors.map((error) => error.trim())) {
    const common = text.replace(OWN, "");
    const { text: first, times } = found.get(common) ?? { text, times: 0 };
    found.set(common, { text: first, times: times + 1 });
  }
  return [...found.values()]
    .map(({ text, times }) => (times === 1 ? text : `${text}\n  The same for ${count(times - 1, "other object")}.`))
    .join("\n");
}
