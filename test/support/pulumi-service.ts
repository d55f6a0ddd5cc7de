/**
 * The REST API of Pulumi Cloud in one process and one account, reduced to what the CLI asks of it for a stack's life: login,
 * stacks, updates with their checkpoints, and sealing. Written after its public reference; what is asked beyond that is a 404.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { type Loopback, serve } from "./loopback.ts";

export interface PulumiService extends Loopback {
  token: string;
  /** Stacks by `organisation/project/stack`. */
  stacks: ReadonlyMap<string, { version: number; deployment: any; tags: object }>;
  /** What was asked and is not known here. */
  unknown: string[];
}

export const ORGANISATION = "brand";

interface Stack {
  version: number;
  deployment: any;
  tags: object;
}

type Answer = { status?: number; body?: unknown };
const NOTHING: Answer = { status: 404, body: { code: 404, message: "not found" } };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const named = (key: string) => {
  const [orgName, projectName, stackName] = key.split("/");
  return { orgName, projectName, stackName };
};
const plain = (text: string) => Buffer.from(text, "base64").toString();

class Account {
  readonly token = `pul-${randomUUID()}`;
  readonly stacks = new Map<string, Stack>();
  readonly unknown: string[] = [];
  /** What a running update shows instead of the account's token. */
  readonly leases = new Set<string>();
  readonly #sealed = new Map<string, string>();

  answer(method: string, path: string, body: any): Answer {
    const me = { githubLogin: ORGANISATION, name: ORGANISATION };
    if (path === "/api/user") return { body: { id: "1", ...me, email: "a@example.com", organizations: [me] } };
    if (path === "/api/user/organizations/default") return { body: { gitHubLogin: ORGANISATION } };
    if (path === "/api/capabilities") return { body: { capabilities: [] } };
    if (path === "/api/user/stacks") return { body: { stacks: [...this.stacks.keys()].map(named) } };
    const [project, name, ...rest] = (/^\/api\/stacks\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(path) ?? [])
      .slice(1)
      .flatMap((part, at) => (at === 0 ? [part] : (part ?? "").split("/")));
    if (project === undefined) return NOTHING;
    if (!name) return method === "POST" ? this.#create(`${project}/${body.stackName}`, body) : this.#project(project);
    const stack = this.stacks.get(`${project}/${name}`);
    return stack ? this.#ofStack(stack, `${project}/${name}`, method, rest, body) : NOTHING;
  }

  #project(project: string): Answer {
    return [...this.stacks.keys()].some((key) => key.startsWith(`${project}/`)) ? {} : NOTHING;
  }

  #create(key: string, { tags }: { tags: object }): Answer {
    if (this.stacks.has(key)) return { status: 409, body: { code: 409, message: "the stack exists" } };
    this.stacks.set(key, { version: 0, deployment: undefined, tags });
    return { body: {} };
  }

  #ofStack(stack: Stack, key: string, method: string, [what, id, step]: string[], body: any): Answer {
    const { version, tags, deployment } = stack;
    if (what === undefined) {
      if (method === "DELETE") this.stacks.delete(key);
      return { body: { id: key, ...named(key), activeUpdate: "", tags, version } };
    }
    if (what === "export") return { body: { version: 3, deployment: deployment ?? null } };
    if (what === "tags") return { status: 204 };
    if (what === "encrypt") return { body: { ciphertext: this.#seal(body.plaintext) } };
    if (what === "decrypt") return { body: { plaintext: this.#sealed.get(plain(body.ciphertext)) } };
    if (what === "batch-encrypt")
      return { body: { ciphertexts: body.plaintexts.map((one: string) => this.#seal(one)) } };
    if (what === "batch-decrypt") {
      const opened = body.ciphertexts.map((one: string) => [one, this.#sealed.get(plain(one))]);
      return { body: { plaintexts: Object.fromEntries(opened) } };
    }
    if (!["preview", "update", "refresh", "destroy"].includes(what)) return NOTHING;
    return id === undefined ? { body: { updateID: randomUUID() } } : this.#ofUpdate(stack, method, step, body);
  }

  #ofUpdate(stack: Stack, method: string, step: string | undefined, body: any): Answer {
    const lease = { token: randomUUID(), tokenExpiration: Math.floor(Date.now() / 1000) + 300 };
    this.leases.add(`update-token ${lease.token}`);
    if (step === undefined)
      return { body: method === "POST" ? { version: ++stack.version, ...lease } : { status: "succeeded", events: [] } };
    if (step === "renew_lease") return { body: lease };
    if (step === "checkpoint") stack.deployment = body.deployment;
    else if (step === "checkpointverbatim") stack.deployment = body.untypedDeployment.deployment;
    else if (step !== "events" && step !== "complete") return NOTHING;
    return { body: {} };
  }

  #seal(text: string): string {
    const name = `sealed ${randomUUID()}`;
    this.#sealed.set(name, text);
    return base64(name);
  }
}

export async function startPulumiService(): Promise<PulumiService> {
  const account = new Account();
  const server = await serve((request, response) => reply(account, request, response));
  const { token, stacks, unknown } = account;
  return { ...server, token, stacks, unknown };
}

async function reply(account: Account, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "", headers } = request;
  const sent = await buffer(request);
  const bytes = headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
  const { authorization = "" } = headers;
  const known = authorization === `token ${account.token}` || account.leases.has(authorization);
  const path = url.replace(/\?.*$/, "");
  const { status = 200, body } = known
    ? account.answer(method, path, bytes.length > 0 ? JSON.parse(bytes.toString()) : {})
    : { status: 401, body: { code: 401, message: "unauthorized" } };
  if (status === 404) account.unknown.push(`${method} ${path}`);
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(body === undefined ? undefined : JSON.stringify(body));
}
