/** Promotions in words. */
import { createTwoFilesPatch } from "diff";
import { isPlain } from "../../resources/values.ts";
import { clipped, shown } from "../plan/words.ts";
import { count } from "../print.ts";
import type { PromotedFile, Promotion } from "./declared.ts";
import type { LiveComparison } from "./live.ts";
import { OWN_KEYS } from "./own.ts";
import { pathText, type TreeChange } from "./tree.ts";

const SIGNS = { add: "+", update: "~", delete: "-" } as const;

export function declaredText(promotion: Promotion): string {
  const { from, to, changes, kept, files, ownFiles, blanks } = promotion;
  const lines = [
    `${from} -> ${to}, as declared: ${changes.length === 0 ? "nothing to do" : count(changes.length, "change")}`,
  ];
  lines.push(...changes.map((change) => changeText(change, from, to)));
  if (kept.length > 0)
    lines.push("", `Only in ${to}, and kept (--prune takes it out):`, ...kept.map(({ path }) => `  ${pathText(path)}`));
  for (const { from: source, to: own, rows } of ownFiles)
    lines.push(
      "",
      `${own} is ${to}'s own copy of ${source}, and differs in: ${rows.slice(0, 10).join(", ")}${rows.length > 10 ? `, and ${rows.length - 10} more` : ""}`,
    );
  if (blanks.length > 0)
    lines.push("", `To be filled in by hand for ${to} (never copied):`, ...blanks.map((path) => `  ${pathText(path)}`));
  lines.push(...files.flatMap((file) => ["", patchOf(file)]));
  if (changes.length > 0)
    lines.push(
      "",
      `Stays ${to}'s own: ${[...Object.keys(OWN_KEYS), "authentication parameters", "schedule.start", "protect"].join(", ")}.`,
    );
  return `${lines.join("\n")}\n`;
}

export function liveText({ from, to, changes, objects }: LiveComparison): string {
  const head = `${from} -> ${to}, as AEP holds it: ${changes.length === 0 ? "the same" : count(changes.length, "difference")} (${objects.from} and ${count(objects.to, "object")})`;
  return `${[head, ...changes.map((change) => changeText(change, from, to))].join("\n")}\n`;
}

function changeText({ kind, path, from: there, to: here }: TreeChange, from: string, to: string): string {
  const at = `${SIGNS[kind]} ${clipped(pathText(path))}`;
  if (kind === "update") return `${at}: ${to} has ${shown(here)}, ${from} has ${shown(there)}`;
  const value = kind === "add" ? there : here;
  const what = isPlain(value) ? "" : `: ${shown(value)}`;
  return `${at}${what} (only in ${kind === "add" ? from : to})`;
}

export const patchOf = ({ file, before, after }: PromotedFile): string =>
  createTwoFilesPatch(file, file, before, after, "", "", { context: 2 })
    .replace(/^Index: .*\n=+\n/, "")
    .trimEnd();

export function asJson(promotion: Promotion | undefined, live: LiveComparison | undefined, written: string[]): string {
  const declared = promotion && {
    ...promotion,
    files: promotion.files.map((file) => ({ file: file.file, patch: patchOf(file) })),
  };
  return `${JSON.stringify({ ...(declared && { declared }), ...(live && { live }), written }, null, 2)}\n`;
}
