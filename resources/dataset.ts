import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, nameInput, registryId } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

const reservedTag = /^(unifiedProfile|unifiedIdentity|adobe\/.*)$/;

export const datasetInputs = z.strictObject({
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
