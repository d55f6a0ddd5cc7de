/** What a rule of the mapping linter is, what it sees, and what it answers. */
import type { Expression } from "../expression/ast.ts";
import type { ExpressionProblem } from "../expression/problem.ts";
import type { PathStep, Resolved } from "../xdm/field-path.ts";
import type { LoadedSchema } from "../xdm/load-schema.ts";
import type { FileRow, MappingFile } from "../yaml/mapping-file.ts";
import type { Position } from "../yaml/source.ts";
import type { SourcePath } from "./source-paths.ts";

/** `error`: AEP refuses it or data is lost; `warning`: it works by luck; `info`: worth knowing. */
type Severity = "error" | "warning" | "info";

/** The texts of a rule, also printed in docs/rules.md. */
export interface RuleInfo {
  /** Stable: `dst/unknown-field`. Never renamed, used in `ignore:`. */
  id: string;
  severity: Severity;
  /** What is wrong, in general. */
  title: string;
  /** Why it matters: one sentence. */
  why: string;
  /** What to do, in general. */
  fix: string;
  /** Whether `--fix` can apply it. */
  fixable?: true;
}

/** A change of one row that cannot change what the mapping means to do. */
export type Edit =
  /** The row's key is written anew. */
  | { kind: "destination"; key: string; to: string }
  /** The row's source text is written anew. */
  | { kind: "source"; key: string; to: string };

/** What a rule found, before the linter adds the rule's texts and the place. */
export interface Hit {
  row?: FileRow;
  /** Offset in the row's source, when the fault is at one character of it. */
  offset?: number;
  message: string;
  /** What to write, for this very case. */
  fix?: string;
  edit?: Edit;
  /** Overrides the rule's severity, when this case is milder. */
  severity?: Severity;
}

export interface Finding extends Position {
  rule: string;
  severity: Severity;
  path: string;
  destination?: string;
  message: string;
  why: string;
  fix: string;
  edit?: Edit;
}

/** A row with everything rules ask about. */
export interface RowView {
  row: FileRow;
  /** Steps of the destination, when it can be read as a path. */
  steps: PathStep[];
  target: Resolved;
  /** The expression's tree; of ATTRIBUTE and STATIC rows and of unreadable expressions there is none. */
  ast?: Expression;
  problems: ExpressionProblem[];
  /** Paths of the event that the row reads. */
  reads: SourcePath[];
}

export interface Sample {
  /** Where it comes from, for messages: a test's name or a file. */
  where: string;
  event: Record<string, unknown>;
}

export interface LintContext {
  file: MappingFile;
  loaded: LoadedSchema;
  rows: RowView[];
  /** Events of the golden tests and of `--events`. */
  samples: Sample[];
}

export interface Rule extends RuleInfo {
  check(context: LintContext): Iterable<Hit>;
}
