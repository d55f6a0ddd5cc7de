import { assumed, operations, refused } from "./operation.ts";

const ERROR_BODIES = "Adobe documents no error body for Catalog: problem+json, ours";
const BATCH_WRITES = refused("batches are written by the data plane; the batch ingestion API is outside the emulator");

export const CATALOG_OPERATIONS = operations("catalog", "/data/foundation/catalog", [
  ["listDatasets", "GET", "/dataSets", assumed(ERROR_BODIES)],
  ["createDataset", "POST", "/dataSets", assumed(`${ERROR_BODIES}; an unknown schema is refused`)],
  ["retrieveDataset", "GET", "/dataSets/:id", assumed(ERROR_BODIES)],
  ["putDataset", "PUT", "/dataSets/:id", assumed("another schemaRef is refused; If-Match as in the docs")],
  ["patchDataset", "PATCH", "/dataSets/:id", assumed("another schemaRef is refused; If-Match as in the docs")],
  [
    "deleteDataset",
    "DELETE",
    "/dataSets/:id",
    assumed("never refused; landed rows and batches go too; unknown id: 200 []"),
  ],
  ["patchDataSetV2", "PATCH", "/v2/dataSets/:id", assumed("deep merge; name is refused, as its body has none")],
  [
    "retrieveDatasetCredentials",
    "GET",
    "/dataSets/:id/credentials",
    refused("there is no storage to give credentials for"),
  ],
  ["listBatches", "GET", "/batches", assumed(ERROR_BODIES)],
  ["retrieveBatch", "GET", "/batches/:id", assumed(ERROR_BODIES)],
  ["listLastBatches", "GET", "/lastBatches", assumed(ERROR_BODIES)],
  ["createBatch", "POST", "/batches", BATCH_WRITES],
  ["createBatchWithId", "POST", "/batches/:id", BATCH_WRITES],
  ["updateBatch", "PUT", "/batches/:id", BATCH_WRITES],
  ["patchBatch", "PATCH", "/batches/:id", BATCH_WRITES],
  ["deleteBatch", "DELETE", "/batches/:id", BATCH_WRITES],
  ["retrieveUniqueBatchValues", "GET", "/batches/uniques/:field", refused("no client of this project needs it")],
  ["listBatchedRequest", "GET", "/", refused("batched requests are outside the emulator")],
  ["createBatchedRequest", "POST", "/", refused("batched requests are outside the emulator")],
  ["listTags", "GET", "/tags/:tagNamespace", refused("deprecated by Adobe")],
]);
