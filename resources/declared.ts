/**
 * Single objects, declared in a file of their own instead of a pipeline: whatever a sandbox holds of the managed kinds.
 *
 * ```yaml
 * resources:
 *   orders-schema:                                  # the resource's name in plans and states
 *     kind: Schema
 *     file: xdm/orders-schema.yaml                  # Schema and FieldGroup: the whole object; MappingSet: its rows
 *   orders:
 *     kind: Dataset
 *     protect: false                                # datasets and schemas; default: the stack's aep:protect
 *     inputs: { name: Orders, schema: "${orders-schema.id}" }
 * ```
 *
 * `${name.id}` is another resource's id, `${name.version}` a mapping set's version; as a whole value only. A text that
 * really looks so is written with one more `$`.
 */
import { basename, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { AepError } from "../errors.ts";
import {
  closest,
  loadMappingFile,
  type Mistake,
  mistakesError,
  parseWith,
  type ReadFor,
  YamlSource,
} from "../mapping/index.ts";
import { BaseConnection } from "./base-connection.ts";
import { checkInputs } from "./check-inputs.ts";
import { Dataflow } from "./dataflow.ts";
import { Dataset } from "./dataset.ts";
import { FieldGroup } from "./field-group.ts";
import { IdentityDescriptor } from "./identity-descriptor.ts";
import { KINDS } from "./kinds.ts";
import { MappingSet } from "./mapping-set.ts";
import { KIND_NAMES, type KindName } from "./pointer.ts";
import type { AepResource } from "./resource.ts";
import { Schema } from "./schema.ts";
import { SourceConnection } from "./source-connection.ts";
import { TargetConnection } from "./target-connection.ts";
import { UNKNOWN_TEXT } from "./unknown.ts";
import { isPlain, type Plain } from "./values.ts";
import type { DeclaredSchema, XdmModel } from "./xdm-model.ts";

type ResourceClass = new (name: string, args: never, opts?: pulumi.CustomResourceOptions) => AepResource;
const CLASSES: Record<KindName, ResourceClass> = {
  FieldGroup,
  Schema,
  IdentityDescriptor,
  Dataset,
  BaseConnection,
  SourceConnection,
  TargetConnection,
  MappingSet,
  Dataflow,
};

/** Kinds of which a file can hold the whole or the main part. */
const FROM_FILE: ReadonlySet<string> = new Set(["FieldGroup", "Schema", "MappingSet"] satisfies KindName[]);

const entry = z.strictObject({
  kind: z.enum(KIND_NAMES, { error: `write one of ${KIND_NAMES.join(", ")}` }),
  file: z.string().trim().min(1).optional(),
  protect: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
export const declaredFormat = z.strictObject({
  resources: z.record(z.string().min(1), entry),
});
type Entry = z.output<typeof entry>;

/** What a declared file needs of its stack. */
export interface DeclaredArgs {
  sandbox: string;
  tenantId: string;
  standardFields?: Readonly<Record<string, boolean>>;
  protect: boolean;
  /** Schemas and field groups from files are the model's, so that pipelines and single resources share them. */
  xdm: XdmModel;
  /** Dataflows that stay switched off in this run, by their names here; others of the list are pipelines' (`pipeline/flow`). */
  holdFlows?: readonly string[];
  /** Folder that paths start from. Default: the current one. */
  root?: string;
}

const REFERENCE = /^\$\{([^{}]+)\.(\w+)\}$/;
const ESCAPED = /^\$(\$+\{[^{}]+\})$/;

/**
 * Declares every resource of the file, each after those it refers to.
 * @throws AepError AEP_INPUT_INVALID with every mistake and its line; FILE_NOT_FOUND, XDM_YAML, XDM_SCHEMA, MAPPING_YAML for files it names
 */
export function declareResources(file: string, args: DeclaredArgs): Record<string, AepResource> {
  const path = join(args.root ?? "", file);
  const source = YamlSource.read(path);
  const { value, mistakes } = parseWith(source, declaredFormat);
  const found = value ? new Checker(value.resources, source, args).mistakes() : mistakes;
  if (!value || found.length > 0) throw mistakesError("AEP_INPUT_INVALID", path, found);
  checkHeld(value.resources, args.holdFlows ?? [], path);
  return new Declarer(value.resources, args).all();
}

/** A name that is mistyped would let the flow run although it was to be held. */
function checkHeld(entries: Record<string, Entry>, names: readonly string[], path: string): void {
  const unknown = names.filter((name) => !name.includes("/") && entries[name]?.kind !== "Dataflow");
  if (unknown.length === 0) return;
  throw new AepError("AEP_CONFIG_INVALID", `${path} has no Dataflow ${unknown.join(", ")}`, {
    where: "AEP_HOLD_FLOWS",
    hint: "Write the names of Dataflows of that file, or pipeline/flow.",
  });
}

/** References as `[name, output]`, everything else as it is. */
function reference(value: unknown): [string, string] | undefined {
  const match = typeof value === "string" ? REFERENCE.exec(value) : null;
  return match ? [match[1] as string, match[2] as string] : undefined;
}

/** The value with every reference replaced and escaped texts as they are meant. */
function resolved(value: unknown, of: (name: string, output: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, of));
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, of)]));
  const target = reference(value);
  if (target) return of(...target);
  return typeof value === "string" ? value.replace(ESCAPED, "$1") : value;
}

function references(value: unknown, path: string[] = []): Array<{ path: string[]; name: string; output: string }> {
  if (Array.isArray(value)) return value.flatMap((item, index) => references(item, [...path, String(index)]));
  if (isPlain(value)) return Object.entries(value).flatMap(([key, item]) => references(item, [...path, key]));
  const target = reference(value);
  return target ? [{ path, name: target[0], output: target[1] }] : [];
}

/** Everything that is wrong, before the first object is declared. */
class Checker {
  readonly #entries: Record<string, Entry>;
  readonly #source: YamlSource;
  readonly #args: DeclaredArgs;

  constructor(entries: Record<string, Entry>, source: YamlSource, args: DeclaredArgs) {
    this.#entries = entries;
    this.#source = source;
    this.#args = args;
  }

  mistakes(): Mistake[] {
    return Object.entries(this.#entries).flatMap(([name, one]) => [
      ...this.#ofReferences(name, one),
      ...this.#ofFile(name, one),
      ...this.#ofInputs(name, one),
      ...(this.#isCircular(name) ? [this.#at(name, [], "refers to itself, through what it refers to")] : []),
    ]);
  }

  #at(name: string, path: string[], message: string): Mistake {
    const place = this.#source.positionOf([
      "resources",
      name,
      ...path.map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
    ]);
    return { ...place, message: `${name}: ${message}` };
  }

  #ofReferences(name: string, { inputs }: Entry): Mistake[] {
    return references(inputs).flatMap(({ path, name: other, output }) => {
      const target = this.#entries[other];
      const where = ["inputs", ...path];
      if (!target) {
        const near = closest(other, Object.keys(this.#entries));
        return [this.#at(name, where, `there is no resource ${other}${near ? `; did you mean ${near}?` : ""}`)];
      }
      const known = ["id", ...Object.keys(KINDS[target.kind].outputs)];
      return known.includes(output)
        ? []
        : [this.#at(name, where, `a ${target.kind} has no ${output}; it has ${known.join(", ")}`)];
    });
  }

  #ofFile(name: string, { kind, file, inputs, protect }: Entry): Mistake[] {
    const mistakes: Mistake[] = [];
    if (protect !== undefined && !KINDS[kind].holdsData)
      mistakes.push(this.#at(name, ["protect"], `only kinds that hold data are protected, and a ${kind} does not`));
    if (file === undefined) return mistakes;
    if (!FROM_FILE.has(kind)) return [...mistakes, this.#at(name, ["file"], `a ${kind} has no file; write its inputs`)];
    if (kind === "MappingSet") return mistakes;
    if (Object.keys(inputs).length > 0)
      mistakes.push(this.#at(name, ["inputs"], `the file says all of a ${kind}; remove the inputs`));
    if (basename(file, ".yaml") !== name)
      mistakes.push(
        this.#at(name, ["file"], `a ${kind} from a file has the file's name: call it ${basename(file, ".yaml")}`),
      );
    return mistakes;
  }

  #ofInputs(name: string, { kind, file, inputs }: Entry): Mistake[] {
    if (file !== undefined && kind !== "MappingSet") return [];
    const given = resolved(inputs, () => UNKNOWN_TEXT) as Plain;
    const rows = file === undefined ? {} : { rows: {} };
    const { mistakes } = checkInputs(KINDS[kind], {}, { sandbox: this.#args.sandbox, ...rows, ...given });
    return mistakes.map((text) => {
      const path = text.slice(0, text.indexOf(":")).split(".");
      return this.#at(name, ["inputs", ...path], text);
    });
  }

  #isCircular(name: string): boolean {
    const below = (one: string, above: string[]): boolean =>
      references(this.#entries[one]?.inputs).some(
        ({ name: next }) => next === name || (!above.includes(next) && below(next, [...above, next])),
      );
    return below(name, []);
  }
}

class Declarer {
  readonly #entries: Record<string, Entry>;
  readonly #args: DeclaredArgs;
  readonly #declared = new Map<string, AepResource>();

  constructor(entries: Record<string, Entry>, args: DeclaredArgs) {
    this.#entries = entries;
    this.#args = args;
  }

  all(): Record<string, AepResource> {
    return Object.fromEntries(Object.keys(this.#entries).map((name) => [name, this.#get(name)]));
  }

  #get(name: string): AepResource {
    const known = this.#declared.get(name);
    if (known) return known;
    const made = this.#declare(name, this.#entries[name] as Entry);
    this.#declared.set(name, made);
    return made;
  }

  #declare(name: string, { kind, file, inputs, protect }: Entry): AepResource {
    const { sandbox, tenantId: tenant, standardFields, xdm, root } = this.#args;
    const path = file === undefined ? undefined : join(root ?? "", file);
    if (file !== undefined && kind === "Schema") return this.#schemaOf(file, protect).schema;
    if (path !== undefined && kind === "FieldGroup") return xdm.fieldGroup(path);
    const given = resolved(inputs, (other, output) => this.#output(other, output)) as Plain;
    const held = kind === "Dataflow" && this.#args.holdFlows?.includes(name);
    const args = {
      sandbox,
      ...given,
      ...(path !== undefined && { rows: rowsOf(path, { tenant, standardFields }) }),
      ...(held && { state: "disabled" }),
    };
    return new CLASSES[kind](name, args as never, {
      ...(KINDS[kind].holdsData && { protect: protect ?? this.#args.protect }),
      ...(kind === "Dataset" && { dependsOn: this.#descriptorsOf(inputs["schema"]) }),
    });
  }

  /** Identities of the schema that a dataset refers to: Profile wants them to stand before the dataset. */
  #descriptorsOf(schema: unknown): AepResource[] {
    const name = reference(schema)?.[0];
    const target = name === undefined ? undefined : this.#entries[name];
    if (name === undefined || target === undefined) return [];
    const own = Object.entries(this.#entries).filter(
      ([, { kind, inputs }]) => kind === "IdentityDescriptor" && reference(inputs["schema"])?.[0] === name,
    );
    const ofFile = target.kind === "Schema" && target.file !== undefined ? this.#schemaOf(target.file).descriptors : [];
    return [...ofFile, ...own.map(([descriptor]) => this.#get(descriptor))];
  }

  #schemaOf(file: string, protect?: boolean): DeclaredSchema {
    return this.#args.xdm.schema(join(this.#args.root ?? "", file), { protect, profile: true });
  }

  #output(name: string, output: string): unknown {
    return (this.#get(name) as unknown as Plain)[output];
  }
}

function rowsOf(path: string, sandbox: ReadFor): Plain {
  const { rows } = loadMappingFile(path, sandbox);
  return Object.fromEntries(rows.map(({ destination, sourceType, source }) => [destination, { sourceType, source }]));
}
