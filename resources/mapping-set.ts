import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { MappingSetEntity } from "../aep/data-prep.ts";
import { commonInputs, nameInput, registryId } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import { at, isPlain, type Plain, same } from "./values.ts";

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

/** Inputs of MappingSet; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
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

const CONTENT_TYPE = "application/vnd.adobe.xed-full+json;version=1";

export const mappingSetKind: Kind<MappingSetEntity> = {
  name: "MappingSet",
  inputs: mappingSetInputs,
  outputs: { version: "Version that holds the declared rows; what a flow's `mapping.version` must be." },
  fields: {
    name: { mode: "update", reason: "written as a new version" },
    schema: { mode: "update", reason: "written as a new version; dataset, target and flow must follow" },
    rows: { mode: "update", reason: "written as a new version, which the flow is then given" },
  },
  naturalKey: ["name"],
  permissions: "View and Manage Sources",
  whole: ["rows"],
  canonical: (inputs) => ({ ...inputs, rows: plainDestinations(inputs["rows"]) }),

  source: (context) => ({
    get: (id) => context.dataPrep.get(id),
    list: () => context.dataPrep.list(),
    idOf: (object) => object.id,
  }),
  view: (object, known) => {
    const inputs = {
      name: object.name ?? undefined,
      schema: object.outputSchema?.schemaRef?.id ?? object.xdmSchema ?? undefined,
      rows: rowsOf(object, known.inputs["rows"]),
    };
    // Whoever wrote the same rows once more made a new version, but nothing that the flow would have to be given.
    const unchanged = ["name", "schema", "rows"].every((key) => same(inputs[key as "name"], known.inputs[key]));
    const version = unchanged ? (known.outputs["version"] ?? object.version) : object.version;
    return { inputs, outputs: { version }, createdAt: created(object) };
  },
  async *find(context, inputs) {
    for await (const object of context.dataPrep.list()) if (object.name === inputs["name"]) yield object;
  },
  async create(context, inputs) {
    const { id, version } = await context.dataPrep.create(bodyOf(inputs));
    return { id, outputs: { version } };
  },
  async sync(context, id, inputs, object, known) {
    const live = this.view(object, { inputs, outputs: {} }).inputs;
    if (["name", "schema", "rows"].every((key) => same(live[key], inputs[key]))) {
      // Written already, perhaps by a run that was ended before it could say so: then the version is a new one.
      return this.view(object, known).outputs;
    }
    return { version: await context.dataPrep.put(id, bodyOf(inputs)) };
  },
  remove: (context, id) => context.dataPrep.remove(id),
};

/** Destinations in the plain names the mapper takes: a segment's `xdm:` prefix, which some guides print, is dropped. */
function plainDestinations(rows: unknown): unknown {
  if (!isPlain(rows)) return rows;
  return Object.fromEntries(Object.entries(rows).map(([path, one]) => [path.replace(/(^|\.)xdm:/g, "$1"), one]));
}

/** Rows in order of destination, so that an object is mapped before the fields inside it. */
function bodyOf(inputs: Plain): Plain {
  const rows = Object.entries(inputs["rows"] as Record<string, Plain>).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name: inputs["name"],
    outputSchema: { schemaRef: { id: inputs["schema"], contentType: CONTENT_TYPE } },
    mappings: rows.map(([destination, { sourceType, source }]) => ({ sourceType, source, destination })),
  };
}

function rowsOf(object: MappingSetEntity, known: unknown): Plain {
  const rows: Plain = {};
  for (const one of object.mappings ?? []) {
    const destination = one.destination ?? one.destinationXdmPath ?? "";
    const source = one.source ?? one.sourceAttribute ?? "";
    const declared = isPlain(known) ? known[destination] : undefined;
    // Two rows of one destination: the second is shown under a name of its own, so that it is not lost from sight.
    const key = destination in rows ? `${destination} (again)` : destination;
    rows[key] = { sourceType: sourceTypeOf(one.sourceType, source, declared), source };
  }
  return rows;
}

/**
 * `sourceType` has a write form and a read form. How a STATIC row reads back is not documented: a row declared STATIC whose
 * source is unchanged counts as what it was declared, unless it reads back as an attribute.
 */
function sourceTypeOf(live: string | undefined, source: string, declared: unknown): string {
  const spelled = (live ?? "ATTRIBUTE").toLowerCase();
  if (spelled === "attribute" || spelled === "text/x.schema-path") return "ATTRIBUTE";
  if (at(declared, "sourceType") === "STATIC" && at(declared, "source") === source) return "STATIC";
  if (spelled === "expression" || spelled === "text/x.aep-xl") return "EXPRESSION";
  return spelled === "static" ? "STATIC" : (live ?? "ATTRIBUTE");
}

function created(object: MappingSetEntity): number | undefined {
  const time = typeof object.createdDate === "string" ? Date.parse(object.createdDate) : object.createdDate;
  return Number.isNaN(time) ? undefined : time;
}
