import { type Operation, operations } from "./operation.ts";

export const CAPILLARY_OPERATIONS: Operation[] = operations("capillary", "/capillary", []);
