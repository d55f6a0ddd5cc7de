/**
 * Every operation the emulator knows by name: what it does with it and how sure that is. The call log and the fault
 * rules name operations by it, unknown routes answer 501 with it, and a test holds it against the app's own routes.
 */
import { CAPILLARY_OPERATIONS } from "./operations/capillary.ts";
import { CATALOG_OPERATIONS } from "./operations/catalog.ts";
import { DATA_PREP_OPERATIONS } from "./operations/data-prep.ts";
import { EXPORT_OPERATIONS } from "./operations/export.ts";
import { FLOW_SERVICE_OPERATIONS } from "./operations/flow-service.ts";
import { IMS_OPERATIONS, INLET_OPERATIONS, SANDBOX_OPERATIONS } from "./operations/gateway.ts";
import type { Operation } from "./operations/operation.ts";
import { SCHEMA_REGISTRY_OPERATIONS } from "./operations/schema-registry.ts";
import { RememberingRouter } from "./remembering-router.ts";

export type { Operation } from "./operations/operation.ts";

/** The whole table, by service. Ids are those of Adobe's OpenAPI files where these have one. */
export const OPERATIONS: readonly Operation[] = [
  ...IMS_OPERATIONS,
  ...SANDBOX_OPERATIONS,
  ...SCHEMA_REGISTRY_OPERATIONS,
  ...CATALOG_OPERATIONS,
  ...FLOW_SERVICE_OPERATIONS,
  ...DATA_PREP_OPERATIONS,
  ...EXPORT_OPERATIONS,
  ...INLET_OPERATIONS,
  ...CAPILLARY_OPERATIONS,
];

const router = new RememberingRouter<Operation>();
// Literal paths before parameters, so that `/mappingSets/validate` is not taken for an id.
const literalsFirst = (a: Operation, b: Operation) => a.path.split(":").length - b.path.split(":").length;
for (const operation of [...OPERATIONS].sort(literalsFirst)) router.add(operation.method, operation.path, operation);

/** The operation a request means, also when it is one the emulator refuses; undefined for a path no service has. */
export function operationOf(method: string, path: string): Operation | undefined {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  return router.match(method, trimmed)[0][0]?.[0];
}
