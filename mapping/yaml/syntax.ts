/** What the YAML library finds wrong, in words for whoever wrote the file and at the character to look at. */
import { type Document, isNode, visit, type YAMLError } from "yaml";

/** Said where `{ expr: concat(a, b) }` fell apart at its comma. */
export const QUOTED_COMMA = "inside { ... } a text with a comma must be quoted";

interface Fault {
  offset: number;
  message: string;
}

/** The library's sentences that only somebody who knows YAML's grammar understands. */
const WORDS: ReadonlyArray<readonly [library: RegExp, ours: string]> = [
  [
    /^Nested mappings are not allowed/,
    "a text with a colon must be quoted; a key may not stand further right than the one above",
  ],
  [/^Implicit keys need to be on a single line/, "this line has no colon, or the next one stands too far right"],
  [/^Implicit map keys need to be followed by map values/, "a key must be followed by a colon"],
  [/^All mapping items must start at the same column/, "keys of one block must begin in the same column"],
  [/^Flow (?:map|sequence) in block collection .* end with a (.)/, "a $1 is missing before this line"],
  [
    /^Plain value cannot start with (?:reserved character|directive indicator character) (.)/,
    "a text that begins with $1 must be quoted",
  ],
  [/^Unexpected (?:scalar|flow-\w+-\w+) at node end/, "this cannot stand behind the value; quote the whole"],
  [/^Missing , or : between flow map items/, QUOTED_COMMA],
];

/** An error of the library, as the character to look at and what is wrong there. */
export function syntaxFault(error: YAMLError, document: Document, text: string): Fault {
  const [offset] = error.pos;
  if (text.startsWith("{tenant}", offset))
    return { offset, message: "inside { ... } a text with {tenant} must be quoted" };
  if (error.code === "TAB_AS_INDENT") return { offset, message: "a tab cannot indent YAML; use spaces" };
  if (error.code === "MULTIPLE_DOCS") return { offset, message: "the file holds one document; --- begins another" };
  const [message] = error.message.split("\n") as [string];
  const quote = /^Missing closing (["'])quote/.exec(message)?.[1];
  if (quote !== undefined)
    return { offset: quoteBefore(offset, document), message: `the text that begins here has no closing ${quote}` };
  const known = WORDS.find(([library]) => library.test(message));
  // The rest of the library's sentence follows where the pattern ends.
  return { offset, message: known ? message.replace(new RegExp(`${known[0].source}.*`), known[1]) : message };
}

/** The library is at the file's end when it misses a quote; where the text begins says more. */
function quoteBefore(end: number, document: Document): number {
  let found = end;
  visit(document, {
    Scalar: (_key, { range, type }) => {
      if (range && range[0] < end && (type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE")) found = range[0];
    },
  });
  return found;
}

/** Aliases whose anchor does not stand before them, or that stand inside what they repeat. */
export function brokenAliases(document: Document): Fault[] {
  const anchors = new Set<string>();
  const found: Fault[] = [];
  visit(document, {
    Node: (_key, node) => {
      if ("anchor" in node && node.anchor) anchors.add(node.anchor);
    },
    Alias: (_key, { source, range }, ancestors) => {
      const offset = range?.[0] ?? 0;
      if (!anchors.has(source)) found.push({ offset, message: `no anchor &${source} stands before this` });
      else if (ancestors.some((one) => isNode(one) && "anchor" in one && one.anchor === source))
        found.push({ offset, message: `what the anchor &${source} names would contain itself here` });
    },
  });
  return found;
}
