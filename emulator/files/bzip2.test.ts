import { describe, expect, it } from "vitest";
import { bunzip2 } from "./bzip2.ts";

/** Made with `bzip2 -c`: "email,points\na@x.io,1\n". */
const SMALL = Buffer.from(
  "QlpoOTFBWSZTWepSALcAAATdgAAQAAUgAEAAIifMQCAAIpoYmNR6FMABNPcElocJpoATH+kmxdyRThQkOpSALcA=",
  "base64",
);
/** 3,000,000 letters `x`: four blocks in a few bytes. */
const LARGE = Buffer.from("QlpoOTFBWSZTWfxYw/EAFvoAiIBAQAAACCAAMMwJqmmpAi2pIEXi7kinChIfixh+IA==", "base64");

describe("bzip2", () => {
  it("is read, also as several streams in one file", () => {
    const text = "email,points\na@x.io,1\n";
    expect(bunzip2(SMALL, 1000).toString()).toBe(text);
    expect(bunzip2(Buffer.concat([SMALL, SMALL]), 1000).toString()).toBe(text + text);
    expect(bunzip2(LARGE, 3_000_000).equals(Buffer.alloc(3_000_000, "x"))).toBe(true);
  });

  it("that unpacks to more than allowed, ends too early or is damaged is refused", () => {
    expect(() => bunzip2(LARGE, 2_999_999)).toThrow("more than is allowed");
    for (let length = 0; length < SMALL.length; length += 1)
      expect(() => bunzip2(SMALL.subarray(0, length), 1000)).toThrow();
    const damaged = Buffer.from(SMALL);
    damaged.writeUInt8((damaged.at(-2) ?? 0) ^ 1, SMALL.length - 2);
    expect(() => bunzip2(damaged, 1000)).toThrow("CRC");
    expect(() => bunzip2(Buffer.from("not bzip2"), 1000)).toThrow();
  });
});
