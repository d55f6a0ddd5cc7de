/** The checkpoint format, version 3: what the file backend keeps and what `stack export` prints. */
import { createHash } from "node:crypto";
import { AepError } from "../../errors.ts";
import { isObject, isSecret, isUnknown, type Props, Secret, UNKNOWN, type Value } from "../values/value.ts";
import { type Json, SECRET, SIGNATURE, UNKNOWN_TEXT } from "../values/wire.ts";
import type { Crypter } from "./crypter.ts";
import type { PendingOperation, ResourceState, Snapshot } from "./resource.ts";

type JsonObject = { [key: string]: Json };

/** A deployment as JSON: the `latest` of a checkpoint file, the `deployment` of an export. */
export type Deployment = JsonObject;

/** Parts of the format that only features outside the embedded engine write. */
const FOREIGN = [
  "viewOf",
  "resourceHooks",
  "extensionRef",
  "replaceWith",
  "replacementTrigger",
  "taint",
  "snippetID",
  "deletedWith",
  "external",
  "refreshBeforeUpdate",
  "hideDiff",
];

const sealedTexts = new WeakMap<Secret, { crypter: Crypter; text: string }>();

/** What seals the secrets of a serialized value: a stack's crypter, nothing (`--show-secrets`), or the mask of a display. */
export type Sealer = Crypter | "plain" | "mask";

/** A secret within a secret keeps its mark; the outer seal is enough for both. */
const WITHIN: Crypter = { salt: "", encrypt: (text) => text, decrypt: (text) => text };

export function serializeDeployment(snapshot: Snapshot, crypter: Crypter, version: string, plain = false): Deployment {
  const sealer = plain ? "plain" : crypter;
  return omitEmpty(
    {
      manifest: { time: new Date().toISOString(), magic: createHash("sha256").update(version).digest("hex"), version },
      secrets_providers: { type: "passphrase", state: { salt: crypter.salt } },
      resources: snapshot.resources.map((resource) => serializeResource(resource, sealer)),
      pending_operations: snapshot.pendingOperations.map((operation) => ({
        resource: serializeResource(operation.resource, sealer),
        type: operation.type,
      })),
      metadata: {},
    },
    ["metadata"],
  );
}

export function serializeResource(state: ResourceState, sealer: Sealer): JsonObject {
  return omitEmpty(
    {
      urn: state.urn,
      custom: state.custom,
      delete: state.delete,
      id: state.id,
      type: state.type,
      inputs: serialize(state.inputs, sealer),
      outputs: serialize(state.outputs, sealer),
      parent: state.parent,
      protect: state.protect,
      dependencies: state.dependencies,
      initErrors: state.initErrors,
      provider: state.provider,
      propertyDependencies: sortedKeys(state.propertyDependencies),
      pendingReplacement: state.pendingReplacement,
      additionalSecretOutputs: state.additionalSecretOutputs,
      customTimeouts: state.customTimeouts ?? null,
      importID: state.importID,
      retainOnDelete: state.retainOnDelete,
      created: state.created ?? null,
      modified: state.modified ?? null,
      sourcePosition: state.sourcePosition ?? null,
      stackTrace: state.stackTrace as Json[],
      ignoreChanges: state.ignoreChanges,
      replaceOnChanges: state.replaceOnChanges,
    },
    ["custom"],
  );
}

/** The salt a deployment's secrets were sealed with, if it has any. */
export function saltOf(deployment: Deployment): string | undefined {
  const provider = deployment["secrets_providers"] as JsonObject | undefined;
  if (!provider?.["type"]) return undefined;
  if (provider["type"] !== "passphrase") {
    throw new AepError(
      "ENGINE_UNSUPPORTED",
      `The state's secrets provider is "${String(provider["type"])}"; the embedded engine knows only "passphrase".`,
    );
  }
  return (provider["state"] as JsonObject | undefined)?.["salt"] as string | undefined;
}

/** Reads a deployment; without a crypter a sealed value is an error. */
export function parseDeployment(deployment: Deployment, crypter: Crypter | undefined): Snapshot {
  const resources = ((deployment["resources"] ?? []) as JsonObject[]).map((raw) => parseResource(raw, crypter));
  const pendingOperations = ((deployment["pending_operations"] ?? []) as JsonObject[]).map(
    (raw): PendingOperation => ({
      resource: parseResource(raw["resource"] as JsonObject, crypter),
      type: raw["type"] as PendingOperation["type"],
    }),
  );
  return { resources, pendingOperations };
}

function parseResource(raw: JsonObject, crypter: Crypter | undefined): ResourceState {
  const foreign = FOREIGN.find((key) => raw[key] !== undefined);
  if (foreign) throw new AepError("ENGINE_UNSUPPORTED", `The state uses "${foreign}".`, { where: String(raw["urn"]) });
  const list = (key: string) => (raw[key] ?? []) as string[];
  return {
    urn: String(raw["urn"]),
    type: String(raw["type"]),
    custom: raw["custom"] === true,
    id: String(raw["id"] ?? ""),
    inputs: deserialize(raw["inputs"] ?? {}, crypter) as Props,
    outputs: deserialize(raw["outputs"] ?? {}, crypter) as Props,
    parent: String(raw["parent"] ?? ""),
    provider: String(raw["provider"] ?? ""),
    dependencies: list("dependencies"),
    propertyDependencies: (raw["propertyDependencies"] ?? {}) as Record<string, string[]>,
    protect: raw["protect"] === true,
    retainOnDelete: raw["retainOnDelete"] === true,
    delete: raw["delete"] === true,
    pendingReplacement: raw["pendingReplacement"] === true,
    initErrors: list("initErrors"),
    additionalSecretOutputs: list("additionalSecretOutputs"),
    ignoreChanges: list("ignoreChanges"),
    replaceOnChanges: list("replaceOnChanges"),
    customTimeouts: raw["customTimeouts"] as Record<string, number> | undefined,
    importID: String(raw["importID"] ?? ""),
    created: raw["created"] as string | undefined,
    modified: raw["modified"] as string | undefined,
    sourcePosition: raw["sourcePosition"] as string | undefined,
    stackTrace: (raw["stackTrace"] ?? []) as Array<{ sourcePosition?: string }>,
  };
}

export function serialize(value: Value, sealer: Sealer): Json {
  if (isUnknown(value)) return UNKNOWN_TEXT;
  if (isSecret(value)) return serializeSecret(value, sealer);
  if (Array.isArray(value)) return value.map((item) => serialize(item, sealer));
  if (!isObject(value)) return value;
  return sortedKeys(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, serialize(item, sealer)])));
}

function serializeSecret(secret: Secret, sealer: Sealer): Json {
  if (sealer === "mask") return "[secret]";
  const text = () => JSON.stringify(serialize(secret.value, sealer === "plain" ? "plain" : WITHIN));
  if (sealer === "plain") return { [SIGNATURE]: SECRET, plaintext: text() };
  const known = sealedTexts.get(secret);
  const sealed = known?.crypter.salt === sealer.salt ? known : { crypter: sealer, text: sealer.encrypt(text()) };
  if (sealer !== WITHIN) sealedTexts.set(secret, sealed);
  return { [SIGNATURE]: SECRET, ciphertext: sealed.text };
}

export function deserialize(json: Json, crypter: Crypter | undefined): Value {
  if (typeof json === "string") return json === UNKNOWN_TEXT ? UNKNOWN : json;
  if (Array.isArray(json)) return json.map((item) => deserialize(item, crypter));
  if (json === null || typeof json !== "object") return json;
  if (json[SIGNATURE] === SECRET) return deserializeSecret(json, crypter);
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, deserialize(item, crypter)]));
}

function deserializeSecret(json: JsonObject, crypter: Crypter | undefined): Value {
  const { ciphertext, plaintext } = json;
  if (typeof plaintext === "string") return new Secret(deserialize(JSON.parse(plaintext) as Json, crypter));
  if (typeof ciphertext !== "string" || !crypter)
    throw new AepError("ENGINE_STATE", "A secret of the state cannot be opened.");
  const secret = new Secret(deserialize(JSON.parse(crypter.decrypt(ciphertext)) as Json, WITHIN));
  if (crypter !== WITHIN) sealedTexts.set(secret, { crypter, text: ciphertext });
  return secret;
}

function sortedKeys<T>(object: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Drops what the format leaves out: false, empty texts, empty lists and objects, except under the `kept` keys. */
function omitEmpty(object: JsonObject, kept: string[]): JsonObject {
  const empty = (value: Json) =>
    value === null || value === false || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => kept.includes(key) || !empty(value)));
}
