/** Drift as SARIF 2.1.0, which code hosts show beside the lines it is about. */
import { createHash } from "node:crypto";
import { short } from "../print.ts";
import { CLASSES, type Difference, type DriftClass, type StackDrift } from "./model.ts";
import { sentenceOf } from "./words.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** One run; a stack that could not be checked is a notification of the invocation, which then did not succeed. */
export function asSarif(stacks: readonly StackDrift[], version: string): string {
  const rules = Object.entries(CLASSES).map(([id, { title, means, level }]) => ({
    id: `drift/${id}`,
    name: `Drift${id.charAt(0).toUpperCase()}${id.slice(1)}`,
    shortDescription: { text: `${title.charAt(0).toUpperCase()}${title.slice(1)}` },
    fullDescription: { text: `${means.charAt(0).toUpperCase()}${means.slice(1)}.` },
    defaultConfiguration: { level },
  }));
  const failures = stacks.filter(({ failure }) => failure !== undefined);
  const results = stacks.flatMap(({ stack, differences, notes }) =>
    [...differences, ...notes].map((one) => resultOf(stack, one)),
  );
  const run = {
    tool: { driver: { name: "aep drift", version, semanticVersion: version, rules } },
    invocations: [
      {
        executionSuccessful: failures.length === 0,
        toolExecutionNotifications: failures.map(({ stack, failure }) => ({
          level: "error",
          message: { text: `stack ${stack} could not be checked: ${failure}` },
        })),
      },
    ],
    columnKind: "utf16CodeUnits",
    results,
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function resultOf(stack: string, difference: Difference) {
  const { class: reason, urn, path, place, kind, name, expected, found, by, at, id } = difference;
  return {
    ruleId: `drift/${reason}`,
    ruleIndex: Object.keys(CLASSES).indexOf(reason satisfies DriftClass),
    level: CLASSES[reason].level,
    message: { text: `${kind} ${name} (stack ${stack}): ${sentenceOf(difference)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: place.file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" },
          region: { startLine: place.line, startColumn: place.column },
        },
        logicalLocations: [{ fullyQualifiedName: path === undefined ? urn : `${urn}#${path}`, kind: "resource" }],
      },
    ],
    partialFingerprints: {
      "aepDrift/v1": createHash("sha256")
        .update(`${urn}\n${path ?? ""}`)
        .digest("hex"),
    },
    properties: {
      stack,
      ...(id !== undefined && { id }),
      ...(path !== undefined && { path, repository: short(expected, 500), sandbox: short(found, 500) }),
      ...(by !== undefined && { writtenBy: by }),
      ...(at !== undefined && { writtenAt: new Date(at).toISOString() }),
    },
  };
}
