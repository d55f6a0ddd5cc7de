import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { RegistryEntity } from "../aep/schema-registry.ts";
import { type FlatFields, flattenFields, unflattenFields } from "../mapping/xdm/index.ts";
import { commonInputs, descriptionInput, registryId } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { createdAt, findByTitle, registrySource } from "./registry-objects.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { asSet, type Plain, project, same } from "./values.ts";

const field = z
  .looseObject({
    type: z
      .enum(["string", "integer", "number", "boolean", "object", "array"])
      .describe("JSON type; finer ones by `format` or `minimum`/`maximum`, as in XDM."),
    title: z.string().optional().describe("Title of the field."),
    description: z.string().optional().describe("Description of the field."),
  })
  .describe("One field: JSON Schema keywords without `properties` and `items`, which the paths express.");

export const fieldGroupInputs = z.strictObject({
  ...commonInputs,
  title: z.string().min(1).describe("Title; unique among all schema resources of the tenant."),
  description: descriptionInput,
  intendedToExtend: z
    .array(registryId)
    .min(1)
    .describe("$ids of the classes the group can be added to; order is free."),
  fields: z
    .record(z.string().regex(/^_[^.]+(\.[^.]+)+$/, "start the path with the tenant's object: _<tenant>.<field>"), field)
    .describe("Fields by dotted path, such as `_acme.capillary.points`; `[]` marks arrays: `_acme.items[].sku`."),
});

/** Inputs of FieldGroup; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
export type FieldGroupArgs = ArgsOf<typeof fieldGroupInputs>;

/** A field group of the tenant (Schema Registry). `id` is its `$id`. */
export class FieldGroup extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly title: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly intendedToExtend: pulumi.Output<string[]>;
  declare readonly fields: pulumi.Output<z.output<typeof fieldGroupInputs>["fields"]>;

  constructor(name: string, args: FieldGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "FieldGroup", keys: Object.keys(fieldGroupInputs.shape) }, name, args, opts);
  }
}

const COLLECTION = "fieldgroups";

export const fieldGroupKind: Kind<RegistryEntity> = {
  name: "FieldGroup",
  inputs: fieldGroupInputs,
  outputs: {},
  fields: {
    title: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    intendedToExtend: { mode: "update", reason: "written anew; AEP refuses it once a class taken away is in use" },
    fields: {
      mode: "update",
      reason: "added in place; AEP refuses to remove or retype a field once a schema with the group is in use",
    },
  },
  naturalKey: ["title"],
  permissions: "View and Manage Schemas",
  whole: ["fields"],
  canonical: (inputs) => ({
    ...inputs,
    intendedToExtend: asSet(inputs["intendedToExtend"]),
    fields: flattenFields(unflattenFields(inputs["fields"] as FlatFields)),
  }),

  source: (context) => registrySource(context, COLLECTION),
  view: (object) => ({
    inputs: {
      title: object.title,
      description: object.description || undefined,
      intendedToExtend: asSet(object["meta:intendedToExtend"] ?? []),
      fields: flattenFields(object),
    },
    outputs: {},
    createdAt: createdAt(object),
  }),
  find: (context, inputs) => findByTitle(context, COLLECTION, inputs["title"]),
  async create(context, inputs) {
    return { id: await context.registry.create(COLLECTION, bodyOf(inputs)), outputs: {} };
  },
  async sync(context, id, inputs, object, known) {
    const live = project(inputs, this.view(object, known).inputs, new Set(this.whole)) as Plain;
    const undescribed = known.inputs["description"] !== undefined && inputs["description"] === undefined;
    const changed = ["title", "description", "intendedToExtend", "fields"].some((key) => !same(live[key], inputs[key]));
    if (changed || (undescribed && object.description))
      await context.registry.put(COLLECTION, id, bodyOf(inputs, undescribed ? undefined : object));
    return {};
  },
  remove: (context, id) => context.registry.remove(COLLECTION, id),
};

/** The whole group as POST and PUT take it. A description that is not managed stays as it is. */
function bodyOf(inputs: Plain, object?: RegistryEntity): Plain {
  return {
    type: "object",
    title: inputs["title"],
    description: inputs["description"] ?? object?.description ?? "",
    "meta:intendedToExtend": inputs["intendedToExtend"],
    ...unflattenFields(inputs["fields"] as FlatFields),
  };
}
