import { assumed, operations, refused } from "./operation.ts";

const ERROR_BODIES = "Adobe documents no error body for Data Prep: problem+json, ours";
const SINGLE_WRITES = refused("in public client code only, in none of Adobe's documents");

export const DATA_PREP_OPERATIONS = operations("conversion", "/data/foundation/conversion", [
  ["listMappingSets", "GET", "/mappingSets", assumed(ERROR_BODIES)],
  ["createMappingSet", "POST", "/mappingSets", assumed(ERROR_BODIES)],
  ["validateMappingSet", "POST", "/mappingSets/validate"],
  ["previewMappingSet", "POST", "/mappingSets/preview", assumed("an array as in the docs; the spec has one object")],
  ["retrieveMappingSet", "GET", "/mappingSets/:id", assumed("without a version the latest; the spec says 0")],
  ["putMappingSet", "PUT", "/mappingSets/:id", assumed(ERROR_BODIES)],
  ["deleteMappingSet", "DELETE", "/mappingSets/:id", assumed("undocumented; 204, or 405 by the settings")],
  ["listMappings", "GET", "/mappingSets/:id/mappings", assumed(ERROR_BODIES)],
  ["retrieveMapping", "GET", "/mappingSets/:id/mappings/:mappingId", assumed(ERROR_BODIES)],
  ["createMapping", "POST", "/mappingSets/:id/mappings", SINGLE_WRITES],
  ["putMapping", "PUT", "/mappingSets/:id/mappings/:mappingId", SINGLE_WRITES],
  ["deleteMapping", "DELETE", "/mappingSets/:id/mappings/:mappingId", SINGLE_WRITES],
  ["validateExpression", "POST", "/languages/el/validate", assumed("the docs' object; the spec has a boolean")],
  ["listMappingSetFunctions", "GET", "/languages/el/functions"],
  ["listMappingSetOperators", "GET", "/languages/el/operators"],
]);
