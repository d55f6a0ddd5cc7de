import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { OperandError } from "../expression/operand-error.ts";
import type { Value } from "../expression/values.ts";
import { type FunctionSpec, param, text } from "./types.ts";

const CHARSETS: Readonly<Record<string, (value: string) => Buffer>> = {
  "UTF-8": (value) => Buffer.from(value, "utf8"),
  // Java's UTF-16 writes a byte order mark and then big endian.
  "UTF-16": (value) => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(value, "utf16le").swap16()]),
  "ISO-8859-1": (value) => narrow(value, 0xff),
  "US-ASCII": (value) => narrow(value, 0x7f),
};

/** Characters beyond the set become "?", as Java's encoder does. */
function narrow(value: string, limit: number): Buffer {
  return Buffer.from(Array.from(value, (char) => (char.codePointAt(0)! > limit ? 0x3f : char.codePointAt(0)!)));
}

function hashing(digest: (bytes: Buffer) => string): (args: Value[]) => Value {
  return ([input, charset]) => {
    const value = text(input, "the input");
    if (value === null) return null;
    const name = text(charset, "the character set") ?? "UTF-8";
    const encode = CHARSETS[name.toUpperCase()];
    if (encode === undefined)
      throw new OperandError(`the character set must be one of ${Object.keys(CHARSETS).join(", ")}`);
    return digest(encode(value));
  };
}

function hex(algorithm: string): (bytes: Buffer) => string {
  return (bytes) => createHash(algorithm).update(bytes).digest("hex");
}

function reversedCrc(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, "0").match(/../g)!.reverse().join("");
}

function spec(
  name: string,
  doc: string,
  result: string,
  digest: (bytes: Buffer) => string,
  tier: "A" | "B" = "A",
): FunctionSpec {
  return {
    name,
    category: "Hashing",
    tier,
    params: [param("text"), param("charset?")],
    returns: "string",
    doc,
    example: `${name}("my text", "UTF-8")`,
    result,
    evaluate: hashing(digest),
  };
}

export const HASH_FUNCTIONS: readonly FunctionSpec[] = [
  spec(
    "sha1",
    "SHA-1 digest in hexadecimal; charset UTF-8 (default), UTF-16, ISO-8859-1 or US-ASCII.",
    "c3599c11e47719df18a2448690840c5dfcce3c80",
    hex("sha1"),
  ),
  spec(
    "sha256",
    "SHA-256 digest in hexadecimal.",
    "7330d2b39ca35eaf4cb95fc846c21ee6a39af698154a83a586ee270a0d372104",
    hex("sha256"),
  ),
  spec(
    "sha512",
    "SHA-512 digest in hexadecimal.",
    "a3d7e45a0d9be5fd4e4b9a3b8c9c2163c21ef708bf11b4232bb21d2a8704ada2cdcd7b367dd0788a89a5c908cfe377aceb1072a7b386b7d4fd2ff68a8fd24d16",
    hex("sha512"),
  ),
  spec("md5", "MD5 digest in hexadecimal.", "d3b96ce8c9fb4e9bd0198d03ba6852c7", hex("md5")),
  spec(
    "crc32",
    "CRC-32 in hexadecimal with its four bytes reversed, as the documented sample shows.",
    "8df92e80",
    reversedCrc,
    "B",
  ),
];
