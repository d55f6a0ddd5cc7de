import type { z } from "zod";
import { AepError } from "../errors.ts";
import { markLost } from "./errors.ts";
import type { Answer, Call } from "./http.ts";

/**
 * The answer's body as `schema` says it is; AEP_RESPONSE_INVALID names the call and the place that is not. After a
 * write the outcome then counts as unknown: the API acted, and only what it said of it is missing.
 */
export function shaped<S extends z.ZodType>(
  schema: S,
  answer: Answer,
  call: Pick<Call, "method" | "path">,
): z.output<S> {
  const result = schema.safeParse(answer.body);
  if (result.success) return result.data;
  const places = result.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  const error = new AepError("AEP_RESPONSE_INVALID", places.join("; "), { where: `${call.method} ${call.path}` });
  throw call.method === "GET" ? error : markLost(error);
}

/** The work's result, or undefined when the API says 404. */
export async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AepError && error.code === "AEP_NOT_FOUND") return undefined;
    throw error;
  }
}
