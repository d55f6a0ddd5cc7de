/**
 * The formats of the files in `xdm/`; docs/json-schema/xdm-schema.json and xdm-field-group.json are made from them.
 *
 * A schema, `xdm/capillary-loyalty-profile.yaml`:
 * ```yaml
 * # yaml-language-server: $schema=../docs/json-schema/xdm-schema.json
 * kind: schema
 * title: Capillary loyalty profile           # unique among everything in the sandbox's registry
 * description: Members and their standing     # optional
 * class: profile                              # profile, experienceEvent, or a class $id
 * fieldGroups:                                # Adobe's own by short name, yours by file name in xdm/ (without .yaml), or a $id
 *   - identity-map                            # also loyalty-details, personal-contact-details, demographic-details,
 *   - capillary-loyalty                       #      commerce-details, loyalty-event-details
 * identities:                                 # optional: identity descriptors
 *   - { property: personalEmail.address, namespace: Email, primary: true }     # {tenant} allowed in property
 * profile: true                               # optional, default false: take part in Real-Time Customer Profile
 * ```
 *
 * A tenant field group, `xdm/capillary-loyalty.yaml`:
 * ```yaml
 * # yaml-language-server: $schema=../docs/json-schema/xdm-field-group.json
 * kind: fieldGroup
 * title: Capillary loyalty
 * extends: [profile]                          # classes it may be used with
 * fields:                                     # every path starts with _{tenant}.
 *   _{tenant}.capillary.tierName: string      # string, boolean, byte, short, int, long, double, date, date-time, object
 *   _{tenant}.capillary.expiredPoints: { type: double, title: Expired points, description: optional }
 *   _{tenant}.capillary.channel: { type: string, enum: { web: Web, store: In the store } }   # or a plain list
 *   _{tenant}.capillary.stores[].code: string # arrays end in [], maps in {}
 * ```
 */
import { z } from "zod";

const text = z.string().trim().min(1);
const CLASS_REF = "write profile, experienceEvent, or the $id of a class";
const url = z.string().regex(/^https:\/\/ns\.adobe\.com\/.+/, { error: CLASS_REF });
const CLASSES = ["profile", "experienceEvent"] as const;
const classRef = z
  .union([z.enum(CLASSES), url], { error: CLASS_REF })
  .meta({ description: "profile, experienceEvent, or the $id of a class." });

/** What a field may be; the JSON Schema of each is in FIELD_TYPES. */
const FIELD_TYPE_NAMES = [
  "string",
  "boolean",
  "byte",
  "short",
  "int",
  "integer",
  "long",
  "double",
  "number",
  "date",
  "date-time",
  "object",
] as const;
const typeName = z.enum(FIELD_TYPE_NAMES, { error: `write one of ${FIELD_TYPE_NAMES.join(", ")}` });

const field = z
  .union(
    [
      typeName,
      z.strictObject({
        type: typeName,
        title: text.optional(),
        description: text.optional(),
        enum: z
          .union([z.array(text).min(1), z.record(z.string(), text)], {
            error: "write a list of values, or value: label",
          })
          .optional()
          .meta({ description: "The only values allowed." }),
        suggest: z
          .record(z.string(), text)
          .optional()
          .meta({ description: "Usual values with their labels; others are allowed too." }),
        pattern: text.optional(),
        minimum: z.number().optional(),
        maximum: z.number().optional(),
        minLength: z.number().int().optional(),
        maxLength: z.number().int().optional(),
        required: z.array(text).optional().meta({ description: "For objects: names of the fields they must have." }),
      }),
    ],
    { error: `write a type (${FIELD_TYPE_NAMES.join(", ")}) or { type: ..., title: ... }` },
  )
  .meta({ description: "Type of the field, or the type with title, description, enum." });
export type FieldValue = z.output<typeof field>;

const NAME = "[A-Za-z0-9-][A-Za-z0-9_-]*";
/** `_{tenant}.` and names of letters, digits, - and _ that do not begin with _, each with [] or {} after it. */
const FIELD_PATH = new RegExp(`^_\\{tenant\\}(\\.${NAME}(\\[\\]|\\{\\})*)+$`);

export const fieldGroupFormat = z
  .strictObject({
    kind: z.literal("fieldGroup"),
    title: text.meta({ description: "Unique among everything in the sandbox's registry." }),
    description: text.optional(),
    extends: z.array(classRef).min(1).meta({ description: "Classes the group may be used with." }),
    fields: z
      .record(
        z.string().regex(FIELD_PATH, {
          error:
            "a field of a tenant group is written _{tenant}.name, with names of letters, digits, - and _ that do not begin with _",
        }),
        field,
      )
      .refine((fields) => Object.keys(fields).length > 0, "at least one field is needed")
      .meta({ description: "Path of each field: its type." }),
  })
  .meta({ title: "XDM field group", description: "Fields of your own, under the tenant's namespace." });

export const schemaFormat = z
  .strictObject({
    kind: z.literal("schema"),
    title: text.meta({ description: "Unique among everything in the sandbox's registry." }),
    description: text.optional(),
    class: classRef,
    fieldGroups: z.array(text).meta({
      description: "Adobe's groups by short name, your own by file name in xdm/, others by $id.",
    }),
    identities: z
      .array(
        z.strictObject({
          property: text.meta({ description: "Path of the field that holds the identity." }),
          namespace: text.meta({
            description: "Code of the identity namespace; it must exist, and its letters' case counts.",
          }),
          primary: z.boolean().default(false),
        }),
      )
      .default([])
      .refine((all) => all.filter((one) => one.primary).length <= 1, "only one identity can be the primary one"),
    profile: z
      .boolean()
      .default(false)
      .meta({ description: "Whether the schema takes part in Real-Time Customer Profile." }),
  })
  .meta({ title: "XDM schema", description: "A class and the field groups added to it." });
