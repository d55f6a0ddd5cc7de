/** Where requests or answers differ from Adobe's OpenAPI files, each with its reason. A test holds the list complete. */

export interface Deviation {
  /** Ids of the operations, as one expression. */
  operation: RegExp;
  /** `request`, `status 201`, `answer 200`. */
  part: RegExp;
  /** The place in the body and the schema's word for what is wrong. */
  what: RegExp;
  reason: string;
}

const row = (operation: RegExp, part: RegExp, what: RegExp, reason: string): Deviation => ({
  operation,
  part,
  what,
  reason,
});

export const DEVIATIONS: readonly Deviation[] = [
  row(
    /./,
    /^status 40[0134]$/,
    /not in the file/,
    "The files leave out most refusals; status and body follow Adobe's troubleshooting pages and error catalogues.",
  ),
  row(
    /^list(Behaviors|Classes|DataTypes|FieldGroups|Mixins|Schemas)$/,
    /^answer 200$/,
    /\/(_page|_links)\/next must be string/,
    "`next` is null on the last page, as in the documentation's samples; the file knows a text only.",
  ),
  row(
    /Descriptors?$/,
    /^answer 20[01]$/,
    /xdm:sourceVersion must be string/,
    "`xdm:sourceVersion` is a number in every sample of the documentation and in what clients send.",
  ),
  row(
    /^listDescriptors$/,
    /^answer 200$/,
    /descriptorIdentity\/\* must be object/,
    "With the Accept forms `xdm-id` and `xdm-link` a list holds ids, as documented; the file describes full bodies only.",
  ),
  row(
    /^updateDescriptor$/,
    /^status 201$/,
    /not in the file/,
    "The documentation shows 201 with `@id` for a replaced descriptor, the file 200.",
  ),
  row(
    /^retrieveStats$/,
    /^answer 200$/,
    /classUsage/,
    "`classUsage` is an object keyed by class in the documentation.",
  ),
  row(
    /^(create|list|retrieve|put)Mapping(Set)?s?$/,
    /^answer 200$/,
    /(created|modified)Date must be string/,
    "Dates of mapping sets are epoch milliseconds in every sample; the file says date-time texts.",
  ),
  row(
    /^(list|retrieve|put)Mapping(Set)?s?$/,
    /^answer 200$/,
    /sourceType must be equal/,
    "Reads answer `text/x.schema-path` and the like, as documented; the file lists the forms that are written.",
  ),
  row(
    /^(previewMappingSet|listMappings)$/,
    /^answer 200$/,
    /^\/ must be object/,
    "A list, as in the documentation; the file has one object.",
  ),
  row(
    /^validateMappingSet$/,
    /^answer 200$/,
    /errors must be array/,
    "`errors` of a good row is null in the documentation's sample.",
  ),
  row(
    /^validateExpression$/,
    /^answer 200$/,
    /must be boolean/,
    "The documentation's object `{validationStatus, error}`; the file has a bare boolean.",
  ),
  row(
    /^create(Flow|FlowRun)$/,
    /^request$/,
    /(startTime|interval|windowStartTime|windowEndTime|mappingVersion) must be/,
    "Numbers and numeric texts are both documented for schedules, windows and mapping versions; both are taken.",
  ),
  row(
    /^(list|retrieve)Flows?$/,
    /^answer 200$/,
    /scheduleParams\/(startTime|backfill) must be/,
    "Flows read back schedule values as texts, as in the documentation's samples.",
  ),
  row(
    /FlowSpecs?$/,
    /^answer 200$/,
    /transformationSpecs must be object/,
    "A list of `{name, spec}`, as in the documentation's samples of flow specifications.",
  ),
  row(
    /^createSourceConnection$/,
    /^request$/,
    /required property 'data'/,
    "Adobe's guide for Capillary sends a source connection without `data`; the file wants it always.",
  ),
  row(
    /^patch(Connection|Flow|SourceConnection|TargetConnection)$/,
    /^request$/,
    /must be object|op must be equal/,
    "JSON Patch as the documentation shows it: a list, lower-case operations, values of any type.",
  ),
  row(
    /^(sendMessage|postBatchOfStreamingMessages)$/,
    /^request$/,
    /./,
    "Raw messages of a flow with a mapping have no envelope of header and body; the file describes XDM messages only.",
  ),
];
