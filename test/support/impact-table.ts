/** The table of what changes do to data, as docs/how-to/review-a-change.md shows it. */
import { IMPACT_RULES, LEVELS } from "../../cli/plan/impact-rules.ts";

export function impactRows(): string {
  const rows = IMPACT_RULES.map(({ kind, ops, paths, only, level, says }) => {
    const what = [`${kind} ${ops.join(", ")}`, paths?.map((path) => `\`${path}\``).join(", "), only].filter(Boolean);
    return `| ${what.join(": ")} | ${LEVELS[level]} | ${says} |`;
  });
  return ["| what changes | | what it means |", "|---|---|---|", ...rows].join("\n");
}
