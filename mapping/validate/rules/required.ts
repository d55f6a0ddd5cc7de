/** Rules about fields that must be there. */
import { type PathStep, printFieldPath } from "../../xdm/field-path.ts";
import type { JsonSchema } from "../../xdm/json-schema.ts";
import type { LintContext, Rule } from "../types.ts";

const missing: Rule = {
  id: "req/missing-field",
  severity: "error",
  title: "A required field of the schema without a row",
  why: "XDM refuses every row that lacks it: nothing arrives.",
  fix: "Add a row for the field.",
  *check(context) {
    for (const name of context.loaded.schema.required) {
      const path: PathStep[] = [{ kind: "name", name, at: 0 }];
      if (!isCovered(path, context))
        yield { message: `the schema requires ${name}, and no row writes it`, fix: `Add a row for ${name}.` };
    }
  },
};

const missingInside: Rule = {
  id: "req/missing-part",
  severity: "error",
  title: "A required part of an object or list item without a row",
  why: "An order line without SKU or a measure without value makes the whole row invalid.",
  fix: "Add a row for the part, with the same indexes.",
  *check(context) {
    const reported = new Set<string>();
    for (const { row, steps } of context.rows) {
      for (const [container, path] of containers(context.loaded.schema, steps)) {
        for (const name of container.required ?? []) {
          const part: PathStep[] = [...path, { kind: "name", name, at: 0 }];
          const text = printFieldPath(part);
          if (reported.has(text) || isCovered(part, context)) continue;
          reported.add(text);
          yield {
            row,
            message: `${printFieldPath(path)} requires ${name}, and no row writes ${text}`,
            fix: `Add a row for ${text}.`,
          };
        }
      }
    }
  },
};

/** The objects on the way to a field that the row makes come into being, without the row itself. */
function* containers(schema: JsonSchema, steps: readonly PathStep[]): Iterable<[JsonSchema, PathStep[]]> {
  let node: JsonSchema | undefined = schema;
  for (const [index, step] of steps.slice(0, -1).entries()) {
    node = step.kind === "index" ? node.items : (node.properties?.[step.name] ?? mapValue(node));
    if (!node) return;
    if (node.type === "object" && node.required?.length) yield [node, steps.slice(0, index + 1)];
  }
}

const mapValue = (node: JsonSchema): JsonSchema | undefined =>
  typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;

/** A row writes the field, something inside it, or an object around it. */
function isCovered(path: readonly PathStep[], { rows }: LintContext): boolean {
  return rows.some(({ steps }) => {
    const length = Math.min(steps.length, path.length);
    return length > 0 && printFieldPath(steps.slice(0, length)) === printFieldPath(path.slice(0, length));
  });
}

export const requiredRules: Rule[] = [missing, missingInside];
