/** What an editor shows in the project's YAML: asked of the real yaml-language-server, as an editor asks it. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
const server = join(dirname(require.resolve("yaml-language-server/package.json")), "bin/yaml-language-server");

interface Item {
  label: string;
  insertText?: string;
  documentation?: string | { value: string };
}
interface Diagnostic {
  message: string;
  range: { start: { line: number } };
}
type Json = Record<string, unknown>;

/** The protocol of editors over stdio: JSON with a length in front. */
class Editor {
  readonly #server: ChildProcess;
  readonly #answers = new Map<number, (message: Json) => void>();
  readonly #diagnostics = new Map<string, (found: Diagnostic[]) => void>();
  #read = Buffer.alloc(0);
  #next = 1;

  constructor() {
    this.#server = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    this.#server.stdout?.on("data", (chunk: Buffer) => this.#take(chunk));
  }

  #take(chunk: Buffer): void {
    this.#read = Buffer.concat([this.#read, chunk]);
    for (;;) {
      const end = this.#read.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/.exec(this.#read.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || this.#read.length < end + 4 + length) return;
      const message = JSON.parse(this.#read.subarray(end + 4, end + 4 + length).toString()) as Json;
      this.#read = this.#read.subarray(end + 4 + length);
      this.#heard(message);
    }
  }

  #heard(message: Json): void {
    const { id, method, params } = message as { id?: number; method?: string; params?: Json };
    if (method === undefined) this.#answers.get(id as number)?.(message);
    else if (method === "textDocument/publishDiagnostics")
      this.#diagnostics.get(params?.["uri"] as string)?.(params?.["diagnostics"] as Diagnostic[]);
    else if (id !== undefined)
      this.#send({ id, result: method === "workspace/configuration" ? [SETTINGS, {}, {}, {}, {}] : null });
  }

  #send(message: Json): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#server.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  tell(method: string, params: Json): void {
    this.#send({ method, params });
  }

  ask(method: string, params: Json): Promise<unknown> {
    const id = this.#next++;
    return new Promise((done) => {
      this.#answers.set(id, (message) => done(message["result"]));
      this.#send({ id, method, params });
    });
  }

  async start(): Promise<void> {
    const completionItem = { snippetSupport: true, documentationFormat: ["markdown"] };
    const capabilities = { textDocument: { completion: { completionItem } }, workspace: { configuration: true } };
    await this.ask("initialize", { processId: process.pid, rootUri: pathToFileURL(root).href, capabilities });
    this.tell("initialized", {});
    this.tell("workspace/didChangeConfiguration", { settings: { yaml: SETTINGS } });
  }

  /** Opens a text as if it stood in the project, and gives what the server finds wrong in it. */
  open(file: string, text: string): Promise<Diagnostic[]> {
    const uri = pathToFileURL(join(root, file)).href;
    const found = new Promise<Diagnostic[]>((done) => this.#diagnostics.set(uri, done));
    this.tell("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    return found;
  }

  /** What is offered at the `|` of the text. */
  async complete(file: string, text: string): Promise<Item[]> {
    const before = text.slice(0, text.indexOf("|"));
    await this.open(file, text.replace("|", ""));
    const lines = before.split("\n");
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    const textDocument = { uri: pathToFileURL(join(root, file)).href };
    const answer = (await this.ask("textDocument/completion", { textDocument, position })) as { items: Item[] };
    return answer.items;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.#server.once("exit", done));
    await this.ask("shutdown", {});
    this.tell("exit", {});
    await ended;
  }
}

const SETTINGS = { validate: true, completion: true, hover: true, schemaStore: { enable: false } };
const FIRST_LINE = "# yaml-language-server: $schema=../docs/json-schema/mapping-capillary-loyalty-profile.json\n";
const RESOURCES = "# yaml-language-server: $schema=../docs/json-schema/resources.json\n";
const STACK = "# yaml-language-server: $schema=../docs/json-schema/stack.json\n";

const editor = new Editor();
beforeAll(() => editor.start());
afterAll(() => editor.stop());

const labels = (items: Item[]) => items.map(({ label }) => label);

describe("completion", () => {
  test("fields of the mapping's own target, with title and type", async () => {
    const items = await editor.complete("mappings/a.yaml", `${FIRST_LINE}schema: s\nrows:\n  loyalty.|\n`);
    expect(labels(items)).toEqual(
      expect.arrayContaining([
        "loyalty.points",
        "loyalty.lifetimePoints",
        "loyalty.pointsExpiration[0].pointsExpiring",
        "_{tenant}.capillary.expiredPoints",
        "identityMap.Email[0].id",
      ]),
    );
    const points = items.find(({ label }) => label === "loyalty.points");
    expect(JSON.stringify(points?.documentation)).toContain("Points balance (double)");
    expect(points?.insertText).toMatch(/^loyalty\.points:/);
  });

  test("a field whose name holds {tenant} is inserted as it is", async () => {
    const items = await editor.complete("mappings/b.yaml", `${FIRST_LINE}schema: s\nrows:\n  |\n`);
    const own = items.find(({ label }) => label === "_{tenant}.capillary.expiredPoints");
    expect(own?.insertText?.replaceAll("\\", "")).toMatch(/^_\{tenant\}\.capillary\.expiredPoints:/);
  });

  test("functions of the language in expr, with signature, words and stops for the arguments", async () => {
    const items = await editor.complete(
      "mappings/c.yaml",
      `${FIRST_LINE}schema: s\nrows:\n  loyalty.tier:\n    expr: |\n`,
    );
    expect(labels(items)).toEqual(expect.arrayContaining(["lower", "coalesce", "date", "iif"]));
    const iif = items.find(({ label }) => label === "iif");
    expect(iif?.insertText).toMatch(/^iif\(\$\{1:\w+\}, \$\{2:\w+\}, \$\{3:\w+\}\)/);
    expect(JSON.stringify(iif?.documentation)).toContain("iif(");
  });

  test("keys of a row", async () => {
    const items = await editor.complete("mappings/d.yaml", `${FIRST_LINE}schema: s\nrows:\n  loyalty.tier:\n    |\n`);
    expect(labels(items)).toEqual(expect.arrayContaining(["expr", "from", "value"]));
  });

  test("keys and words of a stack", async () => {
    const keys = await editor.complete("stacks/Pulumi.a.yaml", `${STACK}config:\n  |\n`);
    expect(labels(keys)).toEqual(expect.arrayContaining(["aep:sandbox", "aep:pipelines", "aep:standardFields"]));
    const modes = await editor.complete(
      "stacks/Pulumi.b.yaml",
      `${STACK}config:\n  aep:pipelines:\n    - name: a\n      mode: |\n`,
    );
    expect(labels(modes)).toEqual(expect.arrayContaining(["genericRest", "httpStreaming"]));
  });

  test("inputs of a single object by its kind", async () => {
    const items = await editor.complete(
      "stacks/a.resources.yaml",
      `${RESOURCES}resources:\n  members:\n    kind: Dataset\n    inputs:\n      |\n`,
    );
    expect(labels(items)).toContain("errorDiagnostics");
    expect(labels(items)).not.toContain("intendedToExtend");
  });
});

describe("mistakes while typing", () => {
  test.each([
    ["mappings/x.yaml", `${FIRST_LINE}schema: s\nrows:\n  a: { expresion: b }\n`, 3],
    ["stacks/Pulumi.x.yaml", `${STACK}config:\n  aep:sandbx: dev\n`, 2],
    ["stacks/x.resources.yaml", `${RESOURCES}resources:\n  a: { kind: Datset }\n`, 2],
  ])("%s", async (file, text, line) => {
    const found = await editor.open(file, text);
    expect(found.map(({ range }) => range.start.line)).toContain(line);
  });

  test.each([
    "mappings/capillary-profile.yaml",
    "mappings/capillary-events-profile.yaml",
    "mappings/capillary-events.yaml",
    "mappings/capillary-transaction.yaml",
    "xdm/capillary-loyalty-profile.yaml",
    "xdm/capillary-profile-fields.yaml",
    "stacks/Pulumi.local.yaml",
    "stacks/Pulumi.dev.yaml",
  ])("none in %s", async (file) => {
    expect(await editor.open(file, readFileSync(join(root, file), "utf8"))).toEqual([]);
  });
});
