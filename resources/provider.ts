import type * as pulumi from "@pulumi/pulumi";
import { redact, registerSecretsIn } from "../aep/secret.ts";
import type { ConfigSource } from "../aep/settings.ts";
import { AepError } from "../errors.ts";
import { checkInputs } from "./check-inputs.ts";
import { Session } from "./context.ts";
import { type Allowance, readAllowance, refusedReplacements, requireAllowance } from "./destroy-guard.ts";
import { ensure, hasNewOwner, type Made, recorded } from "./ensure.ts";
import { changesOf, type Kind, type Known, observe } from "./kind.ts";
import { patiently } from "./patience.ts";
import { at, clean, type Plain, project } from "./values.ts";

/** Shared by all kinds of the process: one token, one limiter, one set of reads. */
let session: Session = new Session(() => undefined);
/** Which objects that hold data may be destroyed, as the stack was last configured. */
let allowance: Allowance = readAllowance(() => undefined);

/** The host configures every kind on its own, always with the configuration of its stack. */
function share(config: ConfigSource): void {
  const next = new Session(config);
  if (next.identity !== session.identity) session = next;
}

/**
 * The one adapter from a kind to Pulumi's dynamic provider. `check` and `diff` make no call and need no credentials.
 * Every error leaves it redacted, without a stack and without an `id` of its own, because the host takes a thrown `id`
 * for a created object.
 */
export function providerOf(kind: Kind): pulumi.dynamic.ResourceProvider {
  return {
    // The host does not wait for this promise before it serves the next call: everything here happens at once.
    configure({ config }) {
      share((key) => config.get(key));
      allowance = readAllowance((key) => config.get(key));
      return Promise.resolve();
    },
    check: guarded(kind, async (olds: Plain, news: Plain) => {
      const { __provider: _, ...inputs } = news;
      const before = inputsOf(kind, olds);
      const checked = checkInputs(kind, before, inputs);
      const refused = checked.mistakes.length > 0 ? [] : refusedReplacements(kind, before, checked.inputs, allowance);
      // The engine prints the value of a named property next to the reason; an empty name keeps it from doing so.
      const failures = [...checked.mistakes, ...refused].map((reason) => ({ property: "", reason: redact(reason) }));
      return { inputs: checked.inputs, failures };
    }),
    diff: guarded(kind, async (id: string, olds: Plain, news: Plain) => {
      recorded(kind, String(olds["sandbox"]), id);
      return diff(kind, inputsOf(kind, olds), inputsOf(kind, news));
    }),
    create: guarded(kind, (inputs: Plain) => create(kind, inputs)),
    read: guarded(kind, (id: string, props: Plain = {}) => read(kind, id, props)),
    update: guarded(kind, (id: string, olds: Plain, news: Plain) => update(kind, id, olds, news)),
    delete: guarded(kind, (id: string, props: Plain) => remove(kind, id, props)),
  };
}

/** Equal: no changes. Different: no `changes` at all, so that the engine compares the inputs and names each path. */
function diff(kind: Kind, olds: Plain, news: Plain): pulumi.dynamic.DiffResult {
  const changes = changesOf(kind, olds, news);
  if (changes.length === 0) return { changes: false };
  const replacing = changes.filter(({ mode }) => mode === "replace" || mode === "delete-before-replace");
  const replaces = [...new Set(replacing.map(({ path }) => path.split(".")[0] as string))];
  return { replaces, deleteBeforeReplace: replacing.some(({ mode }) => mode === "delete-before-replace") };
}

async function create(kind: Kind, props: Plain): Promise<pulumi.dynamic.CreateResult> {
  const inputs = inputsOf(kind, props);
  const context = await session.context(String(inputs["sandbox"]));
  const made = await ensure(kind, context, inputs);
  context.reads.forget(kind.name);
  try {
    const outputs = await finish(kind, context, inputs, made);
    return { id: made.id, outs: clean({ ...inputs, ...outputs }) };
  } catch (error) {
    throw initError(kind, error, made, clean({ ...inputs, ...made.outputs, __provider: props["__provider"] }));
  }
}

/** What a create needs beyond its POST: the steps that only an existing object takes, and outputs the API computed. */
async function finish(
  kind: Kind,
  context: Awaited<ReturnType<Session["context"]>>,
  inputs: Plain,
  made: Made,
): Promise<Plain> {
  if (!made.found && !kind.unfinished?.(inputs)) return made.outputs;
  const object = await kind.source(context).get(made.id);
  if (object === undefined) throw gone(made.id);
  // Nothing is known of an object that was found: whatever cannot be compared, as credentials, is written.
  const known = { inputs: made.found ? {} : inputs, outputs: made.outputs };
  return { ...made.outputs, ...(await kind.sync(context, made.id, inputs, object, known)) };
}

async function read(kind: Kind, id: string, props: Plain): Promise<pulumi.dynamic.ReadResult> {
  const known = knownOf(kind, props);
  const context = await session.context(requireSandboxName(known.inputs));
  recorded(kind, context.sandbox, id);
  const object = await context.reads.get(kind.name, kind.source(context), id);
  if (object === undefined) return {};
  const observed = observe(kind, object, known);
  const inputs = clean(project(known.inputs, observed.inputs, new Set(kind.whole)) as Plain);
  return { id, inputs, props: clean({ ...inputs, ...observed.outputs }) };
}

async function update(kind: Kind, id: string, olds: Plain, news: Plain): Promise<pulumi.dynamic.UpdateResult> {
  const inputs = inputsOf(kind, news);
  const known = knownOf(kind, olds);
  const context = await session.context(String(inputs["sandbox"]));
  recorded(kind, context.sandbox, id);
  const object = await kind.source(context).get(id);
  if (object === undefined) throw gone(id);
  context.reads.forget(kind.name);
  return { outs: clean({ ...inputs, ...(await kind.sync(context, id, inputs, object, known)) }) };
}

async function remove(kind: Kind, id: string, props: Plain): Promise<void> {
  const known = knownOf(kind, props);
  const { inputs } = known;
  requireAllowance(kind, id, inputs, allowance);
  const context = await session.context(requireSandboxName(inputs));
  recorded(kind, context.sandbox, id);
  if (hasNewOwner(kind, context.sandbox, id)) return;
  context.reads.forget(kind.name);
  await patiently(() => kind.remove(context, id, known));
}

function gone(id: string): AepError {
  return new AepError("AEP_NOT_FOUND", `${id} does not exist any more`, {
    hint: "Run a refresh, then apply again to create it anew.",
  });
}

function requireSandboxName(inputs: Plain): string {
  if (typeof inputs["sandbox"] === "string") return inputs["sandbox"];
  throw new AepError("AEP_INPUT_INVALID", "sandbox is missing in the state of this resource");
}

function inputsOf(kind: Kind, props: Plain): Plain {
  return clean(Object.fromEntries(Object.keys(kind.inputs.shape).map((key) => [key, props[key]])));
}

function knownOf(kind: Kind, props: Plain): Known {
  return {
    inputs: inputsOf(kind, props),
    outputs: Object.fromEntries(Object.keys(kind.outputs).map((key) => [key, props[key]])),
  };
}

/** Registers what is secret before anything can fail, and lets out clean errors only. */
function guarded<A extends unknown[], T>(kind: Kind, work: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    for (const arg of args) for (const path of kind.secrets ?? []) registerSecretsIn(at(arg, path));
    try {
      return await work(...args);
    } catch (error) {
      throw publicError(kind, error, args);
    }
  };
}

/** Fields of an error that the host hands to the engine when the object exists and is not what it should be yet. */
interface InitFields {
  id: string;
  properties: Plain;
  reasons: string[];
}
const initFields = new WeakMap<Error, InitFields>();

function initError(kind: Kind, error: unknown, made: Made, properties: Plain): Error {
  const text = describe(kind, error, properties);
  const init = new Error(text);
  initFields.set(init, { id: made.id, properties, reasons: [text] });
  return init;
}

function publicError(kind: Kind, error: unknown, args: unknown[]): Error {
  const init = error instanceof Error ? initFields.get(error) : undefined;
  const text = init
    ? (error as Error).message
    : describe(kind, error, args.findLast((arg) => typeof arg === "object") as Plain);
  const shown = new Error(text);
  // The host also prints the error and its stack on stderr, next to the engine's own message: one short line there.
  const line = text.slice(0, text.indexOf("\n") + 1 || undefined).trim();
  return Object.assign(shown, init, { stack: "", toString: () => line });
}

function describe(kind: Kind, error: unknown, inputs: Plain | undefined): string {
  const name = inputs?.["name"] ?? inputs?.["title"] ?? inputs?.["property"];
  const object = typeof name === "string" ? `${kind.name} "${name}"` : kind.name;
  if (!(error instanceof AepError))
    return redact(`${object}: ${error instanceof Error ? error.message : String(error)}`);
  const { code, message, hint, status, apiCode, requestId } = error;
  const where = error.where ? `${object}: ${error.where}` : object;
  return redact(new AepError(code, message, { where, hint, status, apiCode, requestId }).toString());
}
