import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { DescriptorEntity, RegistryEntity } from "../aep/schema-registry.ts";
import type { Context } from "./context.ts";
import { commonInputs, registryId } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { hasUnion, schemaKind } from "./schema.ts";
import { type Plain, same } from "./values.ts";

const identityDescriptorInputs = z.strictObject({
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

/** Inputs of IdentityDescriptor; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
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

/** A descriptor, and whether its schema is enabled for Profile. */
interface DescriptorObject {
  descriptor: DescriptorEntity;
  union: boolean;
}

export const identityDescriptorKind: Kind<DescriptorObject> = {
  name: "IdentityDescriptor",
  inputs: identityDescriptorInputs,
  outputs: {},
  fields: {
    schema: { mode: "delete-before-replace", reason: "a descriptor stays with its field" },
    property: { mode: "delete-before-replace", reason: "a descriptor stays with its field" },
    namespace: { mode: "update", reason: "the descriptor is written anew under its id" },
    primary: { mode: "update", reason: "the descriptor is written anew under its id" },
    enableProfile: {
      mode: ({ before, after }) => (after === true ? "update" : before === true ? "refused" : "ignored"),
      modes: "update to turn on, refused to turn off",
      reason: "a schema enabled for Profile stays enabled; replace the schema to leave Profile",
    },
  },
  naturalKey: ["schema", "property"],
  permissions: "View and Manage Schemas, Manage Identity Metadata, View Identity Namespaces",

  source: (context) => ({
    get: async (id) => {
      const descriptor = await context.registry.getDescriptor(id);
      return descriptor && { descriptor, union: await unionOf(context, descriptor["xdm:sourceSchema"]) };
    },
    list: () => listWithUnion(context),
    idOf: (object) => object.descriptor["@id"],
  }),
  view: ({ descriptor, union }, known) => ({
    inputs: {
      schema: descriptor["xdm:sourceSchema"],
      property: descriptor["xdm:sourceProperty"],
      namespace: descriptor["xdm:namespace"],
      primary: descriptor["xdm:isPrimary"] ?? false,
      enableProfile: known.inputs["enableProfile"] === true ? union : known.inputs["enableProfile"],
    },
    outputs: {},
  }),
  async *find(context, inputs) {
    for await (const descriptor of context.registry.listDescriptors()) {
      if (
        descriptor["xdm:sourceSchema"] !== inputs["schema"] ||
        descriptor["xdm:sourceProperty"] !== inputs["property"]
      )
        continue;
      yield { descriptor, union: await unionOf(context, descriptor["xdm:sourceSchema"]) };
    }
  },
  async create(context, inputs) {
    return { id: await context.registry.createDescriptor(bodyOf(inputs)), outputs: {} };
  },
  unfinished: (inputs) => inputs["enableProfile"] === true,
  async sync(context, id, inputs, object, known) {
    const live = this.view(object, known).inputs;
    const changed = ["schema", "property", "namespace", "primary"].some((key) => !same(live[key], inputs[key]));
    if (changed) await context.registry.putDescriptor(id, bodyOf(inputs));
    if (inputs["enableProfile"] === true && !object.union)
      await context.registry.enableProfile(String(inputs["schema"]));
    return {};
  },
  remove: (context, id) => context.registry.remove("descriptors", id),
};

function bodyOf(inputs: Plain): Plain {
  return {
    "@type": "xdm:descriptorIdentity",
    "xdm:sourceSchema": inputs["schema"],
    "xdm:sourceVersion": 1,
    "xdm:sourceProperty": inputs["property"],
    "xdm:namespace": inputs["namespace"],
    "xdm:property": "xdm:code",
    "xdm:isPrimary": inputs["primary"],
  };
}

async function unionOf(context: Context, schema: string | undefined): Promise<boolean> {
  const object =
    schema === undefined
      ? undefined
      : await context.reads.get<RegistryEntity>("Schema", schemaKind.source(context), schema);
  return object !== undefined && hasUnion(object);
}

async function* listWithUnion(context: Context): AsyncGenerator<DescriptorObject> {
  const enabled = new Set<string | undefined>();
  for await (const schema of context.registry.list("schemas")) if (hasUnion(schema)) enabled.add(schema.$id);
  for await (const descriptor of context.registry.listDescriptors()) {
    yield { descriptor, union: enabled.has(descriptor["xdm:sourceSchema"]) };
  }
}
