/** `aep mapping ...`: mappings written, checked and tested without a sandbox. */
import type { Command } from "commander";
import { register as coverage } from "./mapping/coverage.ts";
import { register as diff } from "./mapping/diff.ts";
import { register as editor } from "./mapping/editor.ts";
import { register as evaluate } from "./mapping/eval.ts";
import { register as explain } from "./mapping/explain.ts";
import { register as exportRows } from "./mapping/export.ts";
import { register as fields } from "./mapping/fields.ts";
import { register as importRows } from "./mapping/import.ts";
import { register as lint } from "./mapping/lint.ts";
import { register as preview } from "./mapping/preview.ts";
import { register as scaffold } from "./mapping/scaffold.ts";
import { register as test } from "./mapping/test.ts";

export function register(mapping: Command): void {
  for (const add of [
    lint,
    test,
    coverage,
    preview,
    evaluate,
    diff,
    explain,
    scaffold,
    importRows,
    exportRows,
    fields,
    editor,
  ])
    add(mapping);
}
