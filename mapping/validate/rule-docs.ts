/** docs/rules.md, made from the rules themselves. */
import { fileRules, rules } from "./rules/index.ts";

const GROUPS: Array<[prefix: string, title: string]> = [
  ["file", "The file"],
  ["src", "What a row reads"],
  ["dst", "What a row writes"],
  ["req", "What must be there"],
  ["type", "Types"],
  ["map", "Rows together"],
  ["id", "Identity"],
  ["pii", "Personal data"],
  ["expr", "Expressions"],
  ["api", "The sandbox's opinion"],
];

/** The whole page, ending with a line break. */
export function rulesMarkdown(): string {
  const all = [...fileRules, ...rules];
  const head = [
    "# Rules of `aep mapping lint`",
    "",
    "Generated from the rules; a test fails when this page is out of date.",
    "",
    "`error`: AEP refuses the mapping, or data is lost. `warning`: it works by luck. `info`: worth knowing.",
    "A file silences a rule with `ignore: { rule-id: the reason }`. Rules marked _fixable_ are applied by `--fix`.",
    "",
  ];
  const groups = GROUPS.flatMap(([prefix, title]) => {
    const members = all.filter((rule) => rule.id.startsWith(`${prefix}/`));
    return [`## ${title}`, "", ...members.flatMap(section)];
  });
  return `${[...head, ...groups].join("\n").trimEnd()}\n`;
}

function section(rule: (typeof rules)[number] | (typeof fileRules)[number]): string[] {
  const marks = [rule.severity, ...(rule.fixable ? ["fixable"] : [])].join(", ");
  return [`### \`${rule.id}\` (${marks})`, "", `${rule.title}. ${rule.why}`, "", `Fix: ${rule.fix}`, ""];
}
