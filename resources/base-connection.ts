import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { commonInputs, descriptionInput, nameInput, specInput } from "./inputs.ts";
import { AepResource, type ArgsOf } from "./resource.ts";

export const baseConnectionInputs = z.strictObject({
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
  if (!isPlain(auth)) return auth === undefined ? undefined : pulumi.secret(auth);
  const params = auth["params"];
  if (!isPlain(params)) return { ...auth, params: pulumi.secret(params) };
  return {
    ...auth,
    params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, pulumi.secret(value)])),
  };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
