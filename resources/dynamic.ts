/**
 * Where the states of all stacks point: `require("pulumi-aep/dynamic").<Kind>` is a dynamic provider. The names exported
 * here are part of a persisted format and stay for ever. Loaded by `require()`, so nothing below may await at top level.
 */
import { KINDS } from "./kinds.ts";
import { providerOf } from "./provider.ts";

export const FieldGroup = providerOf(KINDS.FieldGroup);
export const Schema = providerOf(KINDS.Schema);
export const IdentityDescriptor = providerOf(KINDS.IdentityDescriptor);
export const Dataset = providerOf(KINDS.Dataset);
export const BaseConnection = providerOf(KINDS.BaseConnection);
export const SourceConnection = providerOf(KINDS.SourceConnection);
export const TargetConnection = providerOf(KINDS.TargetConnection);
export const MappingSet = providerOf(KINDS.MappingSet);
export const Dataflow = providerOf(KINDS.Dataflow);
