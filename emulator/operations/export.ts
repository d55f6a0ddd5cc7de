import { operations, partial } from "./operation.ts";

export const EXPORT_OPERATIONS = operations("export", "/data/foundation/export", [
  ["listBatchMeta", "GET", "/batches/:id/meta", partial("row errors only; the lines' inner form is ours")],
]);
