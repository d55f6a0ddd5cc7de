import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, nameInput, registryId } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

export const targetConnectionInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  dataset: z.string().min(1).describe("Id of the dataset the rows land in."),
  schema: registryId.describe("$id of the dataset's schema."),
  format: z.string().min(1).default("parquet_xdm").describe("Format written to the data lake."),
});

export type TargetConnectionArgs = ArgsOf<typeof targetConnectionInputs>;

/** A target connection (Flow Service) to a dataset of the data lake. `id` is the connection id. */
export class TargetConnection extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly dataset: pulumi.Output<string>;
  declare readonly schema: pulumi.Output<string>;
  declare readonly format: pulumi.Output<string>;

  constructor(name: string, args: TargetConnectionArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "TargetConnection", keys: Object.keys(targetConnectionInputs.shape) }, name, args, opts);
  }
}
