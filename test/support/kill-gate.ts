/**
 * Stands between a deployment and the API and cuts it off at one call: before the call reaches the API, or after the API
 * has done its work and before the answer gets back. Everything that comes later is not let through until the gate opens.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Cut {
  /** Which call, counted from 1. */
  at: number;
  /** Whether the API gets to see the call. */
  when: "before" | "after";
  /** Ends the deployment. The call stays without an answer. */
  kill: () => void | Promise<void>;
}

export class Gate {
  readonly url: string;
  /** Method and path of every call since the gate was opened. */
  readonly calls: string[] = [];
  readonly #server: Server;
  #cut: Cut | undefined;
  #closed = false;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A gate in front of the API at `target` (`http://host:port`). */
  static async before(target: string): Promise<Gate> {
    let gate: Gate | undefined;
    const server = createServer((incoming, outgoing) => void gate?.pass(target, incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    gate = new Gate(server);
    return gate;
  }

  /** Counts from 1 again; with a cut, calls pass until it. */
  open(cut?: Cut): void {
    this.calls.length = 0;
    this.#cut = cut;
    this.#closed = false;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  private async pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    if (this.#closed || body === undefined) return void incoming.socket.destroy();
    this.calls.push(`${incoming.method} ${incoming.url?.split("?")[0]}`);
    const cut = this.#cut?.at === this.calls.length ? this.#cut : undefined;
    if (cut) this.#closed = true;
    if (cut?.when === "before") return this.#end(cut);
    const answer = await forward(target, incoming, body);
    if (cut) return this.#end(cut);
    outgoing.on("error", () => undefined);
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /** What the killed had sent and nobody has read yet goes with its connections: the gate may open again before it is read. */
  async #end(cut: Cut): Promise<void> {
    await cut.kill();
    this.#server.closeAllConnections();
  }
}

/** The whole body; undefined when the sender went away in the middle of it. */
async function bodyOf(stream: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { host: _host, connection: _connection, ...kept } = headers;
    const call = request(`${target}${url}`, { method, headers: kept }, (answer) => {
      bodyOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes ?? Buffer.of() }),
        reject,
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}
