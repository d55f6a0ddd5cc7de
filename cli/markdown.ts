/** Text of people's own making inside Markdown that is posted: it must not format, mention, link or break a table. */

/**
 * As a code span; `|` is escaped, because tables split even there. A backslash before it cannot be, and stands as an entity
 * in HTML.
 */
export function code(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  if (line.includes("\\|"))
    return `<code>${line.replaceAll(/[^\p{L}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`)}</code>`;
  const fence = "`".repeat(1 + longestRun(line));
  const pad = fence.length > 1 || line.startsWith(" ") || line === "" ? " " : "";
  return `${fence}${pad}${line.replaceAll("|", "\\|")}${pad}${fence}`;
}

/** As running text. */
export function escaped(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, " ")
    .replaceAll(/[\\`*_~<>|[\]#&!]/g, "\\$&")
    .replaceAll("@", "@<!-- -->");
}

/** A fence that nothing in `text` can close. */
export const fenceFor = (text: string): string => "`".repeat(Math.max(3, 1 + longestRun(text)));

/** The first line of a comment, by which a workflow finds its own comment again. */
export function marker(name: string, values: Record<string, string | undefined> = {}): string {
  const said = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}=${value.replaceAll(/[^\w.-]/g, "-").replaceAll("--", "-")}`],
  );
  return `<!-- ${name}${said.join("")} -->`;
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
