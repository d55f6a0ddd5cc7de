import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { RegistryEntity } from "../aep/schema-registry.ts";
import { AepError } from "../errors.ts";
import type { Context } from "./context.ts";
import { commonInputs, descriptionInput, registryId } from "./inputs.ts";
import type { Change, Kind, Known, Mode } from "./kind.ts";
import { createdAt, findByTitle, registrySource } from "./registry-objects.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { asSet, type Plain, same } from "./values.ts";

const schemaInputs = z.strictObject({
  ...commonInputs,
  title: z.string().min(1).describe("Title; unique among all schema resources of the tenant."),
  description: descriptionInput,
  class: registryId.describe("$id of the class, such as https://ns.adobe.com/xdm/context/profile."),
  fieldGroups: z.array(registryId).default([]).describe("$ids of the field groups; a set, order is free."),
  profile: z
    .boolean()
    .optional()
    .describe(
      "Enable for Real-Time Customer Profile (union tag). One way: turning it off replaces the schema. Leave it out where an IdentityDescriptor enables it.",
    ),
});

/** Inputs of Schema; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
export type SchemaArgs = ArgsOf<typeof schemaInputs>;

/** An XDM schema of the tenant (Schema Registry). `id` is its `$id`. */
export class Schema extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly title: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly class: pulumi.Output<string>;
  declare readonly fieldGroups: pulumi.Output<string[]>;
  declare readonly profile: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: SchemaArgs, opts?: pulumi.CustomResourceOptions) {
    super({ name: "Schema", keys: Object.keys(schemaInputs.shape) }, name, args, opts);
  }
}

const COLLECTION = "schemas";

export const schemaKind: Kind<RegistryEntity> = {
  name: "Schema",
  inputs: schemaInputs,
  outputs: {},
  fields: {
    title: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    class: {
      mode: replacing,
      modes: "delete-before-replace",
      reason: "a schema keeps its class, and titles are unique",
    },
    fieldGroups: {
      mode: "update",
      reason: "added in place; AEP refuses to take a group away once the schema is in use",
    },
    profile: {
      mode: (change) => (change.after === true ? "update" : change.before === true ? replacing(change) : "ignored"),
      modes: "update to turn on, delete-before-replace to turn off",
      reason: "a schema enabled for Profile stays enabled",
    },
  },
  naturalKey: ["title"],
  permissions: "View and Manage Schemas",
  holdsData: true,
  canonical: (inputs) => ({ ...inputs, fieldGroups: asSet(inputs["fieldGroups"]) }),

  source: (context) => registrySource(context, COLLECTION),
  view: (object, known) => {
    const references = referencesOf(object);
    const { class: ownClass, fieldGroups } = split(object, references, known);
    return {
      inputs: {
        title: object.title,
        description: object.description || undefined,
        class: ownClass,
        fieldGroups: asSet(fieldGroups),
        profile: hasUnion(object),
      },
      outputs: {},
      createdAt: createdAt(object),
    };
  },
  find: (context, inputs) => findByTitle(context, COLLECTION, inputs["title"]),
  async create(context, inputs) {
    const references = [inputs["class"], ...(inputs["fieldGroups"] as string[])];
    return { id: await context.registry.create(COLLECTION, bodyOf(inputs, references)), outputs: {} };
  },
  unfinished: (inputs) => inputs["profile"] === true,
  async sync(context, id, inputs, object, known) {
    const live = this.view(object, { inputs, outputs: {} }).inputs;
    const described = inputs["description"] !== undefined || known.inputs["description"] !== undefined;
    const changed =
      !same(live["title"], inputs["title"]) ||
      !same(live["fieldGroups"], inputs["fieldGroups"]) ||
      (described && (live["description"] ?? "") !== (inputs["description"] ?? ""));
    const wanted = described ? { ...inputs, description: inputs["description"] ?? "" } : inputs;
    if (changed) await context.registry.put(COLLECTION, id, bodyOf(wanted, keepOrder(object, inputs), object));
    if (inputs["profile"] === true && !hasUnion(object)) await context.registry.enableProfile(id);
    return {};
  },
  async remove(context, id) {
    try {
      await context.registry.remove(COLLECTION, id);
    } catch (error) {
      throw await explained(context, id, error);
    }
  },
};

/** AEP keeps schemas in use; the error then says what uses it and how to go on. */
async function explained(context: Context, id: string, error: unknown): Promise<unknown> {
  if (!(error instanceof AepError) || error.code !== "AEP_REFUSED") return error;
  const users: string[] = [];
  for await (const one of context.catalog.list([`schemaRef.id==${id}`])) users.push(`${one.name} (${one.id})`);
  const used = users.length > 0 ? `; datasets with this schema: ${users.join(", ")}` : "";
  return new AepError("AEP_REFUSED", `${error.message}${used}`, {
    where: error.where,
    hint: "A schema that is in use or enabled for Profile stays in AEP. To give it up here and keep it there, set retainOnDelete on the resource, apply, and delete again.",
    status: error.status,
    apiCode: error.apiCode,
    requestId: error.requestId,
  });
}

/** Titles are unique in the tenant: a successor of the same title cannot stand beside the old schema. */
function replacing({ olds, news }: Change): Mode {
  return olds["title"] === news["title"] ? "delete-before-replace" : "replace";
}

export function hasUnion(object: RegistryEntity): boolean {
  return (object["meta:immutableTags"] ?? []).includes("union");
}

function referencesOf(object: RegistryEntity): string[] {
  return (object.allOf ?? []).flatMap((part) => (part.$ref === undefined ? [] : [part.$ref]));
}

/** Class and field groups are both references in `allOf`; `meta:class` says which one is the class. */
function split(object: RegistryEntity, references: string[], known: Known): { class: unknown; fieldGroups: string[] } {
  const named = object["meta:class"] ?? known.inputs["class"];
  const ownClass = typeof named === "string" && references.includes(named) ? named : references[0];
  return { class: ownClass, fieldGroups: references.filter((reference) => reference !== ownClass) };
}

/** References in the order they have, new ones behind them. */
function keepOrder(object: RegistryEntity, inputs: Plain): unknown[] {
  const wanted = [inputs["class"], ...(inputs["fieldGroups"] as string[])];
  const present = referencesOf(object).filter((reference) => wanted.includes(reference));
  return [...present, ...wanted.filter((reference) => !present.includes(String(reference)))];
}

function bodyOf(inputs: Plain, references: unknown[], object?: RegistryEntity): Plain {
  const tags = object?.["meta:immutableTags"];
  return {
    type: "object",
    title: inputs["title"],
    description: inputs["description"] ?? object?.description ?? "",
    allOf: references.map(($ref) => ({ $ref })),
    ...(tags ? { "meta:immutableTags": tags } : {}),
  };
}
