/** Answers of the Capillary API that are no success. Status and item codes are documented, this body is assumed. */
import { Problem } from "../problem.ts";

/** Items of a bulk (assumed; that there is a limit, code 1060, is documented). */
const MAX_BATCH = 100;

export function capillaryProblem(
  status: number,
  code: number,
  message: string,
  headers?: Record<string, string>,
): Problem {
  return new Problem(
    status,
    message,
    () => ({ data: null, errors: [{ status: false, code, message }], warnings: [] }),
    headers,
  );
}

/** The items of a bulk request. */
export function batchOf(body: unknown, what: string): unknown[] {
  if (!Array.isArray(body)) throw capillaryProblem(400, 400, `The body must be a list of ${what}`);
  if (body.length > MAX_BATCH) throw capillaryProblem(400, 1060, `More than ${MAX_BATCH} ${what} in a batch`);
  return body;
}

/** A body the API cannot read: 415 for its media type (documented), 400 for what it holds. */
export function unreadable(what: "type" | "body", detail: string): Problem {
  const status = what === "type" ? 415 : 400;
  return capillaryProblem(status, status, detail);
}

/** An error or warning of one item in an answer. */
export interface ItemNote {
  status: false;
  code: number;
  message: string;
}

export function note(code: number, message: string): ItemNote {
  return { status: false, code, message };
}
