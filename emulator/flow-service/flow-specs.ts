/**
 * The flow specs the emulator offers, as `GET /flowSpecs` answers them. Ids and the batch schedule are documented; the
 * names of the two HTTP API specs are assumed.
 */
import type { Entity } from "../store.ts";
import {
  BATCH_PROVIDER,
  CAPILLARY,
  CLOUD_STORAGE,
  DATA_LAKE,
  GENERIC_STREAMING,
  HTTP_API,
  HTTP_WITH_MAPPING,
  HTTP_WITHOUT_MAPPING,
  REST_TO_AEP,
  SFTP,
  STREAMING_PROVIDER,
} from "./ids.ts";

const DRAFT_07 = "http://json-schema.org/draft-07/schema#";
const integer = { type: "integer" };

/** Adobe's periodic schedule: interval with every frequency but `once`, at least 15 with `minute`. */
const scheduleSpec: Entity = {
  name: "PeriodicSchedule",
  type: "Periodic",
  spec: {
    $schema: DRAFT_07,
    type: "object",
    properties: {
      startTime: { ...integer, description: "Epoch seconds" },
      endTime: { ...integer, description: "Epoch seconds" },
      frequency: { type: "string", enum: ["once", "minute", "hour", "day", "week"] },
      interval: integer,
      backfill: { type: "boolean", default: true },
    },
    required: ["startTime", "frequency"],
    if: { properties: { frequency: { const: "once" } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema keyword
    then: { allOf: [{ not: { required: ["interval"] } }, { not: { required: ["backfill"] } }] },
    else: {
      required: ["interval"],
      if: { properties: { frequency: { const: "minute" } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema keyword
      then: { properties: { interval: { minimum: 15 } } },
      else: { properties: { interval: { minimum: 1 } } },
    },
  },
};

const batchOptions: Entity = {
  name: "OptionSpec",
  spec: {
    $schema: DRAFT_07,
    type: "object",
    properties: {
      errorDiagnosticsEnabled: { title: "Error diagnostics", type: "boolean", default: false },
      partialIngestionPercent: { title: "Share of bad records a run may have", type: "number", exclusiveMinimum: 0 },
    },
  },
};
const streamingOptions: Entity = {
  name: "OptionSpec",
  spec: {
    $schema: DRAFT_07,
    type: "object",
    properties: { inletUrl: { type: "string", description: "Where to send data", readOnly: true } },
  },
};

const mapping: Entity = {
  name: "Mapping",
  spec: {
    $schema: DRAFT_07,
    type: "object",
    properties: { mappingId: { type: "string" }, mappingVersion: { type: ["string", "integer"] } },
    required: ["mappingId"],
  },
};
const copy: Entity = { name: "Copy", spec: { $schema: DRAFT_07, type: "object" } };

const runSpec: Entity = {
  name: "ProviderParams",
  spec: {
    $schema: DRAFT_07,
    type: "object",
    properties: {
      startTime: { type: "integer" },
      windowStartTime: { type: "integer" },
      windowEndTime: { type: "integer" },
    },
    required: ["startTime", "windowStartTime", "windowEndTime"],
  },
};

function flowSpecItem(id: string, name: string, providerId: string, sources: string[], rest: Entity): Entity {
  const { attributes, ...others } = rest;
  return {
    id,
    name,
    providerId,
    version: "1.0",
    attributes: {
      isSourceFlow: true,
      updateSupported: true,
      isDraftModeSupported: true,
      flowRunsSupported: true,
      ...attributes,
    },
    sourceConnectionSpecIds: sources,
    targetConnectionSpecIds: [DATA_LAKE],
    ...others,
    permissionsInfo: {
      view: [{ "@type": "lowLevel", name: "EnterpriseSource", permissions: ["read"] }],
      manage: [{ "@type": "lowLevel", name: "EnterpriseSource", permissions: ["write"] }],
    },
  };
}

const batch = { optionSpec: batchOptions, scheduleSpec, runSpec, transformationSpecs: [copy, mapping] };

export const FLOW_SPECS: readonly Entity[] = [
  flowSpecItem(REST_TO_AEP, "RestStorageToAEP", BATCH_PROVIDER, [CAPILLARY], {
    ...batch,
    attributes: { frequency: "batch" },
  }),
  flowSpecItem(CLOUD_STORAGE, "CloudStorageToAEP", BATCH_PROVIDER, [SFTP], {
    ...batch,
    attributes: { frequency: "batch" },
  }),
  flowSpecItem(GENERIC_STREAMING, "GenericStreamingAEP", BATCH_PROVIDER, [CAPILLARY], {
    optionSpec: streamingOptions,
    transformationSpecs: [mapping],
    attributes: { frequency: "streaming" },
  }),
  flowSpecItem(HTTP_WITH_MAPPING, "Stream data with transformation", STREAMING_PROVIDER, [HTTP_API], {
    optionSpec: streamingOptions,
    transformationSpecs: [mapping],
    attributes: { frequency: "streaming" },
  }),
  flowSpecItem(HTTP_WITHOUT_MAPPING, "Stream data without transformation", STREAMING_PROVIDER, [HTTP_API], {
    optionSpec: streamingOptions,
    transformationSpecs: [],
    attributes: { frequency: "streaming" },
  }),
];

/** The flow spec with this id, if the emulator offers it. */
export function flowSpec(id: unknown): Entity | undefined {
  return FLOW_SPECS.find((spec) => spec["id"] === id);
}
