/** Whether a resource differs from what the program says, asked of its provider and, where that leaves it open, of its inputs. */
import type { DynamicProvider } from "../protocol/provider.ts";
import type { ResourceState } from "../state/resource.ts";
import { changedKeys, type DetailedDiff, type DiffKind, detailedDiff, diffProps } from "../values/diff.ts";
import { parsePath, pathContains, resetPath } from "../values/path.ts";
import { copyOf, type Props, revealedProps } from "../values/value.ts";

export interface Difference {
  changed: boolean;
  /** The keys that force a replacement; any key here means one. */
  replaceKeys: string[];
  changedKeys: string[] | undefined;
  detailedDiff: DetailedDiff | undefined;
  deleteBeforeReplace: boolean;
}

export const NO_DIFFERENCE: Difference = {
  changed: false,
  replaceKeys: [],
  changedKeys: undefined,
  detailedDiff: undefined,
  deleteBeforeReplace: false,
};

export const replaces = (difference: Difference): boolean =>
  difference.replaceKeys.length > 0 ||
  Object.values(difference.detailedDiff ?? {}).some((entry) => entry.kind.endsWith("-replace"));

/** The state that a diff starts from: what was declared and what the provider made of it. */
export interface DiffBase {
  urn: string;
  id: string;
  inputs: Props;
  outputs: Props;
}

/** A provider that says "different, but not how" gets the structural difference of the inputs as its answer. */
export async function differenceOf(
  provider: DynamicProvider,
  base: DiffBase,
  news: Props,
  ignoreChanges: string[],
): Promise<Difference> {
  const answer = await provider.diff(base.urn, base.id, base.inputs, base.outputs, news);
  const { replaces: replaceKeys, deleteBeforeReplace } = answer;
  if (answer.changes !== "unknown") {
    const changed = answer.changes === "some";
    return { changed, replaceKeys, changedKeys: undefined, detailedDiff: undefined, deleteBeforeReplace };
  }
  const kept = withIgnored(news, base.inputs, ignoreChanges).inputs;
  const structural = diffProps(revealedProps(base.inputs), revealedProps(kept));
  if (!structural) return { ...NO_DIFFERENCE, replaceKeys, deleteBeforeReplace };
  return {
    changed: true,
    replaceKeys,
    changedKeys: changedKeys(structural),
    detailedDiff: detailedDiff(structural),
    deleteBeforeReplace,
  };
}

/** The inputs with every ignored path put back to its old value; `refused` names the paths where that is impossible. */
export function withIgnored(inputs: Props, old: Props, ignoreChanges: string[]): { inputs: Props; refused: string[] } {
  const kept = copyOf(inputs);
  const refused = ignoreChanges.filter((text) => {
    const path = parsePath(text);
    return path !== undefined && !resetPath(path, old, kept);
  });
  return { inputs: kept, refused };
}

const TO_REPLACE: Record<string, DiffKind> = { add: "add-replace", delete: "delete-replace", update: "update-replace" };

/** Turns a change below a `replaceOnChanges` path into a replacement. */
export function withReplaceOnChanges(difference: Difference, state: ResourceState): Difference {
  if (!difference.changed || state.replaceOnChanges.length === 0) return difference;
  const paths = state.replaceOnChanges.flatMap((text) => [parsePath(text) ?? []]);
  const covered = (text: string) => {
    const path = parsePath(text);
    return path !== undefined && paths.some((outer) => pathContains(outer, path));
  };
  const keys = new Set([...difference.replaceKeys, ...(difference.changedKeys ?? []).filter(covered)]);
  const entries = Object.entries(difference.detailedDiff ?? {}).map(([text, entry]) => [
    text,
    covered(text) ? { ...entry, kind: TO_REPLACE[entry.kind] ?? entry.kind } : entry,
  ]);
  return {
    ...difference,
    replaceKeys: [...keys],
    detailedDiff: difference.detailedDiff && Object.fromEntries(entries),
  };
}
