/** What Commons JEXL has beyond a plain expression. A mapping must not use it: it is not portable, and some of it is an injection. */

const OPERATORS: Readonly<Record<string, string>> = {
  "=": "Assignment (=; to compare, write ==)",
  ";": "A script of several statements (;)",
  "->": "Lambdas (->)",
  "=>": "Lambdas (=>)",
  "&": "The bit operator & (the logical one is &&)",
  "|": "The bit operator | (the logical one is ||)",
  "^": "The bit operator ^",
  "..": "Ranges (..)",
  "...": "Extended literals (...)",
  "?.": "Safe navigation (?.; a missing field is null anyway)",
  "??": "The operator ?? (use coalesce, or ?: when 0 and '' may be replaced too)",
  "=^": "The operator =^ (use matches_regex)",
  "!^": "The operator !^ (use matches_regex)",
  "=$": "The operator =$ (use matches_regex)",
  "!$": "The operator !$ (use matches_regex)",
  "++": "Increments (++)",
  "//": "Comments",
  "/*": "Comments",
  "##": "Comments",
  "#": "Pragmas and registers (#)",
  "@": "Annotations (@)",
  "`": "Template strings",
};

const WORDS: Readonly<Record<string, string>> = {
  new: "Creating Java objects (new)",
  var: "Variables (var)",
  for: "Loops (for)",
  while: "Loops (while)",
  if: "Statements (if; use iif or ? :)",
  return: "Statements (return)",
  function: "Lambdas (function)",
};

/** The name of the forbidden thing an operator belongs to, or undefined. */
export function forbiddenOperator(text: string): string | undefined {
  return /^[-+*/%&|^]=$/.test(text) ? `Assignment (${text})` : OPERATORS[text];
}

/** The name of the forbidden thing a word begins, or undefined. It begins it before "(", var and new also before a name. */
export function forbiddenWord(word: string, next: "(" | "name" | undefined): string | undefined {
  return next === "(" || (next === "name" && (word === "var" || word === "new")) ? WORDS[word] : undefined;
}
