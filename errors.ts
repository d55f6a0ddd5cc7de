/**
 * The project's one error class and the one table of its codes. A leaf: every room may import it, it imports nothing.
 *
 * A message says what happened; `where` says to which object (file:line:column for YAML, kind and name for a resource,
 * method and path for an API call); `hint` says what to do next. None of the three ever holds a secret.
 */

/** Stable codes: `title` is what happened in general, `mend` the default advice when the thrower gives no `hint`. */
export const ERRORS = {
  AEP_CONFIG_INVALID: {
    title: "The stack's configuration is not usable",
    mend: "Correct the keys named above in the stack file and run again.",
  },
  AEP_CREDENTIAL_MISSING: {
    title: "A credential or endpoint is missing",
    mend: "Set the environment variable named above, or the stack's config key (pulumi config set --secret for secrets).",
  },
  AEP_UNREACHABLE: {
    title: "The API could not be reached",
    mend: "Check the endpoint and the network; for the local stack, start `npm run emulator` first.",
  },
  AEP_AUTH_FAILED: {
    title: "Adobe IMS refused the credentials",
    mend: "Check client id, client secret and scopes in the Adobe Developer Console.",
  },
  AEP_FORBIDDEN: {
    title: "The API refused the caller",
    mend: "Check the product profile's permissions for this sandbox.",
  },
  AEP_SANDBOX_UNKNOWN: {
    title: "The sandbox does not exist",
    mend: "Check aep:sandbox (or AEP_SANDBOX) against the sandboxes of the organisation.",
  },
  AEP_NOT_FOUND: { title: "The object does not exist", mend: "Run a refresh to see what is gone." },
  AEP_ETAG_MISMATCH: {
    title: "Somebody else changed the object meanwhile",
    mend: "Run a refresh, look at the difference, and apply again.",
  },
  AEP_REFUSED: { title: "The API refused the request", mend: "Correct what the API's message names and apply again." },
  AEP_THROTTLED: { title: "The API kept throttling", mend: "Wait and apply again; lower --parallel if it persists." },
  AEP_SERVER: { title: "The API failed", mend: "Apply again; if it persists, open a ticket with the request id." },
  AEP_TIMEOUT: { title: "The API did not answer in time", mend: "Apply again; what was made is found by its name." },
  AEP_RESPONSE_INVALID: {
    title: "The API's answer could not be understood",
    mend: "Apply again; if it persists, open a ticket with the request id.",
  },
  AEP_DESTROY_REFUSED: {
    title: "The step would destroy data",
    mend: "Name the dataset or schema in aep:allowDestroy if its data may be lost.",
  },
  AEP_INPUT_INVALID: { title: "A resource's inputs are not usable", mend: "Correct the inputs named above." },
  MAPPING_YAML: { title: "The mapping file is not usable", mend: "Correct the line named above." },
  MAPPING_EXPRESSION: {
    title: "The expression is not valid",
    mend: "Correct the expression at the position named above.",
  },
  MAPPING_EVALUATION: {
    title: "The expression has no value for this event",
    mend: "Look at the event's data at the position named above, or guard it with contains_key, coalesce or iif.",
  },
  XDM_YAML: { title: "The XDM file is not usable", mend: "Correct the line named above." },
  CAPILLARY_EVENT: { title: "The payload is not a Capillary event", mend: "Send one of the 14 documented events." },
  XDM_SCHEMA: { title: "The XDM schema cannot be composed", mend: "Check the $ids the schema refers to." },
  EVENT_FILE: { title: "The file of sample events is not usable", mend: "Correct the line named above." },
  MAPPING_IMPORT: {
    title: "The mapping to import cannot be understood",
    mend: "Correct the row named above in the file.",
  },
  FILE_NOT_FOUND: { title: "A file is missing", mend: "Check the path." },
  EMULATOR_PORT: {
    title: "The emulator cannot listen on the port",
    mend: "Choose another port with --port, or 0 for any free one.",
  },
  EMULATOR_FILE: {
    title: "A file of the emulator cannot be used",
    mend: "Correct the place named above, or name another file.",
  },
  ENGINE_PROJECT: {
    title: "There is no usable Pulumi project here",
    mend: "Run in the folder that holds Pulumi.yaml.",
  },
  ENGINE_STACK: { title: "The stack cannot be used", mend: "See `stack ls` and `stack init`." },
  ENGINE_PASSPHRASE: {
    title: "The stack's secrets cannot be opened",
    mend: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the stack's passphrase.",
  },
  ENGINE_STATE: {
    title: "The stack's state cannot be used",
    mend: "Restore it from its .bak file or from .pulumi/backups.",
  },
  ENGINE_LOCKED: { title: "The stack is locked", mend: "Wait for that run to end, or remove the lock with `cancel`." },
  ENGINE_UNSUPPORTED: {
    title: "The embedded engine leaves this out",
    mend: "Use the Pulumi CLI: put `pulumi` on the PATH, or say --engine cli.",
  },
  ENGINE_PROVIDER: {
    title: "The resource's provider failed",
    mend: "Read the provider's message above and apply again.",
  },
  ENGINE_FAILED: { title: "The operation failed", mend: "Read the errors above and run again." },
  ADOPT_AMBIGUOUS: {
    title: "A name is not unique",
    mend: "Say which object is meant with --id, or rename the others.",
  },
  ADOPT_FILE: { title: "The import file is not usable", mend: "Write it anew with `pulumi preview --import-file`." },
  PREVIEW_FAILED: { title: "The preview failed", mend: "Mend what it names; `aep pulumi preview` shows the same." },
  DEPLOYMENT_FAILED: {
    title: "The deployment failed",
    mend: "Mend what the engine names above, and run the same command again: it goes on where it stopped.",
  },
  DEPLOYMENT_UNREADABLE: {
    title: "The stack's state cannot be read",
    mend: "Run in the project's folder, name the stack with --stack, and set what its backend and passphrase need.",
  },
  NOT_DEPLOYED: {
    title: "The stack has nothing deployed",
    mend: "Run `aep pulumi up` first, or name another stack with --stack.",
  },
  EXPORT_EXISTS: {
    title: "The export would overwrite files",
    mend: "Name another folder with --out, or overwrite them with --force.",
  },
  INIT_EXISTS: {
    title: "Files of the new project are there already",
    mend: "Name another folder, or another --stack, or remove the files.",
  },
  ERRORS_UNKNOWN: {
    title: "The quarantine has no such record",
    mend: "See `aep errors list --all`.",
  },
  SEND_RUNNING: {
    title: "The file is being sent already",
    mend: "Wait for that process to end, or end it; then run again.",
  },
  SEND_STOPPED: {
    title: "Sending stopped before its end",
    mend: "Mend what it names and run the same command again: it goes on where it stopped.",
  },
  SUPPORT_SECRET: {
    title: "The bundle would hold a secret; nothing was written",
    mend: "Take the value out of the place named above, and rotate it if it is real.",
  },
  PLAN_INVALID: { title: "The preview cannot be judged", mend: "Run `preview --json` again and pass its output." },
  CODE_UNKNOWN: { title: "The error code is not known", mend: "`aep explain --list` shows every known code." },
  CI_POST_FAILED: {
    title: "A comment or an issue of a CI job could not be kept up to date",
    mend: "Check what the job's token may do; docs/how-to/workflows.md names it. Running the job again is safe.",
  },
  USAGE: { title: "The command line is not usable", mend: "See --help." },
  INTERRUPTED: { title: "The command was interrupted", mend: "Run it again: it goes on where it stopped." },
} as const satisfies Record<string, { title: string; mend: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface AepErrorOptions {
  /** Which object: `mappings/x.yaml:12:7`, `Dataset "orders"`, `POST /flows`. */
  where?: string;
  /** What to do next; the table's `mend` when absent. */
  hint?: string;
  /** HTTP status, when an API answered. */
  status?: number;
  /** The API's own error code (`FLOW-1447-400`), when it gave one. */
  apiCode?: string;
  /** The API's request id, for tickets. */
  requestId?: string;
  cause?: unknown;
}

/** Every failure a user can meet. `toString()` is the whole user-facing text: one to three lines, no stack. */
export class AepError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string;
  readonly status: number | undefined;
  readonly apiCode: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: ErrorCode, message: string, options: AepErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AepError";
    this.code = code;
    this.where = options.where;
    this.hint = options.hint ?? ERRORS[code].mend;
    this.status = options.status;
    this.apiCode = options.apiCode;
    this.requestId = options.requestId;
  }

  override toString(): string {
    const where = this.where ? `${this.where}: ` : "";
    const ids = [this.apiCode, this.requestId && `request id ${this.requestId}`].filter(Boolean).join(", ");
    return `${this.code}: ${where}${this.message}${ids ? ` [${ids}]` : ""}\n  ${this.hint}`;
  }
}

/** What the file system refuses (Node.js's errors with a path), wherever it is met; undefined for any other error. */
export function fileError(error: unknown): AepError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  if (code === undefined || syscall === undefined || path === undefined) return undefined;
  return new AepError("FILE_NOT_FOUND", `it cannot be used (${code} on ${syscall})`, {
    where: dest ?? path,
    hint: "Check the path, the disk's space and who owns the folder.",
    cause: error,
  });
}
