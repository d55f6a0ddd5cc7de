import { type Logger, pino } from "pino";
import { redact } from "./secret.ts";

/**
 * The log of the client and the resources: JSON lines on stderr, because a provider's stdout carries its handshake.
 * `AEP_LOG` sets the level (trace, debug, info, warn, error, silent; default warn). Every line passes through `redact`.
 */
export const log: Logger = pino(
  { level: process.env["AEP_LOG"] || "warn", base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
  { write: (line: string) => void process.stderr.write(redact(line)) },
);
