import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, registryId } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

export const identityDescriptorInputs = z.strictObject({
  ...commonInputs,
  schema: registryId.describe("$id of the schema."),
  property: z
    .string()
    .regex(
      /^(\/(?!properties(\/|$))[^/]+)+$/,
      "write the field's path with slashes and without /properties: /personalEmail/address",
    )
    .describe("Path of the identity field, such as `/personalEmail/address`."),
  namespace: z.string().min(1).describe("Code of the identity namespace, such as `Email`."),
  primary: z.boolean().default(false).describe("Whether it is the schema's primary identity; one for each schema."),
  enableProfile: z
    .boolean()
    .optional()
    .describe("Enable the schema for Profile once this descriptor stands. One way: it cannot be taken back."),
});

export type IdentityDescriptorArgs = ArgsOf<typeof identityDescriptorInputs>;

/** An identity descriptor of a schema (Schema Registry). `id` is its `@id`. */
export class IdentityDescriptor extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly schema: pulumi.Output<string>;
  declare readonly property: pulumi.Output<string>;
  declare readonly namespace: pulumi.Output<string>;
  declare readonly primary: pulumi.Output<boolean>;
  declare readonly enableProfile: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: IdentityDescriptorArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "IdentityDescriptor", keys: Object.keys(identityDescriptorInputs.shape) }, name, args, opts);
  }
}
