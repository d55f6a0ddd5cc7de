/** One step of a deployment: an operation on one resource, with what it was and what it is to be. */
import type { ResourceState } from "../state/resource.ts";
import type { DetailedDiff } from "../values/diff.ts";
import type { Props } from "../values/value.ts";

export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "refresh"
  | "remove-pending-replace"
  | "import";

export interface Step {
  op: Op;
  urn: string;
  old?: ResourceState;
  new?: ResourceState;
  /** The keys that force a replacement. */
  keys?: string[];
  /** The top-level keys that differ. */
  diffs?: string[];
  detailedDiff?: DetailedDiff;
  /** False for the physical halves of a replacement and for refreshes: they do not count as a change of their own. */
  logical: boolean;
  /** Steps the user did not cause (the default provider's) are neither counted nor shown. */
  internal: boolean;
  /** Of a delete: the resource stays in the state until its replacement stands. */
  pendingReplacement?: boolean;
  /** Of a create-replacement: the old one is deleted at the end. */
  pendingDelete?: boolean;
}

/** What a step's start or end looked like, frozen for displays and callers. */
export interface StepRecord {
  op: Op;
  urn: string;
  type: string;
  name: string;
  provider: string;
  old: ResourceState | undefined;
  new: ResourceState | undefined;
  keys: string[] | undefined;
  diffs: string[] | undefined;
  detailedDiff: DetailedDiff | undefined;
  logical: boolean;
}

export type Severity = "debug" | "info" | "warning" | "error";

export interface Diagnostic {
  severity: Severity;
  message: string;
  /** Empty when it is about the stack as a whole. */
  urn: string;
  ephemeral: boolean;
}

export type OperationKind = "update" | "refresh" | "destroy" | "import";

export interface Summary {
  kind: OperationKind;
  preview: boolean;
  durationSeconds: number;
  /** How many resources each operation met; `same` counts the unchanged. */
  changes: Partial<Record<Op, number>>;
  result: "succeeded" | "failed" | "canceled";
}

/** Everything that happens in a deployment, in order; displays and tests are built on it. */
export type EngineEvent =
  | {
      type: "start";
      kind: OperationKind;
      preview: boolean;
      stack: string;
      project: string;
      config: Record<string, string>;
      refreshing: boolean;
    }
  | { type: "step-start"; step: StepRecord }
  | { type: "step-end"; step: StepRecord }
  | { type: "step-failed"; step: StepRecord }
  | { type: "diagnostic"; diagnostic: Diagnostic }
  | { type: "output-line"; line: string }
  | { type: "end"; summary: Summary; outputs: Props };

/** Whether a summary holds anything but unchanged resources. */
export const hasChanges = (changes: Summary["changes"]): boolean =>
  Object.entries(changes).some(([op, count]) => op !== "same" && count > 0);
