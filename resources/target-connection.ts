import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { FlowEntity } from "../aep/flow-service.ts";
import { findByName, flowSource, labelOperations, patchFlowObject, removeFlowObject } from "./flow-objects.ts";
import { commonInputs, descriptionInput, nameInput, registryId } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { at, clean } from "./values.ts";

const targetConnectionInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  dataset: z.string().min(1).describe("Id of the dataset the rows land in."),
  schema: registryId.describe("$id of the dataset's schema."),
  format: z.string().min(1).default("parquet_xdm").describe("Format written to the data lake."),
});

/** Inputs of TargetConnection; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
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

const COLLECTION = "targetConnections";
/** The data lake is the only target of source flows; any other spec is refused (documented). */
const DATA_LAKE = { id: "c604ff05-7f1a-43c0-8e18-33bf874cb11c", version: "1.0" };
const SCHEMA_VERSION = "application/vnd.adobe.xed-full+json;version=1";
const FROZEN = "a flow keeps the target it was made with, so a changed target is a new connection and a new flow";

export const targetConnectionKind: Kind<FlowEntity> = {
  name: "TargetConnection",
  inputs: targetConnectionInputs,
  outputs: {},
  fields: {
    name: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    dataset: { mode: "replace", reason: FROZEN },
    schema: { mode: "replace", reason: FROZEN },
    format: { mode: "replace", reason: FROZEN },
  },
  naturalKey: ["name"],
  permissions: "View and Manage Sources",

  source: (context) => flowSource(context, COLLECTION),
  view: (object) => ({
    inputs: {
      name: object.name,
      description: object.description || undefined,
      dataset: at(object, "params.dataSetId") ?? at(object, "params.datasetId"),
      schema: at(object, "data.schema.id"),
      format: at(object, "data.format"),
    },
    outputs: {},
    createdAt: object.createdAt,
  }),
  find: (context, inputs) => findByName(context, COLLECTION, inputs["name"]),
  async create(context, inputs) {
    const body = clean({
      name: inputs["name"],
      description: inputs["description"],
      data: { format: inputs["format"], schema: { id: inputs["schema"], version: SCHEMA_VERSION } },
      params: { dataSetId: inputs["dataset"] },
      connectionSpec: DATA_LAKE,
    });
    return { id: await context.flows.create(COLLECTION, body), outputs: {} };
  },
  async sync(context, _id, inputs, object, known) {
    await patchFlowObject(context, object, {
      collection: COLLECTION,
      plan: (current) => labelOperations(current, inputs, known),
      managed: (current) => ({ name: current.name, description: current.description }),
    });
    return {};
  },
  remove: (context, id) => removeFlowObject(context, COLLECTION, id),
};
