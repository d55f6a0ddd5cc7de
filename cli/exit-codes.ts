/** What the exit code of `aep` says; one table for every command. */

export const EXIT_CODES = {
  ok: { code: 0, means: "done, and nothing to complain of" },
  failed: { code: 1, means: "failed, or found what must not be: the message says what, where and what to do next" },
  usage: { code: 2, means: "the command line itself was wrong; nothing was begun" },
  changes: { code: 7, means: "differences where none were expected: drift, or `--expect-no-changes`" },
  refused: { code: 9, means: "refused by a guard: the plan touches too much, or what holds data" },
  interrupted: { code: 130, means: "interrupted (Ctrl-C); what was done is noted, run it again to go on" },
} as const satisfies Record<string, { code: number; means: string }>;

/** `process.exitCode = exitCode("changes")` */
export const exitCode = (name: keyof typeof EXIT_CODES): number => EXIT_CODES[name].code;
