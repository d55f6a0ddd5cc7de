/** Why a record failed, in one line: the mapping row that gave nothing, or the field that does not fit. */
import type { RowError } from "../../mapping/index.ts";
import type { XdmViolation } from "../../mapping/xdm/model.ts";

const MAX_NAMED = 3;

export interface Explanation {
  /** Mapping rows behind a violation; empty when the data itself does not fit. */
  guilty: RowError[];
  reason: string;
}

/** Finds the mapping rows whose failure left a field empty or wrong. `violations` must not be empty. */
export function explainFailure(violations: XdmViolation[], errors: RowError[]): Explanation {
  const fields = violations.map(violatedField);
  const guilty = errors.filter((error) => fields.some((field) => related(plainPath(error.destination), field)));
  if (guilty.length > 0) {
    const named = guilty
      .slice(0, MAX_NAMED)
      .map((error) => `${error.destination} <- ${error.source}: ${error.exception}`);
    return { guilty, reason: `mapping row ${named.join("; ")}${more(guilty.length)}` };
  }
  const named = violations.slice(0, MAX_NAMED).map((violation) => `${violation.pointer}: ${violation.message}`);
  return { guilty, reason: `XDM violation at ${named.join("; ")}${more(violations.length)}` };
}

function more(count: number): string {
  return count > MAX_NAMED ? ` (and ${count - MAX_NAMED} more)` : "";
}

/** `#/identityMap/Email/0` with "required key [id]" -> `identityMap.Email.id`. */
function violatedField(violation: XdmViolation): string {
  const segments = violation.pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((segment) => segment !== "" && !/^\d+$/.test(segment));
  const key = violation.keyword === "required" ? /\[([^\]]+)\]/.exec(violation.message)?.[1] : undefined;
  return [...segments, ...(key === undefined ? [] : [key])].join(".");
}

/** `identityMap.Email[0].id` -> `identityMap.Email.id`. */
function plainPath(destination: string): string {
  return destination.replace(/\[[^\]]*\]/g, "");
}

/** The same field, or one inside the other. */
function related(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
