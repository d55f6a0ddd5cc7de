/** Source and target connections: the two ends of a flow. */
import { isObject } from "../http.ts";
import type { PatchOperation } from "../json-patch.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { connectionSpec } from "./connection-specs.ts";
import {
  checkIfMatch,
  find,
  initialState,
  insert,
  patched,
  referenced,
  specReference,
  textField,
  update,
} from "./entities.ts";
import { BATCH_PROVIDER, DATA_LAKE, SFTP } from "./ids.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";
import { schemaFaults } from "./schema-check.ts";

export type EndPoint = "sourceConnections" | "targetConnections";

const SOURCE_FORMATS = new Set(["delimited", "json", "parquet", "tabular", "parquet_xdm", "avro"]);
const TARGET_FORMATS = new Set(["parquet_xdm", "json", "delimited"]);
const COMPRESSIONS = new Set(["bzip2", "gzip", "deflate", "zipDeflate", "tarGzip", "tar"]);
const ENCODINGS = new Set(["UTF-8", "ISO-8859-1"]);
const PATCHABLE = /^\/(name|description|params|data)(\/|$)/;

/** POST /sourceConnections. Refusals: 1413, 422, 1304, 1439-400, 1332, 1327, 1331, 1374. */
export function createSourceConnection(world: World, sandbox: SandboxState, body: Entity, mode: string | undefined) {
  const state = initialState(mode);
  const reference = specReference(body, "connectionSpec");
  const spec = connectionSpec(reference.id);
  if (!spec?.["attributes"].isSource)
    throw refusal(1413, `Please provide a valid spec id: ${reference.id} is no connection spec of a source`);
  const name = textField(body, "name", true);
  const base = sourceBase(sandbox, body, spec);
  checkSourceData(body["data"]);
  checkSourceParams(spec, body["params"]);
  if (reference.id === SFTP && state !== "draft" && typeof body["params"]?.path !== "string")
    throw sourcesRefusal(1304, "The field params.path is mandatory");
  return insert(world, sandbox, "sourceConnections", {
    name,
    ...optional(body),
    ...(base === undefined ? {} : { baseConnectionId: base }),
    connectionSpec: reference,
    state,
    providerRefId: BATCH_PROVIDER,
  });
}

function optional(body: Entity): Entity {
  const description = textField(body, "description", false);
  const kept = { description, data: body["data"], params: body["params"] };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== null));
}

function sourceBase(sandbox: SandboxState, body: Entity, spec: Entity): string | undefined {
  const base = textField(body, "baseConnectionId", false);
  const takesBase = (spec["authSpec"] ?? []).length > 0;
  if (!base && takesBase) throw sourcesRefusal(1304, "The field baseConnectionId is mandatory");
  if (!base) return undefined;
  if (!takesBase) throw sourcesRefusal(1332, `Connection spec ${spec["id"]} takes no baseConnectionId`);
  const connection = referenced(sandbox, "connections", base);
  if (connection["connectionSpec"].id !== spec["id"])
    throw refusal(1413, `Base connection ${base} has connection spec ${connection["connectionSpec"].id}`);
  return base;
}

/** Against the schema in the spec; whether something is missing is looked at elsewhere. */
function checkSourceParams(spec: Entity | undefined, params: unknown): void {
  if (params === undefined || params === null || !spec) return;
  if (!isObject(params)) throw refusal(1100, "params must be an object");
  const fault = schemaFaults(spec["sourceSpec"]["spec"], params).find(({ keyword }) => keyword !== "required");
  if (fault) throw refusal(1100, `params.${fault.property} ${fault.message}`);
}

function checkSourceData(data: unknown): void {
  if (data === undefined || data === null) return;
  if (!isObject(data)) throw sourcesRefusal(1327, "data must be an object");
  const { format, properties } = data;
  if (format !== undefined && !SOURCE_FORMATS.has(String(format)))
    throw sourcesRefusal(1327, `Format ${format} is not supported`);
  const delimiter = properties?.columnDelimiter ?? data["columnDelimiter"];
  if (delimiter !== undefined && [...String(delimiter)].length !== 1)
    throw sourcesRefusal(1331, "columnDelimiter must be one character");
  if (properties?.compressionType !== undefined && !COMPRESSIONS.has(String(properties.compressionType)))
    throw sourcesRefusal(1327, `Compression ${properties.compressionType} is not supported`);
  const encoding: unknown = properties?.encoding;
  if (encoding !== undefined && !ENCODINGS.has(String(encoding).toUpperCase()))
    throw refusal(1100, `Encoding ${encoding} is not supported: ${[...ENCODINGS].join(" or ")}`);
  if (data["determineProperties"] && isObject(properties))
    throw sourcesRefusal(1374, "determineProperties cannot be combined with properties");
}

/** POST /targetConnections. Refusals: 1413, 422, 1307, 1325, 1327, 1304. */
export function createTargetConnection(world: World, sandbox: SandboxState, body: Entity, mode: string | undefined) {
  const state = initialState(mode);
  const reference = specReference(body, "connectionSpec");
  if (reference.id !== DATA_LAKE)
    throw sourcesRefusal(1307, `The connection spec of a target must be ${DATA_LAKE}, not ${reference.id}`);
  const name = textField(body, "name", true);
  if (state !== "draft") checkTarget(body);
  const base = textField(body, "baseConnectionId", false);
  if (base) referenced(sandbox, "connections", base);
  return insert(world, sandbox, "targetConnections", {
    name,
    ...optional(body),
    ...(base === undefined ? {} : { baseConnectionId: base }),
    connectionSpec: reference,
    state,
  });
}

function checkTarget(body: Entity): void {
  const dataSetId = body["params"]?.dataSetId;
  if (typeof dataSetId !== "string" || dataSetId === "")
    throw sourcesRefusal(1325, "The field params.dataSetId is mandatory");
  const format = body["data"]?.format;
  if (format !== undefined && !TARGET_FORMATS.has(String(format)))
    throw sourcesRefusal(1327, `Format ${format} is not supported`);
  if (typeof body["data"]?.schema?.id !== "string") throw sourcesRefusal(1304, "The field data.schema.id is mandatory");
}

/** As GET answers it: with the base connection behind it. */
export function readEndPoint(sandbox: SandboxState, entity: Entity): Entity {
  const base = sandbox.flowService.connections.get(entity["baseConnectionId"]);
  if (!base) return entity;
  const baseConnection = { id: base["id"], connectionSpec: base["connectionSpec"] };
  return { ...entity, inheritedAttributes: { baseConnection } };
}

/** PATCH of either. A change of params or data succeeds here and never reaches a flow that exists already. */
export function patchEndPoint(
  world: World,
  sandbox: SandboxState,
  kind: EndPoint,
  id: string,
  ifMatch: string | undefined,
  body: unknown,
) {
  const entity = find(sandbox, kind, id);
  checkIfMatch(entity, kind, ifMatch);
  const next = patched(entity, body, checkPath);
  textField(next, "name", true);
  textField(next, "description", false);
  if (kind === "sourceConnections") {
    checkSourceData(next["data"]);
    checkSourceParams(connectionSpec(next["connectionSpec"].id), next["params"]);
  } else if (next["state"] !== "draft") checkTarget(next);
  return update(world, sandbox, kind, next);
}

function checkPath({ op, path }: PatchOperation): void {
  if (path.startsWith("/connectionSpec")) throw refusal(1414, "The connectionSpec of a connection cannot be changed");
  if (!PATCHABLE.test(path) || (op === "remove" && path === "/name"))
    throw sourcesRefusal(1365, `${op} of ${path} is not supported`);
}

/** DELETE of either: 1447 while a flow uses it. */
export function deleteEndPoint(sandbox: SandboxState, kind: EndPoint, id: string): void {
  find(sandbox, kind, id);
  const field = kind === "sourceConnections" ? "sourceConnectionIds" : "targetConnectionIds";
  for (const flow of sandbox.flowService.flows.values())
    if (flow[field].includes(id)) throw refusal(1447, `Found active flows containing id ${id}`, { id, type: kind });
  sandbox.flowService[kind].delete(id);
}
