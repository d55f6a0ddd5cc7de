/** What two sandboxes hold, compared: the objects of both stacks as AEP has them now, by a refresh that writes nothing. */
import { AepError } from "../../errors.ts";
import { KINDS } from "../../resources/kinds.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { connect } from "../graph/objects.ts";
import type { PlannedObject } from "../plan/read.ts";
import { previewRefresh } from "../plan/refresh.ts";
import { factored, factoredTree, type Side } from "./own.ts";
import { compareTrees, type TreeChange } from "./tree.ts";

export interface LiveComparison {
  from: string;
  to: string;
  /** Paths begin with kind and name. */
  changes: TreeChange[];
  objects: { from: number; to: number };
}

/** Computed, or a sandbox's own. */
const LEFT_OUT = new Set(["sandbox", "adopt"]);
const LEFT_OUT_PATHS = new Set(["Dataflow.schedule.startTime", "Dataflow.mapping.version"]);

/** @throws AepError DEPLOYMENT_UNREADABLE, NOT_DEPLOYED */
export async function compareLive(from: string, to: string, signal?: AbortSignal): Promise<LiveComparison> {
  const [left, right] = [await observed(from, signal), await observed(to, signal)];
  const [a, b] = [sideOfObjects(from, left), sideOfObjects(to, right)];
  const changes = compareTrees(treeOf(left, { ...a, other: b }), treeOf(right, { ...b, other: a }), {
    own: () => false,
    credential: () => false,
    common: (value) => value,
  });
  return { from, to, changes, objects: { from: left.length, to: right.length } };
}

async function observed(stack: string, signal: AbortSignal | undefined): Promise<PlannedObject[]> {
  const { objects, failure } = await previewRefresh(stack, signal);
  if (failure !== "") throw new AepError("DEPLOYMENT_UNREADABLE", failure, { where: `stack ${stack}` });
  const there = objects.filter(({ op }) => op !== "delete");
  if (there.length > 0) return there;
  throw new AepError("NOT_DEPLOYED", "nothing of this project is deployed in the stack", { where: `stack ${stack}` });
}

function sideOfObjects(stack: string, objects: readonly PlannedObject[]): Side {
  const sandbox = objects.map(({ inputs }) => inputs["sandbox"]).find((name) => typeof name === "string");
  const text = JSON.stringify(objects.map(({ inputs }) => inputs));
  const tenant = /https:\/\/ns\.adobe\.com\/(?!xdm\/)(\w+)\/(?:schemas|mixins|classes|datatypes)\//.exec(text)?.[1];
  return { stack, sandbox: sandbox as string | undefined, tenant };
}

/** Objects by kind and name, with references by name and without secrets and ids. */
function treeOf(objects: readonly PlannedObject[], side: Side): Plain {
  const names = new Map(
    objects.flatMap(({ kind, name, ids }) =>
      ids.map((id) => [id, `${kind} ${factored(name, side, ["name"])}`] as const),
    ),
  );
  return Object.fromEntries(
    connect(objects).map(({ kind, name, inputs }) => {
      const shown = plain(inputs, kind, names);
      return [`${kind} ${factored(name, side, ["name"])}`, factoredTree(renamed(shown, side), side, ["name"], true)];
    }),
  );
}

function plain(inputs: Plain, kind: keyof typeof KINDS, names: ReadonlyMap<string, string>): Plain {
  const secrets = new Set(KINDS[kind].secrets ?? []);
  const walk = (value: unknown, path: string): unknown => {
    if (typeof value === "string") return names.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    if (!isPlain(value)) return value;
    const entries = Object.entries(value).flatMap(([key, item]) => {
      const inner = path === "" ? key : `${path}.${key}`;
      return secrets.has(inner) || LEFT_OUT_PATHS.has(`${kind}.${inner}`) ? [] : [[key, walk(item, inner)] as const];
    });
    return Object.fromEntries(entries);
  };
  const own = Object.fromEntries(Object.entries(inputs).filter(([key]) => !LEFT_OUT.has(key)));
  return walk(own, "") as Plain;
}

/** Keys may hold the tenant's name too: destinations of rows and paths of fields. */
function renamed(value: unknown, side: Side): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, side));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [factored(key, side, ["name"]), renamed(item, side)]),
  );
}
