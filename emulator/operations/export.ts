import { assumed, operations, partial } from "./operation.ts";

export const EXPORT_OPERATIONS = operations("export", "/data/foundation/export", [
  [
    "listBatchMeta",
    "GET",
    "/batches/:id/meta",
    partial("row errors only; `column` and the split into errors are ours"),
  ],
  ["listBatchFiles", "GET", "/batches/:id/files", partial("one file a batch")],
  ["retrieveFile", "GET", "/files/:id", partial("JSON lines where real files are Parquet")],
  [
    "previewDataset",
    "GET",
    "/datasets/:id/preview",
    assumed("100 rows, the newest first, keyed by dotted paths; lists as JSON"),
  ],
]);
