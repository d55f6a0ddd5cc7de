/** Checks recorded calls against Adobe's OpenAPI files, which are not part of the project: they are read where they lie. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { parse } from "yaml";
import type { CallRecord } from "../../emulator/index.ts";
import { OPERATIONS } from "../../emulator/index.ts";
import type { Body } from "./aep-http.ts";

const FILES: Record<string, string> = {
  flowservice: "flow-service",
  conversion: "data-prep",
  catalog: "catalog",
  schemaregistry: "schema-registry",
  sandbox: "sandbox",
  inlet: "streaming-ingestion",
};
const METHODS = ["get", "post", "put", "patch", "delete"];

/** Where the specification files are: AEP_SPECS, else `shared/specs` beside the checkout. */
export function specsFolder(): string | undefined {
  const wanted = process.env["AEP_SPECS"] ?? new URL("../../../shared/specs", import.meta.url).pathname;
  return existsSync(join(wanted, "flow-service.yaml")) ? wanted : undefined;
}

/** One difference between a call and the specification, with ids taken out so that equal ones fall together. */
export interface Difference {
  operation: string;
  /** `request`, `status 201` or `answer 200`. */
  part: string;
  /** What is wrong: a JSON pointer and the schema's word, or why there is nothing to check against. */
  what: string;
}

type Check = (body: unknown) => ErrorObject[];
interface Described {
  request?: Check;
  /** By status; undefined for a status without a schema. */
  answers: Map<string, Check | undefined>;
}

export class Specifications {
  readonly #operations = new Map<string, Described>();
  /** Operations of the files that the emulator's table does not name. */
  readonly unnamed: string[] = [];

  constructor(folder: string) {
    for (const [service, file] of Object.entries(FILES)) this.#read(service, join(folder, `${file}.yaml`));
  }

  #read(service: string, file: string): void {
    const document = parse(readFileSync(file, "utf8"), { maxAliasCount: -1 }) as Body;
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      validateSchema: false,
      validateFormats: false,
      logger: false,
    });
    ajv.addSchema({ $id: service, ...asJsonSchema(document) });
    const at = (pointer: string[]): Check | undefined => {
      const found = pointer.reduce((node: Body, key) => node?.[key], document);
      if (found === undefined) return undefined;
      const ref = `${service}#/${pointer.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
      const validate = ajv.compile({ $ref: ref });
      return (body) => (validate(body) ? [] : (validate.errors ?? []));
    };
    for (const [path, item] of Object.entries(document.paths as Body))
      for (const method of METHODS) {
        const described: Body = (item as Body)[method];
        if (!described?.operationId) continue;
        if (!OPERATIONS.some((one) => one.service === service && one.id === described.operationId))
          this.unnamed.push(`${service} ${described.operationId}`);
        this.#operations.set(
          `${service} ${described.operationId}`,
          describe(document, ["paths", path, method], described, at),
        );
      }
  }

  /** Differences of one call; undefined when no file describes its operation. */
  differences(call: CallRecord): Difference[] | undefined {
    const service = OPERATIONS.find(({ id }) => id === call.operation)?.service;
    const described = this.#operations.get(`${service} ${call.operation}`);
    if (!described) return undefined;
    const found: Difference[] = [];
    const { operation } = call;
    const note = (part: string, errors: ErrorObject[]) =>
      found.push(...errors.map((error) => ({ operation, part, what: wording(error) })));
    if (call.status < 400 && call.requestBody !== undefined)
      note("request", described.request?.(call.requestBody) ?? []);
    if (!described.answers.has(String(call.status)))
      found.push({ operation, part: `status ${call.status}`, what: "is not in the file" });
    else if (call.responseBody !== undefined)
      note(`answer ${call.status}`, described.answers.get(String(call.status))?.(call.responseBody) ?? []);
    return found;
  }
}

function describe(
  document: Body,
  place: string[],
  operation: Body,
  at: (pointer: string[]) => Check | undefined,
): Described {
  const answers = new Map<string, Check | undefined>();
  for (const [status, answer] of Object.entries(operation.responses as Body)) {
    const start = [...place, "responses", status];
    const key = Object.keys((answer as Body)?.content ?? {})[0];
    answers.set(
      status,
      document.swagger ? at([...start, "schema"]) : key ? at([...start, "content", key, "schema"]) : undefined,
    );
  }
  const type = Object.keys(operation.requestBody?.content ?? {})[0];
  const body = (operation.parameters ?? []).findIndex((one: Body) => one?.in === "body");
  const request = type
    ? at([...place, "requestBody", "content", type, "schema"])
    : body >= 0
      ? at([...place, "parameters", String(body), "schema"])
      : undefined;
  return { answers, ...(request ? { request } : {}) };
}

/** OpenAPI's dialect as JSON Schema: `nullable`, examples that look like keywords, types that do not exist. */
function asJsonSchema(node: Body): Body {
  if (Array.isArray(node)) return node.map(asJsonSchema);
  if (typeof node !== "object" || node === null) return node;
  const { example: _example, examples: _examples, discriminator: _discriminator, nullable, ...rest } = node;
  const made = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, asJsonSchema(value)]));
  if (typeof made["$ref"] === "string") made["$ref"] = made["$ref"].replace("/#", "#");
  if (nullable === true && typeof made["type"] === "string") made["type"] = [made["type"], "null"];
  if (Array.isArray(made["required"]) === false && typeof made["required"] === "boolean") delete made["required"];
  return made;
}

/** `/items/0/auth must be string` with indexes and ids made equal. */
function wording(error: ErrorObject): string {
  const place = error.instancePath.replace(/\/(\d+|[0-9a-f]{8,}[0-9a-f-]*|_acme\.[^/]*)(?=\/|$)/g, "/*");
  return `${place || "/"} ${error.message}`;
}
