/** The file of `pulumi import --file`, as `preview --import-file` writes it and this project fills it. */
import type { Observed } from "../../resources/kind.ts";
import { type KindName, pointer, typeToken } from "../../resources/pointer.ts";
import { at, clean, isPlain, type Plain } from "../../resources/values.ts";
import { SEALED } from "../secret-names.ts";

export interface ImportEntry {
  type: string;
  /** Unique in the file. */
  name: string;
  /** The resource's own name, where it is not unique in the file. */
  logicalName?: string;
  id?: string;
  /** `name` of the parent's entry, or a key of `nameTable`. */
  parent?: string;
  component?: boolean;
  inputs?: Plain;
  outputs?: Plain;
  [key: string]: unknown;
}

export interface ImportDocument {
  nameTable?: Record<string, string>;
  resources?: ImportEntry[];
}

/** What Pulumi's file formats put in place of a secret: the engine encrypts it before it is written to a state. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** An object that exists, in the file's words. Both sides carry the pointer to the kind's handlers. */
export function stateOf(
  kind: KindName,
  id: string,
  { inputs, outputs }: Observed,
): Required<Pick<ImportEntry, "id" | "inputs" | "outputs">> {
  const __provider = pointer(kind);
  const known = conceal(kind, clean(inputs));
  return { id, inputs: { ...known, __provider }, outputs: { ...known, ...clean(outputs), __provider } };
}

/** Each authentication parameter as a secret of its own, as the program declares it. */
function conceal(kind: KindName, inputs: Plain): Plain {
  const params = at(inputs, "auth.params");
  if (kind !== "BaseConnection" || !isPlain(params)) return inputs;
  const secret = (value: unknown) => ({ [SEALED]: SECRET, plaintext: JSON.stringify(value) });
  const hidden = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, secret(value)]));
  return { ...inputs, auth: { ...(inputs["auth"] as Plain), params: hidden } };
}

/** The kind of an entry; undefined for components and whatever is not this project's. */
export function kindOf(type: string): KindName | undefined {
  const name = type.slice(type.lastIndexOf(":") + 1) as KindName;
  return type === typeToken(name) ? name : undefined;
}

export function writeDocument(document: ImportDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The commands that follow, for a person to run. */
export function nextSteps(file: string, stack: string): string[] {
  return [
    `aep pulumi import --stack ${stack} --file ${file} --generate-code=false --protect=false --yes`,
    `aep pulumi preview --stack ${stack} --diff --expect-no-changes`,
  ];
}
