/** The SDK's dynamic provider host as a child process: check, diff, create, read, update and delete over gRPC. */
import type { ChildProcess } from "node:child_process";
import { credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import providers from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import type { Message } from "google-protobuf";
import { AepError } from "../../errors.ts";
import { nameOf, type ResourceState } from "../state/resource.ts";
import { annotateSecrets, copyOf, type Props } from "../values/value.ts";
import { fromStruct, toStruct } from "../values/wire.ts";
import { sdkModule, startNode, stopChild } from "./child.ts";

/** gRPC's default of 4 MB is too small for large properties; the CLI allows the same. */
const CHANNEL = {
  "grpc.enable_http_proxy": 0,
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

export interface CheckResult {
  inputs: Props;
  failures: Array<{ property: string; reason: string }>;
}

export interface DiffResult {
  changes: "unknown" | "none" | "some";
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** The object exists but is not as it should be: kept in the state with its id, retried by the next update. */
export class InitError extends Error {
  readonly id: string;
  readonly outputs: Props;
  readonly reasons: string[];
  constructor(id: string, outputs: Props, reasons: string[]) {
    super(
      `${reasons.length} error${reasons.length === 1 ? "" : "s"} occurred:\n${reasons.map((reason) => `\t* ${reason}`).join("\n")}`,
    );
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}

export interface ProviderOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
}

export class DynamicProvider {
  readonly #child: ChildProcess;
  readonly #client: providers.ResourceProviderClient;

  private constructor(child: ChildProcess, port: string) {
    this.#child = child;
    this.#client = new providers.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), CHANNEL);
  }

  /** Starts the host and configures it; `config` is the default provider's inputs. */
  static async start(config: Props, options: ProviderOptions): Promise<DynamicProvider> {
    const script = sdkModule(options.folder, "cmd/dynamic-provider/index.js");
    let handshake: (port: string) => void = () => undefined;
    const port = new Promise<string>((resolve) => {
      handshake = resolve;
    });
    let greeted = false;
    const child = startNode(script, ["127.0.0.1:1"], {
      cwd: options.folder,
      env: options.env,
      onLine: (line, stream) => {
        if (!greeted && stream === "stdout") {
          greeted = true;
          handshake(line.trim());
        } else options.onLine(line);
      },
    });
    const died = new Promise<never>((_, reject) => {
      child.once("exit", () =>
        reject(new AepError("ENGINE_PROVIDER", "The provider process ended before it was ready.")),
      );
    });
    died.catch(() => undefined);
    const provider = new DynamicProvider(child, await Promise.race([port, died]));
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(config));
    request.setAcceptsecrets(false);
    await provider.#call("configure", request);
    return provider;
  }

  async check(urn: string, olds: Props, news: Props): Promise<CheckResult> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setName(nameOf(urn));
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    const response = await this.#call<messages.CheckResponse>("check", request);
    const inputs = fromStruct(response.getInputs());
    annotateSecrets(inputs, news);
    const failures = response
      .getFailuresList()
      .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
    return { inputs, failures };
  }

  async diff(urn: string, id: string, oldInputs: Props, oldOutputs: Props, news: Props): Promise<DiffResult> {
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(toStruct(oldInputs));
    request.setOlds(toStruct(oldOutputs));
    request.setNews(toStruct(news));
    const response = await this.#call<messages.DiffResponse>("diff", request);
    return {
      changes: (["unknown", "none", "some"] as const)[response.getChanges()] ?? "unknown",
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(urn: string, inputs: Props): Promise<{ id: string; outputs: Props }> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(toStruct(inputs));
    const response = await this.#call<messages.CreateResponse>("create", request, inputs);
    return { id: response.getId(), outputs: annotated(fromStruct(response.getProperties()), inputs) };
  }

  async update(state: ResourceState, news: Props): Promise<Props> {
    const request = new messages.UpdateRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setOldInputs(toStruct(state.inputs));
    request.setOlds(toStruct(state.outputs));
    request.setNews(toStruct(news));
    const response = await this.#call<messages.UpdateResponse>("update", request, news);
    return annotated(fromStruct(response.getProperties()), news);
  }

  /** An empty id means that the object is gone; `inputs` is absent when the provider does not tell them. */
  async read(state: ResourceState): Promise<{ id: string; outputs: Props; inputs: Props | undefined }> {
    const request = new messages.ReadRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setInputs(toStruct(state.inputs));
    request.setProperties(toStruct(state.outputs));
    const response = await this.#call<messages.ReadResponse>("read", request);
    const inputs = response.hasInputs() ? annotated(fromStruct(response.getInputs()), state.inputs) : undefined;
    return { id: response.getId(), outputs: annotated(fromStruct(response.getProperties()), state.outputs), inputs };
  }

  async delete(state: ResourceState): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(state.urn);
    request.setId(state.id);
    request.setOldInputs(toStruct(state.inputs));
    request.setProperties(toStruct(state.outputs));
    await this.#call("delete", request);
  }

  /** The interrupt is what the CLI sends, too, when everything is in the state and the provider is not needed any more. */
  async close(): Promise<void> {
    this.#client.close();
    this.#child.kill("SIGINT");
    await stopChild(this.#child);
  }

  /** Cuts off whatever is under way. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** `ins` mark the secrets of what a failed initialisation reports. */
  #call<T extends Message>(method: string, request: Message, ins: Props = {}): Promise<T> {
    const client = this.#client as unknown as Record<
      string,
      (request: Message, done: (error: ServiceError | null, response: T) => void) => void
    >;
    return new Promise((resolve, reject) => {
      client[method]!.call(this.#client, request, (error, response) =>
        error ? reject(failure(error, ins)) : resolve(response),
      );
    });
  }
}

function annotated(outs: Props, ins: Props): Props {
  annotateSecrets(outs, ins);
  return outs;
}

function failure(error: ServiceError, ins: Props): Error {
  const init = initFailure(error.metadata);
  if (init)
    return new InitError(init.getId(), annotated(fromStruct(init.getProperties()), copyOf(ins)), init.getReasonsList());
  return new AepError("ENGINE_PROVIDER", error.details || error.message, { cause: error });
}

/** The host packs "created, but not initialised" into the binary status of the answer. */
function initFailure(metadata: Metadata | undefined): messages.ErrorResourceInitFailed | undefined {
  const packed = metadata?.get("grpc-status-details-bin")[0];
  if (!packed || typeof packed === "string") return undefined;
  const detail = status.Status.deserializeBinary(packed).getDetailsList()[0];
  return detail && messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
}
