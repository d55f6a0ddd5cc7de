/** Connection tests and exploring: what a base connection can reach. */
import { openFileStore } from "../files/file-store.ts";
import { type FileFormat, readRecords } from "../files/formats.ts";
import { type FileEntry, type FileStore, FileStoreError } from "../files/types.ts";
import { isObject } from "../http.ts";
import { plainOf } from "../java-numbers.ts";
import { flowProblem } from "../problem.ts";
import type { Entity, Json, World } from "../store.ts";
import { capillaryCredentialsValid } from "./connections.ts";
import { CAPILLARY, SFTP } from "./ids.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";

const PREVIEW_ROWS = 100;

/** GET /connections/{id}/test: resolves when the source lets the credentials in; 1100-400 when it does not. */
export async function testConnection(world: World, connection: Entity): Promise<void> {
  const id = connection["id"] as string;
  const spec = connection["connectionSpec"].id;
  if (spec === CAPILLARY && !capillaryCredentialsValid(world, connection))
    throw refusal(1100, "The source refused the credentials of the connection", { id, type: "connections" });
  if (spec === SFTP) await withStore(world, connection, (store) => store.list("/"));
}

/** GET /connections/{id}/explore: folders and files of an SFTP connection. Other sources have nothing to explore: 1336. */
export async function exploreConnection(
  world: World,
  connection: Entity,
  query: URLSearchParams,
): Promise<Entity | Entity[]> {
  const spec = connection["connectionSpec"].id;
  if (spec !== SFTP) throw sourcesRefusal(1336, `Explore is not supported for connection spec ${spec}`);
  const objectType = (query.get("objectType") ?? "").toLowerCase();
  const object = query.get("object") ?? "/";
  if (objectType !== "root" && objectType !== "folder" && objectType !== "file")
    throw sourcesRefusal(1304, "objectType must be root, folder or file");
  return withStore(world, connection, async (store) => {
    if (objectType === "file") return exploreFile(store, object, query);
    const entries = await store.list(objectType === "root" ? "/" : object);
    return entries.map(describe);
  });
}

function describe({ type, name, path }: FileEntry): Entity {
  return { type, name, path, canPreview: type === "file", canFetchSchema: type === "file" };
}

/** A file's columns, or with `preview=true` its first rows too. */
async function exploreFile(store: FileStore, path: string, query: URLSearchParams): Promise<Entity | Entity[]> {
  const format = formatOf(query);
  const bytes = await store.read(path);
  let records: Json[];
  try {
    records = (await readRecords(bytes, format)).map(plainOf);
  } catch (error) {
    throw refusal(1100, `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const data = records.slice(0, PREVIEW_ROWS);
  const columns = columnsOf(data);
  if (query.get("preview") !== "true") return columns.map(({ name, type }) => ({ name, type }));
  return { format: format.format === "json" ? "hierarchical" : "flat", schema: { columns }, data };
}

/** Docs spell the parameters in camel case, the specification begins two of them with a capital. */
function formatOf(query: URLSearchParams): FileFormat {
  const get = (name: string) => query.get(name) ?? query.get(name[0]?.toUpperCase() + name.slice(1));
  return {
    format: get("fileType") ?? "delimited",
    columnDelimiter: get("columnDelimiter") ?? ",",
    encoding: get("encoding") ?? "UTF-8",
    compressionType: get("compressionType") ?? undefined,
  };
}

function columnsOf(records: Json[]): { name: string; type: string; xdm: { type: string } }[] {
  const types = new Map<string, string>();
  for (const record of records as unknown[]) {
    if (!isObject(record)) continue;
    for (const [name, value] of Object.entries(record))
      if (value !== null || !types.has(name)) types.set(name, typeName(value));
  }
  return [...types].map(([name, type]) => ({ name, type, xdm: { type } }));
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return value === null ? "string" : typeof value;
}

/** Opens the connection's store; what goes wrong there is 1101-404 or 1100-400. */
async function withStore<T>(world: World, connection: Entity, use: (store: FileStore) => Promise<T>): Promise<T> {
  let store: FileStore | undefined;
  try {
    store = await openFileStore(world, connection);
    return await use(store);
  } catch (error) {
    if (!(error instanceof FileStoreError)) throw error;
    throw error.reason === "missing" ? flowProblem(1101, 404, error.message) : refusal(1100, error.message);
  } finally {
    await store?.close();
  }
}
