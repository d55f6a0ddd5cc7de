import { z } from "zod";

/** Inputs that every kind has. */
export const commonInputs = {
  sandbox: z
    .string()
    .regex(/^[a-z0-9-]+$/, "write the sandbox's name: lower-case letters, digits and hyphens")
    .describe("Name of the AEP sandbox the object lives in."),
  adopt: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Take over an existing object instead of creating one: its id, or `by-name` to find it by its natural key (refused when several match). Ignored once the resource exists; remove it before a change that replaces the object.",
    ),
};

export const nameInput = z.string().min(1).describe("Name shown in AEP.");
export const descriptionInput = z
  .string()
  .optional()
  .describe("Description shown in AEP; emptied when no longer declared, left alone when never declared.");

/** A connection or flow spec: its id, and the version, which is `1.0` wherever Adobe documents it. */
export const specInput = z.strictObject({
  id: z.string().min(1).describe("Id of the spec, from GET /connectionSpecs or /flowSpecs."),
  version: z.string().default("1.0").describe("Version of the spec."),
});

/** A registry URI such as `https://ns.adobe.com/xdm/context/profile`. */
export const registryId = z
  .string()
  .regex(/^https?:\/\/\S+$/, "write the full $id, a URI such as https://ns.adobe.com/<tenant>/schemas/<hash>");
