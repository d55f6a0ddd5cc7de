/** What may be a whole number with a point or an exponent, or an integer too long for a JavaScript number; in texts too. */
const SPECIAL = /\d\.0+(?!\d)|\d[eE][-+\d]|\d{16}/;

/** Whether JSON text may hold numbers that JSON.parse does not keep apart as Java does; when not, it gives the same. */
export const mayHoldJavaNumbers = (json: string): boolean => SPECIAL.test(json);
