/** The seven steps of the developer checklist in Adobe's guide, as far as the stack has taken them. */
import type { FlowEntity } from "../../aep/flow-service.ts";
import { AepError } from "../../errors.ts";
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import { at } from "../../resources/values.ts";
import { type DeployedObject, readDeployment } from "../deployment.ts";
import { type Finding, fail, pass, skip, warn } from "../finding.ts";
import { count } from "../print.ts";
import type { Check } from "./check.ts";
import type { Facts } from "./facts.ts";

const GROUP = "The guide's checklist";
const UP = "Run `aep pulumi up`.";

export const guideChecks: Check<Facts>[] = [
  { id: "deployment", title: "Deployed", group: GROUP, needs: ["sandbox"], run: deployment },
  step(
    1,
    "Schema and dataset",
    ["Schema", "FieldGroup", "IdentityDescriptor", "Dataset"],
    ["schema-registry", "catalog"],
  ),
  step(2, "Base connection", ["BaseConnection"], ["flow-service"]),
  step(3, "Source connection", ["SourceConnection"], ["flow-service"]),
  step(4, "Target connection", ["TargetConnection"], ["flow-service"]),
  step(5, "Mapping", ["MappingSet"], ["data-prep"]),
  step(6, "Dataflow", ["Dataflow"], ["flow-service"]),
  { id: "step-7", title: "7 Tested with a sample event", group: GROUP, needs: ["step-6"], run: tested },
];

/** Nothing deployed yet is no failure: the checks before this one are what a first deployment needs. */
async function deployment(facts: Facts): Promise<Finding> {
  try {
    const read = await readDeployment(facts.get("stack"));
    facts.learn("deployment", read);
    return pass(`${count(read.objects.length, "object")} in the stack's state`);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    const fresh = error.code === "NOT_DEPLOYED" || /no stack named|not found/i.test(error.message);
    return fresh ? skip("nothing is deployed in this stack yet", UP) : fail(error.message, error.hint);
  }
}

function step(number: number, title: string, kinds: readonly KindName[], services: string[]): Check<Facts> {
  return {
    id: `step-${number}`,
    title: `${number} ${title}`,
    group: GROUP,
    needs: ["deployment", ...services],
    run: (facts) => standing(facts, kinds),
  };
}

/** Whether every object of these kinds is in the sandbox, and is not switched off. */
async function standing(facts: Facts, kinds: readonly KindName[]): Promise<Finding> {
  const context = facts.get("context");
  const objects = facts.get("deployment").objects.filter(({ kind }) => kinds.includes(kind));
  if (objects.length === 0) return skip("the stack has none");
  const found = await Promise.all(
    objects.map(async (object) => {
      const seen = await context.reads.get(object.kind, KINDS[object.kind].source(context), object.id);
      return { object, seen };
    }),
  );
  const gone = found.filter(({ seen }) => seen === undefined).map(({ object }) => nameOf(object));
  if (gone.length > 0)
    return fail(`gone from the sandbox: ${gone.join(", ")}`, "Run `aep pulumi refresh` and then `aep pulumi up`.");
  const off = found.filter(({ seen, object }) => isOff(seen as FlowEntity, object)).map(({ object }) => nameOf(object));
  if (off.length > 0)
    return warn(`not enabled: ${off.join(", ")}`, "Enable it in Adobe's UI, or run `aep pulumi up --refresh`.");
  return pass(`${count(objects.length, "object")} in the sandbox`);
}

/** Only Flow Service's objects have such a state; one that is declared disabled is meant to be off. */
function isOff(seen: FlowEntity, { kind, inputs }: DeployedObject): boolean {
  const hasState = ["BaseConnection", "SourceConnection", "TargetConnection", "Dataflow"].includes(kind);
  return hasState && seen.state !== undefined && seen.state !== "enabled" && inputs["state"] !== "disabled";
}

const nameOf = ({ kind, name }: DeployedObject): string => `${kind} ${name}`;

/** What the service remembers of each flow's last run; sending something is `aep verify`'s work. */
async function tested(facts: Facts): Promise<Finding> {
  const context = facts.get("context");
  const flows = facts.get("deployment").objects.filter(({ kind }) => kind === "Dataflow");
  const last = await Promise.all(
    flows.map(async ({ name, id }) => {
      let state: unknown;
      for await (const run of context.flows.list("runs", [`flowId==${id}`])) {
        state = at(run, "metrics.statusSummary.status") ?? state;
        if (state === "success") break;
      }
      return { name, state };
    }),
  );
  const untested = last.filter(({ state }) => state !== "success").map(({ name }) => name);
  return untested.length === 0
    ? pass(`every flow has had a successful run (${count(flows.length, "flow")})`)
    : warn(
        `no successful run yet: ${untested.join(", ")}`,
        "Run `aep verify`: it sends a marked sample event and follows it.",
      );
}
