import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, nameInput, specInput } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

/** Epoch seconds stay below this until the year 5138; anything above was meant as milliseconds. */
const MAX_EPOCH_SECONDS = 100_000_000_000;

const schedule = z.strictObject({
  startTime: z
    .number()
    .int()
    .positive()
    .max(MAX_EPOCH_SECONDS, "write epoch seconds; this looks like milliseconds")
    .optional()
    .describe("First run, epoch seconds. When absent or already past at creation, a minute after creation."),
  frequency: z.enum(["once", "minute", "hour", "day", "week"]).describe("Unit of the interval."),
  interval: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("Units between runs; at least 15 for `minute`; not with `once`."),
  backfill: z.boolean().optional().describe("Read what is already there on the first run; not with `once`."),
});

export const dataflowInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  flowSpec: specInput.describe("Flow spec; a change replaces the flow."),
  sourceConnection: z.string().min(1).describe("Id of the source connection; a change replaces the flow."),
  targetConnection: z.string().min(1).describe("Id of the target connection; a change replaces the flow."),
  mapping: z
    .strictObject({
      id: z.string().min(1).describe("Id of the mapping set."),
      version: z.number().int().nonnegative().describe("Version of the mapping set."),
    })
    .optional()
    .describe("The mapping the flow runs."),
  schedule: schedule.optional().describe("When a batch flow runs; absent for streaming flows."),
  options: z
    .strictObject({
      errorDiagnosticsEnabled: z.boolean().optional().describe("Keep diagnostics of failed records."),
      partialIngestionPercent: z.number().min(0).max(100).optional().describe("Share of bad records a batch may hold."),
    })
    .optional()
    .describe("Ingestion options."),
  state: z.enum(["enabled", "disabled"]).default("enabled").describe("Whether the flow runs."),
});

export type DataflowArgs = ArgsOf<typeof dataflowInputs>;

/** A dataflow (Flow Service) from a source connection to a target connection. `id` is the flow id. */
export class Dataflow extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly flowSpec: pulumi.Output<{ id: string; version: string }>;
  declare readonly sourceConnection: pulumi.Output<string>;
  declare readonly targetConnection: pulumi.Output<string>;
  declare readonly mapping: pulumi.Output<{ id: string; version: number } | undefined>;
  declare readonly schedule: pulumi.Output<z.output<typeof schedule> | undefined>;
  declare readonly options: pulumi.Output<z.output<typeof dataflowInputs>["options"]>;
  declare readonly state: pulumi.Output<"enabled" | "disabled">;
  /** Streaming endpoint of the flow; absent for scheduled flows. */
  declare readonly inletUrl: pulumi.Output<string | undefined>;

  constructor(name: string, args: DataflowArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "Dataflow", keys: [...Object.keys(dataflowInputs.shape), "inletUrl"] }, name, args, opts);
  }
}
