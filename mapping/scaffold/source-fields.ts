/** The fields of a sample event, as paths a mapping can read. */

export interface SourceField {
  /** `items[*].sku`; lists of scalars are one field. */
  path: string;
  value: unknown;
}

const PLAIN = /^[A-Za-z$_][A-Za-z0-9$_]*$/;

/** Every leaf of the event, in its order. Only the first item of a list is looked into. */
export function sourceFields(event: unknown, path = ""): SourceField[] {
  if (Array.isArray(event) && typeof event[0] === "object" && event[0] !== null)
    return sourceFields(event[0], `${path}[*]`);
  if (typeof event !== "object" || event === null || Array.isArray(event)) return path ? [{ path, value: event }] : [];
  return Object.entries(event).flatMap(([name, value]) => {
    const step = PLAIN.test(name) ? name : `\${${name.replaceAll(/[.}\\]/g, "\\$&")}}`;
    return sourceFields(value, path ? `${path}.${step}` : step);
  });
}
