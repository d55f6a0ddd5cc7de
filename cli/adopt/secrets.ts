/** Authentication parameters as the stack declares them: a preview shows "[secret]" for each, whatever it is. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stackPath } from "../../config.ts";
import { at, isPlain, type Plain } from "../../resources/values.ts";
import { readYaml } from "../stack-file.ts";

const MASK = "[secret]";
/** What a service puts in place of a value it does not show. */
const MASKED = /^[x*•]{3,}$/i;

/** Params of every base connection that the stack's files declare, by the connection's resource name. */
export function declaredParams(stack: string, root = "."): (resource: string) => Plain {
  const config = (yaml(join(root, stackPath(stack)))["config"] ?? {}) as Plain;
  const pipelines = (Array.isArray(config["aep:pipelines"]) ? config["aep:pipelines"] : []) as unknown[];
  const file = config["aep:resources"];
  const resources = typeof file === "string" ? yaml(join(root, file))["resources"] : undefined;
  return (resource) => {
    const pipeline = pipelines.find((one) => at(one, "name") === resource);
    const single = isPlain(resources) ? resources[resource] : undefined;
    const params = at(pipeline, "source.auth.params") ?? at(single, "inputs.auth.params");
    return isPlain(params) ? params : {};
  };
}

function yaml(file: string): Plain {
  const content: unknown = existsSync(file) ? readYaml(file).toJS() : undefined;
  return isPlain(content) ? content : {};
}

/**
 * The masked parameters with what the stack's files say in plain words, or else with what the service shows. What neither
 * tells is left out and named: it is an encrypted value, which only Pulumi can open.
 */
export function unmask(params: Plain, declared: Plain, live: unknown): { params: Plain; missing: string[] } {
  const missing: string[] = [];
  const values = Object.entries(params).flatMap(([key, value]) => {
    if (value !== MASK) return [[key, value] as const];
    const known = [declared[key], isPlain(live) ? live[key] : undefined].find(isShown);
    if (known === undefined) missing.push(key);
    return known === undefined ? [] : [[key, known] as const];
  });
  return { params: Object.fromEntries(values), missing };
}

function isShown(value: unknown): boolean {
  if (typeof value === "string") return value !== "" && value !== MASK && !MASKED.test(value);
  return typeof value === "number" || typeof value === "boolean";
}
