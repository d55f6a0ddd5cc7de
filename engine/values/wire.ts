/**
 * Values on the wire: google.protobuf.Struct with Pulumi's signatures for what JSON has no word for. The same object form,
 * with an encrypted text in place of the secret, is what a checkpoint holds (state/checkpoint.ts).
 */
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { AepError } from "../../errors.ts";
import { isObject, isSecret, isUnknown, type Props, Secret, UNKNOWN, type Value } from "./value.ts";

/** The key that marks an object as something else than an object, and its values. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The text that stands for an unknown value on the wire and in a checkpoint. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_TEXTS = new Set([
  UNKNOWN_TEXT,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
]);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

export function toStruct(props: Props, options: { secrets?: boolean } = {}): structs.Struct {
  return structs.Struct.fromJavaScript(encode(props, options.secrets ?? false) as JsonObject);
}

export function fromStruct(struct: structs.Struct | undefined): Props {
  return struct ? (decode(struct.toJavaScript() as Json) as Props) : {};
}

function encode(value: Value, secrets: boolean): Json {
  if (isUnknown(value)) return UNKNOWN_TEXT;
  if (isSecret(value)) {
    const inner = encode(value.value, secrets);
    return secrets ? { [SIGNATURE]: SECRET, value: inner } : inner;
  }
  if (Array.isArray(value)) return value.map((item) => encode(item, secrets));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item, secrets)]));
  }
  return value;
}

function decode(json: Json): Value {
  if (typeof json === "string") return UNKNOWN_TEXTS.has(json) ? UNKNOWN : json;
  if (Array.isArray(json)) return json.map(decode);
  if (json === null || typeof json !== "object") return json;
  const fields = Object.fromEntries(Object.entries(json).map(([key, item]) => [key, decode(item)]));
  return decodeSigned(fields);
}

/** Opens an object that carries a signature; any other object is itself. */
function decodeSigned(fields: Props): Value {
  switch (fields[SIGNATURE]) {
    case SECRET:
      return new Secret(fields["value"] ?? null);
    case OUTPUT: {
      const value = "value" in fields ? (fields["value"] ?? null) : UNKNOWN;
      return fields["secret"] === true ? new Secret(value) : value;
    }
    case ASSET:
    case ARCHIVE:
      throw new AepError(
        "ENGINE_UNSUPPORTED",
        "The program uses an asset or archive, which the embedded engine leaves out.",
      );
    default:
      return fields;
  }
}
