import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { FlowEntity, PatchOperation } from "../aep/flow-service.ts";
import type { Context } from "./context.ts";
import {
  findByName,
  flowSource,
  isTransitional,
  labelOperations,
  patchFlowObject,
  removeFlowObject,
  reread,
  settled,
  specOf,
} from "./flow-objects.ts";
import { commonInputs, descriptionInput, nameInput, specInput } from "./inputs.ts";
import type { Change, FieldRule, Kind, Mode } from "./kind.ts";
import { AepResource, type ArgsOf } from "./resource.ts";
import {
  effectiveSchedule,
  rememberHistory,
  scheduleMistakes,
  scheduleOperations,
  started,
  viewSchedule,
  withScheduleDefaults,
} from "./schedule.ts";
import { at, clean, isPlain, type Plain, same } from "./values.ts";

/** Epoch seconds stay below this until the year 5138; anything above was meant as milliseconds. */
const MAX_EPOCH_SECONDS = 100_000_000_000;

const schedule = z.strictObject({
  startTime: z
    .number()
    .int()
    .positive()
    .max(MAX_EPOCH_SECONDS, "write epoch seconds; this looks like milliseconds")
    .optional()
    .describe("First run, epoch seconds. When absent or already past at creation, a minute after creation."),
  frequency: z.enum(["once", "minute", "hour", "day", "week"]).describe("Unit of the interval."),
  interval: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("Units between runs; for `minute` at least 15, which is its default, otherwise 1; not with `once`."),
  backfill: z
    .boolean()
    .optional()
    .describe("Read on the first run what is already there. Default true; not with `once`."),
});

export const dataflowInputs = z.strictObject({
  ...commonInputs,
  name: nameInput,
  description: descriptionInput,
  flowSpec: specInput.describe("Flow spec; a change replaces the flow."),
  sourceConnection: z.string().min(1).describe("Id of the source connection; a change replaces the flow."),
  targetConnection: z.string().min(1).describe("Id of the target connection; a change replaces the flow."),
  mapping: z
    .strictObject({
      id: z.string().min(1).describe("Id of the mapping set."),
      version: z.number().int().nonnegative().describe("Version of the mapping set."),
    })
    .optional()
    .describe("The mapping the flow runs."),
  schedule: schedule.optional().describe("When a batch flow runs; absent for streaming flows."),
  options: z
    .strictObject({
      errorDiagnosticsEnabled: z.boolean().optional().describe("Keep diagnostics of failed records."),
      partialIngestionPercent: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe("Share of bad records a batch may hold, in percent."),
    })
    .optional()
    .describe("Ingestion options."),
  state: z.enum(["enabled", "disabled"]).default("enabled").describe("Whether the flow runs."),
});

/** Inputs of Dataflow; each may be an output of another resource. Meaning and defaults: docs/resources.md. */
export type DataflowArgs = ArgsOf<typeof dataflowInputs>;

/** A dataflow (Flow Service) from a source connection to a target connection. `id` is the flow id. */
export class Dataflow extends AepResource {
  declare readonly sandbox: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly flowSpec: pulumi.Output<{ id: string; version: string }>;
  declare readonly sourceConnection: pulumi.Output<string>;
  declare readonly targetConnection: pulumi.Output<string>;
  declare readonly mapping: pulumi.Output<{ id: string; version: number } | undefined>;
  declare readonly schedule: pulumi.Output<z.output<typeof schedule> | undefined>;
  declare readonly options: pulumi.Output<z.output<typeof dataflowInputs>["options"]>;
  declare readonly state: pulumi.Output<"enabled" | "disabled">;
  /** Streaming endpoint of the flow; absent for scheduled flows and for the HTTP API: it belongs to the base connection. */
  declare readonly inletUrl: pulumi.Output<string | undefined>;
  /** Start time a scheduled flow was given, epoch seconds: the declared one, or a minute after creation. */
  declare readonly startsAt: pulumi.Output<number | undefined>;
  /** Whether a scheduled flow was told to read what was there before it. */
  declare readonly readsHistory: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: DataflowArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { name: "Dataflow", keys: [...Object.keys(dataflowInputs.shape), "inletUrl", "startsAt", "readsHistory"] },
      name,
      args,
      opts,
    );
  }
}

const COLLECTION = "flows";
/** Flow specs of the HTTP API, with and without a mapping: its inlet belongs to the base connection (Adobe doc). */
const HTTP_API_FLOWS = new Set(["c1a19761-d2c7-4702-b9fa-fe91f0613e81", "d8a6f005-7eaf-4153-983e-e8574508b877"]);
/** Two flows on one source would both read it, so the old flow always goes first. */
const replaced = (reason: string): FieldRule => ({ mode: "delete-before-replace", reason });

export const dataflowKind: Kind<FlowEntity> = {
  name: "Dataflow",
  inputs: dataflowInputs,
  outputs: {
    inletUrl:
      "Streaming endpoint of the flow; absent for scheduled flows, and for the HTTP API, whose endpoint is its base connection's.",
    startsAt: "Start time the flow was given, epoch seconds.",
    readsHistory: "Whether the flow was told to read what was there before it.",
  },
  fields: {
    name: { mode: "update", reason: "a label" },
    description: { mode: "update", reason: "a label" },
    flowSpec: replaced("a flow keeps its spec"),
    sourceConnection: replaced("a flow keeps its source"),
    targetConnection: replaced("a flow keeps its target"),
    mapping: replaced("a mapping cannot be added to or taken from a flow"),
    "mapping.id": { mode: "update", reason: "only the flow's transformation is changed" },
    "mapping.version": { mode: "update", reason: "only the flow's transformation is changed" },
    schedule: replaced("a flow is either scheduled or not"),
    "schedule.frequency": {
      mode: (change) => (change.after === "once" ? unlessStarted(change) : "update"),
      modes: "update; delete-before-replace to make it `once` after the start",
      reason: "a flow that has started cannot become `once`",
    },
    "schedule.interval": {
      mode: "update",
      reason: "changed in place; where AEP refuses it (CONNECTOR-1365, -1366), `pulumi up --replace` makes a new flow",
    },
    "schedule.startTime": {
      mode: (change) => (change.after === undefined ? "ignored" : unlessStarted(change)),
      modes: "update before the start, delete-before-replace after it",
      reason: "a start that has passed cannot be moved",
    },
    "schedule.backfill": {
      mode: (change) => (started(change.olds["schedule"]) ? "ignored" : "update"),
      modes: "update before the start, ignored after it",
      reason: "what a first run read cannot be taken back",
    },
    options: replaced("no way to change options is documented"),
    state: { mode: "update", reason: "enabled or disabled by an action" },
  },
  naturalKey: ["name"],
  permissions: "View and Manage Sources",
  canonical: (inputs) => ({ ...inputs, schedule: withScheduleDefaults(inputs["schedule"]) }),
  mistakes: (inputs) => scheduleMistakes(inputs["schedule"]),

  source: (context) => flowSource(context, COLLECTION),
  view: (object, known) => {
    const seen = viewSchedule(object["scheduleParams"], known);
    const mapping = transformationOf(object);
    const flowSpec = specOf(object["flowSpec"], known.inputs["flowSpec"]);
    const inlet = mayHaveInlet({ ...seen, flowSpec }) ? at(object, "options.inletUrl") : undefined;
    return {
      inputs: {
        name: object.name,
        description: object.description || undefined,
        flowSpec,
        sourceConnection: firstOf(object["sourceConnectionIds"]),
        targetConnection: firstOf(object["targetConnectionIds"]),
        mapping: mapping && { id: mapping.id, version: mapping.version },
        schedule: seen.schedule,
        options: optionsOf(object["options"]),
        state: stateOf(object.state, known.inputs["state"]),
      },
      outputs: { ...seen.outputs, inletUrl: inlet },
      createdAt: object.createdAt,
    };
  },
  find: (context, inputs) => findByName(context, COLLECTION, inputs["name"]),
  async create(context, inputs) {
    const { name, description, flowSpec, sourceConnection, targetConnection, mapping, options } = inputs;
    const schedule = await effectiveSchedule(context, inputs);
    const body = clean({
      name,
      description,
      flowSpec,
      sourceConnectionIds: [sourceConnection],
      targetConnectionIds: [targetConnection],
      transformations: mapping === undefined ? [] : [transformation(mapping)],
      scheduleParams: schedule?.params,
      options,
    });
    const id = await context.flows.create(COLLECTION, body);
    schedule?.done();
    return { id, outputs: { ...schedule?.outputs } };
  },
  unfinished: (inputs) => mayHaveInlet(inputs) || inputs["state"] === "disabled",
  async sync(context, _id, inputs, object, known) {
    const schedule = scheduleOperations(context, object["scheduleParams"], inputs["schedule"], known);
    await patchFlowObject(context, object, {
      collection: COLLECTION,
      plan: (current) => [
        ...labelOperations(current, inputs, known),
        ...mappingOperations(current, inputs["mapping"]),
        ...scheduleOperations(context, current["scheduleParams"], inputs["schedule"], known).operations,
      ],
      managed: (current) => this.view(current, known).inputs,
    });
    await bringToState(context, object, String(inputs["state"]));
    return { ...this.view(object, known).outputs, ...schedule.outputs };
  },
  async remove(context, id, known) {
    await rememberHistory(context, known);
    await removeFlowObject(context, COLLECTION, id);
  },
};

/** Streaming flows of partners' sources have an inlet of their own, which the API shows once the flow stands. */
function mayHaveInlet({ schedule, flowSpec }: Plain): boolean {
  return schedule === undefined && !HTTP_API_FLOWS.has(String(at(flowSpec, "id")));
}

function unlessStarted({ olds }: Change): Mode {
  return started(olds["schedule"]) ? "delete-before-replace" : "update";
}

function firstOf(ids: unknown): unknown {
  return Array.isArray(ids) ? ids[0] : ids;
}

function transformation(mapping: unknown): Plain {
  return { name: "Mapping", params: { mappingId: at(mapping, "id"), mappingVersion: at(mapping, "version") } };
}

/** The flow's mapping and its place among the transformations; versions are spelled as text in some answers. */
function transformationOf(object: FlowEntity): { id: unknown; version: number; index: number } | undefined {
  const all: unknown[] = Array.isArray(object["transformations"]) ? object["transformations"] : [];
  const index = all.findIndex((one) => at(one, "name") === "Mapping");
  if (index < 0) return undefined;
  return { id: at(all[index], "params.mappingId"), version: Number(at(all[index], "params.mappingVersion")), index };
}

function mappingOperations(object: FlowEntity, wanted: unknown): PatchOperation[] {
  const live = transformationOf(object);
  if (!live || wanted === undefined || same({ id: live.id, version: live.version }, wanted)) return [];
  return [{ op: "replace", path: `/transformations/${live.index}`, value: transformation(wanted) }];
}

/** What was set of the options; the inlet in them is the service's own. */
function optionsOf(options: unknown): Plain | undefined {
  if (!isPlain(options)) return undefined;
  const { inletUrl: _, ...own } = options;
  return Object.keys(own).length > 0 ? own : undefined;
}

/** States on the way, and where they lead; only an update leads back to where it came from. */
const LEADS_TO: Record<string, string> = { enabling: "enabled", initializing: "enabled", disabling: "disabled" };

function stateOf(state: string | undefined, known: unknown): unknown {
  return state === "updating" ? (known ?? "enabled") : (LEADS_TO[state ?? ""] ?? state);
}

/**
 * Switches the flow on or off. An action is refused while the flow is on its way somewhere, be it only because of what was
 * patched a moment ago, and in the state it leads to, where a repeated action finds the flow whose first answer was lost.
 */
async function bringToState(context: Context, object: FlowEntity, wanted: string): Promise<void> {
  if ((LEADS_TO[object.state ?? ""] ?? object.state) === wanted) return;
  const current = await settled(context, COLLECTION, object);
  if (current.state === wanted) return;
  const op = wanted === "enabled" ? "enable" : "disable";
  try {
    await context.flows.action(object.id, op);
  } catch (error) {
    if (!isTransitional(error)) throw error;
    const fresh = await settled(context, COLLECTION, await reread(context, COLLECTION, object.id));
    if (fresh.state !== wanted) await context.flows.action(object.id, op);
  }
}
