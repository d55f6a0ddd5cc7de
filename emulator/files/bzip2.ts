/** Bzip2 files, one stream or several after another, with a bound on what they may unpack to. */
import Bunzip from "seek-bzip";

const FIRST_BYTES = 1 << 16;

/** Decompresses a file; block and stream checksums are checked. Throws when it is none, ends too early or holds too much. */
export function bunzip2(bytes: Buffer, maxBytes: number): Buffer {
  let at = 0;
  let out = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  const input = {
    readByte: () => {
      // The library takes a missing byte for a zero and might never come to an end.
      if (at >= bytes.length) throw new Error("The bzip2 file ends too early");
      return bytes[at++] as number;
    },
    read: (target: Buffer, offset: number, count: number) => {
      const read = bytes.copy(target, offset, at, at + count);
      at += read;
      return read;
    },
  };
  const output = {
    writeByte: (byte: number) => {
      if (length >= maxBytes) throw new Error("The file holds more than is allowed");
      if (length === out.length) out = Buffer.concat([out, Buffer.allocUnsafe(out.length)]);
      out[length++] = byte;
    },
  };
  if (bytes.length === 0) throw new Error("The file is no bzip2 file");
  // One stream a call: asked for several, the library takes a file cut between two blocks for a whole one.
  while (at < bytes.length) Bunzip.decode(input, output, false);
  return out.subarray(0, length);
}
