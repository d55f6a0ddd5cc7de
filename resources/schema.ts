import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, registryId } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

export const schemaInputs = z.strictObject({
  ...commonInputs,
  title: z.string().min(1).describe("Title; unique among all schema resources of the tenant."),
  description: descriptionInput,
  class: registryId.describe("$id of the class, such as https://ns.adobe.com/xdm/context/profile."),
  fieldGroups: z.array(registryId).default([]).describe("$ids of the field groups; a set, order is free."),
  profile: z
    .boolean()
    .optional()
    .describe(
      "Enable for Real-Time Customer Profile (union tag). One way: turning it off replaces the schema. Leave it out where an IdentityDescriptor enables it.",
    ),
});

export type SchemaArgs = ArgsOf<typeof schemaInputs>;

/** An XDM schema of the tenant (Schema Registry). `id` is its `$id`. */
export class Schema extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly title: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly class: pulumi.Output<string>;
  declare readonly fieldGroups: pulumi.Output<string[]>;
  declare readonly profile: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: SchemaArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "Schema", keys: Object.keys(schemaInputs.shape) }, name, args, opts);
  }
}
