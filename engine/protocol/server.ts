/** The two services the program talks to: the resource monitor and the engine's log, on one loopback port. */
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import monitorRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import monitor from "@pulumi/pulumi/proto/resource_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { AepError } from "../../errors.ts";
import type { ResourceState } from "../state/resource.ts";
import type { Props } from "../values/value.ts";
import { fromStruct, toStruct } from "../values/wire.ts";
import { type Goal, goalOf } from "./goal.ts";

export interface LogMessage {
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  urn: string;
  ephemeral: boolean;
}

/** What the engine does with what the program says. */
export interface ProgramHandler {
  register(goal: Goal): Promise<ResourceState>;
  registerOutputs(urn: string, outputs: Props): Promise<void>;
  log(message: LogMessage): void;
  /** The program is through; settles when every step it caused is done. */
  finished(): Promise<void>;
  /** A request was refused: the run is over, whatever the program makes of the answer. */
  refused(error: Error): void;
}

const FEATURES = new Set(["secrets", "resourceReferences", "outputValues", "aliasSpecs"]);
const LIMITS = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

type Handler<Q, A> = (request: Q) => Promise<A> | A;

export class ProgramServer {
  readonly #server: Server;
  readonly address: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.address = `127.0.0.1:${port}`;
  }

  static async start(handler: ProgramHandler, projectRoot: string): Promise<ProgramServer> {
    const server = new Server(LIMITS);
    const unary = wrapper(handler);
    server.addService(monitorRpc.ResourceMonitorService as never, monitorService(handler, projectRoot, unary));
    server.addService(engineRpc.EngineService as never, engineService(handler, unary));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return new ProgramServer(server, port);
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

type Wrapper = <Q, A>(handle: Handler<Q, A>) => (call: ServerUnaryCall<Q, A>, done: sendUnaryData<A>) => void;

function wrapper(handler: ProgramHandler): Wrapper {
  return (handle) => (call, done) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then((answer) => done(null, answer))
      // A refused request is not answered: the program is ended, and has nothing to add to what is reported.
      .catch((error: Error) => handler.refused(error));
  };
}

function monitorService(handler: ProgramHandler, projectRoot: string, unary: Wrapper): UntypedServiceImplementation {
  const refuse = (what: string) =>
    unary(() => {
      throw new AepError("ENGINE_UNSUPPORTED", `The program uses ${what}.`);
    });
  return {
    supportsFeature: unary((request: monitor.SupportsFeatureRequest) =>
      new monitor.SupportsFeatureResponse().setHassupport(FEATURES.has(request.getId())),
    ),
    registerResource: unary(async (request: monitor.RegisterResourceRequest) =>
      registered(await handler.register(goalOf(request, projectRoot)), request.getAcceptsecrets()),
    ),
    registerResourceOutputs: unary(async (request: monitor.RegisterResourceOutputsRequest) => {
      await handler.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new empty.Empty();
    }),
    signalAndWaitForShutdown: unary(async () => {
      await handler.finished();
      return new empty.Empty();
    }),
    invoke: refuse("an invoke (a function of a provider)"),
    call: refuse("a provider's method"),
    readResource: refuse("the option `id` (reading a resource it does not manage)"),
    registerStackTransform: refuse("stack transforms"),
    registerStackInvokeTransform: refuse("invoke transforms"),
    registerResourceHook: refuse("resource hooks"),
    registerErrorHook: refuse("error hooks"),
    registerPackage: refuse("a parameterized package"),
  };
}

function registered(state: ResourceState, secrets: boolean): monitor.RegisterResourceResponse {
  const response = new monitor.RegisterResourceResponse();
  response.setUrn(state.urn);
  response.setId(state.id);
  response.setObject(toStruct(state.outputs, { secrets }));
  return response;
}

const SEVERITIES = ["debug", "info", "warning", "error"] as const;

function engineService(handler: ProgramHandler, unary: Wrapper): UntypedServiceImplementation {
  let root = "";
  return {
    log: unary((request: engine.LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      handler.log({
        severity,
        message: request.getMessage(),
        urn: request.getUrn(),
        ephemeral: request.getEphemeral(),
      });
      return new empty.Empty();
    }),
    getRootResource: unary(() => new engine.GetRootResourceResponse().setUrn(root)),
    setRootResource: unary((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    startDebugging: unary(() => new empty.Empty()),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  };
}
