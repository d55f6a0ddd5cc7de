/** What happens to data: streaming endpoints, Data Prep, validation, batches. */
import type { CodeTable } from "../table.ts";

const ROWS =
  "See the rows: `aep runs`, or `aep errors pull` and `aep errors list`; correct mapping or source, then `aep errors replay`.";
const DIAGNOSTICS =
  "Turn error diagnostics on (errorDiagnostics of the dataset, options.errorDiagnosticsEnabled of the flow) and send again.";

export const BATCHES: CodeTable = {
  service: "Batch ingestion",
  source: "Adobe, Retrieving error diagnostics (data ingestion documentation)",
  codes: [
    [
      "INGEST-1211-400",
      "Records failed, and the reasons were not kept",
      "Parsing, conversion or validation failed while error diagnostics were off.",
      DIAGNOSTICS,
    ],
    [
      "INGEST-1212-400",
      "Some records failed",
      "The batch went in without them; the other codes beside this one and the diagnostic files say why.",
      ROWS,
    ],
    [
      "INGEST-1401-400",
      "The row cannot be read",
      "It is corrupt: a broken quote, a cut-off line, JSON that is none.",
      "Correct the file at the source and send it again.",
    ],
    [
      "INGEST-1555-400",
      "A required field is missing or null",
      "The record lacks a field that its schema requires, often because a mapping row gave nothing.",
      ROWS,
    ],
  ],
  families: [
    {
      written: "INGEST-*",
      pattern: /^INGEST-\d{4}-\d{3}$/,
      title: "Ingestion refused records or a batch",
      cause: "Files could not be read, or records do not fit the dataset's schema.",
      mend: ROWS,
    },
  ],
};

export const DATA_PREP: CodeTable = {
  service: "Data Prep",
  source: "Adobe, monitoring dataflows (sample of a run) and Data Prep troubleshooting guide",
  codes: [
    [
      "MAPPER-3700-400",
      "The mapping could not be applied to a record",
      "An expression failed where the schema requires its field; elsewhere the field is only left empty.",
      "Run the failed payload through `aep mapping preview`; guard the expression with iif, coalesce or contains_key.",
    ],
  ],
  families: [
    {
      written: "MAPPER-*",
      pattern: /^MAPPER-\d{4}-\d{3}$/,
      title: "The mapping failed on records",
      cause: "A row of the mapping set could not be evaluated for them.",
      mend: ROWS,
    },
    {
      written: "DPMAP-*",
      pattern: /^DPMAP-\d+(-\d{3})?$/,
      title: "Data Prep refused the mapping set or failed on records",
      cause: "A row's source, expression or destination is not acceptable.",
      mend: "Run `aep mapping lint`, and with `--online` against the sandbox.",
      source: "assumed: the prefix is documented, its numbers are not",
    },
    {
      written: "CATALOG-*",
      pattern: /^CATALOG-\d+(-\d{3})?$/,
      title: "Catalog refused the request",
      cause: "The dataset or batch does not exist, or the body is not acceptable.",
      mend: "Read the detail of the message.",
      source: "assumed: Adobe documents no error body of this service; the emulator uses this form",
    },
  ],
};

export const VALIDATION: CodeTable = {
  service: "Streaming validation",
  source: "measured: reports of public projects; Adobe documents the messages, not these numbers",
  codes: [
    [
      "DCVS-1104-400",
      "A value has the wrong type",
      "For example text where the schema has a number, or an object where it has a list.",
      "Convert in the mapping (to_integer, to_decimal, date, to_array), or correct the source.",
    ],
    [
      "DCVS-1105-400",
      "A value has the wrong format",
      "For example a time that is no ISO 8601 with offset.",
      "Use date(...) with the source's pattern in the mapping.",
    ],
    [
      "DCVS-1106-400",
      "The record does not fit its schema",
      "Reported for missing keys and for values that an enumeration does not have; the message names which.",
      "Read `required key [...]` or the allowed values in the message; complete the mapping or the field group.",
    ],
    ["DCVS-1111-400", "A required field is missing", "The record lacks a field that its schema requires.", ROWS],
  ],
  families: [
    {
      written: "DCVS-*",
      pattern: /^DCVS-\d{4}-\d{3}$/,
      title: "The record does not fit its schema",
      cause:
        "Streaming validation found a missing key, an extra one, or a value of another type, format, range or enumeration.",
      mend: ROWS,
    },
  ],
};

export const STREAMING: CodeTable = {
  service: "Streaming ingestion",
  source: "Adobe, Streaming ingestion API and Streaming validation guide",
  codes: [
    [
      "data-collection-service/inlet",
      "The streaming endpoint refused the message",
      "It does not fit its schema (Invalid XDM Message Format), names no known schema, or another organisation; report.message and the causes below it say which.",
      "Correct the payload at the places named by pointerToViolation; offline: `aep mapping preview`.",
    ],
    [
      "data-collection-service-authorization",
      "The streaming endpoint wants a token",
      "The connection was made with authenticationRequired: the message came without a valid token.",
      "Send it with `aep send`, which adds the token, or set authenticationRequired: false where no personal data is sent.",
    ],
    [
      "unknown xdm format",
      "The message names no usable schema",
      "header.schemaRef is missing, or its contentType is not the one of the inlet.",
      "Name the dataset's schema as id and application/vnd.adobe.xed-full+json;version=1 as content type.",
    ],
    [
      "absent or wrong ims org",
      "The message names another organisation",
      "header.imsOrgId is missing or is not the inlet's.",
      "Use aep:orgId (or AEP_ORG_ID).",
    ],
  ],
};

export const HTTP: CodeTable = {
  service: "HTTP",
  source: "Adobe, API documentation of the services, read together",
  codes: [
    [
      "HTTP-207",
      "Each message has its own answer",
      "A streaming batch is always answered so; some messages may have been refused.",
      "Read the entries of responses in the order of the messages; `aep send` does.",
    ],
    [
      "HTTP-400",
      "The request was not acceptable",
      "The body's code and message say which part.",
      "Look the body's code up.",
    ],
    [
      "HTTP-401",
      "The token was not accepted",
      "Missing, expired, or of another organisation.",
      "Run again; if it persists, `aep doctor`.",
    ],
    [
      "HTTP-403",
      "Refused: permission, or no token at all",
      "The gateway answers 403 also where the token or the client id is missing; error_code tells (403010, 403000).",
      "Look error_code up; `aep doctor` checks each permission.",
    ],
    [
      "HTTP-404",
      "Not there",
      "The object or the sandbox does not exist, or the inlet is not known yet (up to five minutes after its flow was made).",
      "Check the sandbox; run `aep pulumi refresh`.",
    ],
    [
      "HTTP-406",
      "The Accept header is not one of the registry's",
      "It is missing or unknown.",
      "Report it: the header is written by this program; a proxy may change it.",
    ],
    [
      "HTTP-412",
      "Somebody was faster",
      "The object changed since it was read.",
      "Run `aep pulumi refresh`, look at the difference, and apply again.",
    ],
    [
      "HTTP-413",
      "The message is too large",
      "A streaming request may have 1 MB, a record the same.",
      "Send fewer or smaller records.",
    ],
    [
      "HTTP-422",
      "A part of the request is missing",
      "Seen where a spec is named without its version.",
      "Report it: the request is written by this program.",
    ],
    [
      "HTTP-429",
      "Too many requests",
      "The gateway or the endpoint throttles; Retry-After says for how long.",
      "Wait; lower --parallel or --rate.",
    ],
    [
      "HTTP-500",
      "The service failed",
      "Also said to come of too many simultaneous calls.",
      "Run again; lower --parallel if it persists.",
    ],
    [
      "HTTP-501",
      "Not offered in this region",
      "Synchronous validation exists in one region only. The emulator answers so to what it does not emulate.",
      "Send without syncValidation.",
    ],
    ["HTTP-503", "The service is unavailable", "For a while; Retry-After says for how long.", "Wait and run again."],
  ],
  families: [
    {
      written: "HTTP-4xx",
      pattern: /^HTTP-4\d\d$/,
      title: "The request was refused",
      cause: "Something about the request; the body says what.",
      mend: "Look the body's code up.",
    },
    {
      written: "HTTP-5xx",
      pattern: /^HTTP-5\d\d$/,
      title: "The service failed",
      cause: "A failure of the service or of something before it.",
      mend: "Run again; if it persists, open a ticket with the request id.",
    },
  ],
};
