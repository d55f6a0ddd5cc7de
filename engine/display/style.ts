/** The signs, words and colours of operations, as the CLI shows them. */
import type { Op } from "../deploy/step.ts";

const SIGNS: Record<Op, string> = {
  same: "  ",
  create: "+ ",
  update: "~ ",
  delete: "- ",
  replace: "+-",
  "create-replacement": "++",
  "delete-replaced": "--",
  refresh: "~ ",
  "remove-pending-replace": "~ ",
  import: "= ",
};

/** The order in which a summary lists them. */
export const OPS: Op[] = [
  "create",
  "update",
  "delete",
  "replace",
  "create-replacement",
  "delete-replaced",
  "refresh",
  "import",
];

const PAST: Partial<Record<Op, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
  "create-replacement": "created replacement",
  "delete-replaced": "deleted original",
  refresh: "refreshed",
  import: "imported",
};

const PRESENT: Partial<Record<Op, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating replacement",
  "delete-replaced": "deleting original",
  refresh: "refreshing",
  import: "importing",
};

const PLANNED: Partial<Record<Op, string>> = {
  same: "",
  "create-replacement": "create replacement",
  "delete-replaced": "delete original",
};

export const signOf = (op: Op): string => SIGNS[op];
export const planned = (op: Op): string => PLANNED[op] ?? op;
export const inProgress = (op: Op): string => PRESENT[op] ?? "";
export const pastTense = (op: Op): string => PAST[op] ?? "";

export type Paint = (op: Op | "headline" | "error" | "warning", text: string) => string;

const CODES: Record<Parameters<Paint>[0], string> = {
  same: "90",
  create: "32",
  update: "33",
  delete: "31",
  replace: "35",
  "create-replacement": "92",
  "delete-replaced": "91",
  refresh: "33",
  "remove-pending-replace": "90",
  import: "32",
  headline: "95;1",
  error: "31",
  warning: "33",
};

export const noPaint: Paint = (_op, text) => text;
const ansi: Paint = (op, text) => (text === "" ? "" : `\u001b[${CODES[op]}m${text}\u001b[0m`);

export type ColorMode = "auto" | "always" | "never";

/** Colours only where somebody sees them, and never against NO_COLOR unless asked for by name. */
export function paintFor(mode: ColorMode, env: NodeJS.ProcessEnv, terminal: boolean): Paint {
  if (mode === "auto") return terminal && !env["NO_COLOR"] ? ansi : noPaint;
  return mode === "always" ? ansi : noPaint;
}

/** `1m2s`; always rounded up to whole seconds. */
export function wholeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return [hours > 0 && `${hours}h`, (hours > 0 || minutes > 0) && `${minutes}m`, `${whole % 60}s`]
    .filter(Boolean)
    .join("");
}
