/** Every rule of the mapping linter, in the order of docs/rules.md. */
import type { Rule, RuleInfo } from "../types.ts";
import { destinationRules } from "./destinations.ts";
import { expressionRules } from "./expressions.ts";
import { identityRules } from "./identity.ts";
import { overlapRules } from "./overlap.ts";
import { requiredRules } from "./required.ts";
import { sourceRules } from "./sources.ts";
import { typeRules } from "./types.ts";

export const rules: readonly Rule[] = [
  ...sourceRules,
  ...destinationRules,
  ...requiredRules,
  ...typeRules,
  ...overlapRules,
  ...identityRules,
  ...expressionRules,
];

/** Findings that come from reading the files, before any rule can run. */
export const fileRules: readonly RuleInfo[] = [
  {
    id: "file/format",
    severity: "error",
    title: "The mapping file does not follow the format",
    why: "Nothing else can be checked until the file can be read.",
    fix: "Correct the line; an editor with the JSON Schema of the first line shows it while typing.",
  },
  {
    id: "file/schema",
    severity: "error",
    title: "The schema of the mapping cannot be loaded",
    why: "Destinations, types and required fields are checked against it.",
    fix: "Correct schema:, or the file in xdm/.",
  },
  {
    id: "file/sample",
    severity: "error",
    title: "An event of a golden test cannot be read",
    why: "Source paths and types are checked against the events of the tests.",
    fix: "Correct the path or the JSON.",
  },
  {
    id: "file/ignored-rule",
    severity: "warning",
    title: "An ignored rule that does not exist",
    why: "A misspelt rule id hides nothing, and a rule that is gone needs no line.",
    fix: "Correct the id, or take the line out.",
  },
  {
    id: "api/refused",
    severity: "error",
    title: "The sandbox's own validation refuses a row",
    why: "What POST /mappingSets/validate refuses cannot be saved, whatever the offline rules say.",
    fix: "Correct the row as the sandbox's message says.",
  },
];
