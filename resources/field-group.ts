import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, registryId } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

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
