/**
 * The part of GitHub's workflow syntax that the project's workflows use, as a closed schema: a key that is misspelt or new is
 * refused. (actionlint knows all of it and is run too where it is installed.)
 */
import { z } from "zod";

const text = z.string().min(1);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const env = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), scalar);
const permission = z.enum(["read", "write", "none"]);
const permissions = z.strictObject({
  contents: permission.optional(),
  issues: permission.optional(),
  "pull-requests": permission.optional(),
  "security-events": permission.optional(),
});
const concurrency = z.strictObject({ group: text, "cancel-in-progress": scalar.optional() });

const common = { name: text.optional(), id: text.optional(), if: text.optional(), env: env.optional() };
const step = z.union([
  z.strictObject({
    ...common,
    uses: z.string().regex(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/, "an action is pinned by the SHA of a commit"),
    with: z.record(z.string(), scalar).optional(),
    "continue-on-error": z.boolean().optional(),
  }),
  z.strictObject({ ...common, run: text }),
]);

const job = z.strictObject({
  name: text.optional(),
  needs: z.union([text, z.array(text)]).optional(),
  if: text.optional(),
  "runs-on": z.literal("ubuntu-24.04"),
  "timeout-minutes": z.number().int().positive(),
  permissions,
  environment: text.optional(),
  concurrency: concurrency.optional(),
  strategy: z.strictObject({ "fail-fast": z.boolean(), matrix: z.record(z.string(), z.unknown()) }).optional(),
  outputs: z.record(z.string(), text).optional(),
  env: env.optional(),
  steps: z.array(step).min(1),
});

const call = z.strictObject({
  needs: text.optional(),
  if: text.optional(),
  uses: z.string().regex(/^\.\/\.github\/workflows\/[\w-]+\.yml$/),
  permissions,
  with: z.record(z.string(), scalar).optional(),
  secrets: z.literal("inherit").optional(),
});

const input = z.strictObject({ description: text, required: z.boolean(), type: z.literal("string") });

export const workflowSchema = z.strictObject({
  name: text,
  // No pull_request_target: it would run with secrets beside what a stranger wrote.
  on: z.strictObject({
    push: z.strictObject({ branches: z.array(text) }).optional(),
    pull_request: z.null().optional(),
    schedule: z.array(z.strictObject({ cron: z.string().regex(/^(\S+ ){4}\S+$/) })).optional(),
    workflow_dispatch: z.null().optional(),
    workflow_call: z.strictObject({ inputs: z.record(z.string(), input) }).optional(),
  }),
  // Nothing for the whole workflow: each job names what it needs.
  permissions: z.strictObject({}),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }),
  concurrency: concurrency.optional(),
  jobs: z.record(z.string().regex(/^[a-z][a-z-]*$/), z.union([job, call])),
});
