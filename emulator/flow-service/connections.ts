/** Base connections: create, read form, patch, delete, connection test. */
import { isObject } from "../http.ts";
import type { PatchOperation } from "../json-patch.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { connectionSpec, secretParams } from "./connection-specs.ts";
import { checkIfMatch, find, initialState, insert, patched, specReference, textField, update } from "./entities.ts";
import { HTTP_API } from "./ids.ts";
import { addInlet, inletUrl } from "./inlets.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";
import { schemaFaults } from "./schema-check.ts";

const KIND = "connections";
const PATCHABLE = new Set(["/name", "/description", "/auth/params"]);

/** POST /connections. Refusals: 1413, 422, 1415, 1302, 1304, 1100. */
export function createConnection(world: World, sandbox: SandboxState, body: Entity, mode: string | undefined) {
  const state = initialState(mode);
  const reference = specReference(body, "connectionSpec");
  const spec = connectionSpec(reference.id);
  if (!spec) throw refusal(1413, `Please provide a valid spec id: connection spec ${reference.id} does not exist`);
  const entity: Entity = {
    name: textField(body, "name", true),
    ...describe(body),
    ...(typeof body["providerId"] === "string" ? { providerId: body["providerId"] } : {}),
    connectionSpec: reference,
    state,
  };
  const auth = checkedAuth(spec, body["auth"], state === "draft");
  if (auth) entity["auth"] = auth;
  if (reference.id === HTTP_API && auth) requireUniqueSource(world, auth);
  const created = insert(world, sandbox, KIND, entity);
  if (reference.id === HTTP_API && auth) giveInlet(world, sandbox, created.id);
  return created;
}

function describe(body: Entity): Entity {
  const description = textField(body, "description", false);
  return description === undefined ? {} : { description };
}

function checkedAuth(spec: Entity, auth: unknown, draft: boolean): Entity | undefined {
  const offered: Entity[] = spec["authSpec"] ?? [];
  if (auth === undefined || auth === null) {
    if (draft || offered.length === 0) return undefined;
    throw sourcesRefusal(1304, "The field auth is mandatory");
  }
  if (!isObject(auth)) throw sourcesRefusal(1302, "auth must be an object with specName and params");
  const specName = auth["specName"];
  if (typeof specName !== "string" || specName === "")
    throw sourcesRefusal(1304, "The field auth.specName is mandatory");
  const authSpec = offered.find((item) => item["name"] === specName);
  if (!authSpec) throw refusal(1415, `Auth spec ${specName} does not exist in connection spec ${spec["id"]}`);
  const params = isObject(auth["params"]) ? auth["params"] : {};
  checkParams(authSpec, params);
  return { specName, params };
}

function checkParams(authSpec: Entity, params: Entity): void {
  const fault = schemaFaults(authSpec["spec"], params)[0];
  if (!fault) return;
  if (fault.keyword === "required") throw sourcesRefusal(1304, `The field auth.params.${fault.property} is mandatory`);
  throw refusal(1100, `auth.params${fault.property && `.${fault.property}`} ${fault.message}`);
}

/** `sourceId` must be unique in the organisation, over all sandboxes. */
function requireUniqueSource(world: World, auth: Entity): void {
  const sourceId = auth["params"]["sourceId"];
  if (sourceId === undefined) return;
  for (const sandbox of world.sandboxes.values())
    for (const other of sandbox.flowService.connections.values())
      if (other["connectionSpec"]?.id === HTTP_API && other["auth"]?.params?.sourceId === sourceId)
        throw refusal(1100, `A streaming connection with sourceId ${sourceId} exists already in the organisation`);
}

function giveInlet(world: World, sandbox: SandboxState, id: string): void {
  const entity = find(sandbox, KIND, id);
  const inletId = addInlet(world, sandbox, { kind: "connection", id });
  entity["auth"].params = { ...entity["auth"].params, inletUrl: inletUrl(world, inletId), inletId };
}

/** As GET answers it: secret auth parameters masked, inlet URLs on the emulator's current origin. */
export function readConnection(world: World, entity: Entity): Entity {
  if (!isObject(entity["auth"])) return entity;
  const stored: Entity = entity["auth"];
  const auth: Entity = isObject(stored["params"]) ? { ...stored, params: { ...stored["params"] } } : { ...stored };
  const secrets = world.settings.maskSecrets
    ? secretParams(connectionSpec(entity["connectionSpec"].id), auth["specName"])
    : [];
  for (const name of secrets) if (auth["params"]?.[name] !== undefined) auth["params"][name] = "xxxx";
  if (auth["params"]?.inletId) auth["params"].inletUrl = inletUrl(world, auth["params"].inletId);
  return { ...entity, auth };
}

/** PATCH /connections/{id}: name, description and the complete auth params; 1414 for the connection spec. */
export function patchConnection(
  world: World,
  sandbox: SandboxState,
  id: string,
  ifMatch: string | undefined,
  body: unknown,
) {
  const entity = find(sandbox, KIND, id);
  checkIfMatch(entity, KIND, ifMatch);
  if (entity["state"] !== "enabled" && entity["state"] !== "draft")
    throw refusal(1445, "Only enabled connections can be updated", { id, type: KIND });
  const next = patched(entity, body, checkPath);
  textField(next, "name", true);
  textField(next, "description", false);
  keepAuthValid(entity, next);
  return update(world, sandbox, KIND, next);
}

function checkPath({ op, path }: PatchOperation): void {
  if (path.startsWith("/connectionSpec")) throw refusal(1414, "The connectionSpec of a connection cannot be changed");
  const known = PATCHABLE.has(path) && !(op === "remove" && path !== "/description");
  if (!known) throw sourcesRefusal(1365, `${op} of ${path} is not supported for connections`);
}

/** The new params replace the old ones completely; the inlet is the server's and stays. */
function keepAuthValid(before: Entity, next: Entity): void {
  const params = next["auth"]?.params;
  if (params === undefined) return;
  if (!isObject(params)) throw refusal(1100, "auth.params must be an object");
  const authSpec = connectionSpec(next["connectionSpec"].id)?.["authSpec"]?.find(
    (item: Entity) => item["name"] === next["auth"].specName,
  );
  if (authSpec) checkParams(authSpec, params);
  const { inletUrl: url, inletId } = before["auth"]?.params ?? {};
  if (inletId) next["auth"].params = { ...params, inletUrl: url, inletId };
}

/** DELETE /connections/{id}: 1418 while a flow uses it through a source or target connection. */
export function deleteConnection(sandbox: SandboxState, id: string): void {
  const entity = find(sandbox, KIND, id);
  const { flows, sourceConnections, targetConnections, inlets } = sandbox.flowService;
  const users = new Set<string>();
  for (const connection of [...sourceConnections.values(), ...targetConnections.values()])
    if (connection["baseConnectionId"] === id) users.add(connection["id"]);
  for (const flow of flows.values())
    if ([...flow["sourceConnectionIds"], ...flow["targetConnectionIds"]].some((used: string) => users.has(used)))
      throw refusal(1418, `Connection ${id} is used by flow ${flow["id"]} and cannot be deleted`, { id, type: KIND });
  sandbox.flowService.connections.delete(id);
  if (entity["auth"]?.params?.inletId) inlets.delete(entity["auth"].params.inletId);
}

/**
 * Whether the stored credentials would be let in by the source. Only Capillary's are known to the emulator; every other
 * kind of connection passes here and is tested by its own reader.
 */
export function capillaryCredentialsValid(world: World, connection: Entity): boolean {
  const { clientId, clientSecret, accessToken } = connection["auth"]?.params ?? {};
  const clients = world.settings.capillaryClients;
  if (!clientId || !clientSecret) return Boolean(accessToken);
  return clients === null || (Object.hasOwn(clients, clientId) && clients[clientId] === clientSecret);
}
