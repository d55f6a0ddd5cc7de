/** What the checks learn from each other. A check that needs a fact names the check that leaves it. */
import type { AepClient } from "../../aep/client.ts";
import type { ConfigSource, Settings } from "../../aep/settings.ts";
import type { StackConfig } from "../../config.ts";
import type { Context } from "../../resources/context.ts";
import type { DeployedStack } from "../deployment.ts";

interface Learned {
  stack: string;
  config: StackConfig;
  /** The stack's settings, with encrypted credentials opened. */
  source: ConfigSource;
  settings: Settings;
  client: AepClient;
  context: Context;
  deployment: DeployedStack;
}

export class Facts {
  /** `--stack`. */
  readonly given: string | undefined;
  readonly #learned: Partial<Learned> = {};

  constructor(given: string | undefined) {
    this.given = given;
  }

  learn<K extends keyof Learned>(name: K, value: Learned[K]): void {
    this.#learned[name] = value;
  }

  get<K extends keyof Learned>(name: K): Learned[K] {
    const value = this.#learned[name];
    if (value === undefined) throw new Error(`a check asks for "${name}" without needing the check that learns it`);
    return value as Learned[K];
  }
}
