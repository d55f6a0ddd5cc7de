/** Mapping sets: create, replace (a new version), read, list, validate, preview, delete. */
import { AepError } from "../../errors.ts";
import type { MappingRow, RowError } from "../../mapping/row/types.ts";
import type { ComposedSchema } from "../../mapping/xdm/model.ts";
import { type Entry, inOrder } from "../collection.ts";
import { compareAt, filterTest, integer, isObject, parseFilter } from "../http.ts";
import { parseSource } from "../java-numbers.ts";
import { language } from "../language.ts";
import { dataPrepProblem, Problem } from "../problem.ts";
import type { Entity, MappingSetHistory, SandboxState, World } from "../store.ts";
import { composedSchema } from "../xdm-schemas.ts";
import { parseMappingSet, rowsOf, schemaRefOf, toRow } from "./forms.ts";
import { addVersion, mappingSetVersion } from "./store.ts";

const MAX_LIMIT = 1000;
/** `lastUpdateDate` is the default that Adobe's file names; its text names the other two dates. */
const ORDERABLE: Record<string, string> = {
  createdDate: "createdDate",
  updatedDate: "modifiedDate",
  lastUpdateDate: "modifiedDate",
  name: "name",
};

/** POST /mappingSets: version 0. With `validate` a row that cannot work is refused. */
export function createMappingSet(world: World, sandbox: SandboxState, body: Entity, validate: boolean): Entity {
  const entity = parseMappingSet(world, sandbox, body, world.ids.hex(32), 0);
  if (validate) requireValid(sandbox, entity);
  addVersion(sandbox, entity);
  const { id, version, createdDate, modifiedDate, createdBy, modifiedBy } = entity;
  return { id, version, createdDate, modifiedDate, createdBy, modifiedBy };
}

function requireValid(sandbox: SandboxState, entity: Entity): void {
  const error = rowErrors(sandbox, entity).find((item) => item !== undefined);
  if (error) throw dataPrepProblem(400, `${error.destination}: ${error.exception}`);
}

/** What is wrong with each row of a stored set, in order; undefined for a good one. */
export function rowErrors(sandbox: SandboxState, entity: Entity): (RowError | undefined)[] {
  const schema = schemaFor(sandbox, entity["outputSchema"].schemaRef.id);
  return rowsOf(entity).map((row) => language().checkRow(row, schema));
}

/** The composed schema; 400 when one of its references leads nowhere. */
function schemaFor(sandbox: SandboxState, schemaId: string): ComposedSchema | undefined {
  try {
    return composedSchema(sandbox, schemaId);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    throw dataPrepProblem(400, `Schema ${schemaId} cannot be resolved: ${error.message}`);
  }
}

/** PUT /mappingSets/{id}: the next version; the older ones stay readable. */
export function replaceMappingSet(world: World, sandbox: SandboxState, id: string, body: Entity): Entity {
  const latest = readVersion(sandbox, id, undefined);
  const entity = parseMappingSet(world, sandbox, body, id, latest["version"] + 1);
  const next = { ...entity, createdDate: latest["createdDate"], createdBy: latest["createdBy"] };
  addVersion(sandbox, next);
  return next;
}

/** GET /mappingSets/{id}: the version asked for, else the latest. */
export function readMappingSet(
  sandbox: SandboxState,
  id: string,
  version: string | undefined,
  expandSchema: boolean,
): Entity {
  const entity = readVersion(sandbox, id, version);
  return expandSchema ? expanded(sandbox, entity) : entity;
}

function expanded(sandbox: SandboxState, entity: Entity): Entity {
  const jsonSchema = schemaFor(sandbox, entity["outputSchema"].schemaRef.id);
  return { ...entity, outputSchema: { ...entity["outputSchema"], ...(jsonSchema ? { jsonSchema } : {}) } };
}

function readVersion(sandbox: SandboxState, id: string, version: string | undefined): Entity {
  const number = version === undefined ? undefined : integer(version, 0, Number.MAX_SAFE_INTEGER);
  if (version !== undefined && number === undefined) throw dataPrepProblem(400, "version must be a whole number");
  const entity = mappingSetVersion(sandbox, id, number);
  if (!entity)
    throw dataPrepProblem(404, `Mapping set ${id}${version === undefined ? "" : ` version ${version}`} was not found`);
  return entity;
}

/** GET /mappingSets: `limit` and `start` are mandatory; `property` is what public client code sends. */
export function listMappingSets(world: World, sandbox: SandboxState, query: URLSearchParams): Entity {
  const limit = integer(query.get("limit") ?? "", 1, MAX_LIMIT);
  const start = integer(query.get("start") ?? "", 0, Number.MAX_SAFE_INTEGER);
  if (limit === undefined) throw dataPrepProblem(400, `limit is mandatory: a whole number from 1 to ${MAX_LIMIT}`);
  if (start === undefined) throw dataPrepProblem(400, "start is mandatory: a whole number from 0");
  const all = ordered(sandbox, query.get("orderBy")).map(([, { versions }]) => versions.at(-1) as Entity);
  const tests = query.getAll("property").map((text) => filterTest(parseFilter(text)));
  const named = (entity: Entity) => !query.has("name") || entity["name"] === query.get("name");
  const sorted = all.filter((entity) => named(entity) && tests.every((passes) => passes(entity)));
  const size = Math.min(limit, world.settings.maxPageSize ?? limit);
  const data = sorted.slice(start, start + size);
  const items = query.get("expandSchema") === "true" ? data.map((entity) => expanded(sandbox, entity)) : data;
  const next = new URLSearchParams(query);
  next.set("start", String(start + size));
  const more = start + size < sorted.length;
  return {
    data: items,
    _page: { count: items.length, limit: size },
    _links: more ? { next: { href: `/mappingSets?${next}` } } : {},
  };
}

function ordered({ dataPrep }: SandboxState, orderBy: string | null): readonly Entry<MappingSetHistory>[] {
  const sets = dataPrep.mappingSets;
  if (orderBy === null) return inOrder(sets, "");
  // A plus sign that nobody encoded arrives as a space.
  const match = /^([+\- ]?)([A-Za-z]+)$/.exec(orderBy);
  const field = match && Object.hasOwn(ORDERABLE, match[2] as string) ? ORDERABLE[match[2] as string] : undefined;
  if (!match || !field)
    throw dataPrepProblem(400, `orderBy must be one of ${Object.keys(ORDERABLE).join(", ")} after + or -`);
  const compare = compareAt(field, match[1] === "-");
  return inOrder(sets, orderBy, (a, b) => compare(a.versions.at(-1) as Entity, b.versions.at(-1) as Entity));
}

/** One row of a set by its item id. */
export function readMapping(sandbox: SandboxState, id: string, mappingId: string, version: string | undefined): Entity {
  const found = readVersion(sandbox, id, version)["mappings"].find((item: Entity) => item["id"] === mappingId);
  if (!found) throw dataPrepProblem(404, `Mapping ${mappingId} of mapping set ${id} was not found`);
  return found;
}

/** DELETE: 204, or 405 when the settings say so. A flow that uses the set does not hold it (assumed). */
export function deleteMappingSet(world: World, sandbox: SandboxState, id: string): void {
  if (world.settings.mappingSetDelete === "405")
    throw new Problem(405, "Request method 'DELETE' is not supported", () => ({
      status: 405,
      title: "Method Not Allowed",
      detail: "Request method 'DELETE' is not supported",
    }));
  readVersion(sandbox, id, undefined);
  sandbox.dataPrep.mappingSets.delete(id);
}

/** POST /mappingSets/validate: one entry per row, in order; a failed row is still an answer with status 200. */
export function validateMappingSet(sandbox: SandboxState, body: Entity): Entity {
  const { rows, schema } = rowsAndSchema(sandbox, body);
  const validationResponse = rows.map((row) => {
    const error = language().checkRow(row, schema);
    if (!error) return { status: "SUCCESS", errors: null };
    return { status: "FAILED", errors: [{ ...error, columnName: row.source }] };
  });
  return { validationResponse };
}

/** POST /mappingSets/preview: every sample event through the rows. `text` is the body as it came. */
export function previewMappingSet(world: World, sandbox: SandboxState, body: Entity, text: string): Entity[] {
  const { data, mappingSet } = body;
  if (!isObject(mappingSet)) throw dataPrepProblem(400, "mappingSet is mandatory");
  const events: unknown[] = Array.isArray(data) ? data : [data];
  if (data === undefined || !events.every(isObject)) throw dataPrepProblem(400, "data must be a list of objects");
  const { rows, schema } = rowsAndSchema(sandbox, mappingSet);
  const mapping = language().compileMapping(rows, { schema });
  const sources = [(parseSource(text) as Entity)["data"]].flat();
  return sources.map((source) => {
    const result = mapping.apply(source, { now: () => world.clock.now(), uuid: () => world.ids.uuid() });
    return { data: result.data, errors: result.errors.length > 0 ? result.errors : null };
  });
}

function rowsAndSchema(
  sandbox: SandboxState,
  body: Entity,
): { rows: MappingRow[]; schema: ComposedSchema | undefined } {
  const items: unknown = body["mappings"];
  if (!Array.isArray(items)) throw dataPrepProblem(400, "mappings must be an array");
  const schema = schemaFor(sandbox, schemaRefOf(sandbox, body)["id"]);
  return { rows: items.map(toRow), schema };
}
