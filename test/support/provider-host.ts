/** The SDK's own dynamic provider host in a process of its own, driven over gRPC as Pulumi's engine drives it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { compileCache, runBefore, sdkModule } from "../../engine/protocol/child.ts";
import { loadedLater } from "../../engine/protocol/later.ts";
import { type KindName, pointer } from "../../resources/pointer.ts";

export type Props = Record<string, unknown>;

/** A created object that is not what it should be yet: what the engine keeps in the state. */
interface InitFailure {
  id: string;
  properties: Props;
  reasons: string[];
}

class HostError extends Error {
  readonly init: InitFailure | undefined;
  constructor(message: string, init?: InitFailure) {
    super(message);
    this.init = init;
  }
}

export interface DiffAnswer {
  /** true: changed; false: not changed; undefined: the engine is to compare the inputs. */
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** One provider process. `output` collects everything it wrote on stderr and stdout. */
export class ProviderHost {
  readonly #process: ChildProcess;
  readonly #client: providerGrpc.ResourceProviderClient;
  readonly output: string[];
  /** A journal of its own, unless the environment names one. */
  readonly #journal: string;

  private constructor(child: ChildProcess, port: string, output: string[], journal: string) {
    this.#process = child;
    this.output = output;
    this.#journal = journal;
    this.#client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  /**
   * Starts the host in the repository with `config` as the stack's configuration: as the Pulumi CLI does, or with what the
   * embedded engine has loaded later, which takes a third of the time.
   */
  static async start(
    env: Record<string, string> = {},
    config: Record<string, string> = {},
    as: "cli" | "engine" = "engine",
  ): Promise<ProviderHost> {
    const journal = mkdtempSync(join(tmpdir(), "aep-journal-"));
    const main = sdkModule(process.cwd(), "cmd/dynamic-provider/index.js");
    const before = as === "engine" ? runBefore([loadedLater(main)]) : [];
    const child = spawn("node", [...before, main, "127.0.0.1:1"], {
      env: { ...bareEnvironment(), ...compileCache(main), AEP_ALLOW_DESTROY: "*", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: string[] = [];
    child.stderr?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
    const port = await new Promise<string>((resolve, reject) => {
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      lines.once("line", resolve);
      lines.on("line", (line) => output.push(line));
      child.once("exit", (code) => reject(new Error(`provider host ended with ${code}: ${output.join("")}`)));
    });
    const host = new ProviderHost(child, port, output, journal);
    const request = new provider.ConfigureRequest();
    request.setArgs(struct.Struct.fromJavaScript(config as never));
    await host.#call("configure", request);
    return host;
  }

  async check(
    kind: KindName,
    olds: Props,
    news: Props,
  ): Promise<{ inputs: Props; failures: Array<{ property: string; reason: string }> }> {
    const request = new provider.CheckRequest();
    request.setOlds(toStruct(olds));
    request.setNews(toStruct({ ...news, __provider: pointer(kind) }));
    const answer = await this.#call<provider.CheckResponse>("check", request);
    const failures = answer.getFailuresList().map((one) => ({ property: one.getProperty(), reason: one.getReason() }));
    return { inputs: fromStruct(answer.getInputs()), failures };
  }

  async diff(kind: KindName, id: string, olds: Props, news: Props): Promise<DiffAnswer> {
    const request = new provider.DiffRequest();
    request.setId(id);
    request.setOlds(toStruct(olds));
    request.setNews(toStruct({ ...news, __provider: pointer(kind) }));
    const answer = await this.#call<provider.DiffResponse>("diff", request);
    const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
    const changes = answer.getChanges() === DIFF_SOME ? true : answer.getChanges() === DIFF_NONE ? false : undefined;
    return { changes, replaces: answer.getReplacesList(), deleteBeforeReplace: answer.getDeletebeforereplace() };
  }

  async create(kind: KindName, inputs: Props): Promise<{ id: string; outs: Props }> {
    const request = new provider.CreateRequest();
    request.setProperties(toStruct({ ...inputs, __provider: pointer(kind) }));
    const answer = await this.#call<provider.CreateResponse>("create", request);
    return { id: answer.getId(), outs: fromStruct(answer.getProperties()) };
  }

  async read(kind: KindName, id: string, outs: Props): Promise<{ id: string; outs: Props; inputs: Props }> {
    const request = new provider.ReadRequest();
    request.setId(id);
    request.setProperties(toStruct({ ...outs, __provider: pointer(kind) }));
    const answer = await this.#call<provider.ReadResponse>("read", request);
    return { id: answer.getId(), outs: fromStruct(answer.getProperties()), inputs: fromStruct(answer.getInputs()) };
  }

  async update(kind: KindName, id: string, olds: Props, news: Props): Promise<Props> {
    const request = new provider.UpdateRequest();
    request.setId(id);
    request.setOlds(toStruct({ ...olds, __provider: pointer(kind) }));
    request.setNews(toStruct({ ...news, __provider: pointer(kind) }));
    return fromStruct((await this.#call<provider.UpdateResponse>("update", request)).getProperties());
  }

  async remove(kind: KindName, id: string, outs: Props): Promise<void> {
    const request = new provider.DeleteRequest();
    request.setId(id);
    request.setProperties(toStruct({ ...outs, __provider: pointer(kind) }));
    await this.#call("delete", request);
  }

  /** Ends the process and waits for it. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#client.close();
    rmSync(this.#journal, { recursive: true, force: true });
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill(signal);
    await ended;
  }

  #call<T>(method: string, request: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const client = this.#client as unknown as Record<
        string,
        (request: unknown, done: (error: grpc.ServiceError | null, answer: T) => void) => void
      >;
      client[method]?.(request, (error, answer) => (error ? reject(hostError(error)) : resolve(answer)));
    });
  }
}

/** What the host needs of this process's environment: nothing of AEP's, so that every test says what it sets. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AEP_")));
}

function toStruct(props: Props): struct.Struct {
  return struct.Struct.fromJavaScript(props as never);
}

/** As the host sent it, without the pointer, which every answer has. */
function fromStruct(value: struct.Struct | undefined): Props {
  const { __provider: _, ...props } = (value?.toJavaScript() ?? {}) as Props;
  return props;
}

function hostError(error: grpc.ServiceError): HostError {
  const details = error.metadata?.get("grpc-status-details-bin")[0];
  if (!(details instanceof Buffer)) return new HostError(error.details);
  const [any] = status.Status.deserializeBinary(details).getDetailsList();
  const init = provider.ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array());
  const properties = (init.getProperties()?.toJavaScript() ?? {}) as Props;
  return new HostError(error.details, { id: init.getId(), properties, reasons: init.getReasonsList() });
}
