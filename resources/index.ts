/** The resource classes and components a Pulumi program uses. */
export { BaseConnection, type BaseConnectionArgs } from "./base-connection.ts";
export {
  type CapillaryFlowArgs,
  CapillaryToAep,
  type CapillaryToAepArgs,
  DEFAULT_SPECS,
  type Route,
  type Spec,
} from "./capillary-to-aep.ts";
export { Dataflow, type DataflowArgs } from "./dataflow.ts";
export { Dataset, type DatasetArgs } from "./dataset.ts";
export { FieldGroup, type FieldGroupArgs } from "./field-group.ts";
export { IdentityDescriptor, type IdentityDescriptorArgs } from "./identity-descriptor.ts";
export { MappingSet, type MappingSetArgs } from "./mapping-set.ts";
export { Schema, type SchemaArgs } from "./schema.ts";
export { SourceConnection, type SourceConnectionArgs } from "./source-connection.ts";
export { TargetConnection, type TargetConnectionArgs } from "./target-connection.ts";
export { type DatasetSettings, XdmModel, type XdmModelArgs } from "./xdm-model.ts";
