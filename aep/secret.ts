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

/** Registers every string below `value`: what a connection's `auth.params` hold. */
export function registerSecretsIn(value: unknown): void {
  if (typeof value === "object" && value !== null) for (const child of Object.values(value)) registerSecretsIn(child);
  else registerSecret(value);
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
