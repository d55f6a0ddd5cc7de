/** XDM without the network: Adobe's standard resources, composition, validation, field paths, the files of xdm/. */
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
export { type LoadedSchema, loadSchema } from "./load-schema.ts";
export { standardClasses, standardFieldGroups, standardResources } from "./standard/index.ts";
export { compileXdmValidator, type XdmViolation } from "./validate-row.ts";
export { type FieldGroupFile, loadXdmFile, readXdmFile, type SchemaFile, type XdmFile } from "./xdm-file.ts";
