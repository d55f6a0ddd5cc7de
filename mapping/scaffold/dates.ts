/** How a sample value that goes into a date field is written, as an expression that reads it. */

const FORMS: Array<[RegExp, string]> = [
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/, "yyyy-MM-dd'T'HH:mm:ssXXX"],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/, "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, "yyyy-MM-dd'T'HH:mm:ss"],
  [/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, "yyyy-MM-dd HH:mm:ss"],
  [/^\d{4}-\d\d-\d\d$/, "yyyy-MM-dd"],
  [/^\d{4}\/\d\d\/\d\d$/, "yyyy/MM/dd"],
];

/** Undefined when the form is not known: then the row stays a plain path and the linter says what to do. */
export function dateSource(path: string, value: unknown): string | undefined {
  if (typeof value === "number") return `dformat(${path}, "yyyy-MM-dd'T'HH:mm:ss.SSSX")`;
  const form = typeof value === "string" ? FORMS.find(([pattern]) => pattern.test(value)) : undefined;
  return form && `date(${path}, "${form[1]}")`;
}
