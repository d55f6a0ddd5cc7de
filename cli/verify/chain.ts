/** The objects a flow is made of, one after the other, as Adobe's guide says to test a connection. Nothing is changed. */
import { orGone } from "../../aep/shape.ts";
import type { Context } from "../../resources/context.ts";
import { KINDS } from "../../resources/kinds.ts";
import { at, type Plain } from "../../resources/values.ts";
import { type Finding, fail, pass, skip } from "../finding.ts";
import { count } from "../print.ts";
import type { VerifiedFlow } from "./flows.ts";
import { type Step, type StepName, timed } from "./step.ts";

const DATA_LAKE = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";
const CONTENT_TYPE = "application/vnd.adobe.xed-full+json;version=1";
const REPAIR = "Run `aep pulumi up --refresh`.";

/** A step looks at an object that flows may share; then it is looked at once. */
export class Chain {
  readonly #context: Context;
  readonly #done = new Map<string, Promise<Step>>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** All steps of a flow, those of shared objects with the time they took once. `held`: the flow is to be off for now. */
  async check(flow: VerifiedFlow, held: boolean): Promise<Step[]> {
    const { baseConnectionId: base, datasetId, schemaId, sourceConnectionId, targetConnectionId } = flow;
    const steps: Array<Promise<Step>> = [];
    if (base !== undefined) {
      steps.push(this.#once("base connection", base, () => this.#enabled("connections", base)));
      steps.push(this.#once("connection test", base, () => this.#test(base)));
    }
    steps.push(this.#once("source connection", sourceConnectionId, () => this.#source(flow)));
    steps.push(this.#once("target connection", targetConnectionId, () => this.#target(flow)));
    steps.push(this.#once("dataset", datasetId, () => this.#dataset(datasetId, schemaId)));
    steps.push(this.#once("schema", schemaId, () => this.#schema(schemaId)));
    steps.push(timed("mapping set", () => this.#mapping(flow)));
    steps.push(timed("flow", () => this.#flow(flow, held)));
    return Promise.all(steps);
  }

  #once(step: StepName, id: string, work: () => Promise<Finding>): Promise<Step> {
    const key = `${step} ${id}`;
    const known = this.#done.get(key) ?? timed(step, work);
    this.#done.set(key, known);
    return known;
  }

  async #enabled(collection: "connections" | "sourceConnections" | "targetConnections", id: string): Promise<Finding> {
    const seen = await this.#context.flows.get(collection, id);
    if (!seen) return fail(`${id} does not exist any more`, REPAIR);
    return seen.state === undefined || seen.state === "enabled"
      ? pass(`"${seen.name ?? id}" is enabled`)
      : fail(`"${seen.name ?? id}" is ${seen.state}`, "Enable it in Adobe's UI, or replace it.");
  }

  async #test(id: string): Promise<Finding> {
    const mend = "Check the account's credentials (source.auth.params) and the source itself.";
    return (await this.#context.flows.test(id))
      ? pass("the source answers")
      : fail("the source does not let it in", mend);
  }

  async #source({ sourceConnectionId, baseConnectionId }: VerifiedFlow): Promise<Finding> {
    const seen = await this.#context.flows.get("sourceConnections", sourceConnectionId);
    const base = seen?.["baseConnectionId"];
    if (seen && baseConnectionId !== undefined && base !== undefined && base !== baseConnectionId)
      return fail(`it belongs to the base connection ${String(base)}, not to ${baseConnectionId}`, REPAIR);
    return this.#enabled("sourceConnections", sourceConnectionId);
  }

  async #target({ targetConnectionId, datasetId, schemaId }: VerifiedFlow): Promise<Finding> {
    const seen = await this.#context.flows.get("targetConnections", targetConnectionId);
    const [dataset, schema, spec] = ["params.dataSetId", "data.schema.id", "connectionSpec.id"].map((path) =>
      at(seen, path),
    );
    if (seen && spec !== undefined && spec !== DATA_LAKE)
      return fail(`its connection spec is ${String(spec)}, not the data lake's`, REPAIR);
    if (seen && (dataset !== datasetId || (schema !== undefined && schema !== schemaId)))
      return fail("it writes to another dataset or schema than the stack says", REPAIR);
    return this.#enabled("targetConnections", targetConnectionId);
  }

  async #dataset(id: string, schemaId: string): Promise<Finding> {
    const seen = await this.#context.catalog.get(id);
    if (!seen) return fail(`${id} does not exist any more`, REPAIR);
    return seen.schemaRef === undefined || seen.schemaRef.id === schemaId
      ? pass(`"${seen.name ?? id}" has the target's schema`)
      : fail(`"${seen.name ?? id}" has the schema ${seen.schemaRef.id}, the target ${schemaId}`, REPAIR);
  }

  async #schema(id: string): Promise<Finding> {
    const seen = await this.#context.registry.get("schemas", id);
    return seen ? pass(`"${seen.title ?? id}" stands`) : fail(`${id} does not exist any more`, REPAIR);
  }

  /** The rows of the version the flow runs, in the service's own judgement. */
  async #mapping({ mapping, schemaId }: VerifiedFlow): Promise<Finding> {
    if (mapping === undefined) return skip("the flow has no mapping: events are sent as XDM");
    const { dataPrep, sandbox } = this.#context;
    const seen = await orGone(dataPrep.get(mapping.id, mapping.version));
    if (!seen) return fail(`version ${mapping.version} of ${mapping.id} does not exist`, REPAIR);
    const inputs = KINDS.MappingSet.view(seen, { inputs: { sandbox, rows: mapping.rows }, outputs: {} }).inputs;
    if (inputs["schema"] !== schemaId)
      return fail(`it maps to the schema ${String(inputs["schema"])}, the target to ${schemaId}`, REPAIR);
    const rows = Object.entries(inputs["rows"] as Record<string, Plain>);
    const verdicts = await dataPrep.validate({
      outputSchema: { schemaRef: { id: schemaId, contentType: CONTENT_TYPE } },
      mappings: rows.map(([destination, row]) => ({ ...row, destination })),
    });
    const bad = rows.flatMap(([destination], index) => {
      const verdict = verdicts[index];
      return verdict === undefined || verdict.ok ? [] : [`${destination}: ${verdict.message || "refused"}`];
    });
    if (bad.length === 0)
      return pass(`version ${mapping.version}: ${count(rows.length, "row")} valid against the schema`);
    const mend =
      "Correct the row in its mapping file and apply, or `aep pulumi up --refresh` if it was edited by hand.";
    return fail(`${count(bad.length, "row")} refused by Data Prep: ${bad.slice(0, 3).join("; ")}`, mend);
  }

  async #flow(
    { flowId, resource, sourceConnectionId, targetConnectionId, mapping }: VerifiedFlow,
    held: boolean,
  ): Promise<Finding> {
    const seen = await this.#context.flows.get("flows", flowId);
    if (!seen) return fail(`${flowId} does not exist any more`, REPAIR);
    const [source] = [seen["sourceConnectionIds"]].flat();
    const [target] = [seen["targetConnectionIds"]].flat();
    if (source !== sourceConnectionId || target !== targetConnectionId)
      return fail("it connects another source or target than the stack says", REPAIR);
    const live = [seen["transformations"]].flat().find((one) => at(one, "name") === "Mapping");
    const [id, version] = [at(live, "params.mappingId"), Number(at(live, "params.mappingVersion"))];
    if (mapping !== undefined && (id !== mapping.id || version !== mapping.version))
      return fail(`it runs version ${version} of the mapping, and version ${mapping.version} is deployed`, REPAIR);
    if (held) return pass(`"${seen.name ?? flowId}" is ${seen.state ?? "there"}, held until the gate opens`);
    if (seen.state === "enabled") return pass(`"${seen.name ?? flowId}" is enabled`);
    if (resource.inputs["state"] === "disabled") return skip(`"${seen.name ?? flowId}" is declared disabled`);
    return fail(
      `"${seen.name ?? flowId}" is ${seen.state ?? "in an unknown state"}`,
      `Enable it in Adobe's UI, or: ${REPAIR}`,
    );
  }
}
