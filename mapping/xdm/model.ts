/** XDM in memory: what needs neither files nor the libraries that read them, for those who must start fast. */
export { composeSchema, type ResolveResource } from "./compose.ts";
export {
  closest,
  fieldAt,
  type ListedField,
  listFields,
  parseFieldPath,
  resolveField,
  suggestField,
} from "./field-path.ts";
export { type FlatFields, flattenFields, unflattenFields } from "./flat-fields.ts";
export { type ComposedSchema, type JsonSchema, type XdmResource, type XdmType, xdmTypeOf } from "./json-schema.ts";
export { standardClasses, standardFieldGroups, standardResources } from "./standard/index.ts";
export { compileXdmValidator, type XdmViolation } from "./validate-row.ts";
