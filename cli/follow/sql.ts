/** SQL for Query Service that shows a marked row. */
import type { Context } from "../../resources/context.ts";

/** Tag under which Catalog keeps a dataset's table name. */
const TABLE_TAG = "adobe/pqs/table";

/**
 * A query for the rows of a dataset that mention `marker`. The table's name is the dataset's tag where Catalog gives it;
 * otherwise it is made of the dataset's name as Query Service does (lower case, underscores; assumed).
 */
export async function sqlFor({ catalog }: Context, datasetId: string, marker: string): Promise<string> {
  const dataset = await catalog.get(datasetId);
  const table = dataset?.tags?.[TABLE_TAG]?.[0] ?? tableName(dataset?.name ?? datasetId);
  return `SELECT * FROM ${table} WHERE to_json(struct(*)) LIKE '%${marker.replaceAll("'", "''")}%' LIMIT 10;`;
}

const tableName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9_]+/g, "_");
