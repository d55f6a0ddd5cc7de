/** The stack a command is about when none is named. */
import { AepError } from "../errors.ts";
import { isPlain, type Plain } from "../resources/values.ts";
import { complaint, runPulumi } from "./run-pulumi.ts";

export interface ListedStack {
  name: string;
  current: boolean;
  /** Resources in its state; undefined where the backend does not say. */
  resources: number | undefined;
}

/** Stacks of the backend. @throws AepError DEPLOYMENT_UNREADABLE */
export async function listStacks(): Promise<ListedStack[]> {
  const ran = await runPulumi(["stack", "ls", "--json"]);
  const start = ran.stdout.indexOf("[");
  if (ran.exitCode !== 0 || start < 0)
    throw new AepError("DEPLOYMENT_UNREADABLE", complaint(ran), { where: "pulumi stack ls --json" });
  const items = JSON.parse(ran.stdout.slice(start)) as unknown[];
  return items.filter(isPlain).map((item: Plain) => ({
    name: String(item["name"]).split("/").at(-1) ?? "",
    current: item["current"] === true,
    resources: typeof item["resourceCount"] === "number" ? item["resourceCount"] : undefined,
  }));
}

/** `given`, or the selected stack. @throws AepError USAGE when none is selected, DEPLOYMENT_UNREADABLE */
export async function selectedStack(given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const current = (await listStacks()).find((stack) => stack.current);
  if (current) return current.name;
  throw new AepError("USAGE", "no stack is selected", { hint: "Name one with --stack, or select one." });
}
