/** JSON over HTTP with a token that appears in no message. */
import { AepError } from "../../errors.ts";

/** What is read of a comment, a note, an issue or an account; each forge has its own part of it. */
export interface Item {
  id?: number;
  number?: number;
  iid?: number;
  body?: string | null;
  description?: string | null;
  pull_request?: unknown;
  user?: { type?: string };
  author?: { id?: number };
}
export type Call = <T = Item>(method: string, path: string, body?: Record<string, unknown>) => Promise<T>;

const PAGE = 100;

/** Calls below `base`; any answer but 2xx ends in CI_POST_FAILED with the status and the forge's own message. */
export function caller(base: string, headers: Record<string, string>): Call {
  return async (method, path, body) => {
    const where = `${method} ${path}`;
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    }).catch((cause: Error) => {
      throw new AepError("CI_POST_FAILED", `no answer (${cause.name})`, { where, cause });
    });
    const text = await answer.text();
    if (answer.ok) return text === "" ? {} : JSON.parse(text);
    throw new AepError("CI_POST_FAILED", `status ${answer.status}: ${text.slice(0, 200)}`, {
      where,
      status: answer.status,
    });
  };
}

/** Every item of a list, page by page in the order the forge gives them. */
export async function* pages(call: Call, path: string): AsyncGenerator<Item> {
  const join = path.includes("?") ? "&" : "?";
  for (let page = 1; ; page++) {
    const items = await call<Item[]>("GET", `${path}${join}per_page=${PAGE}&page=${page}`);
    yield* items;
    if (items.length < PAGE) return;
  }
}

/** A variable that the runner sets. */
export function needed(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new AepError("CI_POST_FAILED", `the variable ${name} is not set`, {
    hint: "Pass it to the step; docs/how-to/workflows.md names what each job needs.",
  });
}
