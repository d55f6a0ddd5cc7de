/** What two stacks declare, compared, and the target's files with the difference written in. */
import { existsSync, readFileSync } from "node:fs";
import { type Document, isMap, type Node } from "yaml";
import { AepError } from "../../errors.ts";
import { loadMappingFile } from "../../mapping/yaml/mapping-file.ts";
import { isPlain, type Plain, same } from "../../resources/values.ts";
import { readStack, readYaml } from "../stack-file.ts";
import { factored, factoredTree, isCredential, isOwn, type Side, sideOf, translated } from "./own.ts";
import { compareTrees, type TreeChange } from "./tree.ts";
import { type Blanks, copied, documentText, isTree, type Target, writeChange } from "./write.ts";

export interface PromotedFile {
  file: string;
  before: string;
  after: string;
}

/** Two files that each sandbox has of its own, and that do not say the same. */
export interface FileDifference {
  from: string;
  to: string;
  /** What differs: destinations of rows. */
  rows: string[];
}

export interface Promotion {
  from: string;
  to: string;
  changes: TreeChange[];
  /** Changes that are left to --prune: whole things that only the target has, and what holds credentials. */
  kept: TreeChange[];
  /** Files with their changes; empty when there is nothing to write. */
  files: PromotedFile[];
  ownFiles: FileDifference[];
  /** Paths a person has to fill in. */
  blanks: string[][];
}

interface Pair {
  /** In front of the paths of changes: `pipelines`, `resources`. */
  name: string;
  file: string;
  before: string;
  target: Target;
  fromData: unknown;
  toData: unknown;
}

/** A stack's file, read. */
export interface StackText {
  stack: string;
  file: string;
  text: string;
  document: Document;
}

/** By the stacks' files in the current folder. @throws AepError FILE_NOT_FOUND, AEP_CONFIG_INVALID */
export function promoteDeclared(from: string, to: string, prune: boolean): Promotion {
  const read = (stack: string): StackText => {
    const { path, document } = readStack(stack);
    return { stack, file: path, text: readFileSync(path, "utf8"), document };
  };
  return promoteStacks(read(from), read(to), prune);
}

/** The target's document is changed. Other files are read where the stacks name them, and none is written. */
export function promoteStacks(source: StackText, target: StackText, prune: boolean): Promotion {
  const [fromConfig, toConfig] = [configOf(source.document), configOf(target.document)];
  const sides = { from: sideOf(source.stack, fromConfig), to: sideOf(target.stack, toConfig) };
  [sides.from.other, sides.to.other] = [{ ...sides.to }, { ...sides.from }];
  const pairs = [stackPair(source, target, sides), ...resourcesPair(fromConfig, toConfig, sides)];
  const { stack: from } = source;
  const result: Promotion = { from, to: target.stack, changes: [], kept: [], files: [], ownFiles: [], blanks: [] };
  for (const pair of pairs) promotePair(pair, prune, result);
  addResources(fromConfig, toConfig, pairs[0] as Pair, result);
  result.ownFiles.push(...differentFiles(fromConfig, toConfig, sides));
  return result;
}

function promotePair(pair: Pair, prune: boolean, result: Promotion): void {
  const { name, file, before, target, fromData, toData } = pair;
  const all = compareTrees(fromData, toData, comparing(target));
  const kept = all.filter((change) => !prune && change.kind === "delete" && change.item);
  const changes = all.filter((change) => !kept.includes(change));
  const blanks: Blanks = [];
  for (const change of changes) writeChange(target, change, blanks);
  const named = (change: TreeChange) => ({ ...change, path: [name, ...change.path] });
  result.changes.push(...changes.map(named));
  result.kept.push(...kept.map(named));
  result.blanks.push(...blanks.map((path) => [name, ...path]));
  if (changes.length > 0) result.files.push({ file, before, after: documentText(target.to.document, before) });
}

/** A file of its own with the same content is the same; with other content it is told apart, and the path stays. */
function comparing({ from, to, ids }: Target) {
  const sides = { from: from.side, to: to.side };
  return {
    // A credential that the target lacks is asked for; anything else of its own it may do without.
    own: (path: readonly string[], present: boolean) => isOwn(path) && (present || !isCredential(path)),
    credential: isCredential,
    common: (value: unknown, side: "from" | "to", path: readonly string[]) =>
      factoredTree(value, sides[side], path, ids),
  };
}

const configOf = (document: Document): Plain => (document.toJS() as { config: Plain }).config;

function stackPair(source: StackText, target: StackText, sides: { from: Side; to: Side }): Pair {
  const at = ["config", "aep:pipelines"];
  const root = (document: Document) => {
    if (!document.hasIn(at)) document.setIn(at, document.createNode([]));
    return document.getIn(at, true) as Node;
  };
  const data = ({ document }: StackText) => named(configOf(document)["aep:pipelines"]);
  const { file, text, document } = target;
  const [fromData, toData] = [data(source), data(target)];
  return {
    name: "pipelines",
    file,
    before: text,
    target: {
      from: { side: sides.from, root: root(source.document) },
      to: { side: sides.to, document, root: root(document), file },
      ids: false,
    },
    fromData,
    toData,
  };
}

/** An empty list has no names, and is a list of named things all the same. */
const named = (value: unknown): unknown =>
  value === undefined || (Array.isArray(value) && value.length === 0) ? {} : value;

/** Files of single objects; where only one side has one there is nothing that could be compared name by name. */
function resourcesPair(fromConfig: Plain, toConfig: Plain, sides: { from: Side; to: Side }): Pair[] {
  const [from, to] = [fromConfig["aep:resources"], toConfig["aep:resources"]];
  if (typeof from !== "string" || typeof to !== "string" || from === to) return [];
  const [source, document] = [parsed(from), parsed(to)];
  const target: Target = {
    from: { side: sides.from, root: source.get("resources", true) as Node },
    to: { side: sides.to, document, root: document.get("resources", true) as Node, file: to },
    ids: true,
  };
  const data = (one: Document) => (one.toJS() as Plain)["resources"];
  return [
    {
      name: "resources",
      file: to,
      before: readFileSync(to, "utf8"),
      target,
      fromData: data(source),
      toData: data(document),
    },
  ];
}

/** A target without single objects gets the source's file: the same one, or a copy where the name says whose it is. */
function addResources(fromConfig: Plain, toConfig: Plain, { target, file, before }: Pair, result: Promotion): void {
  const from = fromConfig["aep:resources"];
  if (typeof from !== "string" || toConfig["aep:resources"] !== undefined) return;
  const to = translated(from, target.from.side, target.to.side, ["resources"]);
  target.to.document.setIn(["config", "aep:resources"], to);
  result.changes.push({ kind: "add", item: false, path: ["resources"], from, to: undefined });
  result.files = result.files.filter((one) => one.file !== file);
  result.files.push({ file, before, after: documentText(target.to.document, before) });
  if (to === from || existsSync(to)) return;
  const document = parsed(from);
  const blanks: Blanks = [];
  document.set("resources", copied(document.get("resources", true) as Node, { ...target, ids: true }, [], blanks));
  result.blanks.push(...blanks.map((path) => ["resources", ...path]));
  result.files.push({ file: to, before: "", after: documentText(document, readFileSync(from, "utf8")) });
}

function parsed(file: string): Document {
  if (!existsSync(file))
    throw new AepError("FILE_NOT_FOUND", "the file of single objects does not exist", { where: file });
  const document = readYaml(file);
  if (isMap(document.contents) && isTree(document.get("resources", true))) return document;
  throw new AepError("AEP_CONFIG_INVALID", "The file has no key resources with a map or a list under it.", {
    where: file,
  });
}

/** Mapping files that both sides name differently only by the sandbox, and whose rows are not the same. */
function differentFiles(fromConfig: Plain, toConfig: Plain, sides: { from: Side; to: Side }): FileDifference[] {
  const [left, right] = [mappingsOf(fromConfig), mappingsOf(toConfig)];
  const pairs = new Map<string, FileDifference>();
  for (const [key, from] of left) {
    const to = right.get(key);
    const path = ["mapping"];
    if (to === undefined || to === from || factored(from, sides.from, path) !== factored(to, sides.to, path)) continue;
    const rows = differentRows(from, to, sides);
    if (rows.length > 0) pairs.set(`${from} ${to}`, { from, to, rows });
  }
  return [...pairs.values()];
}

/** Mapping files by pipeline and flow. */
function mappingsOf(config: Plain): Map<string, string> {
  const items = (value: unknown): Plain[] => (Array.isArray(value) ? value.filter(isPlain) : []);
  return new Map(
    items(config["aep:pipelines"]).flatMap((pipeline) =>
      items(pipeline["flows"]).map((flow) => [`${pipeline["name"]} ${flow["name"]}`, String(flow["mapping"])] as const),
    ),
  );
}

function differentRows(from: string, to: string, sides: { from: Side; to: Side }): string[] {
  const rows = (file: string, side: Side) =>
    new Map(
      loadMappingFile(file, { tenant: "tenant" }).rows.map(({ key, sourceType, source }) => [
        key,
        [sourceType, factored(source, side, ["name"])],
      ]),
    );
  const [a, b] = [rows(from, sides.from), rows(to, sides.to)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => !same(a.get(key), b.get(key))).sort();
}
