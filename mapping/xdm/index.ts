/** XDM without the network: Adobe's standard resources, composition, validation, field paths, the files of xdm/. */
export { type LoadedSchema, lackingText, loadSchema } from "./load-schema.ts";
export * from "./model.ts";
export { type FieldGroupFile, loadXdmFile, readXdmFile, type SchemaFile, type XdmFile } from "./xdm-file.ts";
