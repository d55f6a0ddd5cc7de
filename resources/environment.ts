import { registerSecret } from "../aep/secret.ts";
import { AepError } from "../errors.ts";
import { isPlain } from "./values.ts";

const REFERENCE = /^env:([A-Za-z_][A-Za-z0-9_]*)$/;

/** The value with every `env:NAME` in it replaced by that environment variable; done at the time of the call only. */
export function fromEnvironment(value: unknown, env: NodeJS.ProcessEnv = process.env): unknown {
  if (Array.isArray(value)) return value.map((item) => fromEnvironment(item, env));
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fromEnvironment(child, env)]));
  const name = typeof value === "string" ? REFERENCE.exec(value)?.[1] : undefined;
  if (name === undefined) return value;
  const found = env[name];
  if (found === undefined || found === "") {
    throw new AepError(
      "AEP_CREDENTIAL_MISSING",
      `not set: ${name}, which a connection's credentials name as env:${name}`,
      {
        hint: `Set the environment variable ${name} for the command that applies.`,
      },
    );
  }
  registerSecret(found);
  return found;
}
