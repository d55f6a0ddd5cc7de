/** What the program declares of one resource: the registration request in the engine's words. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { SourcePosition } from "@pulumi/pulumi/proto/source_pb.js";
import { AepError } from "../../errors.ts";
import type { Props } from "../values/value.ts";
import { fromStruct } from "../values/wire.ts";

export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  inputs: Props;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  /** Undefined leaves the choice to the provider's diff. */
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  customTimeouts: Record<string, number> | undefined;
  sourcePosition: string | undefined;
  stackTrace: Array<{ sourcePosition?: string }>;
}

/** Reads a registration; throws ENGINE_UNSUPPORTED for every option the embedded engine leaves out. */
export function goalOf(request: RegisterResourceRequest, projectRoot: string): Goal {
  refuseForeign(request);
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    propertyDependencies[key] = value.getUrnsList().toSorted();
  });
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: fromStruct(request.getObject()),
    dependencies: request.getDependenciesList().toSorted(),
    propertyDependencies,
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: timeoutsOf(request),
    sourcePosition: positionOf(request.getSourceposition(), projectRoot),
    stackTrace: (request.getStacktrace()?.getFramesList() ?? []).map((frame) => {
      const sourcePosition = positionOf(frame.getPc(), projectRoot);
      return sourcePosition === undefined ? {} : { sourcePosition };
    }),
  };
}

function refuseForeign(request: RegisterResourceRequest): void {
  const explicitProvider = request.getProvider() !== "" || request.getProvidersMap().getLength() > 0;
  const found: Array<[boolean, string]> = [
    [request.getType().startsWith("pulumi:providers:") || explicitProvider, "explicit providers"],
    [
      request.getCustom() && !request.getType().startsWith("pulumi-nodejs:"),
      `resources that are not dynamic ones (${request.getType()})`,
    ],
    [request.getRemote(), "remote components"],
    [request.getImportid() !== "", "the option `import`"],
    [request.getAliasesList().length + request.getAliasurnsList().length > 0, "the option `aliases`"],
    [request.getDeletedwith() !== "", "the option `deletedWith`"],
    [request.getReplaceWithList().length > 0, "the option `replaceWith`"],
    [request.hasReplacementTrigger(), "the option `replacementTrigger`"],
    [request.getHidediffsList().length > 0, "the option `hideDiffs`"],
    [request.getTransformsList().length > 0, "transforms"],
    [request.hasHooks(), "resource hooks"],
    [request.getStateMigrationsList().length > 0, "state migrations"],
  ];
  const foreign = found.find(([present]) => present);
  if (foreign)
    throw new AepError("ENGINE_UNSUPPORTED", `The program uses ${foreign[1]}.`, { where: request.getName() });
}

const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds per verb; the dynamic host does not obey them, but the state keeps them. */
function timeoutsOf(request: RegisterResourceRequest): Record<string, number> | undefined {
  const timeouts = request.getCustomtimeouts();
  if (!timeouts) return undefined;
  const texts = {
    create: timeouts.getCreate(),
    update: timeouts.getUpdate(),
    delete: timeouts.getDelete(),
    read: timeouts.getRead(),
  };
  const set = Object.entries(texts).filter(([, text]) => text !== "");
  if (set.length === 0) return undefined;
  return Object.fromEntries(set.map(([verb, text]) => [verb, seconds(text)]));
}

function seconds(text: string): number {
  return [...text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!,
    0,
  );
}

/** `project:///index.ts#12,3`, relative to the project's root. */
function positionOf(position: SourcePosition | undefined, root: string): string | undefined {
  const uri = position?.getUri();
  if (!position || !uri?.startsWith("file:///")) return undefined;
  const column = position.getColumn() === 0 ? "" : `,${position.getColumn()}`;
  return `project:///${relative(root, fileURLToPath(uri))}#${position.getLine()}${column}`;
}
