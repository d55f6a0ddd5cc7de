/** What may be a whole number with a point or an exponent, or an integer too long for a JavaScript number; in texts too. */
const SPECIAL = /\d\.0+(?!\d)|\d[eE][-+\d]|\d{16}/;

/** Whether JSON text may hold numbers that JSON.parse does not keep apart as Java does; when not, it gives the same. */
export const mayHoldJavaNumbers = (json: string): boolean => SPECIAL.test(json);

/** A double without a fraction. Java keeps 2.0 and 2 apart (1.0/2 is 0.5, 1/2 is 0); a JavaScript number cannot. */
export class WholeDouble {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  /** As JSON it is the number. */
  toJSON(): number {
    return this.value;
  }
}

/** A Java double from a JavaScript number. */
export function double(value: number): number | WholeDouble {
  return Number.isInteger(value) ? new WholeDouble(value) : value;
}

/** A Java integer of any size: a number while it is exact, a bigint beyond. */
export function integer(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}
