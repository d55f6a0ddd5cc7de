import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { FlowEntity } from "../aep/flow-service.ts";
import { findByName, flowSource, labelOperations, patchFlowObject, removeFlowObject, specOf } from "./flow-objects.ts";
import { commonInputs, descriptionInput, nameInput, specInput } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { clean } from "./values.ts";

const sourceConnectionInputs = z.strictObject({
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

/** Inputs of SourceConnection; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
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

const COLLECTION = "sourceConnections";
const FROZEN = "a flow keeps the source it was made with, so a changed source is a new connection and a new flow";

export const sourceConnectionKind: Kind<FlowEntity> = {
  name: "SourceConnection",
  inputs: sourceConnectionInputs,
  outputs: {},
  fields: {
    name: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    baseConnection: { mode: "replace", reason: FROZEN },
    connectionSpec: { mode: "replace", reason: FROZEN },
    data: { mode: "replace", reason: FROZEN },
    params: { mode: "replace", reason: FROZEN },
  },
  naturalKey: ["name"],
  permissions: "View and Manage Sources",

  source: (context) => flowSource(context, COLLECTION),
  view: (object, known) => ({
    inputs: {
      name: object.name,
      description: object.description || undefined,
      baseConnection: object["baseConnectionId"],
      connectionSpec: specOf(object["connectionSpec"], known.inputs["connectionSpec"]),
      data: object["data"] ?? undefined,
      params: object["params"] ?? undefined,
    },
    outputs: {},
    createdAt: object.createdAt,
  }),
  find: (context, inputs) => findByName(context, COLLECTION, inputs["name"]),
  async create(context, inputs) {
    const { name, description, baseConnection, connectionSpec, data, params } = inputs;
    const body = clean({ name, description, baseConnectionId: baseConnection, connectionSpec, data, params });
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
