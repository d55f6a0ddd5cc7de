/** Faults on order: which calls they hit and what happens to these. The rules' shape is the control endpoint's body. */
import { createRequire } from "node:module";
import type { z as Zod } from "zod";
import type { Ids } from "./ids.ts";
import { controlProblem } from "./problem.ts";

const whenField = (z: typeof Zod) => z.enum(["before", "after"]).default("before");
const duration = (z: typeof Zod) => z.int().min(0).max(600_000);

const faultSchema = (z: typeof Zod, when = whenField(z), ms = duration(z)) =>
  z.discriminatedUnion("kind", [
    /** Another status, before the call does anything or after it did. Without a body the gateway's form is used. */
    z.strictObject({
      kind: z.literal("status"),
      status: z.int().min(400).max(599),
      body: z.json().optional(),
      headers: z.record(z.string(), z.string()).default({}),
      when,
    }),
    /** Nothing but waiting: before the call, or with its answer held back. */
    z.strictObject({ kind: z.literal("latency"), ms, when }),
    /** The connection is reset, before the call does anything or after it did: the answer is lost. */
    z.strictObject({ kind: z.literal("reset"), when }),
    /** The answer's second half is missing; with `cut` the connection also ends in the middle of it. */
    z.strictObject({ kind: z.literal("truncate"), cut: z.boolean().default(false) }),
    /** A proxy's error page instead of JSON. */
    z.strictObject({ kind: z.literal("html"), status: z.int().min(400).max(599).default(503), when }),
    /** 429 of the gateway, with `Retry-After` in seconds or as a date, or without one (null). */
    z.strictObject({
      kind: z.literal("throttle"),
      retryAfter: z.union([z.int().min(0), z.string(), z.null()]).default(null),
    }),
    /** The answer's body drips over this long. */
    z.strictObject({ kind: z.literal("slowBody"), ms }),
    /** The token the call carries has expired: this call and all later ones with it get 401. */
    z.strictObject({ kind: z.literal("expiredToken") }),
    /** Lists and searches as they were so long ago (wall clock): new objects are missing, deleted ones still there. */
    z.strictObject({ kind: z.literal("staleList"), ms }),
    /** Secrets of the answer are shown as a mask, as an empty text, or not at all. */
    z.strictObject({ kind: z.literal("maskedSecrets"), as: z.enum(["mask", "empty", "absent"]).default("mask") }),
    /** The server's clock is wrong by so much: the Date header and every time the call writes or compares. */
    z.strictObject({ kind: z.literal("clockSkew"), ms: z.int().min(-31_536_000_000).max(31_536_000_000) }),
  ]);

const ruleSchema = (z: typeof Zod) =>
  z.strictObject({
    /** All given conditions must hold; none means every call. */
    match: z
      .strictObject({
        method: z.string().optional(),
        /** With `*` for anything, `/data/foundation/flowservice/flows/*`. Without the query. */
        path: z.string().optional(),
        /** Operation ids of the routes table. */
        operation: z.union([z.string(), z.array(z.string())]).optional(),
        sandbox: z.string().optional(),
      })
      .default({}),
    /** Matching calls let through first. */
    skip: z.int().min(0).default(0),
    /** How many calls are hit at most; null for no end. */
    count: z.int().min(1).nullable().default(null),
    /** Chance of a hit, drawn from the world's seed. */
    probability: z.number().min(0).max(1).default(1),
    /** Window on the virtual clock, epoch milliseconds: from inclusive, until exclusive. */
    from: z.number().optional(),
    until: z.number().optional(),
    fault: faultSchema(z),
  });

// The library takes a tenth of a second to load: only an emulator that is given a rule pays.
const load = createRequire(import.meta.url);
let rule: ReturnType<typeof ruleSchema> | undefined;
function parseRule(input: unknown) {
  rule ??= ruleSchema((load("zod") as { z: typeof Zod }).z);
  return rule.safeParse(input);
}

export type Fault = Zod.output<ReturnType<typeof faultSchema>>;
/** What a client sends: everything but `fault` has a default. */
export type FaultRuleInput = Zod.input<ReturnType<typeof ruleSchema>>;
/** A rule at work, with what it has met so far. */
export type FaultRule = Zod.output<ReturnType<typeof ruleSchema>> & { id: string; seen: number; hits: number };

/** The faults of a world; a reset empties it. */
export interface FaultBook {
  rules: FaultRule[];
  next: number;
  dice: Ids;
}

/** What is wrong with a rule, each mistake with its place in the rule; empty for a good one. */
export function faultMistakes(input: unknown): { path: PropertyKey[]; message: string }[] {
  const parsed = parseRule(input);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ path, message }));
}

/** Adds one rule. Throws a 400 Problem that names every mistake. */
export function addFault(book: FaultBook, input: unknown): FaultRule {
  const parsed = parseRule(input);
  if (!parsed.success) throw controlProblem(400, parsed.error.issues.map(issueText).join("; "));
  const rule = { ...parsed.data, id: `fault-${book.next}`, seen: 0, hits: 0 };
  book.next += 1;
  book.rules.push(rule);
  return rule;
}

export interface FaultedCall {
  method: string;
  path: string;
  operation: string;
  sandbox: string | null;
  /** Virtual clock, epoch milliseconds. */
  now: number;
}

/** The first rule that hits this call, counted; undefined when none does. */
export function faultFor(book: FaultBook, call: FaultedCall): FaultRule | undefined {
  for (const rule of book.rules) {
    if (!matches(rule, call) || (rule.count !== null && rule.hits >= rule.count)) continue;
    rule.seen += 1;
    if (rule.seen <= rule.skip) continue;
    if (rule.probability < 1 && book.dice.random() >= rule.probability) continue;
    rule.hits += 1;
    return rule;
  }
  return undefined;
}

function matches(rule: FaultRule, call: FaultedCall): boolean {
  const { method, path, operation, sandbox } = rule.match;
  if (rule.from !== undefined && call.now < rule.from) return false;
  if (rule.until !== undefined && call.now >= rule.until) return false;
  if (method !== undefined && method.toUpperCase() !== call.method) return false;
  if (path !== undefined && !glob(path, call.path)) return false;
  if (operation !== undefined && ![operation].flat().includes(call.operation)) return false;
  return sandbox === undefined || sandbox === call.sandbox;
}

function glob(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`).test(text);
}

function issueText(issue: Zod.core.$ZodIssue): string {
  const where = issue.path.join(".");
  return where === "" ? issue.message : `${where}: ${issue.message}`;
}
