/** One stack compared with its sandbox: a refresh that writes nothing, each difference classified and located. */
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { isPlain } from "../../resources/values.ts";
import { connector, stackSettings } from "../connect.ts";
import { parsePath } from "../plan/path.ts";
import type { PlannedObject } from "../plan/read.ts";
import { previewRefresh, type Refreshed } from "../plan/refresh.ts";
import { classify, writtenLater } from "./classify.ts";
import { Repository } from "./locate.ts";
import { counts, type Difference, type StackDrift, type Written } from "./model.ts";
import { lastWritten } from "./who.ts";

const UNKNOWN: Written = { by: undefined, at: undefined };

/** Never throws for what is wrong with this one stack: it is told in `failure`, and other stacks go on. */
export async function checkStack(stack: string, signal?: AbortSignal): Promise<StackDrift> {
  const nothing = { stack, objects: 0, differences: [], notes: [] };
  try {
    return await compare(stack, signal);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    return {
      ...nothing,
      failure: `${error.where === undefined || error.where === `stack ${stack}` ? "" : `${error.where}: `}${error.message}`,
    };
  }
}

async function compare(stack: string, signal: AbortSignal | undefined): Promise<StackDrift> {
  const refreshed = await previewRefresh(stack, signal);
  const { objects, failure } = refreshed;
  const sandbox = objects.map(({ inputs }) => inputs["sandbox"]).find((name) => typeof name === "string");
  const asks = objects.some(
    ({ op, kind, inputs }) => op !== "delete" && (op !== "refresh" || hasSecrets(kind, inputs)),
  );
  const context = asks && typeof sandbox === "string" ? await open(stack, sandbox) : undefined;
  const repository = new Repository(stack);
  const found = await Promise.all(objects.map((object) => differencesOf(object, refreshed, context, repository)));
  const all = found.flat();
  return {
    stack,
    objects: objects.length,
    differences: all.filter(counts),
    notes: all.filter((one) => !counts(one)),
    ...(failure !== "" && { failure }),
    ...(objects.length === 0 && failure === "" && { empty: true as const }),
  };
}

/** To ask who wrote what; a refresh may have had credentials that this process cannot open, and does without the answer. */
async function open(stack: string, sandbox: string): Promise<Context | undefined> {
  try {
    return await connector(await stackSettings(stack))(sandbox);
  } catch (error) {
    if (error instanceof AepError) return undefined;
    throw error;
  }
}

async function differencesOf(
  object: PlannedObject,
  { steps }: Refreshed,
  context: Context | undefined,
  repository: Repository,
): Promise<Difference[]> {
  const { kind, name, urn, inputs, modified } = object;
  const id = object.ids[0];
  const label = [inputs["name"], inputs["title"]].find((text) => typeof text === "string") as string | undefined;
  const base = { kind, name, label, urn, id };
  const at = (path: string | undefined) => repository.placeOf(kind, name, path);
  const whole = { path: undefined, expected: undefined, found: undefined, place: at(undefined) };
  if (object.op === "delete") return [{ ...base, ...whole, ...UNKNOWN, class: "gone" }];
  const changes = steps.find((step) => step.urn === urn)?.changes ?? [];
  if (changes.length === 0 && !hasSecrets(kind, inputs)) return [];
  const written = context && id !== undefined ? await lastWritten(context, kind, id) : UNKNOWN;
  const skew = context ? context.client.serverNow() - Date.now() : 0;
  const deployed = modified === undefined ? undefined : modified + skew;
  if (changes.length === 0)
    return writtenLater(written, deployed) ? [{ ...base, ...whole, ...written, class: "rotated" }] : [];
  return changes.map(({ path, before, after }): Difference => {
    const field = String(parsePath(path)[0]);
    const reason = classify({ kind, field, expected: before, found: after, deployed, written });
    return { ...base, ...written, class: reason, path, expected: before, found: after, place: at(path) };
  });
}

const hasSecrets = (kind: string, inputs: PlannedObject["inputs"]): boolean =>
  kind === "BaseConnection" && isPlain(inputs["auth"]);
