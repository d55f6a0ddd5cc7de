/** Standard output of the commands: text by the line, JSON as one document. */

let pieces = 0;

/** Text as it stands. */
export function printText(text: string): void {
  pieces += 1;
  process.stdout.write(text);
}

/** How often something was written to standard output. */
export const timesPrinted = (): number => pieces;

export function print(text: string): void {
  printText(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** `1 row`, `2 rows`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** A short JSON text for one line; long values are cut. */
export function short(value: unknown, width = 60): string {
  if (value === undefined) return "(absent)";
  const text = JSON.stringify(value);
  return text.length > width ? `${text.slice(0, width - 3)}...` : text;
}
