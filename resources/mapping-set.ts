import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, nameInput, registryId } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

const row = z.strictObject({
  sourceType: z.enum(["ATTRIBUTE", "EXPRESSION", "STATIC"]).describe("How `source` is read."),
  source: z.string().describe("An attribute path, an expression, or a constant."),
});

export const mappingSetInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  schema: registryId.describe("$id of the target schema."),
  rows: z.record(z.string().min(1), row).describe("Mapping rows by destination path."),
});

export type MappingSetArgs = ArgsOf<typeof mappingSetInputs>;

/** A mapping set (Data Prep). `id` is the mapping set id; every change makes a new `version` that flows must be given. */
export class MappingSet extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly schema: pulumi.Output<string>;
  declare readonly rows: pulumi.Output<z.output<typeof mappingSetInputs>["rows"]>;
  /** Version that holds the declared rows; feed it to the flow's `mapping.version`. */
  declare readonly version: pulumi.Output<number>;

  constructor(name: string, args: MappingSetArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "MappingSet", keys: [...Object.keys(mappingSetInputs.shape), "version"] }, name, args, opts);
  }
}
