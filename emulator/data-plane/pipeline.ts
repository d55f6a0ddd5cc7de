/** A flow's way from event to row: its mapping set at its version, then the dataset's XDM schema. */
import { AepError } from "../../errors.ts";
import type { CompiledMapping } from "../../mapping/row/compile-mapping.ts";
import type { RowError } from "../../mapping/row/types.ts";
import { type ComposedSchema, compileXdmValidator, type XdmViolation } from "../../mapping/xdm/model.ts";
import { rowsOf } from "../data-prep/forms.ts";
import { mappingSetVersion } from "../data-prep/store.ts";
import { mappingOf } from "../flow-service/flow-checks.ts";
import { isObject } from "../http.ts";
import { language } from "../language.ts";
import { Problem } from "../problem.ts";
import { type WhoIs, whoIs } from "../profile/identity.ts";
import type { Entity, Ids, Json, SandboxState, World } from "../store.ts";
import { composedSchema } from "../xdm-schemas.ts";
import { explainFailure } from "./reasons.ts";

export const MAPPER_ERROR = "MAPPER-3700-400";
export const INGEST_ERROR = "INGEST-1212-400";

/** A record that became a row; `warnings` are the mapping rows that gave nothing and were not needed. */
interface Landed {
  ok: true;
  row: Entity;
  warnings: RowError[];
}
interface Rejected {
  ok: false;
  code: string;
  reason: string;
  details: Json[];
  violations: XdmViolation[];
}
export type Outcome = Landed | Rejected;

export interface Pipeline {
  dataSetId: string;
  /** Which profile a row lands on; undefined while the dataset is not in Profile. */
  whoIs: WhoIs | undefined;
  /** An event of the source, with Java's kinds of numbers, through mapping and validation; without a mapping `plain` is its row. */
  event(source: unknown, plain: unknown): Outcome;
  /** An XDM message's entity: no mapping, only validation. */
  entity(entity: unknown): Outcome;
}

/** Why a flow cannot process anything: dataset, schema or mapping set is gone or broken. */
export class PipelineError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "PipelineError";
    this.code = code;
  }
}

/** Compiles a flow as its parts are now. Throws PipelineError. */
export function compilePipeline(world: World, sandbox: SandboxState, flow: Entity, ids: Ids): Pipeline {
  const dataSetId: string = flow["bound"]?.target.params.dataSetId;
  const dataset = sandbox.catalog.dataSets.get(dataSetId);
  if (!dataset) throw new PipelineError(INGEST_ERROR, `Dataset ${dataSetId} does not exist any more`);
  const schema = schemaOf(sandbox, dataset["schemaRef"]?.id);
  const check = validatorOf(schema);
  const params = mappingOf(flow);
  const mapping = params && compiled(mappingSet(sandbox, params), schema);
  const entity = (row: unknown): Outcome => judge(isObject(row) ? row : {}, check(row), []);
  return {
    dataSetId,
    whoIs: whoIs(sandbox, dataset),
    entity,
    event: (source, plain) => {
      if (!mapping) return entity(plain);
      const env = { now: () => world.clock.now(), uuid: () => ids.uuid() };
      const { data, errors } = mapping.apply(source, env);
      return judge(data, check(data), errors);
    },
  };
}

/** The validator, tried once: a schema with a broken pattern would fail at the first row otherwise. */
function validatorOf(schema: ComposedSchema): (row: unknown) => XdmViolation[] {
  const check = compileXdmValidator(schema);
  try {
    check({});
    return check;
  } catch (error) {
    throw new PipelineError(
      INGEST_ERROR,
      `The schema cannot be used: ${error instanceof Error ? error.message : error}`,
    );
  }
}

const mappings = new WeakMap<Entity, { schema: ComposedSchema; mapping: CompiledMapping }>();

/** A version of a mapping set never changes: compiled once for each schema it meets. */
function compiled(set: Entity, schema: ComposedSchema): CompiledMapping {
  const known = mappings.get(set);
  if (known?.schema === schema) return known.mapping;
  const mapping = language().compileMapping(readRows(set), { schema });
  mappings.set(set, { schema, mapping });
  return mapping;
}

function schemaOf(sandbox: SandboxState, schemaId: string) {
  try {
    const schema = composedSchema(sandbox, schemaId);
    if (schema) return schema;
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    throw new PipelineError(INGEST_ERROR, `Schema ${schemaId} cannot be used: ${error.message}`);
  }
  throw new PipelineError(INGEST_ERROR, `Schema ${schemaId} does not exist any more`);
}

/** A set that was changed behind the service's back may hold anything. */
function readRows(set: Entity) {
  try {
    return rowsOf(set);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new PipelineError(MAPPER_ERROR, `Mapping set ${set["id"]} cannot be used: ${error.message}`);
  }
}

function mappingSet(sandbox: SandboxState, params: Entity): Entity {
  const { mappingId, mappingVersion } = params;
  const set = mappingSetVersion(sandbox, mappingId, Number(mappingVersion ?? 0));
  if (!set)
    throw new PipelineError(
      MAPPER_ERROR,
      `Mapping set ${mappingId} version ${mappingVersion ?? 0} does not exist any more`,
    );
  return set;
}

/** A row that fits lands, with its mapping errors as warnings; one that does not is the mapper's fault or the data's. */
function judge(row: Entity, violations: XdmViolation[], errors: RowError[]): Outcome {
  if (violations.length === 0) return { ok: true, row, warnings: errors };
  const { guilty, reason } = explainFailure(violations, errors);
  const details = guilty.length > 0 ? [...guilty, ...violations] : violations;
  return {
    ok: false,
    code: guilty.length > 0 ? MAPPER_ERROR : INGEST_ERROR,
    reason,
    details: details as unknown as Json[],
    violations,
  };
}
