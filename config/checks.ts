/**
 * Rules of a stack's configuration that span several keys or need the disk. They read the raw values and skip what the schema
 * already refuses, so that one run reports both.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type ConfigIssue, isRecord, type KeyPath } from "./issues.ts";

type Raw = Record<string, unknown>;
/** A raw map of the configuration and where it stands. */
interface At {
  path: KeyPath;
  value: Raw;
}

/** Params that open an account: in clear text they would stand in version control. */
const SECRET_PARAM = /secret|token|password|privatekey|passphrase/i;
/** Flow Service's lower bound for `minute` (`FLOW` provider code 1362). */
const LEAST_MINUTES = 15;

/** Everything that is wrong between keys: doubled names, files that are missing, settings that the mode does not have. */
export function checkConfig(raw: Raw, root: string): ConfigIssue[] {
  const pipelines = maps(raw["pipelines"], ["pipelines"]);
  const flows = pipelines.map((pipeline) => maps(pipeline.value["flows"], [...pipeline.path, "flows"]));
  return [
    ...doubled(pipelines, "pipeline"),
    ...flows.flatMap((ofOne) => doubled(ofOne, "flow of this pipeline")),
    ...pipelines.flatMap((pipeline, index) => [...checkSpecs(pipeline), ...checkMode(pipeline, flows[index] ?? [])]),
    ...flows.flat().flatMap((flow) => [...checkFiles(flow, root, ["schema", "mapping"]), ...checkSchedule(flow)]),
    ...checkFiles({ path: [], value: raw }, root, ["resources"]),
    ...checkDatasets(flows.flat()),
  ];
}

function maps(value: unknown, path: KeyPath): At[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => (isRecord(item) ? [{ path: [...path, index], value: item }] : []));
}

function doubled(items: readonly At[], what: string): ConfigIssue[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ path, value }) => {
    const name = value["name"];
    if (typeof name !== "string" || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: [...path, "name"], message: `is the name of another ${what} too; write a name of its own` }];
  });
}

function checkFiles(from: At, root: string, keys: string[]): ConfigIssue[] {
  return keys.flatMap((key) => {
    const file = from.value[key];
    if (typeof file !== "string" || file.trim() === "" || existsSync(resolve(root, file))) return [];
    return [
      {
        path: [...from.path, key],
        message: `there is no file ${file}; write the path of one, from the project folder`,
      },
    ];
  });
}

/** `once` runs at its start and never again, so it has neither interval nor backfill; `minute` has a lower bound. */
function checkSchedule(flow: At): ConfigIssue[] {
  const schedule = flow.value["schedule"];
  if (!isRecord(schedule)) return [];
  const path = [...flow.path, "schedule"];
  const frequency = schedule["frequency"] ?? "minute";
  if (frequency === "once") {
    return ["interval", "backfill"]
      .filter((key) => schedule[key] !== undefined)
      .map((key) => ({ path: [...path, key], message: "does not go with frequency once; remove it" }));
  }
  const interval = schedule["interval"];
  const tooOften = frequency === "minute" && typeof interval === "number" && interval > 0 && interval < LEAST_MINUTES;
  return tooOften
    ? [
        {
          path: [...path, "interval"],
          message: `is below ${LEAST_MINUTES}, the least with frequency minute; write ${LEAST_MINUTES} or more`,
        },
      ]
    : [];
}

/** What only one of the two modes has. */
function checkMode(pipeline: At, flows: readonly At[]): ConfigIssue[] {
  const mode = pipeline.value["mode"];
  const source = isRecord(pipeline.value["source"]) ? pipeline.value["source"] : {};
  const misplaced = (path: KeyPath, message: string): ConfigIssue => ({ path, message });
  if (mode === "httpStreaming") {
    return [
      ...(source["auth"] === undefined
        ? []
        : [
            misplaced(
              [...pipeline.path, "source", "auth"],
              "belongs to mode genericRest; remove it, a streaming inlet has no account",
            ),
          ]),
      ...flows
        .filter(({ value }) => value["schedule"] !== undefined)
        .map(({ path }) =>
          misplaced([...path, "schedule"], "belongs to mode genericRest; remove it, a streaming flow has no schedule"),
        ),
    ];
  }
  if (mode !== "genericRest") return [];
  return [
    ...(isRecord(source["auth"])
      ? []
      : [
          misplaced(
            [...pipeline.path, "source", "auth"],
            "write the account: params with clientId, clientSecret, accessToken",
          ),
        ]),
    ...(source["authenticationRequired"] === undefined
      ? []
      : [
          misplaced([...pipeline.path, "source", "authenticationRequired"], "belongs to mode httpStreaming; remove it"),
        ]),
    ...flows
      .filter(({ value }) => value["events"] !== undefined)
      .map(({ path }) =>
        misplaced(
          [...path, "events"],
          "belongs to mode httpStreaming; remove it, a polled source has no event routing",
        ),
      ),
  ];
}

/** A spec is given by id or by name. */
function checkSpecs(pipeline: At): ConfigIssue[] {
  const source = pipeline.value["source"];
  if (!isRecord(source)) return [];
  const path = [...pipeline.path, "source"];
  return ["connectionSpec", "flowSpec"].flatMap((key): ConfigIssue[] => {
    const spec = source[key];
    if (!isRecord(spec)) return [];
    const given = ["id", "lookup"].filter((choice) => spec[choice] !== undefined);
    return given.length === 1
      ? []
      : [{ path: [...path, key], message: "has to have one of id and lookup; write exactly one of them" }];
  });
}

/** Flows may share a dataset: then they say the same of it, and of its schema. */
function checkDatasets(flows: readonly At[]): ConfigIssue[] {
  const first = new Map<string, string>();
  return flows.flatMap(({ path, value }) => {
    const dataset = value["dataset"];
    if (!isRecord(dataset) || typeof dataset["name"] !== "string") return [];
    const { name, ...settings } = dataset;
    const said = JSON.stringify([
      value["schema"],
      Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1)),
    ]);
    const known = first.get(name as string) ?? said;
    first.set(name as string, known);
    return known === said
      ? []
      : [
          {
            path: [...path, "dataset"],
            message:
              "has other settings or another schema than the same dataset above; make them equal, or write another name",
          },
        ];
  });
}

/**
 * Secrets that stand in the stack file in clear text. Looks at the file itself, because Pulumi and the environment rightly
 * hand secrets over in the clear; an encrypted value is a map with the key `secure`.
 */
export function checkClearSecrets(file: Raw): ConfigIssue[] {
  const own: ConfigIssue[] =
    typeof file["clientSecret"] === "string"
      ? [
          {
            path: ["clientSecret"],
            message: "is a secret in clear text; set it with pulumi config set --secret, or as AEP_CLIENT_SECRET",
          },
        ]
      : [];
  const ofPipelines = maps(file["pipelines"], ["pipelines"]).flatMap(({ path, value }) => {
    const params = recordAt(value, "source", "auth", "params");
    return Object.entries(params)
      .filter(([key, param]) => SECRET_PARAM.test(key) && typeof param === "string" && !param.startsWith("env:"))
      .map(([key]) => ({
        path: [...path, "source", "auth", "params", key],
        message:
          "is a secret in clear text; write env:NAME and set that variable, or use pulumi config set --secret --path",
      }));
  });
  return [...own, ...ofPipelines];
}

function recordAt(value: Raw, ...keys: string[]): Raw {
  return keys.reduce<Raw>((inner, key) => (isRecord(inner[key]) ? inner[key] : {}), value);
}
