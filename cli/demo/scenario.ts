/** The demo's story, step by step: each step does something a data engineer does, and checks what it promises. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EVENT_KINDS } from "../../capillary/events.ts";
import type { StepRecord } from "../../engine/index.ts";
import type { Deployed, Deployment } from "./deployment.ts";
import type { Lab } from "./lab.ts";
import { expect, type Narrator } from "./narrator.ts";

export interface Stage {
  /** The scratch copy of the project. */
  dir: string;
  deployment: Deployment;
  lab: Lab;
  narrator: Narrator;
}

interface Inlets {
  datasets: { profile: string; event: string };
  flow(pipeline: string, name: string): { flowId: string; inletUrl: string };
  routes: Record<string, string[]>;
}

const DRIFTED_ROW = "loyalty.tier";
const EDITED_FILE = "mappings/capillary-profile.yaml";

export async function play(stage: Stage): Promise<void> {
  const deployed = await deploy(stage);
  const inlets = inletsOf(deployed);
  await ingest(stage, inlets);
  await drift(stage, deployed);
  await pullRequest(stage);
  await destroy(stage);
}

async function deploy({ deployment, lab, narrator }: Stage): Promise<Deployed> {
  let deployed: Deployed | undefined;
  await narrator.step("pulumi up: create the pipelines of stack local", async () => {
    await deployment.must("stack", "init", "local");
    deployed = await deployment.must("up", "--yes", "--skip-preview", "--stack", "local");
    const created = deployed.steps.filter(({ op, type }) => op === "create" && kindOf(type) !== undefined);
    narrator.table(
      ["kind", "name", "id"],
      created.map(({ type, name, new: made }) => [kindOf(type)!, name, made?.id ?? ""]),
    );
    expect(new Set(created.map(({ type }) => kindOf(type))).size === 9, "objects of all nine kinds");
    return { changes: deployed.changes, apiCalls: lab.calls };
  });
  await narrator.step("pulumi preview: nothing left to do", async () => {
    const before = lab.calls;
    const { output, changes } = await deployment.must("preview", "--expect-no-changes", "--stack", "local");
    narrator.detail(tail(output));
    expect(lab.calls === before, "a preview without refresh to make no API call");
    return { changes, apiCalls: 0 };
  });
  return deployed!;
}

async function ingest({ lab, narrator }: Stage, inlets: Inlets): Promise<void> {
  await narrator.step(
    "Send events: the guide's payloads, 14 Capillary events and an invalid one to the inlet; a profile and a bill to be polled",
    async () => {
      const [profile, transaction] = [lab.sample("guide-profile"), lab.sample("guide-transaction")];
      const streamed = {
        profile: inlets.flow("capillary-stream", "profile"),
        transaction: inlets.flow("capillary-stream", "transaction"),
      };
      await lab.send(streamed.profile.inletUrl, streamed.profile.flowId, profile);
      await lab.send(streamed.transaction.inletUrl, streamed.transaction.flowId, transaction);
      await lab.send(streamed.profile.inletUrl, streamed.profile.flowId, lab.sample("invalid-profile"));
      let routed = 0;
      for (const kind of EVENT_KINDS) {
        for (const name of inlets.routes[kind] ?? []) {
          const flow = inlets.flow("capillary-stream", name);
          await lab.send(flow.inletUrl, flow.flowId, lab.sample(kebab(kind)));
          routed += 1;
        }
      }
      await lab.publish(profile, transaction);
      await lab.advance(20); // past the first slot of the scheduled flows
      narrator.detail(
        `${EVENT_KINDS.length} kinds of Capillary events took ${routed} ways; the scheduled flows polled their source once`,
      );
      expect(
        EVENT_KINDS.every((kind) => (inlets.routes[kind] ?? []).length > 0),
        "a flow for every kind of event",
      );
      return { sent: 3 + routed, published: 2, routed };
    },
  );
  await narrator.step("Read the rows back from the datasets", async () => {
    const [profiles, events] = [await lab.rows(inlets.datasets.profile), await lab.rows(inlets.datasets.event)];
    const failed = await lab.failed();
    const routed = (target: string) => EVENT_KINDS.filter((kind) => inlets.routes[kind]?.includes(target)).length;
    narrator.table(
      ["dataset", "rows", "from the inlet", "polled"],
      [
        counted("Capillary loyalty profiles", profiles, inlets.flow("capillary-rest", "profile").flowId),
        counted("Capillary loyalty events", events, inlets.flow("capillary-rest", "transaction").flowId),
      ],
    );
    narrator.detail(`the guide's profile, as it landed: ${JSON.stringify(profiles[0]?.row)}`);
    for (const { code, reason } of failed) narrator.detail(`failed record: ${code} ${reason}`);
    expect(
      profiles.length === 2 + routed("raw-profile"),
      `${2 + routed("raw-profile")} profile rows, not ${profiles.length}`,
    );
    expect(events.length === 2 + routed("raw-event"), `${2 + routed("raw-event")} event rows, not ${events.length}`);
    expect(
      failed.length === 1 && /authenticatedState/.test(failed[0]!.reason),
      "exactly the invalid payload to fail, with its field named",
    );
    return {
      profileRows: profiles.length,
      eventRows: events.length,
      failed: failed.map(({ code, reason }) => `${code} ${reason}`),
    };
  });
}

async function drift({ deployment, lab, narrator }: Stage, deployed: Deployed): Promise<void> {
  const mappingSet = deployed.steps.find(
    ({ type, name }) => kindOf(type) === "MappingSet" && name === "capillary-stream-profile",
  );
  await narrator.step(`Drift: somebody edits the row ${DRIFTED_ROW} in the UI; refresh names it`, async () => {
    await lab.editMappingRow(mappingSet?.new?.id ?? "", DRIFTED_ROW, "loyalty.status");
    const { output, steps } = await deployment.must("refresh", "--preview-only", "--diff", "--stack", "local");
    narrator.detail(output);
    const paths = changedPaths(steps);
    expect(
      paths.length === 1 && paths[0]!.includes(DRIFTED_ROW),
      `exactly the edited row to drift, not ${paths.join(", ")}`,
    );
    return { drifted: paths };
  });
  await narrator.step("pulumi up --refresh: the program's mapping again", async () => {
    const { steps } = await deployment.must("up", "--refresh", "--yes", "--skip-preview", "--stack", "local");
    const updated = steps.filter(({ op }) => op === "update").map(({ type, name }) => `${kindOf(type)} ${name}`);
    narrator.detail(`updated: ${updated.join(", ")}`);
    expect(updated.includes("MappingSet capillary-stream-profile"), "the mapping set to be updated");
    return { updated };
  });
}

async function pullRequest({ dir, deployment, lab, narrator }: Stage): Promise<void> {
  await narrator.step(`A pull request changes a row of ${EDITED_FILE}; its preview`, async () => {
    const file = join(dir, EDITED_FILE);
    const before = readFileSync(file, "utf8");
    const after = before.replace(/^( +)loyalty\.tier:.*$/m, "$1loyalty.tier: { expr: upper(trim(loyalty.tier)) }");
    expect(after !== before, `the row loyalty.tier in ${EDITED_FILE}`);
    writeFileSync(file, after);
    const { output, steps, changes } = await deployment.must("preview", "--diff", "--stack", "local");
    narrator.detail(output);
    const paths = changedPaths(steps.filter(({ type }) => kindOf(type) === "MappingSet"));
    expect(
      paths.length > 0 && paths.every((path) => path.includes(DRIFTED_ROW)),
      `only ${DRIFTED_ROW} to change, not ${paths.join(", ")}`,
    );
    return { changes, paths };
  });
  await narrator.step("pulumi up, then preview again: empty", async () => {
    const before = lab.calls;
    const { changes } = await deployment.must("up", "--yes", "--skip-preview", "--stack", "local");
    narrator.detail(`${changes.update ?? 0} updated, ${lab.calls - before} API calls`);
    const preview = await deployment.must("preview", "--expect-no-changes", "--stack", "local");
    narrator.detail(tail(preview.output));
    return { changes, apiCalls: lab.calls - before };
  });
}

async function destroy({ deployment, lab, narrator }: Stage): Promise<void> {
  await narrator.step("pulumi destroy: nothing is left", async () => {
    const { changes } = await deployment.must("destroy", "--yes", "--skip-preview", "--stack", "local");
    const { rows: _rows, failed: _failed, runs: _runs, batches: _batches, ...objects } = await lab.state();
    const left = Object.entries(objects).filter(([, count]) => count > 0);
    narrator.detail(
      `${changes.delete ?? 0} deleted; the sandbox holds ${left.length === 0 ? "no object any more" : JSON.stringify(left)}`,
    );
    expect(left.length === 0, `an empty sandbox, not ${JSON.stringify(Object.fromEntries(left))}`);
    return { changes };
  });
}

function inletsOf({ outputs }: Deployed): Inlets {
  // biome-ignore lint/suspicious/noExplicitAny: stack outputs are free-form
  const { datasets, pipelines } = outputs as any;
  const routes = Object.entries<string>(pipelines["capillary-stream"].routes).map(
    ([kind, names]) => [kind, names.split(", ")] as const,
  );
  const id = (name: string): string => {
    const found = Object.entries<string>(datasets).find(([dataset]) => dataset.includes(name));
    expect(found !== undefined, `a dataset of ${name} among the stack's outputs`);
    return found[1];
  };
  return {
    datasets: { profile: id("profiles"), event: id("events") },
    flow: (pipeline, name) => pipelines[pipeline].flows[name],
    routes: Object.fromEntries(routes),
  };
}

/** `Dataset` of `pulumi-nodejs:dynamic/aep:Dataset`; undefined for components and the stack itself. */
const kindOf = (type: string): string | undefined => /^pulumi-nodejs:dynamic\/aep:(\w+)$/.exec(type)?.[1];

const changedPaths = (steps: StepRecord[]): string[] =>
  steps.flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {}));

const kebab = (kind: string): string => kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The last lines of an engine's output: what it counted. */
const tail = (output: string): string => output.trim().split("\n").slice(-2).join("\n");

function counted(name: string, rows: Array<{ flowId: string | null }>, polledFlow: string): string[] {
  const polled = rows.filter(({ flowId }) => flowId === polledFlow).length;
  return [name, String(rows.length), String(rows.length - polled), String(polled)];
}
