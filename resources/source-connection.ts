import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, nameInput, specInput } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

export const sourceConnectionInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  baseConnection: z
    .string()
    .min(1)
    .optional()
    .describe("Id of the base connection; absent for streaming sources without credentials."),
  connectionSpec: specInput.describe("Connection spec of the source, the same as the base connection's."),
  data: z
    .strictObject({
      format: z.string().min(1).describe("delimited, json, parquet, tabular, ..."),
      properties: z.record(z.string(), z.unknown()).optional().describe("Format settings such as columnDelimiter."),
    })
    .optional()
    .describe("Format of the data."),
  params: z.record(z.string(), z.unknown()).optional().describe("What to read: path, type, ... as the spec defines."),
});

export type SourceConnectionArgs = ArgsOf<typeof sourceConnectionInputs>;

/** A source connection (Flow Service): what is read through a base connection. `id` is the connection id. */
export class SourceConnection extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly baseConnection: pulumi.Output<string | undefined>;
  declare readonly connectionSpec: pulumi.Output<{ id: string; version: string }>;
  declare readonly data: pulumi.Output<{ format: string; properties?: Record<string, unknown> } | undefined>;
  declare readonly params: pulumi.Output<Record<string, unknown> | undefined>;

  constructor(name: string, args: SourceConnectionArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "SourceConnection", keys: Object.keys(sourceConnectionInputs.shape) }, name, args, opts);
  }
}
