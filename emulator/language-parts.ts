/** What the emulator uses of the mapping language; only `language.ts` imports it. */
export { parseExpression } from "../mapping/expression/parser.ts";
export { problemOf } from "../mapping/expression/problem.ts";
export { parseJson, toPlain } from "../mapping/expression/values.ts";
export { FUNCTIONS } from "../mapping/functions/table.ts";
export { signatureOf } from "../mapping/functions/types.ts";
export { checkRow } from "../mapping/row/check-row.ts";
export { compileMapping } from "../mapping/row/compile-mapping.ts";
