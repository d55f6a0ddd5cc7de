import { baseConnectionKind } from "./base-connection.ts";
import { dataflowKind } from "./dataflow.ts";
import { datasetKind } from "./dataset.ts";
import { fieldGroupKind } from "./field-group.ts";
import { identityDescriptorKind } from "./identity-descriptor.ts";
import type { Kind } from "./kind.ts";
import { mappingSetKind } from "./mapping-set.ts";
import type { KindName } from "./pointer.ts";
import { schemaKind } from "./schema.ts";
import { sourceConnectionKind } from "./source-connection.ts";
import { targetConnectionKind } from "./target-connection.ts";

/** Every managed kind by name. */
export const KINDS: Record<KindName, Kind> = {
  FieldGroup: fieldGroupKind as Kind,
  Schema: schemaKind as Kind,
  IdentityDescriptor: identityDescriptorKind as Kind,
  Dataset: datasetKind as Kind,
  BaseConnection: baseConnectionKind as Kind,
  SourceConnection: sourceConnectionKind as Kind,
  TargetConnection: targetConnectionKind as Kind,
  MappingSet: mappingSetKind as Kind,
  Dataflow: dataflowKind as Kind,
};
