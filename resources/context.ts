import { type Catalog, catalog } from "../aep/catalog.ts";
import { type AepClient, createClient } from "../aep/client.ts";
import { type DataPrep, dataPrep } from "../aep/data-prep.ts";
import { type FlowService, flowService } from "../aep/flow-service.ts";
import { listSandboxes } from "../aep/sandboxes.ts";
import { type SchemaRegistry, schemaRegistry } from "../aep/schema-registry.ts";
import { type ConfigSource, readSettings, settingsIdentity } from "../aep/settings.ts";
import { AepError } from "../errors.ts";
import { Reads } from "./reads.ts";

/** Everything a kind needs to reach one sandbox. */
export interface Context {
  readonly sandbox: string;
  readonly client: AepClient;
  readonly flows: FlowService;
  readonly catalog: Catalog;
  readonly registry: SchemaRegistry;
  readonly dataPrep: DataPrep;
  /** Reads of the same collection made together become list pages. */
  readonly reads: Reads;
}

/** What one provider process shares among all its kinds: settings, client, limiter, reads. */
export class Session {
  readonly #config: ConfigSource;
  readonly #env: NodeJS.ProcessEnv;
  #client: AepClient | undefined;
  readonly #contexts = new Map<string, Promise<Context>>();

  constructor(config: ConfigSource, env: NodeJS.ProcessEnv = process.env) {
    this.#config = config;
    this.#env = env;
  }

  /** Sessions of equal identity have the same settings. */
  get identity(): string {
    return settingsIdentity(this.#config, this.#env);
  }

  /** The context of a sandbox. Settings are read and the sandbox is looked up at its first use; never in a preview. */
  context(sandbox: string): Promise<Context> {
    let context = this.#contexts.get(sandbox);
    if (context === undefined) {
      context = this.#open(sandbox);
      this.#contexts.set(sandbox, context);
      context.catch(() => this.#contexts.delete(sandbox));
    }
    return context;
  }

  async #open(sandbox: string): Promise<Context> {
    this.#client ??= createClient(readSettings(this.#config, this.#env));
    const client = this.#client;
    await requireSandbox(client, sandbox);
    return {
      sandbox,
      client,
      flows: flowService(client, sandbox),
      catalog: catalog(client, sandbox),
      registry: schemaRegistry(client, sandbox),
      dataPrep: dataPrep(client, sandbox),
      reads: new Reads(),
    };
  }
}

/**
 * A sandbox that is not there would look like one in which everything is gone, and a refresh would forget it all.
 * Callers who may not list sandboxes go on; the services then answer for themselves.
 */
async function requireSandbox(client: AepClient, name: string): Promise<void> {
  let names: string[];
  try {
    names = (await listSandboxes(client, (sandbox) => sandbox.name === name)).map((sandbox) => sandbox.name);
  } catch (error) {
    if (error instanceof AepError && error.code === "AEP_FORBIDDEN") return;
    throw error;
  }
  if (names.includes(name)) return;
  throw new AepError("AEP_SANDBOX_UNKNOWN", `there is no sandbox "${name}" in this organisation`, {
    hint: `Set aep:sandbox (or AEP_SANDBOX) to one of: ${names.join(", ")}.`,
  });
}
