/** Checks of this machine and of the project's own files: nothing here calls an API of Adobe. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { readStackConfig, stackPath } from "../../config.ts";
import { lintMapping } from "../../mapping/validate/lint.ts";
import { journal, journalDirectory } from "../../resources/journal.ts";
import { isPlain } from "../../resources/values.ts";
import { type Finding, fail, pass, warn } from "../finding.ts";
import { count } from "../print.ts";
import { findPulumi } from "../pulumi.ts";
import { selectedStack } from "../selected-stack.ts";
import { readYaml } from "../stack-file.ts";
import type { Check } from "./check.ts";
import type { Facts } from "./facts.ts";

const GROUP = "Machine and project";

/** From this version on Node runs the project's TypeScript itself. */
const LEAST_NODE = [22, 18] as const;
/** The first version that writes states of the format both engines share. */
const LEAST_CLI = [3, 0] as const;

export const environmentChecks: Check<Facts>[] = [
  { id: "node", title: "Node", group: GROUP, run: node },
  { id: "engine", title: "Engine", group: GROUP, run: engine },
  { id: "project", title: "Project", group: GROUP, run: project },
  { id: "stack", title: "Stack", group: GROUP, needs: ["project"], run: stack },
  { id: "config", title: "Configuration", group: GROUP, needs: ["stack"], run: config },
  { id: "mappings", title: "Mapping files", group: GROUP, needs: ["config"], run: mappings },
  { id: "journal", title: "Notes of earlier runs", group: GROUP, run: notes },
];

function node(): Finding {
  const version = process.versions.node;
  const range = `${LEAST_NODE.join(".")} or newer`;
  return atLeast(version, LEAST_NODE)
    ? pass(`${version}; supported: ${range}`)
    : fail(
        `${version} is too old; supported: ${range}`,
        "Install a newer Node, or run `npm ci` and `npm run aep -- doctor`.",
      );
}

function engine(): Finding {
  const wanted = process.env["AEP_ENGINE"] ?? "auto";
  const cli = wanted === "embedded" ? undefined : findPulumi(process.env);
  if (wanted === "cli" && !cli)
    return fail("AEP_ENGINE=cli, and there is no `pulumi` on the PATH", "Install the Pulumi CLI, or unset AEP_ENGINE.");
  if (!cli) return pass("the embedded engine: there is no `pulumi` on the PATH, and none is needed to try things out");
  const { status, stdout } = spawnSync(cli, ["version"], { encoding: "utf8", timeout: 30_000 });
  const version = /v?(\d+\.\d+\.\d+)/.exec(stdout ?? "")?.[1];
  if (status !== 0 || version === undefined)
    return fail(
      `${cli} does not answer \`pulumi version\``,
      "Install the Pulumi CLI again, or set AEP_ENGINE=embedded.",
    );
  if (!atLeast(version, LEAST_CLI)) return fail(`the Pulumi CLI ${version} is too old`, "Install a newer Pulumi CLI.");
  return pass(`the Pulumi CLI ${version} (${cli})`);
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

function project(): Finding {
  const mend = "Run it in the project's folder, the one with Pulumi.yaml.";
  if (!existsSync("Pulumi.yaml")) return fail(`there is no Pulumi.yaml in ${resolve(".")}`, mend);
  const content: unknown = readYaml("Pulumi.yaml").toJS();
  const name = isPlain(content) ? content["name"] : undefined;
  if (name !== "aep")
    return fail(
      `the project of Pulumi.yaml is called "${String(name)}", and stack keys begin with aep:`,
      "Write name: aep in it.",
    );
  for (const needed of ["pulumi-aep/dynamic", "@pulumi/pulumi"]) {
    if (!resolvable(needed)) return fail(`${needed} cannot be loaded from here`, "Run `npm ci`.");
  }
  return pass(`aep, in ${resolve(".")}`);
}

/** As the provider's frozen pointer finds it: from the project's folder. */
function resolvable(name: string): boolean {
  try {
    createRequire(join(resolve("."), "/")).resolve(name);
    return true;
  } catch {
    return false;
  }
}

async function stack(facts: Facts): Promise<Finding> {
  const name = await selectedStack(facts.given);
  facts.learn("stack", name);
  return pass(facts.given === undefined ? `${name}, the one selected` : name);
}

function config(facts: Facts): Finding {
  const read = readStackConfig({ stack: facts.get("stack") });
  facts.learn("config", read);
  const flows = read.pipelines.reduce((sum, { flows }) => sum + flows.length, 0);
  return pass(`${stackPath(read.stack)}: ${count(read.pipelines.length, "pipeline")}, ${count(flows, "flow")}`);
}

function mappings(facts: Facts): Finding {
  const { pipelines, tenantId: tenant, standardFields } = facts.get("config");
  const files = [...new Set(pipelines.flatMap(({ flows }) => flows.map(({ mapping }) => mapping)))];
  const findings = files.flatMap((file) => lintMapping(file, { tenant, standardFields }));
  const first = (severity: string) => {
    const found = findings.filter((one) => one.severity === severity);
    const [one] = found;
    return (
      one && `${count(found.length, severity)}, the first at ${one.path}:${one.line}:${one.column}: ${one.message}`
    );
  };
  const [error, warning] = [first("error"), first("warning")];
  const mend = "Run `aep mapping lint` for all of them.";
  if (error) return fail(error, mend);
  return warning ? warn(warning, mend) : pass(`${count(files.length, "file")} without errors`);
}

function notes(): Finding {
  const left = journal.abandoned();
  if (left.length === 0) return pass(`none left in ${journalDirectory()}`);
  const latest = new Date(Math.max(...left.map(({ at }) => at))).toISOString();
  return warn(
    `${count(left.length, "note")} of runs that were killed, the latest of ${latest}, in ${journalDirectory()}`,
    "Run the command that was killed once more: it takes over what had been begun.",
  );
}
