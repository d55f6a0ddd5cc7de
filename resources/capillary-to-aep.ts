/** Capillary loyalty into Adobe Experience Platform: one source account, and a dataflow for each kind of data. */
import * as pulumi from "@pulumi/pulumi";
import { EVENT_KINDS, type EventKind } from "../capillary/events.ts";
import { BaseConnection } from "./base-connection.ts";
import { Dataflow } from "./dataflow.ts";
import { type CapillaryFlowArgs, checkFlows, profileSchemas, readRows } from "./flow-files.ts";
import { MappingSet } from "./mapping-set.ts";
import { SourceConnection } from "./source-connection.ts";
import { TargetConnection } from "./target-connection.ts";
import { XdmModel } from "./xdm-model.ts";

/** A connection or flow spec of Flow Service. */
export interface Spec {
  id: string;
  version: string;
}

/** The two ways in: Adobe's guide as it is written, polled on a schedule; or a streaming inlet that Capillary pushes to. */
export type CapillaryMode = "genericRest" | "httpStreaming";

/**
 * Specs of each mode. genericRest: the ids of Adobe's Capillary guide, which are the placeholders of Adobe's template for
 * such sources, so an organisation may have others. httpStreaming: HTTP API with a mapping, as Adobe documents it.
 */
export const DEFAULT_SPECS = {
  genericRest: {
    connectionSpec: { id: "6360f136-5980-4111-8bdf-15d29eab3b5a", version: "1.0" },
    flowSpec: { id: "6499120c-0b15-42dc-936e-847ea3c24d72", version: "1.0" },
  },
  httpStreaming: {
    connectionSpec: { id: "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", version: "1.0" },
    flowSpec: { id: "c1a19761-d2c7-4702-b9fa-fe91f0613e81", version: "1.0" },
  },
} as const satisfies Record<CapillaryMode, { connectionSpec: Spec; flowSpec: Spec }>;

export type { CapillaryFlowArgs };

export interface CapillaryToAepArgs {
  sandbox: string;
  tenantId: string;
  /** Fields of Adobe's groups that the sandbox has or lacks, for rows with a fall-back. Default: it has none of them. */
  standardFields?: Readonly<Record<string, boolean>>;
  mode: CapillaryMode;
  description?: string;
  /** genericRest: Capillary's credentials; a value `env:NAME` is read from the environment when the API is called. */
  auth?: { specName: string; params: Record<string, pulumi.Input<string>> };
  /** httpStreaming: whether a sender must show a token at the inlet. Default true, because loyalty data is personal. */
  authenticationRequired?: boolean;
  /** Default: DEFAULT_SPECS of the mode. */
  connectionSpec?: Spec;
  flowSpec?: Spec;
  /** Where schemas and datasets are declared; pipelines of one stack share one model. Default: a model of its own. */
  xdm?: XdmModel;
  flows: readonly CapillaryFlowArgs[];
}

/** Where to send one kind of event: the flow, and the inlet that takes it together with the flow's id. */
export interface Route {
  flow: string;
  flowId: string;
  inletUrl: string | undefined;
}

/**
 * A pipeline from Capillary: base connection, and for each flow its source connection, target connection, mapping set and
 * dataflow. Schemas and datasets are declared in the XDM model.
 *
 * ```ts
 * new CapillaryToAep("capillary", {
 *   sandbox: "dev", tenantId: "acme", mode: "httpStreaming",
 *   flows: [{ name: "profile", schema: "xdm/capillary-loyalty-profile.yaml", mapping: "mappings/capillary-profile.yaml",
 *     dataset: { name: "Loyalty profiles" } }],
 * });
 * ```
 */
export class CapillaryToAep extends pulumi.ComponentResource {
  readonly baseConnection: BaseConnection;
  /** By the flow's name. */
  readonly flows: Readonly<Record<string, Dataflow>>;
  /** For each of the 14 event kinds the flows that take it; an empty list where none does. */
  readonly routes: pulumi.Output<Record<EventKind, Route[]>>;
  readonly #args: CapillaryToAepArgs;
  readonly #name: string;
  readonly #xdm: XdmModel;

  constructor(name: string, args: CapillaryToAepArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aep:capillary:CapillaryToAep", name, {}, opts);
    this.#args = args;
    this.#name = name;
    checkFlows(args.flows, { tenant: args.tenantId, standardFields: args.standardFields });
    const { sandbox, tenantId, flows } = args;
    this.#xdm =
      args.xdm ?? new XdmModel(name, { sandbox, tenantId, profileSchemas: profileSchemas(flows) }, { parent: this });
    this.baseConnection = this.#declareBaseConnection();
    this.flows = Object.fromEntries(args.flows.map((flow) => [flow.name, this.#declareFlow(flow)]));
    this.routes = this.#declareRoutes();
    this.registerOutputs({
      baseConnectionId: this.baseConnection.id,
      flowIds: Object.fromEntries(Object.entries(this.flows).map(([flow, { id }]) => [flow, id])),
      routes: this.routes,
    });
  }

  /**
   * Where a flow takes its events. The HTTP API source shows its inlet at the base connection, the streaming sources of
   * partners at the flow (Adobe doc); a polled source has none. A flow's own outputs are unknown whenever it is to be updated.
   */
  inletOf(flow: string): pulumi.Output<string | undefined> {
    const shared = this.#connectionSpec.id === DEFAULT_SPECS.httpStreaming.connectionSpec.id;
    return shared ? this.baseConnection.inletUrl : this.flows[flow]!.inletUrl;
  }

  get #connectionSpec(): Spec {
    return this.#args.connectionSpec ?? DEFAULT_SPECS[this.#args.mode].connectionSpec;
  }

  #declareBaseConnection(): BaseConnection {
    const { sandbox, mode, description, auth } = this.#args;
    const name = `${this.#name} base connection`;
    const streaming = {
      specName: "Streaming Connection",
      params: {
        // Unique in the organisation, which all sandboxes share.
        sourceId: `pulumi-aep-${sandbox}-${this.#name}`,
        name,
        dataType: "raw",
        authenticationRequired: this.#args.authenticationRequired ?? true,
      },
    };
    const chosen = mode === "httpStreaming" ? streaming : auth;
    return new BaseConnection(
      this.#name,
      {
        sandbox,
        name,
        connectionSpec: this.#connectionSpec,
        ...(description !== undefined && { description }),
        ...(chosen && { auth: chosen }),
      },
      { parent: this },
    );
  }

  #declareFlow(flow: CapillaryFlowArgs): Dataflow {
    const { sandbox, tenantId, standardFields, mode, flowSpec } = this.#args;
    const name = `${this.#name}-${flow.name}`;
    const title = `${this.#name} ${flow.name}`;
    const inside = { parent: this };
    const rows = readRows(flow, { tenant: tenantId, standardFields });
    const dataset = this.#xdm.dataset(flow.schema, flow.dataset);
    const schema = this.#xdm.schema(flow.schema).schema.id;
    const source = new SourceConnection(
      name,
      {
        sandbox,
        name: `${title} source`,
        baseConnection: this.baseConnection.id,
        connectionSpec: this.#connectionSpec,
      },
      inside,
    );
    const target = new TargetConnection(
      name,
      { sandbox, name: `${title} target`, dataset: dataset.id, schema },
      inside,
    );
    const mapping = new MappingSet(name, { sandbox, name: `${title} mapping`, schema, rows }, inside);
    return new Dataflow(
      name,
      {
        sandbox,
        name: title,
        flowSpec: flowSpec ?? DEFAULT_SPECS[mode].flowSpec,
        sourceConnection: source.id,
        targetConnection: target.id,
        mapping: { id: mapping.id, version: mapping.version },
        ...(flow.description !== undefined && { description: flow.description }),
        ...(mode === "genericRest" && { schedule: scheduleOf(flow) }),
        ...(flow.held && { state: "disabled" as const }),
      },
      inside,
    );
  }

  #declareRoutes(): pulumi.Output<Record<EventKind, Route[]>> {
    const targets = this.#args.flows.map(({ name, events = [] }) =>
      pulumi
        .all([this.flows[name]!.id, this.inletOf(name)])
        .apply(([flowId, inletUrl]) => ({ events, route: { flow: name, flowId, inletUrl } })),
    );
    return pulumi.all(targets).apply((flows) => {
      const of = (kind: EventKind) =>
        flows.filter(({ events }) => events.includes(kind)).map(({ route }) => route as Route);
      return Object.fromEntries(EVENT_KINDS.map((kind) => [kind, of(kind)])) as Record<EventKind, Route[]>;
    });
  }
}

/** The guide's schedule, every 15 minutes, fills what the flow leaves open. */
function scheduleOf({ schedule = { frequency: "minute" } }: CapillaryFlowArgs) {
  const { start, frequency, backfill } = schedule;
  const interval = schedule.interval ?? (frequency === "minute" ? 15 : 1);
  return {
    frequency,
    ...(start !== undefined && { startTime: start }),
    ...(frequency !== "once" && { interval }),
    ...(backfill !== undefined && { backfill }),
  };
}
