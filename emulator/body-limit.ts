/** Limits on the size of request bodies. */
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Env } from "./store.ts";

/**
 * Middleware that lets bodies of up to `maxSize` bytes through and calls `refuse`, which throws, for larger ones. Node's parser holds
 * a body to its declared length, so only bodies without one need a look at their stream, which is costly to make.
 */
export function bodiesUpTo(maxSize: number, refuse: () => never): MiddlewareHandler<Env> {
  const measured = bodyLimit({ maxSize, onError: refuse });
  return (c, next) => {
    const length = c.req.header("content-length");
    const declared = c.req.header("transfer-encoding") === undefined;
    return declared && (length === undefined || Number(length) <= maxSize) ? next() : measured(c, next);
  };
}
