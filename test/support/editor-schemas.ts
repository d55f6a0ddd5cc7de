/** JSON Schemas of the two files that only editors read one for: the stack, and its list of single objects. */
import { z } from "zod";
import { stackSchema } from "../../config/schema.ts";
import { declaredFormat } from "../../resources/declared.ts";
import { KINDS } from "../../resources/kinds.ts";

type Json = Record<string, unknown>;
const TARGET = { io: "input", target: "draft-7" } as const;

/** What the program refuses as an unknown key, an editor marks as one; `secure` values are Pulumi's. */
const closed = {
  ...TARGET,
  override: ({ jsonSchema }: { jsonSchema: Json }) => {
    if (jsonSchema["properties"]) jsonSchema["additionalProperties"] ??= false;
  },
};

/** Keys may also come from the environment, so none is required; other namespaces than `aep:` are Pulumi's and its plugins'. */
export function stackJsonSchema(): Json {
  const { properties, $schema } = z.toJSONSchema(stackSchema, closed) as {
    properties: Record<string, Json>;
    $schema: string;
  };
  // Pulumi writes a flag as text when it saves the file.
  const protect = { ...properties["protect"], type: undefined, enum: [true, false, "true", "false"] };
  const keys = Object.entries({ ...properties, protect }).map(([key, value]) => [`aep:${key}`, value]);
  const text = (description: string) => ({ type: "string", description });
  return {
    $schema,
    title: "Stack",
    description: "Which pipelines feed one sandbox.",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(keys),
        patternProperties: { "^(?!aep:)": {} },
        additionalProperties: false,
      },
      environment: { description: "Pulumi ESC environments." },
      secretsprovider: text("Written by Pulumi."),
      encryptedkey: text("Written by Pulumi."),
      encryptionsalt: text("Written by Pulumi: belongs to the passphrase, and must stay."),
    },
    additionalProperties: false,
  };
}

/** Inputs by name only: in place of any value there may be a reference such as ${name.id}. */
export function resourcesJsonSchema(): Json {
  const format = z.toJSONSchema(declaredFormat, closed) as Json;
  const resources = (format["properties"] as Record<string, Json>)["resources"] as Json;
  const one = resources["additionalProperties"] as Json;
  const perKind = Object.entries(KINDS).map(([kind, { inputs }]) => ({
    if: { properties: { kind: { const: kind } }, required: ["kind"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { inputs: { properties: names(inputs), additionalProperties: false } } },
  }));
  const properties = { resources: { ...resources, additionalProperties: { ...one, allOf: perKind } } };
  return { ...format, title: "Resources", description: "Objects of a sandbox, declared one by one.", properties };
}

function names(inputs: z.ZodType): Json {
  const { properties = {} } = z.toJSONSchema(inputs, { ...TARGET, unrepresentable: "any" }) as {
    properties?: Record<string, Json>;
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, { description }]) => [
      name,
      description === undefined ? {} : { description },
    ]),
  );
}
