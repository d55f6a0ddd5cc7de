import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { FlowEntity, PatchOperation } from "../aep/flow-service.ts";
import { fromEnvironment } from "./environment.ts";
import { findByName, flowSource, labelOperations, patchFlowObject, removeFlowObject, specOf } from "./flow-objects.ts";
import { commonInputs, descriptionInput, nameInput, specInput } from "./inputs.ts";
import type { Change, Kind, Known, Mode } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { at, clean, type Plain, same } from "./values.ts";

const baseConnectionInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  connectionSpec: specInput.describe("Connection spec of the source; a change replaces the connection."),
  auth: z
    .strictObject({
      specName: z.string().min(1).describe("Name of the authentication spec; a change replaces the connection."),
      params: z
        .record(z.string(), z.unknown())
        .describe(
          "Parameters and credentials; encrypted in state. `env:NAME` takes a value from the environment when the API is called.",
        ),
    })
    .optional()
    .describe("Authentication; absent for sources without credentials."),
});

/** Inputs of BaseConnection; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
export type BaseConnectionArgs = ArgsOf<typeof baseConnectionInputs>;

/** A base connection (Flow Service): credentials and endpoint of a source. `id` is the connection id. */
export class BaseConnection extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly connectionSpec: pulumi.Output<{ id: string; version: string }>;
  declare readonly auth: pulumi.Output<{ specName: string; params: Record<string, unknown> } | undefined>;
  /** Streaming endpoint of an HTTP API connection; absent otherwise. */
  declare readonly inletUrl: pulumi.Output<string | undefined>;
  /** Inlet id of an HTTP API connection; absent otherwise. */
  declare readonly inletId: pulumi.Output<string | undefined>;

  constructor(name: string, args: BaseConnectionArgs, opts?: pulumi.CustomResourceOptions) {
    const keys = [...Object.keys(baseConnectionInputs.shape), "inletUrl", "inletId"];
    super({ name: "BaseConnection", keys, secretKeys: ["auth"] }, name, { ...args, auth: conceal(args.auth) }, opts);
  }
}

/** Marks each parameter on its own as a secret, so that a diff can say which one changed without showing it. */
function conceal(auth: BaseConnectionArgs["auth"]): pulumi.Input<unknown> {
  if (!isLiteral(auth)) return auth === undefined ? undefined : pulumi.secret(auth);
  const params = auth["params"];
  if (!isLiteral(params)) return { ...auth, params: pulumi.secret(params) };
  return {
    ...auth,
    params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, pulumi.secret(value)])),
  };
}

/** A literal object; an Output, which is an object too, has a prototype of its own. */
function isLiteral(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const COLLECTION = "connections";
/** Connection spec of the HTTP API, whose base connection owns the inlet, and the provider it wants named. */
const HTTP_API = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const STREAMING_PROVIDER = "521eee4d-8cbe-4906-bb48-fb6bd4450033";

export const baseConnectionKind: Kind<FlowEntity> = {
  name: "BaseConnection",
  inputs: baseConnectionInputs,
  outputs: {
    inletUrl: "Streaming endpoint of an HTTP API connection.",
    inletId: "Inlet id of an HTTP API connection.",
  },
  fields: {
    name: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    connectionSpec: { mode: replacing, modes: "replace", reason: "the spec of a connection never changes (FLOW-1414)" },
    auth: { mode: replacing, modes: "replace", reason: "authentication cannot be added to or taken from a connection" },
    "auth.specName": { mode: replacing, modes: "replace", reason: "the kind of authentication is fixed" },
    "auth.params": {
      mode: "update",
      reason:
        "the whole set is written anew, with every secret; where the connector takes no change (CONNECTOR-1300, FLOW-1445), `pulumi up --replace` makes a new connection",
    },
  },
  naturalKey: ["name"],
  permissions: "View and Manage Sources",
  secrets: ["auth.params"],

  source: (context) => flowSource(context, COLLECTION),
  view: (object, known) => ({
    inputs: {
      name: object.name,
      description: object.description || undefined,
      connectionSpec: specOf(object["connectionSpec"], known.inputs["connectionSpec"]),
      auth: viewAuth(object["auth"], known.inputs["auth"]),
    },
    outputs: { inletUrl: at(object, "auth.params.inletUrl"), inletId: at(object, "auth.params.inletId") },
    createdAt: object.createdAt,
  }),
  find: (context, inputs) => findByName(context, COLLECTION, inputs["name"]),
  async create(context, inputs) {
    const { name, description, connectionSpec, auth } = inputs;
    const providerId = at(connectionSpec, "id") === HTTP_API ? STREAMING_PROVIDER : undefined;
    const body = clean({ name, description, providerId, connectionSpec, auth: fromEnvironment(auth) });
    return { id: await context.flows.create(COLLECTION, body), outputs: {} };
  },
  unfinished: (inputs) => at(inputs, "connectionSpec.id") === HTTP_API,
  async sync(context, _id, inputs, object, known) {
    const params = paramsOperation(inputs, known);
    const current = await patchFlowObject(context, object, {
      collection: COLLECTION,
      plan: (one) => [...labelOperations(one, inputs, known), ...params],
      managed: ({ name, description }) => ({ name, description }),
    });
    return this.view(current, { inputs, outputs: {} }).outputs;
  },
  remove: (context, id) => removeFlowObject(context, COLLECTION, id),
};

/** Two HTTP API connections cannot have the same `sourceId`, so there the old one goes first. */
function replacing({ olds, news }: Change): Mode {
  const sourceId = at(olds, "auth.params.sourceId");
  return sourceId !== undefined && same(sourceId, at(news, "auth.params.sourceId"))
    ? "delete-before-replace"
    : "replace";
}

/**
 * Authentication as it stands in state: the API masks secrets, or leaves authentication out of its answers altogether,
 * and whoever changed a credential over there could not be told from the mask.
 */
function viewAuth(live: unknown, known: unknown): unknown {
  if (known === undefined) return undefined;
  return { specName: at(live, "specName") ?? at(known, "specName"), params: at(known, "params") };
}

/** The complete parameters, when the program changed them. */
function paramsOperation(inputs: Plain, known: Known): PatchOperation[] {
  const wanted = at(inputs, "auth.params");
  if (wanted === undefined || same(wanted, at(known.inputs, "auth.params"))) return [];
  return [{ op: "replace", path: "/auth/params", value: fromEnvironment(wanted) }];
}
