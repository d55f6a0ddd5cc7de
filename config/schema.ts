/**
 * The shape of a stack's configuration as one zod schema. A message of this schema is never the whole sentence: it says what
 * to write; config.ts puts the key, the position and the kind of the value found in front of it.
 */
import { z } from "zod";
import { EVENT_KINDS } from "../capillary/events.ts";
import { suggestion } from "./issues.ts";

/** Values from here on are milliseconds for any date of this century: 1e11 seconds is the year 5138, 1e11 ms is 1973. */
const FIRST_MILLISECONDS = 1e11;
/** A date alone is midnight UTC; with a time of day, the zone must be there. */
const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
/** What Pulumi makes of an ISO time without quotes: `2026-01-31 06:00:00 +0000 UTC`. */
const TIME_BY_PULUMI = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?) ([+-]\d{2})(\d{2})( \S+)?$/;
const PLACEHOLDER = /<[^<>]*>/;
const START_ADVICE = "write an ISO 8601 time with a zone (2026-01-31T06:00:00Z) or epoch seconds";

/** Text of the stack file; the placeholders of the sample stacks (`<...>`) are refused by name. */
const text = (write: string) =>
  z
    .string({ error: write })
    .meta({ description: `${write.charAt(0).toUpperCase()}${write.slice(1)}.` })
    .refine((value) => value.trim() !== "", { error: `is empty; ${write}` })
    .refine((value) => !PLACEHOLDER.test(value), { error: `is still the sample's placeholder; ${write}` });

/** One word of a list; a near miss is told the word it is near to. */
const oneOf = <const T extends readonly [string, ...string[]]>(known: T) =>
  z.enum(known, {
    error: ({ input }) =>
      typeof input === "string"
        ? `is none of the known words; ${suggestion(input, known)}`
        : `write one of ${known.join(", ")}`,
  });

const flag = (write = "write true or false") => z.boolean({ error: write });
const whole = (write: string) => z.int({ error: write }).positive({ error: write });
const url = text("write an http(s) URL").refine((value) => URL.canParse(value) && /^https?:/.test(value), {
  error: "is not a URL; write an http(s) URL such as https://platform.adobe.io",
});
const file = (kind: string, example: string) => text(`write the path of the ${kind} file, such as ${example}`);
const name = (of: string) => text(`write a name for the ${of}`);

/** A schedule's start: ISO 8601 with a zone, or epoch seconds; the result is epoch seconds. */
const start = z.unknown().transform((value, context) => {
  const seconds = startSeconds(value);
  if (typeof seconds === "number") return seconds;
  context.issues.push({ code: "custom", input: value, message: seconds });
  return z.NEVER;
});

/** Epoch seconds, or the sentence that says why the value is none. */
function startSeconds(value: unknown): number | string {
  const numeric = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof numeric === "number") {
    if (numeric >= FIRST_MILLISECONDS) return "is in milliseconds; write seconds (divide by 1000)";
    return Number.isInteger(numeric) && numeric > 0 ? numeric : START_ADVICE;
  }
  if (typeof value !== "string" || value === "") return START_ADVICE;
  if (PLACEHOLDER.test(value)) return `is still the sample's placeholder; ${START_ADVICE}`;
  const iso = value.replace(TIME_BY_PULUMI, "$1T$2$3:$4");
  const parsed = ISO_WITH_ZONE.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(parsed) ? `has no usable time or no zone; ${START_ADVICE}` : Math.floor(parsed / 1000);
}

/** One of Flow Service's specs: by id (the guide's ids are the defaults) or looked up by its name when the stack is deployed. */
const specChoice = (example: { id: string; lookup?: string }) =>
  z.object({
    id: text("write the spec's id")
      .optional()
      .meta({ examples: [example.id] }),
    version: text('write the spec\'s version, usually "1.0"').default("1.0"),
    lookup: text("write the spec's name as Flow Service lists it")
      .optional()
      .meta({ ...(example.lookup !== undefined && { examples: [example.lookup] }) }),
  });
const connectionSpec = specChoice({ id: "6360f136-5980-4111-8bdf-15d29eab3b5a" });
const flowSpec = specChoice({ id: "6499120c-0b15-42dc-936e-847ea3c24d72", lookup: "RestStorageToAEP" });
export type SpecChoice = z.infer<typeof flowSpec>;

const source = z.object({
  auth: z
    .object({
      specName: text("write the authentication's name in the connection spec").default("OAuth generic-rest-connector"),
      params: z.record(
        z.string(),
        z.union([text("write text, or env:NAME"), z.object({ secure: z.string() })], {
          error: "write text, or env:NAME",
        }),
        { error: "write the authentication's parameters as a map" },
      ),
    })
    .optional()
    .meta({
      description:
        "How the source lets AEP in. A parameter given as env:NAME is read from the environment when it is needed, and never stored.",
    }),
  authenticationRequired: flag()
    .optional()
    .meta({ description: "httpStreaming: whether a sender must show a token at the inlet. Default true." }),
  connectionSpec: connectionSpec.optional().meta({
    description:
      "Kind of source, by id or by a name that is looked up when the stack is deployed. Default: that of the mode.",
  }),
  flowSpec: flowSpec.optional().meta({ description: "Kind of dataflow, likewise. Default: that of the mode." }),
});

const schedule = z.object({
  start: start.optional().meta({
    description: `First run: ${START_ADVICE}. Default: a minute after the flow's creation.`,
    examples: ["2026-01-31T06:00:00Z"],
  }),
  frequency: oneOf(["once", "minute", "hour", "day", "week"])
    .default("minute")
    .meta({ description: "Unit of the interval; once: a single run." }),
  interval: whole("write a whole number of at least 1 (at least 15 with frequency minute)")
    .optional()
    .meta({ description: "Units from one run to the next, 15 at least with frequency minute; not with once." }),
  backfill: flag()
    .optional()
    .meta({
      description:
        "Whether the first run takes everything that is there already. AEP's default is true; not with once.",
      examples: [false],
    }),
});

const dataset = z.object({
  name: name("dataset"),
  description: text("write a sentence").optional(),
  profile: flag().default(false).meta({ description: "Feed Real-Time Customer Profile." }),
  identity: flag().default(false).meta({ description: "Feed the Identity Service." }),
  protect: flag()
    .optional()
    .meta({ description: "Keep it from deletion. Default: aep:protect.", examples: [true] }),
});

const flow = z.object({
  name: name("flow"),
  description: text("write a sentence").optional(),
  schema: file("XDM schema", "xdm/capillary-loyalty-profile.yaml"),
  mapping: file("mapping", "mappings/capillary-profile.yaml"),
  dataset,
  schedule: schedule.optional().meta({ description: "genericRest: when the source is polled." }),
  events: z
    .array(oneOf(EVENT_KINDS), {
      error: "write a list of event names",
    })
    .default([])
    .meta({ description: "httpStreaming: the raw Capillary events that are sent to this flow." }),
});

const MODES = ["genericRest", "httpStreaming"] as const;
const pipeline = z.object({
  name: name("pipeline"),
  description: text("write a sentence").optional(),
  mode: oneOf(MODES).meta({
    description: "genericRest: polled on a schedule, as in Adobe's guide. httpStreaming: pushed to an inlet.",
  }),
  source: source.default({}).meta({ description: "Where the data comes from." }),
  flows: z.array(flow, { error: "write a list of flows" }).min(1, { error: "is empty; write at least one flow" }),
});

/** Everything below `aep:` in a stack file. */
export const stackSchema = z.object({
  orgId: text("write the organisation's id, such as 1234ABCD5678@AdobeOrg").refine(
    (value) => /^\S+@AdobeOrg$/.test(value),
    {
      error: "does not end in @AdobeOrg; write the organisation's id, such as 1234ABCD5678@AdobeOrg",
    },
  ),
  sandbox: text("write the sandbox's name, in lower case").refine((value) => /^[a-z0-9-]+$/.test(value), {
    error: "has other characters than a-z, 0-9 and -; write the sandbox's name, not its title",
  }),
  tenantId: text("write the tenant id without its underscore").refine((value) => /^[A-Za-z0-9]\w*$/.test(value), {
    error: "is no tenant id; write it without the leading underscore, such as acme",
  }),
  endpoint: url.optional().meta({ description: "URL of AEP's APIs. Default: Adobe's." }),
  imsEndpoint: url.optional().meta({ description: "URL that tokens come from. Default: Adobe's." }),
  streamingEndpoint: url.optional().meta({ description: "URL that events are sent to. Default: Adobe's." }),
  clientId: text("write the client id")
    .optional()
    .meta({ description: "Client id of the OAuth server-to-server credential." }),
  clientSecret: z
    .union([text("set it with pulumi config set --secret"), z.object({ secure: z.string() })], {
      error: "set it with pulumi config set --secret aep:clientSecret",
    })
    .optional()
    .meta({
      description: "Its client secret: set it with pulumi config set --secret, or leave it to the environment.",
    }),
  scopes: text("write the IMS scopes, comma-separated")
    .optional()
    .meta({ description: "IMS scopes of the credential, comma-separated. Default: Adobe's usual ones." }),
  protect: flag()
    .default(true)
    .meta({ description: "Whether schemas and datasets are kept from deletion. Default true." }),
  allowDestroy: z.array(text('write a name, or "*" for all'), { error: "write a list of names" }).default([]).meta({
    description: 'Datasets (by name) and schemas (by title) that may be destroyed with their data; "*" for all.',
  }),
  standardFields: z
    .record(z.string(), flag(), { error: "write a map of fields, each true or false" })
    .optional()
    .meta({
      description:
        "Fields of Adobe's groups that not every sandbox has: whether this one does. Written by aep mapping fields --write.",
      examples: [{ "loyalty.lifetimePoints": true }],
    }),
  resources: file("resources", "stacks/dev.resources.yaml")
    .optional()
    .meta({
      description: "File of objects declared one by one, beside the pipelines.",
      examples: ["stacks/dev.resources.yaml"],
    }),
  pipelines: z.array(pipeline, { error: "write a list of pipelines" }).meta({ description: "What feeds the sandbox." }),
});

export type RawStackConfig = z.infer<typeof stackSchema>;
export type PipelineConfig = RawStackConfig["pipelines"][number];
