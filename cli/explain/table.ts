/** The shape of what is known of an API's error codes. */

/** `[code, title, cause, mend]`: the code as the service writes it, what it says in general, why it comes, what to do next. */
export type CodeRow = readonly [code: string, title: string, cause: string, mend: string];

/** Codes that are only known as a pattern, such as every `FLOW-<number>-404`. */
export interface Family {
  /** As it is shown: `FLOW-*-404`. */
  written: string;
  pattern: RegExp;
  title: string;
  cause: string;
  mend: string;
  /** Where the table's source does not hold for the family. */
  source?: string;
}

/** The codes of one service, from one source. */
export interface CodeTable {
  service: string;
  /** Whose word it is: the document's name, `measured`, or `assumed`. */
  source: string;
  codes: readonly CodeRow[];
  families?: readonly Family[];
}
