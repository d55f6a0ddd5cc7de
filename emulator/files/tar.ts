/** Tar archives: the plain files in them, in the archive's order (ustar, with the GNU and PAX long-name entries skipped over). */

const BLOCK = 512;

/** Contents of the regular files. Throws for something that is no tar archive or ends too early. */
export function untar(bytes: Buffer): Buffer[] {
  const files: Buffer[] = [];
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (checksum(header) !== octal(header, 148, 8)) throw new Error("The archive is no tar archive");
    const size = octal(header, 124, 12);
    const start = at + BLOCK;
    if (!(start + size <= bytes.length)) throw new Error("The tar archive ends too early");
    const type = String.fromCharCode(header[156] as number);
    if (type === "0" || type === "\0") files.push(bytes.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function octal(header: Buffer, offset: number, length: number): number {
  const text = header
    .toString("latin1", offset, offset + length)
    .replace(/[\0 ]+$/, "")
    .trim();
  return text === "" ? 0 : Number.parseInt(text, 8);
}

/** Sum of the header's bytes with the checksum's own place read as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let index = 0; index < BLOCK; index += 1) sum += index >= 148 && index < 156 ? 32 : (header[index] as number);
  return sum;
}
