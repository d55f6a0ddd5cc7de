/** What the emulator uses of the mapping language; only `language.ts` imports it. */
import { parseExpression } from "../mapping/expression/parser.ts";
import { problemOf } from "../mapping/expression/problem.ts";
import { parseJson, toPlain } from "../mapping/expression/values.ts";
import { FUNCTIONS } from "../mapping/functions/table.ts";
import { signatureOf } from "../mapping/functions/types.ts";
import { checkRow } from "../mapping/row/check-row.ts";
import { compileMapping } from "../mapping/row/compile-mapping.ts";

export const PARTS = {
  parseExpression,
  problemOf,
  parseJson,
  toPlain,
  FUNCTIONS,
  signatureOf,
  checkRow,
  compileMapping,
};
