/** Puts ids, inputs and outputs into the import file, and leaves out what was not found. */
import { AepError } from "../../errors.ts";
import type { Outcome } from "./adopt-all.ts";
import { type ImportDocument, type ImportEntry, kindOf, stateOf } from "./import-file.ts";
import type { Planned } from "./preview.ts";

/** @throws AepError ADOPT_FILE when the file and the program do not fit together */
export function fill(
  document: ImportDocument,
  planned: ReadonlyMap<string, Planned>,
  outcome: Outcome,
  where: string,
): ImportDocument {
  const entries = document.resources ?? [];
  const urns = new Map([...planned.keys()].map((urn) => [keyOfUrn(urn), urn]));
  const strangers: string[] = [];
  const resources = entries.flatMap((entry): ImportEntry[] => {
    const kind = kindOf(entry.type);
    if (kind === undefined || isFilled(entry)) return [entry];
    const urn = urns.get(keyOfEntry(entry, document));
    if (urn === undefined) strangers.push(entry.logicalName ?? entry.name);
    const found = urn === undefined ? undefined : outcome.adopted.get(urn);
    return found ? [{ ...entry, ...stateOf(kind, found.id, found.observed) }] : [];
  });
  if (strangers.length > 0) {
    throw new AepError("ADOPT_FILE", `the program does not plan to create: ${strangers.join(", ")}`, { where });
  }
  return { ...document, resources };
}

/** What an earlier run has filled already. */
const isFilled = ({ id, outputs }: ImportEntry): boolean =>
  id !== undefined && id !== "<PLACEHOLDER>" && outputs !== undefined;

/** Qualified type and name, which is the URN without its stack and project. */
const keyOfUrn = (urn: string): string => urn.split("::").slice(2).join("::");

function keyOfEntry(entry: ImportEntry, document: ImportDocument): string {
  return `${qualifiedType(entry, document)}::${entry.logicalName ?? entry.name}`;
}

function qualifiedType({ type, parent }: ImportEntry, document: ImportDocument): string {
  if (parent === undefined) return type;
  const above = document.resources?.find(({ name }) => name === parent);
  const own = above ? qualifiedType(above, document) : document.nameTable?.[parent]?.split("::")[2];
  return own === undefined || own === "pulumi:pulumi:Stack" ? type : `${own}$${type}`;
}
