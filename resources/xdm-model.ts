/**
 * The XDM side of a stack, declared once however many pipelines use it: tenant field groups and schemas from the files of
 * xdm/, their identity descriptors, and datasets.
 */
import { basename, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AepError } from "../errors.ts";
import {
  type FieldGroupFile,
  loadSchema,
  loadXdmFile,
  type SchemaFile,
  standardFieldGroups,
} from "../mapping/xdm/index.ts";
import { Dataset } from "./dataset.ts";
import { FieldGroup, type FieldGroupArgs } from "./field-group.ts";
import { IdentityDescriptor } from "./identity-descriptor.ts";
import { Schema } from "./schema.ts";

export interface XdmModelArgs {
  sandbox: string;
  /** Tenant id without its underscore; stands for `{tenant}` in the files. */
  tenantId: string;
  /** Protects schemas, and datasets that do not say otherwise, from deletion. Default true: deleting either loses data. */
  protect?: boolean;
  /**
   * Files of the schemas to enable for Profile, if they say `profile: true`. It cannot be taken back, and such a schema can
   * never be deleted; so only those that a dataset for Profile needs. Default: none.
   */
  profileSchemas?: readonly string[];
}

export interface DatasetSettings {
  /** Name in Catalog; within one model, the same name is the same dataset. */
  name: string;
  description?: string;
  /** Feed Real-Time Customer Profile; the schema must be among the model's `profileSchemas`. Default false. */
  profile?: boolean;
  /** Feed the Identity Service. Default false. */
  identity?: boolean;
  /** Default: the model's. */
  protect?: boolean;
}

/** A schema of the model, whether it is enabled for Profile, and what must stand before data may come. */
export interface DeclaredSchema {
  schema: Schema;
  profile: boolean;
  descriptors: IdentityDescriptor[];
}

/**
 * Declares each file's objects on first use and hands the same ones out afterwards.
 *
 * ```ts
 * const xdm = new XdmModel("xdm", { sandbox: "dev", tenantId: "acme" });
 * const dataset = xdm.dataset("xdm/capillary-loyalty-profile.yaml", { name: "Loyalty profiles" });
 * ```
 */
export class XdmModel extends pulumi.ComponentResource {
  readonly #args: XdmModelArgs;
  readonly #fieldGroups = new Map<string, FieldGroup>();
  readonly #schemas = new Map<string, DeclaredSchema>();
  readonly #datasets = new Map<string, { dataset: Dataset; file: string }>();

  constructor(name: string, args: XdmModelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aep:xdm:XdmModel", name, {}, opts);
    this.#args = args;
    this.registerOutputs();
  }

  /**
   * The schema of a file, with its field groups and descriptors. `profile` enables a file that says `profile: true` for
   * Profile even where no dataset of the model's `profileSchemas` asks for it; the first call for a file decides.
   * @throws AepError XDM_YAML or XDM_SCHEMA when the file is no schema, or it or one of its groups is wrong.
   */
  schema(file: string, options: { protect?: boolean | undefined; profile?: boolean } = {}): DeclaredSchema {
    const key = resolve(file);
    const known = this.#schemas.get(key);
    if (known) return known;
    const loaded = loadSchema(file, { tenant: this.#args.tenantId });
    const content = loaded.file;
    const wanted = options.profile || (this.#args.profileSchemas ?? []).some((enabled) => resolve(enabled) === key);
    const profile = content.profile && wanted;
    const enabledByDescriptor = profile && content.identities.some(({ primary }) => primary);
    const schema = new Schema(
      stem(file),
      {
        sandbox: this.#args.sandbox,
        title: content.title,
        class: content.class,
        fieldGroups: content.fieldGroups.map((group) => this.#fieldGroup(group, loaded.groups[group])),
        ...(content.description !== undefined && { description: content.description }),
        ...(profile && !enabledByDescriptor && { profile: true }),
      },
      { parent: this, protect: options.protect ?? this.#protect },
    );
    const descriptors = this.#descriptors(stem(file), schema, content, enabledByDescriptor);
    const declared = { schema, profile, descriptors };
    this.#schemas.set(key, declared);
    return declared;
  }

  /**
   * The tenant field group of a file.
   * @throws AepError XDM_YAML when the file is no field group, or a wrong one
   */
  fieldGroup(file: string): FieldGroup {
    const content = loadXdmFile(file, { tenant: this.#args.tenantId });
    if (content.kind === "fieldGroup") return this.#tenantGroup(stem(file), content);
    throw new AepError("XDM_YAML", "the file is a schema, not a field group", { where: file });
  }

  #descriptors(name: string, schema: Schema, content: SchemaFile, enableProfile: boolean): IdentityDescriptor[] {
    return content.identities.map(
      ({ property, namespace, primary }) =>
        new IdentityDescriptor(
          `${name}-${property.slice(1).replaceAll("/", "-")}`,
          {
            sandbox: this.#args.sandbox,
            schema: schema.id,
            property,
            namespace,
            primary,
            ...(enableProfile && primary && { enableProfile: true }),
          },
          { parent: this },
        ),
    );
  }

  /**
   * The dataset of that name for a schema file. Its schema's descriptors stand before it, as Profile wants it.
   * @throws AepError AEP_INPUT_INVALID when the name already belongs to another schema, or Profile is wanted without the schema.
   */
  dataset(file: string, settings: DatasetSettings): Dataset {
    const known = this.#datasets.get(settings.name);
    if (known && resolve(known.file) === resolve(file)) return known.dataset;
    if (known)
      throw new AepError("AEP_INPUT_INVALID", `Two schemas want the same dataset: ${known.file} and ${file}.`, {
        where: `Dataset "${settings.name}"`,
      });
    const { schema, profile, descriptors } = this.schema(file);
    if (settings.profile && !profile) {
      throw new AepError(
        "AEP_INPUT_INVALID",
        `The dataset is to feed Profile, and its schema ${file} is not enabled for it.`,
        {
          where: `Dataset "${settings.name}"`,
          hint: "Write profile: true in the schema's file, and name it in the model's profileSchemas.",
        },
      );
    }
    const dataset = new Dataset(
      slug(settings.name),
      {
        sandbox: this.#args.sandbox,
        name: settings.name,
        schema: schema.id,
        profile: settings.profile ?? false,
        identity: settings.identity ?? false,
        ...(settings.description !== undefined && { description: settings.description }),
      },
      { parent: this, protect: settings.protect ?? this.#protect, dependsOn: descriptors },
    );
    this.#datasets.set(settings.name, { dataset, file });
    return dataset;
  }

  /** Ids of the declared datasets, by name. */
  get datasetIds(): Record<string, pulumi.Output<string>> {
    return Object.fromEntries([...this.#datasets].map(([name, { dataset }]) => [name, dataset.id]));
  }

  get #protect(): boolean {
    return this.#args.protect ?? true;
  }

  /** `$id` of a group: one of Adobe's by its short name, an `$id` as it is, or the tenant group that a file describes. */
  #fieldGroup(name: string, content: FieldGroupFile | undefined): pulumi.Input<string> {
    if (!content) return standardFieldGroups[name as keyof typeof standardFieldGroups] ?? name;
    return this.#tenantGroup(name, content).id;
  }

  #tenantGroup(name: string, content: FieldGroupFile): FieldGroup {
    const known = this.#fieldGroups.get(name);
    if (known) return known;
    const group = new FieldGroup(
      name,
      {
        sandbox: this.#args.sandbox,
        title: content.title,
        intendedToExtend: content.extends,
        fields: content.fields as FieldGroupArgs["fields"],
        ...(content.description !== undefined && { description: content.description }),
      },
      { parent: this },
    );
    this.#fieldGroups.set(name, group);
    return group;
  }
}

const stem = (file: string) => basename(file).replace(/\.ya?ml$/, "");
const slug = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
