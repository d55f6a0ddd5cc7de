/** The sandbox's own opinion of the rows: POST /mappingSets/validate, row by row. */
import type { MappingFile } from "../yaml/mapping-file.ts";
import { fileRules } from "./rules/index.ts";
import type { Finding } from "./types.ts";

export interface ValidateBody {
  outputSchema: { schemaRef: { id: string; contentType: string } };
  mappings: Array<{ sourceType: string; source: string; destination: string }>;
}

/** Sends the body to POST /mappingSets/validate and returns the answer; the caller brings the HTTP client. */
export type ValidateOnline = (body: ValidateBody) => Promise<unknown>;

interface Answer {
  validationResponse?: Array<{ status?: string; errors?: Array<{ exception?: string }> | null }>;
}

/** A finding of `api/refused` for every row the sandbox answers FAILED for. `schemaId` is the schema's $id in the sandbox. */
export async function lintOnline(file: MappingFile, schemaId: string, ask: ValidateOnline): Promise<Finding[]> {
  const answer = (await ask({ outputSchema: schemaReference(schemaId), mappings: apiRows(file) })) as Answer;
  const rule = fileRules.find((one) => one.id === "api/refused")!;
  return (answer.validationResponse ?? []).flatMap((response, index) => {
    const row = file.rows[index];
    if (response.status !== "FAILED" || !row) return [];
    const message =
      (response.errors ?? []).map((error) => error.exception ?? "no reason given").join("; ") || "no reason given";
    const { line, column, destination } = row;
    const { id, severity, why, fix } = rule;
    return [{ rule: id, severity, path: file.path, line, column, destination, message, why, fix }];
  });
}

/** How every Data Prep body names its target schema. */
export const schemaReference = (id: string) => ({
  schemaRef: { id, contentType: "application/vnd.adobe.xed-full+json;version=1" },
});

/** Rows as the API takes them. */
export function apiRows(file: MappingFile): ValidateBody["mappings"] {
  return file.rows.map(({ sourceType, source, destination }) => ({ sourceType, source, destination }));
}
