/**
 * The format of a mapping file, `mappings/*.yaml`; docs/json-schema/mapping-set.json is made from it.
 *
 * ```yaml
 * # yaml-language-server: $schema=../docs/json-schema/mapping-set.json
 * name: Capillary loyalty profile          # optional; the file's name otherwise
 * description: What it is for              # optional
 * schema: capillary-loyalty-profile        # file in ../xdm/ (without .yaml), or a path to one from this file
 * rows:                                    # destination: source; {tenant} stands for the sandbox's tenant id
 *   identityMap.Email[0].id: { expr: lower(trim(identityMap.email[0].id)) }      # EXPRESSION
 *   loyalty.points: loyalty.points                                               # ATTRIBUTE: a path into the event
 *   _{tenant}.capillary.expiredPoints: { from: loyalty.expiredPoints, description: why }   # the same, with more to say
 *   eventType: { value: commerce.purchases }                                     # STATIC: a constant
 *   loyalty.lifetimePoints: { from: loyalty.lifetimePoints, orTenant: "_{tenant}.capillary.lifetimePoints" }
 *                                          # a field that not every sandbox has: elsewhere the row writes to the tenant field
 * ignore:                                  # optional: findings of `aep mapping lint` that are meant this way
 *   map/object-copy: the whole block is ours
 * tests:
 *   - name: the profile payload            # must be unique in the file
 *     event: ../events/profile.json        # a JSON file from this file, or the event itself
 *     expect: ../events/profile.xdm.json   # a JSON file or the XDM row itself; {tenant} allowed in keys
 *     errors:                              # optional; none are expected without it
 *       - { destination: loyalty.points, exception: part of the message }
 *     valid: false                         # optional; without it the row must satisfy the schema
 *     now: 2025-07-14T18:00:00Z            # optional; the clock of now() and timestamp(), default 2025-01-01T00:00:00Z
 * ```
 */
import { z } from "zod";

const text = z.string().trim().min(1);
const TIME = "write a time such as 2025-07-14T18:00:00Z, or epoch milliseconds";
const fileOrInline = z
  .union([text, z.record(z.string(), z.unknown())], { error: "write the path of a JSON file, or the object itself" })
  .meta({ description: "Path of a JSON file (from this file), or the object itself." });

const PLAIN_TENANT_PATH = /^_\{tenant\}(\.[A-Za-z0-9-][\w-]*)+$/;

const about = {
  name: text.optional().meta({ description: "Name of the row, kept in the mapping set." }),
  description: text.optional().meta({ description: "Why the row is as it is, kept in the mapping set." }),
  orTenant: z
    .string()
    .regex(PLAIN_TENANT_PATH, { error: "write a path of plain names under the tenant, such as _{tenant}.points" })
    .optional()
    .meta({
      description:
        "Where the row writes in a sandbox whose standard field group lacks the field: anywhere the stack does not say (aep:standardFields) that it is there.",
    }),
};

const rowValue = z
  .union(
    [
      text.meta({ description: "ATTRIBUTE: a path into the event, such as loyalty.points or items[*].sku." }),
      z.strictObject({ from: text.meta({ description: "ATTRIBUTE: a path into the event." }), ...about }),
      z.strictObject({
        expr: text.meta({ description: "EXPRESSION: a Data Prep expression.", examples: ["lower(trim(email))"] }),
        ...about,
      }),
      z.strictObject({
        value: z
          .union([z.string(), z.number(), z.boolean()], { error: "write a text, a number, or true or false" })
          .meta({ description: "STATIC: a constant." }),
        ...about,
      }),
    ],
    { error: "write a path into the event, { expr: ... }, { value: ... } or { from: ... }" },
  )
  .meta({ description: "Where the field's value comes from." });

const goldenTest = z
  .strictObject({
    name: text.meta({ description: "What the test shows." }),
    event: fileOrInline,
    expect: fileOrInline,
    errors: z
      .array(z.strictObject({ destination: text, exception: text.optional() }))
      .optional()
      .meta({ description: "Rows that are expected to fail; exception is a part of the message." }),
    valid: z.boolean().optional().meta({ description: "false when the row is expected to be refused by the schema." }),
    now: z
      .union([z.number().int(), z.iso.datetime({ offset: true, error: TIME })], {
        error: "write a time such as 2025-07-14T18:00:00Z, or epoch milliseconds",
      })
      .optional()
      .meta({ description: "Clock of now() and timestamp() in this test." }),
  })
  .meta({ description: "An event and the XDM row it must give." });

export const mappingFormat = z
  .strictObject({
    name: text.optional().meta({ description: "Name of the mapping set; the file's name when absent." }),
    description: text.optional(),
    schema: text.meta({
      description: "Target schema: a file in ../xdm/ without its ending, or a path from this file.",
    }),
    rows: z
      .record(z.string().min(1), rowValue)
      .refine((rows) => Object.keys(rows).length > 0, "at least one row is needed")
      .meta({ description: "One row per destination field; {tenant} stands for the sandbox's tenant id." }),
    ignore: z
      .record(z.string(), text)
      .optional()
      .meta({ description: "Rule id: the reason why its findings in this file are meant this way." }),
    tests: z.array(goldenTest).optional().meta({ description: "Golden tests, run by `aep mapping test`." }),
  })
  .meta({ title: "Mapping set", description: "From a source event to one XDM schema." });

export type MappingFormat = z.output<typeof mappingFormat>;
export type RowValue = MappingFormat["rows"][string];
