/** Which flow a message at an inlet is for. */
import { findInlet } from "./flow-service/inlets.ts";
import { isObject } from "./http.ts";
import { inletProblem, messageText } from "./inlet-problems.ts";
import type { Entity, Inlet, SandboxState, World } from "./store.ts";

/** An inlet that exists, with what its owner says about it. */
export interface OpenInlet {
  sandbox: SandboxState;
  inlet: Inlet;
  flows: Entity[];
  dataType: "raw" | "xdm" | undefined;
  authenticationRequired: boolean;
}

/** The inlet with its flows; 404 for an unknown id (assumed: Adobe does not document it). */
export function openInlet(world: World, inletId: string): OpenInlet {
  const found = findInlet(world, inletId);
  if (!found) throw inletProblem(404, "Inlet not found", messageText(inletId, world.org, "Inlet does not exist"));
  const { sandbox, inlet } = found;
  const { connections, flows } = sandbox.flowService;
  const params = inlet.owner.kind === "connection" ? connections.get(inlet.owner.id)?.["auth"]?.params : undefined;
  return {
    sandbox,
    inlet,
    flows: inlet.flowIds.flatMap((id) => flows.get(id) ?? []),
    dataType: params?.dataType,
    authenticationRequired: String(params?.authenticationRequired ?? false) === "true",
  };
}

export interface Addressed {
  flow: Entity;
  kind: "raw" | "xdm";
}

/**
 * Finds a message's flow. An XDM message says it in its header (flow id, else dataset id); a raw one is named by the request's
 * `x-adobe-flow-id`, which only an inlet with one flow can do without (assumed). Throws 400 with the documented texts.
 */
export function addressMessage(world: World, open: OpenInlet, content: unknown, flowId: string | undefined): Addressed {
  const refuse = (text: string) =>
    inletProblem(400, "Invalid Message Format", messageText(open.inlet.id, world.org, text));
  const header: unknown = isObject(content) && isObject(content["body"]) ? content["header"] : undefined;
  if (!isObject(header)) {
    if (open.dataType === "xdm" || !isObject(content)) throw refuse("Message has unknown xdm format");
    return { flow: rawFlow(open, flowId, refuse), kind: "raw" };
  }
  if (typeof header["schemaRef"]?.id !== "string") throw refuse("Message has unknown xdm format");
  if (header["imsOrgId"] !== undefined && header["imsOrgId"] !== world.org)
    throw refuse("Message has an absent or wrong ims org in the header");
  const named = header["flowId"] ?? flowId;
  const candidates = open.flows.filter((flow) => {
    const target = flow["bound"].target;
    const dataset = header["datasetId"];
    const schema: string = target.data.schema.id;
    return (
      (named === undefined || flow["id"] === named) &&
      (dataset === undefined || target.params.dataSetId === dataset) &&
      schema === header["schemaRef"].id
    );
  });
  if (candidates.length !== 1)
    throw refuse(`Message belongs to ${candidates.length === 0 ? "no flow" : "several flows"} of the inlet`);
  return { flow: candidates[0] as Entity, kind: "xdm" };
}

function rawFlow(open: OpenInlet, flowId: string | undefined, refuse: (text: string) => Error): Entity {
  const { flows } = open;
  if (flowId !== undefined) {
    const flow = flows.find((item) => item["id"] === flowId);
    if (!flow) throw refuse(`Flow ${flowId} does not belong to the inlet`);
    return flow;
  }
  if (flows.length !== 1) throw refuse(`The inlet has ${flows.length} flows: name one in x-adobe-flow-id`);
  return flows[0] as Entity;
}
