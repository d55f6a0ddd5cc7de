import { double, integer, type Value } from "./values.ts";

/** A number literal's value with its Java type: 010 is octal, 0x1F hexadecimal, a dot or f, d, b makes a double. */
export function numberLiteral(raw: string): Value {
  const hexadecimal = /^0[xX]/.test(raw);
  if (!hexadecimal && /[.eEdDfFbB]/.test(raw)) return double(Number(raw.replace(/[dDfFbB]$/, "")));
  const digits = raw.replace(/[lLhH]$/, "");
  return integer(BigInt(!hexadecimal && /^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits));
}
