/**
 * Values that must never be shown, and the one place that takes them out of any text on its way to a person or a log.
 * Short values are not registered: replacing every "1" of a message would hide nothing and spoil everything.
 */
const SHORTEST = 4;
const MASK = "[secret]";
const known = new Set<string>();

/** Remembers a value so that `redact` removes it; also in the spellings it takes in URLs, forms and JSON. */
export function registerSecret(value: unknown): void {
  // `env:NAME` is where a secret is, not the secret.
  if (typeof value !== "string" || value.length < SHORTEST || value.startsWith("env:")) return;
  known.add(value);
  known.add(encodeURIComponent(value));
  known.add(JSON.stringify(value).slice(1, -1));
}

/** Parameters of Adobe's authentication specs that are no secrets; hiding their values would only garble messages. */
const OPEN_PARAMS =
  /^(name|sourceId|dataType|host|port|server|userName|username|clientId|folderPath|authenticationRequired|maxConcurrentConnections|inletUrl|inletId)$/;

/** Registers every string below `value`, which is what a connection's `auth.params` hold, but for parameters known as open. */
export function registerSecretsIn(value: unknown): void {
  if (typeof value !== "object" || value === null) {
    registerSecret(value);
    return;
  }
  for (const [key, child] of Object.entries(value)) if (!OPEN_PARAMS.test(key)) registerSecretsIn(child);
}

/** The text without any registered secret and without anything that looks like a bearer token. */
export function redact(text: string): string {
  let out = text;
  for (const secret of [...known].sort((a, b) => b.length - a.length)) out = out.replaceAll(secret, MASK);
  return out.replace(/\bBearer\s+[\w.~+/=-]+/gi, `Bearer ${MASK}`).replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, MASK);
}

/** A secret as a value of its own: shows a mask wherever it is printed, and is read by `reveal()` alone. */
export class Secret {
  readonly #value: string;
  /** `shown`: the same text is public elsewhere, as the emulator's client id is; taking it out of texts would hide nothing. */
  constructor(value: string, options: { shown?: boolean } = {}) {
    this.#value = value;
    if (!options.shown) registerSecret(value);
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return MASK;
  }
  toJSON(): string {
    return MASK;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}
