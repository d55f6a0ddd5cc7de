/** YAML as this project's files have it: one line for what is short, no wrapping, texts that read back as they were. */
import { Document, isCollection, isMap, isScalar, visit } from "yaml";

/** Maps of scalars up to this length stand on one line. */
const INLINE = 100;

/** `comment`: lines above everything, without their `#`. */
export function toYaml(value: unknown, comment: readonly string[] = []): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Map(_key, node, path) {
      if (path.length < 3 || node.items.some(({ value: item }) => isCollection(item))) return;
      const text = String(new Document(node.toJSON()).toString({ collectionStyle: "flow", lineWidth: 0 })).trim();
      if (text.length <= INLINE && !text.includes("\n")) node.flow = true;
    },
  });
  const head = comment.map((line) => `# ${line}\n`).join("");
  return head + document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Every text in quotes: for files that other parsers of YAML read too. */
export function toQuotedYaml(value: unknown, comment: readonly string[] = []): string {
  const document = new Document(value);
  visit(document, {
    Pair(_key, pair) {
      if (isScalar(pair.value) && typeof pair.value.value === "string") pair.value.type = "QUOTE_DOUBLE";
      if (isMap(pair.value)) pair.value.flow = false;
    },
  });
  return comment.map((line) => `# ${line}\n`).join("") + document.toString({ lineWidth: 0 });
}
