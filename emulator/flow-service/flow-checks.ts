/** What a flow must satisfy before it runs: ends, mapping, schedule. */
import { rowErrors } from "../data-prep/mapping-sets.ts";
import { mappingSetVersion } from "../data-prep/store.ts";
import { isObject } from "../http.ts";
import type { Entity, SandboxState } from "../store.ts";
import { referenced } from "./entities.ts";
import { flowSpec } from "./flow-specs.ts";
import { DATA_LAKE } from "./ids.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";
import { checkSchedule } from "./schedule.ts";

export interface FlowEnds {
  source: Entity;
  target: Entity;
}

/** A body's connection ids: an array of one; a plain string is taken too and becomes an array. 1320, 1321. */
export function connectionIds(body: Entity, field: "sourceConnectionIds" | "targetConnectionIds"): string[] {
  const value: unknown = body[field];
  if (value === undefined || value === null || value === "") throw sourcesRefusal(1320, `${field} must not be empty`);
  const ids = Array.isArray(value) ? value : [value];
  if (ids.length === 0) throw sourcesRefusal(1320, `${field} must not be empty`);
  if (ids.length !== 1 || typeof ids[0] !== "string") throw sourcesRefusal(1321, `${field} must hold exactly one id`);
  return ids;
}

/** Looks both ends up and checks that the flow spec takes them: 1439-400, 1413, 1307. */
export function flowEnds(sandbox: SandboxState, flow: Entity): FlowEnds {
  const spec = flowSpec(flow["flowSpec"].id);
  const source = referenced(sandbox, "sourceConnections", flow["sourceConnectionIds"][0]);
  const target = referenced(sandbox, "targetConnections", flow["targetConnectionIds"][0]);
  const sourceSpec = source["connectionSpec"].id;
  if (!spec?.["sourceConnectionSpecIds"].includes(sourceSpec))
    throw refusal(1413, `Flow spec ${flow["flowSpec"].id} does not take sources of connection spec ${sourceSpec}`);
  if (target["connectionSpec"].id !== DATA_LAKE)
    throw sourcesRefusal(1307, `The connection spec of a target must be ${DATA_LAKE}`);
  return { source, target };
}

/** Everything a flow that is to run must have; drafts are checked at publishing. */
export function checkComplete(sandbox: SandboxState, flow: Entity, ends: FlowEnds, nowMs: number): void {
  for (const end of [ends.source, ends.target])
    if (end["state"] === "draft") throw refusal(1409, `Connection ${end["id"]} is a draft: publish it first`);
  const spec = flowSpec(flow["flowSpec"].id) as Entity;
  if (spec["scheduleSpec"]) checkSchedule(flow["scheduleParams"], nowMs);
  else if (isObject(flow["scheduleParams"]) && Object.keys(flow["scheduleParams"]).length > 0)
    throw sourcesRefusal(1397, `Flow spec ${spec["name"]} takes no schedule`);
  checkOptions(flow["options"]);
  checkTransformations(sandbox, flow, ends.target);
}

function checkOptions(options: unknown): void {
  if (options === undefined) return;
  if (!isObject(options)) throw refusal(1100, "options must be an object");
  const percent = options["partialIngestionPercent"];
  if (percent !== undefined && !(Number(percent) > 0 && Number(percent) <= 100))
    throw refusal(1100, "options.partialIngestionPercent must be above 0 and at most 100");
}

/** The transformations against spec, mapping set and dataset: 1419, 1412, 1425. */
export function checkTransformations(sandbox: SandboxState, flow: Entity, target: Entity): void {
  const spec = flowSpec(flow["flowSpec"].id) as Entity;
  const allowed: string[] = spec["transformationSpecs"].map((item: Entity) => item["name"]);
  const list: unknown = flow["transformations"] ?? [];
  if (!Array.isArray(list)) throw refusal(1419, "transformations must be an array");
  for (const item of list)
    if (!isObject(item) || !allowed.includes(item["name"]))
      throw refusal(1419, `Flow spec ${spec["name"]} has no transformation ${isObject(item) ? item["name"] : item}`);
  const schemaRef = targetSchema(sandbox, target);
  const mapping = mappingOf(flow);
  if (!mapping && allowed.includes("Mapping"))
    throw refusal(1419, `Flow spec ${spec["name"]} needs a transformation Mapping`);
  if (mapping) checkMapping(sandbox, mapping, schemaRef);
}

function checkMapping(sandbox: SandboxState, params: Entity, schemaRef: Entity): void {
  const history = sandbox.dataPrep.mappingSets.get(String(params["mappingId"]));
  if (!history) throw refusal(1419, `Mapping set ${params["mappingId"]} was not found`);
  const version = params["mappingVersion"] ?? 0;
  const set = /^\d{1,9}$/.test(String(version)) ? mappingSetVersion(sandbox, history.id, Number(version)) : undefined;
  if (!set) throw refusal(1412, `Mapping set ${history.id} has no version ${version}`);
  const ref = set["outputSchema"]?.schemaRef ?? {};
  if (ref.id !== schemaRef["id"] || major(ref.contentType) !== major(schemaRef["contentType"]))
    throw refusal(
      1425,
      `Schema ${schemaRef["id"]} of the dataset and schema ${ref.id} of the mapping must be the same id and version`,
    );
  const fault = rowErrors(sandbox, set).find((error) => error !== undefined);
  if (fault) throw refusal(1419, `Mapping validation failed at ${fault.destination}: ${fault.exception}`);
}

/** The dataset's schema, which must also be the one the target connection names (1425). */
function targetSchema(sandbox: SandboxState, target: Entity): Entity {
  const dataset = sandbox.catalog.dataSets.get(target["params"]?.dataSetId);
  if (!dataset) throw refusal(1100, `Dataset ${target["params"]?.dataSetId} was not found`);
  const schemaRef: Entity = dataset["schemaRef"] ?? {};
  const named = target["data"]?.schema?.id;
  if (named !== schemaRef["id"])
    throw refusal(
      1425,
      `Schema ${named} of the target connection and schema ${schemaRef["id"]} of the dataset must be the same`,
    );
  return schemaRef;
}

/** Params of the Mapping transformation, if the flow has one. */
export function mappingOf(flow: Entity): Entity | undefined {
  const list: unknown = flow["transformations"];
  return Array.isArray(list) ? list.find((item) => isObject(item) && item["name"] === "Mapping")?.params : undefined;
}

/** Major version of a media type (`…;version=1`) or of a plain version (`1.0`); 1 when nothing is said. */
function major(contentType: unknown): number {
  const match = /(?:version=|^)(\d+)/.exec(String(contentType ?? ""));
  return match ? Number(match[1]) : 1;
}
