/** Rewriting what golden tests expect to what the mapping gives now; comments and layout of the YAML stay. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { withoutTenant } from "./fixture.ts";
import type { OpenMapping } from "./project.ts";
import type { GoldenResult } from "./run-tests.ts";

/** Writes the rows and row errors of failed tests into their fixtures. Returns the files written. */
export function updateExpectations(mapping: OpenMapping, results: readonly GoldenResult[]): string[] {
  const { path, tenant, tests } = mapping.file;
  const written = new Set<string>();
  const document = parseDocument(readFileSync(path, "utf8"));
  let edited = false;
  for (const [index, result] of results.entries()) {
    const test = tests[index]!;
    const data = withoutTenant(result.compared.data, tenant);
    const kinds = new Set(result.failures.map((failure) => failure.kind));
    if (kinds.has("data")) {
      if ("file" in test.expect) {
        writeFileSync(test.expect.file, `${JSON.stringify(data, null, 2)}\n`);
        written.add(test.expect.file);
      } else {
        document.setIn(["tests", index, "expect"], document.createNode(data));
        edited = true;
      }
    }
    if (kinds.has("errors")) {
      const errors = result.compared.errors.map(({ destination, exception }) => ({
        destination: destination.replace(`_${tenant}.`, "_{tenant}."),
        exception,
      }));
      if (errors.length > 0) document.setIn(["tests", index, "errors"], document.createNode(errors));
      else document.deleteIn(["tests", index, "errors"]);
      edited = true;
    }
  }
  if (edited) {
    writeFileSync(path, document.toString({ lineWidth: 0 }));
    written.add(path);
  }
  return [...written];
}
