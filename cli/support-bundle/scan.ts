/**
 * Looks for secrets in what is about to leave the machine: values that are known here, in any spelling; shapes of tokens;
 * fields named like credentials whose value looks like one. It names the place and never the value.
 */
import { SECRET_NAME } from "../secret-names.ts";

export interface Hit {
  file: string;
  line: number;
  what: string;
}

/** A value that must not be there, and where it is known from. */
export interface KnownSecret {
  value: string;
  from: string;
}

const SHAPES: ReadonlyArray<readonly [what: string, shape: RegExp]> = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a JSON web token", /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/],
  ["a bearer token", /\bBearer\s+(?!\[secret\])[\w.~+/=-]{8,}/i],
  ["an Adobe client secret", /\bp8e-[\w-]{20,}/],
  ["an access key of AWS", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a token of GitHub", /\b(gh[pousr]_\w{30,}|github_pat_\w{30,})/],
  ["a token of GitLab", /\bglpat-[\w-]{18,}/],
  ["a token of Pulumi", /\bpul-[0-9a-f]{40}\b/],
  ["a token of Slack", /\bxox[abprs]-[\w-]{10,}/],
  ["a credential in a URL", /[a-z][a-z0-9+.-]*:\/\/[^/\s:@"]+:(?!\[secret\])[^/\s@"]{3,}@/i],
  ["a credential in a URL", /[?&](access_token|client_secret|token|sig|password)=(?!\[secret\])[^&\s"]{8,}/i],
];
/** `"name": "value"`, `name: value`, `name=value`. */
const FIELD = /["']?([\w:.-]+)["']?\s*[:=]\s*["']?([^\s"',;{}[\]]{12,})/g;
/** Shorter or plainer values are words too (a passphrase of a laptop's stack): they would be found in any text. */
const DISTINCT = 12;

export function scan(files: ReadonlyMap<string, string>, known: readonly KnownSecret[]): Hit[] {
  const spelled = known.flatMap(({ value, from }) => needles(value).map((needle) => ({ needle, from })));
  return [...files].flatMap(([file, text]) =>
    text.split("\n").flatMap((line, index) => {
      const found = new Set([
        ...spelled.filter(({ needle }) => line.includes(needle)).map(({ from }) => `the value of ${from}`),
        ...SHAPES.filter(([, shape]) => shape.test(line)).map(([what]) => what),
        ...fields(line).map((name) => `what looks like a credential, as ${name}`),
      ]);
      return [...found].map((what) => ({ file, line: index + 1, what }));
    }),
  );
}

/** Every spelling a value may take in JSON, URLs, forms and encodings. */
function needles(value: string): string[] {
  if (!isDistinct(value)) return [];
  const json = JSON.stringify(value).slice(1, -1);
  const bytes = Buffer.from(value);
  return [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ x: value }).toString().slice(2),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
}

const isDistinct = (value: string): boolean =>
  value.length >= DISTINCT || (value.length >= 8 && /\d/.test(value) && /\D/.test(value));

function fields(line: string): string[] {
  return [...line.matchAll(FIELD)].flatMap(([, name = "", value = ""]) =>
    SECRET_NAME.test(name) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    entropy(value) >= 3 &&
    !/^(env:|sha256:|https?:)/.test(value)
      ? [name]
      : [],
  );
}

/** Bits a character. */
export function entropy(text: string): number {
  const counts = Map.groupBy(text, (char) => char);
  return [...counts.values()].reduce(
    (sum, { length }) => sum - (length / text.length) * Math.log2(length / text.length),
    0,
  );
}

/** Secrets of the environment: variables named like credentials, and those a stack refers to as `env:NAME`. */
export function environmentSecrets(
  env: NodeJS.ProcessEnv,
  named: readonly string[],
  open: readonly string[],
): KnownSecret[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const secret = SECRET_NAME.test(name) || named.includes(name);
    // The emulator's client secret is its public client id: a value that is shown anyway is no secret.
    if (!secret || value === undefined || value.length < 4 || open.includes(value) || isPath(value)) return [];
    return [{ value, from: name }];
  });
}

const isPath = (value: string): boolean => /^(\/|[A-Za-z]:\\)/.test(value);
