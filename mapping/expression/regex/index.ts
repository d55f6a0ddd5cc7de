/**
 * Regular expressions as java.util.regex reads them, matched within a fixed number of steps.
 * JavaScript's own would read some patterns differently (\h, possessive repeats, inline flags) and has no such bound.
 */
import { OperandError } from "../operand-error.ts";
import { RegexProgram } from "./match.ts";
import { parseRegex } from "./parse.ts";

const MAX_PROGRAMS = 256;
const MAX_PATTERN = 4096;
const programs = new Map<string, RegexProgram>();

function programOf(pattern: string): RegexProgram {
  const known = programs.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > MAX_PATTERN)
    throw new OperandError(`the regular expression has more than ${MAX_PATTERN} characters`);
  const made = new RegexProgram(parseRegex(pattern));
  if (programs.size >= MAX_PROGRAMS) programs.clear();
  programs.set(pattern, made);
  return made;
}

/** Whether the pattern matches the whole text, as String.matches. @throws OperandError, LimitError */
export function fullMatch(pattern: string, text: string): boolean {
  return programOf(pattern).whole(text) !== null;
}

/** The text and its groups when the pattern matches the whole of it, else an empty list. @throws OperandError, LimitError */
export function fullGroups(pattern: string, text: string): (string | null)[] {
  const match = programOf(pattern).whole(text);
  return match === null ? [] : [text, ...match.groups];
}

/** The parts between matches, as String.split: empty parts at the end are dropped. @throws OperandError, LimitError */
export function split(pattern: string, text: string): string[] {
  const program = programOf(pattern);
  const parts = program.literal === undefined ? between(program, text) : text.split(program.literal);
  if (parts.length === 1) return parts;
  while (parts.length > 0 && parts.at(-1) === "") parts.pop();
  return parts;
}

function between(program: RegexProgram, text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of program.all(text)) {
    // An empty match at the very beginning separates nothing.
    if (end === 0) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}
