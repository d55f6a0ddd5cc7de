/** State actions: `op` in any case, `subOp` optional, If-Match optional. */
import type { SandboxState, World } from "../store.ts";
import { checkIfMatch, find, type Stored, update } from "./entities.ts";
import { setFlowState } from "./flows.ts";
import { refusal } from "./refusals.ts";

const FLOW_OPS = new Set(["enable", "disable", "publish"]);
const FINALIZING = new Set(["finalize", "finalize_update"]);
const SUB_OPS = new Set(["", "progress", "success", "failure"]);

export interface ActionRequest {
  op: string | undefined;
  subOp: string | undefined;
  ifMatch: string | undefined;
}

/** POST /{collection}/{id}/action. Refusals: 1439, 1404-412, 1434, 1435, 1436, 1422, 1409. */
export function act(
  world: World,
  sandbox: SandboxState,
  kind: Exclude<Stored, "runs">,
  id: string,
  request: ActionRequest,
) {
  const entity = find(sandbox, kind, id);
  if (request.ifMatch) checkIfMatch(entity, kind, request.ifMatch);
  const op = (request.op ?? "").toLowerCase();
  const subOp = (request.subOp ?? "").toLowerCase();
  if (!FLOW_OPS.has(op) && !FINALIZING.has(op)) throw refusal(1434, `Operation ${request.op ?? ""} is not supported`);
  if (!SUB_OPS.has(subOp)) throw refusal(1435, `Sub-operation ${request.subOp} is not supported`);
  if (op === "enable" && subOp !== "")
    throw refusal(1436, `Sub-operation ${request.subOp} is not supported for enable`);
  if (FINALIZING.has(op))
    throw refusal(1422, `Action ${op} is not possible in state ${entity["state"]}`, { id, type: kind });
  if (kind === "flows") return setFlowState(world, sandbox, id, op as "enable");
  if (op !== "publish") throw refusal(1434, `Operation ${request.op} is not supported for ${kind}`);
  return publish(world, sandbox, kind, id);
}

/** Drafts are published base first, then source and target, then the flow. */
function publish(world: World, sandbox: SandboxState, kind: Exclude<Stored, "runs">, id: string) {
  const entity = find(sandbox, kind, id);
  if (entity["state"] !== "draft")
    throw refusal(1422, `Action publish is not possible in state ${entity["state"]}`, { id, type: kind });
  const base = sandbox.flowService.connections.get(entity["baseConnectionId"]);
  if (base?.["state"] === "draft")
    throw refusal(1409, `Connection ${base["id"]} is a draft: publish it first`, { id, type: kind });
  return update(world, sandbox, kind, { ...entity, state: "enabled" });
}
