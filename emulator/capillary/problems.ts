/** Answers of the Capillary API that are no success. Status and item codes are documented, this body is assumed. */
import { Problem } from "../problem.ts";

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

/** An error or warning of one item in an answer. */
export interface ItemNote {
  status: false;
  code: number;
  message: string;
}

export function note(code: number, message: string): ItemNote {
  return { status: false, code, message };
}
