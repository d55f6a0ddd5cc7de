/** Sample events: those of the golden tests of each flow's mapping, which cover the guide's payloads and Capillary's events. */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { readSetting } from "../../aep/settings.ts";
import { readFixture } from "../../mapping/golden/fixture.ts";
import { loadMappingFile } from "../../mapping/index.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import type { DeployedFlow } from "../flows.ts";
import { readStack } from "../stack-file.ts";

export interface Sample {
  flow: DeployedFlow;
  text: string;
  where: string;
}

/** Samples for the flows whose mapping the stack file names; tests of events that are meant to fail are left out. */
export function samplesFor(stack: string, flows: readonly DeployedFlow[]): Sample[] {
  const file = readStack(stack);
  const tenant = readSetting("tenantId", file.setting) ?? "";
  const mappings = mappingsOf(stack);
  return flows.flatMap((flow) => {
    const path = mappings.get(flow.label);
    if (path === undefined || !existsSync(path)) return [];
    const { tests } = loadMappingFile(path, { tenant, standardFields: file.standardFields });
    const samples = tests
      .filter(({ valid, errors }) => valid && errors.length === 0)
      .map(({ name, event }) => ({
        flow,
        text: JSON.stringify(readFixture(event, tenant)),
        where: "file" in event ? relative(".", event.file) : `${path}: test "${name}"`,
      }));
    return [...new Map(samples.map((sample) => [sample.text, sample])).values()];
  });
}

/** Mapping files of a stack's flows: `capillary-stream/profile` -> `mappings/capillary-profile.yaml`. */
export function mappingsOf(stack: string): ReadonlyMap<string, string> {
  const { config } = readStack(stack).document.toJS() as { config: Plain };
  const pipelines = config["aep:pipelines"];
  const list = (value: unknown) => (Array.isArray(value) ? value.filter(isPlain) : []);
  return new Map(
    list(pipelines).flatMap((pipeline) =>
      list(pipeline["flows"]).flatMap((flow) =>
        typeof flow["mapping"] === "string" ? [[`${pipeline["name"]}/${flow["name"]}`, flow["mapping"]] as const] : [],
      ),
    ),
  );
}
