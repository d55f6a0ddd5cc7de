/** Adobe's OpenAPI files as a check of requests and answers. The files are not part of this repository. */
import { existsSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as formats from "ajv-formats";
import { parse } from "yaml";
import type { Body } from "./aep-http.ts";

const FOLDER = new URL("../../../shared/specs/", import.meta.url);
const SERVICES: [file: string, prefix: string][] = [
  ["flow-service", "/data/foundation/flowservice"],
  ["data-prep", "/data/foundation/conversion"],
  ["streaming-ingestion", ""],
];
const addFormats = formats.default as unknown as (ajv: Ajv) => Ajv;

export const specsFound = existsSync(FOLDER);

export interface Checked {
  method: string;
  path: string;
  status: number;
  requestBody: unknown;
  responseBody: unknown;
}

interface Document {
  prefix: string;
  spec: Body;
}

/** Checks calls against the specs: each finding is one line, indices and ids taken out, so that the same one comes once. */
export function deviations(calls: Iterable<Checked>): Set<string> {
  const documents = SERVICES.map(
    ([file, prefix]): Document => ({ prefix, spec: parse(readFileSync(new URL(`${file}.yaml`, FOLDER), "utf8")) }),
  );
  const found = new Set<string>();
  const validators = new Map<string, ReturnType<Ajv["compile"]>>();
  for (const call of calls) {
    const place = locate(documents, call);
    if (!place) continue;
    const { template, operation, spec } = place;
    const response = resolved(spec, operation.responses[String(call.status)]);
    if (!response) found.add(`${call.method} ${template}: status ${call.status} is not in the specification`);
    const bodies: [string, Body, unknown][] = [["answer", response, call.responseBody]];
    if (call.status < 300) bodies.push(["request", resolved(spec, operation.requestBody), call.requestBody]);
    for (const [which, described, body] of bodies) {
      const schema = described?.content?.["application/json"]?.schema;
      if (!schema || body === undefined) continue;
      const key = `${call.method} ${template} ${which} ${call.status}`;
      const validate = validators.get(key) ?? compile(spec, schema);
      validators.set(key, validate);
      if (validate(body)) continue;
      for (const error of validate.errors ?? [])
        found.add(`${call.method} ${template}: ${which}${error.instancePath.replace(/\/\d+/g, "/n")} ${error.message}`);
    }
  }
  return found;
}

function locate(documents: Document[], call: Checked) {
  const path = call.path.split("?")[0] ?? "";
  for (const { prefix, spec } of documents) {
    if (!path.startsWith(prefix === "" ? "/collection" : prefix)) continue;
    const relative = path.slice(prefix.length);
    const fits = (template: string) =>
      new RegExp(`^${template.replace(/\/$/, "").replace(/\{[^}]+\}/g, "[^/]+")}$`).test(relative);
    const templates = Object.keys(spec.paths).filter(
      (template) => fits(template) && spec.paths[template][call.method.toLowerCase()],
    );
    const [template] = templates.toSorted((a, b) => a.split("{").length - b.split("{").length);
    if (template) return { template, operation: spec.paths[template][call.method.toLowerCase()], spec };
  }
  return undefined;
}

function resolved(spec: Body, node: Body): Body {
  if (!node?.$ref) return node;
  return node.$ref
    .slice(2)
    .split("/")
    .reduce((at: Body, key: string) => at[key], spec);
}

function compile(spec: Body, schema: Body) {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateSchema: false });
  addFormats(ajv);
  return ajv.compile({ ...schema, components: { schemas: spec.components?.schemas ?? {} } });
}
