/**
 * What a change does to data, as one table: by kind, by what happens to the object, by field. The facts are Adobe's (update
 * semantics of Flow Service, Catalog, Schema Registry and Data Prep) and this project's own update tables.
 */
import type { KindName } from "../../resources/pointer.ts";
import { at, isPlain, type Plain } from "../../resources/values.ts";
import type { PlannedChange, PlannedOp } from "./read.ts";

/** Worst first. */
export const LEVELS = {
  lost: "data is lost",
  forever: "cannot be undone",
  reread: "rows are read again",
  gap: "data may be missed",
  refused: "AEP may refuse it",
  onwards: "only for what comes from now on",
} as const;
export type Level = keyof typeof LEVELS;

/** What a rule may look at besides the kind. */
export interface Facts {
  changes: readonly PlannedChange[];
  before: Plain;
  after: Plain;
  /** Dataflow: whether its rows land in another dataset than before. */
  otherDataset: boolean;
}

export interface ImpactRule {
  kind: KindName;
  ops: readonly PlannedOp[];
  /** At least one changed path equals one of these or lies below it. Absent: whatever changed. */
  paths?: readonly string[];
  when?: (facts: Facts) => boolean;
  /** `when` in words, for the documentation. */
  only?: string;
  level: Level;
  says: string;
}

const turned = (path: string, to: boolean) => (facts: Facts) =>
  (at(facts.after, path) === true) === to && (at(facts.before, path) === true) !== to;
const some = (kind: PlannedChange["kind"], path: string) => (facts: Facts) =>
  facts.changes.some((change) => change.kind === kind && below(change.path, path));
const scheduled = ({ after }: Facts) => isPlain(after["schedule"]);
const readsHistory = (facts: Facts) =>
  scheduled(facts) &&
  at(facts.after, "schedule.frequency") !== "once" &&
  at(facts.after, "schedule.backfill") !== false;

const startsOver = (facts: Facts) =>
  scheduled(facts) && (facts.otherDataset || facts.before["name"] !== facts.after["name"]);

/** Whether a path is the other one or lies below it: `rows["a"].source` below `rows`. */
export function below(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}

export const IMPACT_RULES: readonly ImpactRule[] = [
  {
    kind: "Dataset",
    ops: ["delete"],
    level: "lost",
    says: "The dataset and every row in it are deleted. Nothing brings them back.",
  },
  {
    kind: "Dataset",
    ops: ["replace"],
    level: "lost",
    says: "A new, empty dataset takes its place and every row of the old one is lost. Its id changes: queries, audiences and exports that name the old id must be changed.",
  },
  {
    kind: "Dataset",
    ops: ["update"],
    paths: ["profile"],
    when: turned("profile", true),
    only: "turned on",
    level: "forever",
    says: "Rows feed Real-Time Customer Profile from now on; rows that landed before stay out until they are ingested again. Turning it off later stops new rows, but does not take back what Profile holds.",
  },
  {
    kind: "Dataset",
    ops: ["update"],
    paths: ["profile", "identity"],
    when: (facts) => turned("profile", false)(facts) || turned("identity", false)(facts),
    only: "turned off",
    level: "onwards",
    says: "New rows no longer feed Profile or the Identity Service. What these hold already stays.",
  },
  {
    kind: "Dataset",
    ops: ["update"],
    paths: ["identity"],
    when: turned("identity", true),
    only: "turned on",
    level: "onwards",
    says: "Identities of rows that land from now on go to the identity graph.",
  },
  {
    kind: "Dataset",
    ops: ["update"],
    paths: ["errorDiagnostics"],
    when: turned("errorDiagnostics", false),
    only: "turned off",
    level: "onwards",
    says: "Failed batches no longer keep the records that failed and why.",
  },
  {
    kind: "Schema",
    ops: ["delete", "replace"],
    level: "lost",
    says: "The schema goes, and with it every dataset built on it. AEP refuses while a dataset uses it, and always once it is enabled for Profile.",
  },
  {
    kind: "Schema",
    ops: ["create", "update"],
    paths: ["profile"],
    when: turned("profile", true),
    only: "turned on",
    level: "forever",
    says: "The schema is enabled for Profile. It can never be taken out of Profile again, nor be deleted.",
  },
  {
    kind: "IdentityDescriptor",
    ops: ["create", "update"],
    paths: ["enableProfile"],
    when: turned("enableProfile", true),
    only: "turned on",
    level: "forever",
    says: "Its schema is enabled for Profile. The schema can never be taken out of Profile again, nor be deleted.",
  },
  {
    kind: "Schema",
    ops: ["update"],
    paths: ["fieldGroups"],
    when: (facts) => some("delete", "fieldGroups")(facts) || some("update", "fieldGroups")(facts),
    only: "a group is taken away",
    level: "refused",
    says: "AEP takes a field group from a schema only while no dataset uses the schema.",
  },
  {
    kind: "Schema",
    ops: ["update"],
    paths: ["fieldGroups"],
    level: "onwards",
    says: "Rows that have landed hold nothing in fields that are new.",
  },
  {
    kind: "FieldGroup",
    ops: ["update"],
    paths: ["fields"],
    when: (facts) =>
      some("delete", "fields")(facts) || facts.changes.some(({ path }) => /\.(type|items|format)$/.test(path)),
    only: "a field is removed or gets another type",
    level: "refused",
    says: "AEP removes or retypes a field only while no schema with the group is in use.",
  },
  {
    kind: "FieldGroup",
    ops: ["update"],
    paths: ["fields"],
    when: some("add", "fields"),
    only: "a field is added",
    level: "onwards",
    says: "Rows that have landed hold nothing in fields that are new.",
  },
  {
    kind: "IdentityDescriptor",
    ops: ["create", "replace", "update"],
    paths: ["property", "namespace", "primary"],
    level: "onwards",
    says: "Identities of rows that land from now on are read this way. Those in the identity graph stay as they are.",
  },
  {
    kind: "IdentityDescriptor",
    ops: ["delete"],
    level: "onwards",
    says: "The field of new rows is no longer an identity. Identities in the graph stay; AEP may refuse it for the primary identity of a schema in Profile.",
  },
  {
    kind: "Dataflow",
    ops: ["delete"],
    level: "gap",
    says: "Nothing is ingested through this flow any more, and its run history ends. Rows that have landed stay.",
  },
  {
    kind: "Dataflow",
    ops: ["replace"],
    when: (facts) => readsHistory(facts) && facts.otherDataset,
    only: "scheduled, backfill, into another dataset",
    level: "reread",
    says: "The new flow reads everything the source still has, into its new dataset. The dataset it filled before keeps its rows.",
  },
  {
    kind: "Dataflow",
    ops: ["replace"],
    when: (facts) => readsHistory(facts) && !facts.otherDataset && facts.before["name"] !== facts.after["name"],
    only: "scheduled, backfill, under another name",
    level: "reread",
    says: "A flow of another name counts as a new one: it reads everything the source still has once more, and rows that have landed land twice. Write backfill: false to avoid it.",
  },
  {
    kind: "Dataflow",
    ops: ["replace"],
    when: (facts) => scheduled(facts) && !startsOver(facts),
    only: "scheduled, same name and dataset",
    level: "gap",
    says: "The old flow is deleted before the new one is created: its id changes and the run history starts anew. Where the old one had begun, the new one goes on without reading history again; look at its first run for what came in between.",
  },
  {
    kind: "Dataflow",
    ops: ["replace"],
    when: startsOver,
    only: "scheduled, another name or dataset",
    level: "gap",
    says: "The old flow is deleted before the new one is created: its id changes and the run history starts anew.",
  },
  {
    kind: "Dataflow",
    ops: ["replace"],
    when: (facts) => !scheduled(facts),
    only: "streaming",
    level: "gap",
    says: "The flow gets a new id, and its run history starts anew. Senders must send the new flow id (x-adobe-flow-id); what they send to the old one until then is not ingested.",
  },
  {
    kind: "Dataflow",
    ops: ["update"],
    paths: ["state"],
    when: ({ after }) => after["state"] === "disabled",
    only: "disabled",
    level: "gap",
    says: "Nothing lands through this flow until it is enabled again.",
  },
  {
    kind: "Dataflow",
    ops: ["update"],
    paths: ["state"],
    when: ({ after }) => after["state"] !== "disabled",
    only: "enabled",
    level: "onwards",
    says: "The flow ingests again from now on.",
  },
  {
    kind: "Dataflow",
    ops: ["update"],
    paths: ["schedule"],
    level: "onwards",
    says: "Runs follow the new schedule from the next one on. No rows are read again.",
  },
  {
    kind: "Dataflow",
    ops: ["update"],
    paths: ["mapping.id"],
    level: "onwards",
    says: "Rows that land from now on are mapped by the other mapping set. Rows that have landed stay as they are.",
  },
  {
    kind: "MappingSet",
    ops: ["update", "replace"],
    paths: ["rows"],
    level: "onwards",
    says: "Applies to rows that land from now on. Rows that have landed stay as they were mapped; only ingesting them again changes them.",
  },
  {
    kind: "SourceConnection",
    ops: ["replace"],
    level: "gap",
    says: "A running flow does not pick up another source: its flow is replaced with it.",
  },
  {
    kind: "TargetConnection",
    ops: ["replace"],
    paths: ["dataset"],
    level: "onwards",
    says: "Rows land in another dataset from now on; those that have landed stay where they are. The flow is replaced with it.",
  },
  {
    kind: "BaseConnection",
    ops: ["replace"],
    level: "gap",
    says: "The connection gets a new id, and a streaming one another inlet URL: senders must be given it. Its source connections and flows are replaced with it.",
  },
  {
    kind: "BaseConnection",
    ops: ["delete"],
    level: "gap",
    says: "A streaming connection's inlet URL stops to exist; what is sent to it is refused.",
  },
  {
    kind: "BaseConnection",
    ops: ["update"],
    paths: ["auth"],
    level: "gap",
    says: "Its credentials are written anew, all of them. With a wrong one every flow of the connection fails until it is put right.",
  },
];
