/**
 * Refusals of the Flow Service by the numbers of Adobe's error catalogue. The service's own codes are typed `FLOW-`; those
 * of the sources provider have a numbering of their own that overlaps (1403 and 1404 exist in both). Their prefix in
 * answers to management calls is not documented: `CONNECTOR-` is assumed, as in run errors.
 */
import { flowProblem, Problem } from "../problem.ts";

export type Collection =
  | "connections"
  | "sourceConnections"
  | "targetConnections"
  | "flows"
  | "runs"
  | "connectionSpecs"
  | "flowSpecs";

/** 404 for an id in the path; the catalogue prints 1439-400, the documented sample answers 404. */
export function notFound(type: Collection, id: string): Problem {
  return flowProblem(1439, 404, `No ${type} entity with id ${id} was found`, { title: "Resource not found", id, type });
}

/** 1439-400 for an id inside a body that leads nowhere. */
export function danglingReference(type: Collection, id: string): Problem {
  return flowProblem(1439, 400, `No ${type} entity with id ${id} was found`, { title: "Resource not found", id, type });
}

/** A refusal of the Flow Service itself, status 400. */
export function refusal(
  code: number,
  message: string,
  details: { title?: string; id?: string; type?: Collection } = {},
): Problem {
  return flowProblem(code, 400, message, details);
}

/** A refusal of the sources provider, status 400. */
export function sourcesRefusal(code: number, message: string, id?: string): Problem {
  return new Problem(400, message, ({ requestId }) => ({
    type: `https://ns.adobe.com/aep/errors/CONNECTOR-${code}-400`,
    title: message,
    status: 400,
    report: { "detailed-message": message, ...(id === undefined ? {} : { id }), "request-id": requestId },
    errorMessage: message,
    errorDetails: message,
  }));
}

/** 422 when a spec reference has no version: an older shape, documented for destinations. */
export function missingVersion(field: string): Problem {
  return new Problem(422, `${field}.version is required`, () => ({
    errorMessage: `${field}.version is required`,
    errorDetails: `The property ${field}.version must not be null`,
  }));
}
