/** Flows: create, read form, patch, delete, state actions. */
import { isObject } from "../http.ts";
import type { PatchOperation } from "../json-patch.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { checkIfMatch, find, initialState, insert, patched, specReference, textField, update } from "./entities.ts";
import { checkComplete, checkTransformations, connectionIds, type FlowEnds, flowEnds } from "./flow-checks.ts";
import { flowSpec } from "./flow-specs.ts";
import { HTTP_API, STREAMING_SOURCES } from "./ids.ts";
import { addInlet, inletUrl } from "./inlets.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";
import { checkScheduleChange } from "./schedule.ts";

const KIND = "flows";
const PATCHABLE =
  /^\/(name|description|labels|policy|scheduleParams|scheduleParams\/(frequency|interval|startTime|endTime|backfill)|transformations|transformations\/(\d+|-))$/;
/** Flows that may be in a transition; a sandbox that is not listed yet (after a restore) is looked through once. */
const moving = new WeakMap<SandboxState, Set<string>>();
const RESTING = new Set(["enabled", "disabled", "draft"]);

/** POST /flows. Refusals: 1410, 1413, 422, 1320, 1321, 1439-400, 1307, 1317, 136x, 1397, 1419, 1412, 1425. */
export function createFlow(world: World, sandbox: SandboxState, body: Entity, mode: string | undefined) {
  const state = initialState(mode);
  if (body["state"] !== undefined) throw refusal(1410, "state must not be sent when a flow is created");
  const reference = specReference(body, "flowSpec");
  if (!flowSpec(reference.id))
    throw refusal(1413, `Please provide a valid spec id: flow spec ${reference.id} does not exist`);
  const now = world.clock.now();
  const flow: Entity = {
    name: textField(body, "name", true),
    ...kept(body),
    flowSpec: reference,
    sourceConnectionIds: connectionIds(body, "sourceConnectionIds"),
    targetConnectionIds: connectionIds(body, "targetConnectionIds"),
    state,
    lastOperation: { started: now, updated: 0, operation: "create" },
  };
  const ends = flowEnds(sandbox, flow);
  if (state !== "draft") checkComplete(sandbox, flow, ends, now);
  const created = insert(world, sandbox, KIND, flow);
  if (state !== "draft") bind(world, sandbox, created.id, ends);
  return created;
}

function kept(body: Entity): Entity {
  const description = textField(body, "description", false);
  const { transformations, scheduleParams, options, labels, policy } = body;
  const fields = { description, transformations, scheduleParams, options: withoutInlet(options), labels, policy };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** `options.inletUrl` is read-only: what a client sends of it is dropped. */
function withoutInlet(options: unknown): unknown {
  if (!isObject(options)) return options;
  const { inletUrl: _, ...rest } = options;
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/**
 * Freezes both ends as they are now: later edits of a source or target connection do not reach a flow that exists
 * (documented). A streaming source also gets its inlet: HTTP API flows share their base connection's.
 */
function bind(world: World, sandbox: SandboxState, id: string, ends: FlowEnds): void {
  const flow = find(sandbox, KIND, id);
  const spec = ends.source["connectionSpec"].id;
  const base = sandbox.flowService.connections.get(ends.source["baseConnectionId"]);
  const shared = spec === HTTP_API ? base?.["auth"]?.params?.inletId : undefined;
  const inletId = shared ?? (STREAMING_SOURCES.has(spec) ? addInlet(world, sandbox, { kind: "flow", id }) : undefined);
  if (inletId) sandbox.flowService.inlets.get(inletId)?.flowIds.push(id);
  flow["bound"] = {
    source: structuredClone(ends.source),
    target: structuredClone(ends.target),
    inletId,
    boundAt: Date.now(),
  };
}

/** As GET answers it: inherited attributes, links to runs, numbers of schedule and mapping version as strings. */
export function readFlow(world: World, sandbox: SandboxState, flow: Entity): Entity {
  const { bound, options, scheduleParams, transformations } = flow;
  const inletId = bound?.inletId;
  // What is undefined is not answered; a copy with some fields left out would take several times as long.
  return {
    ...flow,
    bound: undefined,
    settles: undefined,
    options: inletId ? { ...options, inletUrl: inletUrl(world, inletId) } : options,
    inheritedAttributes: inherited(sandbox, flow),
    scheduleParams: scheduleParams && asStrings(scheduleParams),
    transformations: Array.isArray(transformations) ? transformations.map(readTransformation) : transformations,
    runs: `/runs?property=flowId==${flow["id"]}`,
  };
}

function inherited(sandbox: SandboxState, flow: Entity): Entity {
  const { connections, sourceConnections, targetConnections } = sandbox.flowService;
  const describe = (entity: Entity | undefined, id: string): Entity => {
    const base = connections.get(entity?.["baseConnectionId"]);
    return {
      id,
      ...(entity ? { connectionSpec: entity["connectionSpec"] } : {}),
      ...(base ? { baseConnection: { id: base["id"], connectionSpec: base["connectionSpec"] } } : {}),
    };
  };
  return {
    properties: { isSourceFlow: true },
    sourceConnections: flow["sourceConnectionIds"].map((id: string) => describe(sourceConnections.get(id), id)),
    targetConnections: flow["targetConnectionIds"].map((id: string) => describe(targetConnections.get(id), id)),
  };
}

function asStrings(params: Entity): Entity {
  const scalar = (value: unknown) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value);
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, scalar(value)]));
}

function readTransformation(item: Entity): Entity {
  return isObject(item) && isObject(item["params"]) ? { ...item, params: asStrings(item["params"]) } : item;
}

/** PATCH /flows/{id}. Refusals: 1439, 1403-400, 1404-412, 1420, 1405, 1434, 1365, 1455, 136x, 1403, 1404, 1412, 1425. */
export function patchFlow(world: World, sandbox: SandboxState, id: string, ifMatch: string | undefined, body: unknown) {
  const flow = find(sandbox, KIND, id);
  checkIfMatch(flow, KIND, ifMatch);
  if (!RESTING.has(flow["state"]))
    throw refusal(1420, `A flow in state ${flow["state"]} cannot be updated`, { id, type: KIND });
  const draft = flow["state"] === "draft";
  const next = patched(flow, body, (operation) => checkPath(operation, draft));
  textField(next, "name", true);
  textField(next, "description", false);
  if (!draft) checkChange(world, sandbox, flow, next);
  next["lastOperation"] = { started: world.clock.now(), updated: 0, operation: "update" };
  const done = update(world, sandbox, KIND, next);
  if (!draft) pass(world, sandbox, id, "updating");
  return done;
}

/** Leaves a flow in a transitional state for as long as the settings say. */
function pass(world: World, sandbox: SandboxState, id: string, over: string): void {
  const { transitionMs } = world.settings;
  if (transitionMs === 0) return;
  const flow = find(sandbox, KIND, id);
  flow["settles"] = { state: flow["state"], at: world.clock.now() + transitionMs };
  flow["state"] = over;
  moving.get(sandbox)?.add(id);
}

/** Ends the transitions whose time has come. */
export function endTransitions(world: World, sandbox: SandboxState): void {
  const ids = moving.get(sandbox) ?? new Set(sandbox.flowService.flows.keys());
  moving.set(sandbox, ids);
  for (const id of ids) {
    const flow = sandbox.flowService.flows.get(id);
    if (flow?.["settles"] && flow["settles"].at > world.clock.now()) continue;
    ids.delete(id);
    if (!flow?.["settles"]) continue;
    flow["state"] = flow["settles"].state;
    delete flow["settles"];
  }
}

/** Whether a flow processes data: enabled, also while it is being updated. */
export function isRunning(flow: Entity): boolean {
  return flow["state"] === "enabled" || (flow["state"] === "updating" && flow["settles"]?.state === "enabled");
}

function checkPath({ op, path }: PatchOperation, draft: boolean): void {
  const changesCount =
    path === "/transformations" || path.endsWith("/-") || (op !== "replace" && /\/transformations\/\d/.test(path));
  const keeps = op !== "remove" || path === "/description" || path === "/labels" || path === "/policy";
  if (!PATCHABLE.test(path) || (!draft && (changesCount || !keeps)))
    throw sourcesRefusal(1365, `${op} of ${path} is not supported for flows`);
}

function checkChange(world: World, sandbox: SandboxState, before: Entity, next: Entity): void {
  if (before["scheduleParams"])
    checkScheduleChange(before["scheduleParams"], next["scheduleParams"], world.clock.now());
  else if (next["scheduleParams"]) throw sourcesRefusal(1365, "This flow has no schedule to update");
  const changed = JSON.stringify(before["transformations"]) !== JSON.stringify(next["transformations"]);
  if (changed) checkTransformations(sandbox, next, next["bound"].target);
}

/** DELETE /flows/{id}: its own inlet and its runs go with it (assumed). 1458 in a transitional state. */
export function deleteFlow(sandbox: SandboxState, id: string): void {
  const flow = find(sandbox, KIND, id);
  if (!RESTING.has(flow["state"]))
    throw refusal(1458, `A flow in state ${flow["state"]} cannot be deleted`, { id, type: KIND });
  const { flows, inlets, runs } = sandbox.flowService;
  flows.delete(id);
  const inlet = inlets.get(flow["bound"]?.inletId);
  if (inlet?.owner.kind === "flow" && inlet.owner.id === id) inlets.delete(inlet.id);
  else if (inlet) inlet.flowIds = inlet.flowIds.filter((other) => other !== id);
  for (const run of runs.values()) if (run["flowId"] === id) runs.delete(run["id"]);
}

/** POST /flows/{id}/action: enable, disable and publish; 1422 in the wrong state. */
export function setFlowState(world: World, sandbox: SandboxState, id: string, op: "enable" | "disable" | "publish") {
  const flow = find(sandbox, KIND, id);
  const from = { enable: "disabled", disable: "enabled", publish: "draft" }[op];
  if (!RESTING.has(flow["state"]))
    throw refusal(1421, `A flow in state ${flow["state"]} cannot be moved to another`, { id, type: KIND });
  if (flow["state"] !== from)
    throw refusal(1422, `Action ${op} is not possible in state ${flow["state"]}`, { id, type: KIND });
  const now = world.clock.now();
  const ends = op === "publish" ? flowEnds(sandbox, flow) : undefined;
  if (ends) checkComplete(sandbox, flow, ends, now);
  const state = op === "disable" ? "disabled" : "enabled";
  const over = op === "disable" ? "disabling" : "enabling";
  const done = update(world, sandbox, KIND, {
    ...flow,
    state,
    lastOperation: { started: now, updated: now, operation: op },
  });
  if (ends) bind(world, sandbox, id, ends);
  pass(world, sandbox, id, over);
  return done;
}
