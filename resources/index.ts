/** The resource classes a Pulumi program uses. */
export { BaseConnection, type BaseConnectionArgs } from "./base-connection.ts";
export { Dataflow, type DataflowArgs } from "./dataflow.ts";
export { Dataset, type DatasetArgs } from "./dataset.ts";
export { FieldGroup, type FieldGroupArgs } from "./field-group.ts";
export { IdentityDescriptor, type IdentityDescriptorArgs } from "./identity-descriptor.ts";
export { MappingSet, type MappingSetArgs } from "./mapping-set.ts";
export { Schema, type SchemaArgs } from "./schema.ts";
export { SourceConnection, type SourceConnectionArgs } from "./source-connection.ts";
export { TargetConnection, type TargetConnectionArgs } from "./target-connection.ts";
