import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { DatasetEntity } from "../aep/catalog.ts";
import { AepError } from "../errors.ts";
import type { Context } from "./context.ts";
import { plainName } from "./flow-objects.ts";
import { commonInputs, descriptionInput, nameInput, registryId } from "./inputs.ts";
import type { Kind, Known } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { at, clean, isPlain, type Plain, same } from "./values.ts";

const reservedTag = /^(unifiedProfile|unifiedIdentity|adobe\/.*)$/;

const datasetInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  schema: registryId.describe("$id of the schema. A change replaces the dataset, and its data is lost."),
  profile: z.boolean().default(false).describe("Feed Real-Time Customer Profile; the schema must be enabled first."),
  identity: z.boolean().default(false).describe("Feed the Identity Service."),
  errorDiagnostics: z.boolean().default(true).describe("Keep error diagnostics of failed batches."),
  tags: z
    .record(
      z.string().refine((key) => !reservedTag.test(key), "this tag is managed by AEP or by `profile` and `identity`"),
      z.array(z.string()),
    )
    .optional()
    .describe("Own tags; tags not declared here are left alone."),
});

/** Inputs of Dataset; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
export type DatasetArgs = ArgsOf<typeof datasetInputs>;

/** A dataset (Catalog). `id` is the dataset id. */
export class Dataset extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly schema: pulumi.Output<string>;
  declare readonly profile: pulumi.Output<boolean>;
  declare readonly identity: pulumi.Output<boolean>;
  declare readonly errorDiagnostics: pulumi.Output<boolean>;
  declare readonly tags: pulumi.Output<Record<string, string[]> | undefined>;

  constructor(name: string, args: DatasetArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "Dataset", keys: Object.keys(datasetInputs.shape) }, name, args, opts);
  }
}

const CONTENT_TYPE = "application/vnd.adobe.xed+json;version=1";
const ENABLED = ["enabled:true"];
const DISABLED = ["enabled:false"];

export const datasetKind: Kind<DatasetEntity> = {
  name: "Dataset",
  inputs: datasetInputs,
  outputs: {},
  fields: {
    name: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    schema: { mode: "replace", reason: "a dataset keeps its schema; its data is lost with it" },
    profile: { mode: "update", reason: "a tag; data from before stays out of Profile" },
    identity: { mode: "update", reason: "a tag" },
    errorDiagnostics: { mode: "update", reason: "a switch" },
    tags: { mode: "update", reason: "tags are written one by one" },
  },
  naturalKey: ["name"],
  permissions: "View and Manage Datasets",
  holdsData: true,

  source: (context) => ({ get: context.catalog.get, list: () => context.catalog.list(), idOf: (object) => object.id }),
  view: (object, known) => ({
    inputs: {
      name: object.name,
      description: object.description || undefined,
      schema: object.schemaRef?.id,
      profile: enabled(object, "unifiedProfile"),
      identity: enabled(object, "unifiedIdentity"),
      errorDiagnostics: object.enableErrorDiagnostics ?? known.inputs["errorDiagnostics"],
      tags: object.tags ?? {},
    },
    outputs: {},
    createdAt: object.created,
  }),
  async *find(context, inputs) {
    const filters = plainName(inputs["name"]) ? [`name==${inputs["name"]}`] : [];
    for await (const object of context.catalog.list(filters)) if (object.name === inputs["name"]) yield object;
  },
  async create(context, inputs) {
    const body = clean({
      name: inputs["name"],
      description: inputs["description"],
      schemaRef: { id: inputs["schema"], contentType: CONTENT_TYPE },
      enableErrorDiagnostics: inputs["errorDiagnostics"],
      fileDescription: { persisted: true, containerFormat: "parquet", format: "parquet" },
      tags: {
        ...(inputs["tags"] as Plain | undefined),
        unifiedProfile: inputs["profile"] ? ENABLED : undefined,
        unifiedIdentity: inputs["identity"] ? ENABLED : undefined,
      },
    });
    return { id: await context.catalog.create(body), outputs: {} };
  },
  async sync(context, id, inputs, object, known) {
    const fields = changedFields(object, inputs, known);
    if (Object.keys(fields).length > 0) await context.catalog.merge(id, fields);
    await writeTags(context, object, inputs, known);
    return {};
  },
  remove: (context, id) => context.catalog.remove(id),
};

/** AEP writes `enabled:true` with and without a space. */
function enabled(object: DatasetEntity, tag: string): boolean {
  return (object.tags?.[tag] ?? []).some((value) => value.replaceAll(" ", "") === ENABLED[0]);
}

function changedFields(object: DatasetEntity, inputs: Plain, known: Known): Plain {
  const fields: Plain = {};
  if (object.name !== inputs["name"]) fields["name"] = inputs["name"];
  const described = inputs["description"] !== undefined || known.inputs["description"] !== undefined;
  if (described && (object.description ?? "") !== (inputs["description"] ?? ""))
    fields["description"] = inputs["description"] ?? "";
  if (object.enableErrorDiagnostics !== inputs["errorDiagnostics"])
    fields["enableErrorDiagnostics"] = inputs["errorDiagnostics"];
  return fields;
}

/**
 * A patch whose answer was lost is sent once more, and then refused where it takes away what is gone already: what counts
 * is whether anything is left to do.
 */
async function writeTags(context: Context, object: DatasetEntity, inputs: Plain, known: Known): Promise<void> {
  const operations = tagOperations(object, inputs, known);
  if (operations.length === 0) return;
  try {
    await context.catalog.patch(object.id, operations);
  } catch (error) {
    const refused = error instanceof AepError && error.code === "AEP_REFUSED";
    const fresh = refused ? await context.catalog.get(object.id) : undefined;
    if (!fresh || tagOperations(fresh, inputs, known).length > 0) throw error;
  }
}

/** JSON Patch of own tags and the two switches. AEP's own tags stay as they are. */
function tagOperations(object: DatasetEntity, inputs: Plain, known: Known): object[] {
  const live: Plain = object.tags ?? {};
  const wanted: Plain = { ...(inputs["tags"] as Plain | undefined) };
  for (const [input, tag] of [
    ["profile", "unifiedProfile"],
    ["identity", "unifiedIdentity"],
  ] as const) {
    if (enabled(object, tag) !== inputs[input]) wanted[tag] = inputs[input] ? ENABLED : DISABLED;
  }
  const before = at(known.inputs, "tags");
  const dropped = Object.keys(isPlain(before) ? before : {}).filter((tag) => !(tag in wanted) && tag in live);
  const operations: object[] = dropped.map((tag) => ({ op: "remove", path: pointer(tag) }));
  for (const [tag, value] of Object.entries(wanted)) {
    if (!same(live[tag], value)) operations.push({ op: tag in live ? "replace" : "add", path: pointer(tag), value });
  }
  if (operations.length > 0 && !object.tags) operations.unshift({ op: "add", path: "/tags", value: {} });
  return operations;
}

function pointer(tag: string): string {
  return `/tags/${tag.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
