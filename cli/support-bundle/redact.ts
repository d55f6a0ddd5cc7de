/** Everything that goes into a bundle passes here: encrypted values, credentials and registered secrets become a mask. */
import { redact } from "../../aep/secret.ts";
import { isPlain } from "../../resources/values.ts";
import { SEALED, SECRET_NAME } from "../secret-names.ts";

export const MASK = "[secret]";

/** A copy without secrets: by what seals them, by the names they go under, and by their values. */
export function withoutSecrets(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, name));
  if (isPlain(value)) {
    if (SEALED in value || "secure" in value) return MASK;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, key)]));
  }
  if (typeof value !== "string") return value;
  // `env:NAME` says where a secret is; a code or a count under such a name says nothing of it.
  if (isSecretName(name) && value !== "" && !value.startsWith("env:")) return MASK;
  return redact(value);
}

/** Names of credentials; ids, states and urls of tokens and secrets are none. */
function isSecretName(name: string): boolean {
  return (
    /^encryptionsalt$/i.test(name) || (SECRET_NAME.test(name) && !/(id|url|uri|type|name|status|endpoint)$/i.test(name))
  );
}
