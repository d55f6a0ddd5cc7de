/** Compares what a page shows as output with what came out: order and words must fit, numbers, ids and times need not. */

/** The first line of `shown` that `real` does not have after the ones before it. Undefined when all are there. */
export function missingLine(shown: string, real: string): string | undefined {
  const lines = real.split("\n").map(plain);
  let at = 0;
  for (const line of shown.split("\n")) {
    if (line.trim() === "" || line.trim() === "...") continue;
    const pieces = line
      .split("...")
      .map(plain)
      .filter((piece) => piece !== "");
    const found = lines.findIndex((one, index) => index >= at && holds(one, pieces));
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

function holds(line: string, pieces: string[]): boolean {
  let from = 0;
  return pieces.every((piece) => {
    const found = line.indexOf(piece, from);
    from = found + piece.length;
    return found >= 0;
  });
}

const plain = (line: string): string =>
  line
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, "#")
    .replace(/\b[0-9a-f]{8}(-?[0-9a-f]{4,}){1,}\b/g, "#")
    .replace(/\d+(\.\d+)?/g, "#")
    .replace(/\s+/g, " ")
    .trim();
