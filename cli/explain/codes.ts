/**
 * What every error code means: this program's own and those that Adobe's and Capillary's APIs are known to answer with.
 * One place; `aep explain`, `aep verify`, `aep runs`, `aep errors` and docs/errors.md are made from it.
 */
import { ERRORS, type ErrorCode } from "../../errors.ts";
import { editDistance } from "../../mapping/edit-distance.ts";
import type { CodeRow, CodeTable, Family } from "./table.ts";
import { CAPILLARY } from "./tables/capillary.ts";
import { FLOW_SERVICE } from "./tables/flow-service.ts";
import { GATEWAY, IMS, SANDBOXES, THROTTLING } from "./tables/gateway.ts";
import { BATCHES, DATA_PREP, HTTP, STREAMING, VALIDATION } from "./tables/ingestion.ts";
import { CAUSES } from "./tables/project.ts";
import { REGISTRY } from "./tables/registry.ts";
import { SOURCES } from "./tables/sources.ts";

export interface Explanation {
  code: string;
  /** What happened, in general. */
  title: string;
  cause: string;
  /** What to do next. */
  mend: string;
  /** Whose word it is: the document's name, `measured: ...`, `assumed: ...`, or `pulumi-aep`. */
  source: string;
  service: string;
}

/** In the order of docs/errors.md. */
export const API_TABLES: readonly CodeTable[] = [
  FLOW_SERVICE,
  SOURCES,
  REGISTRY,
  GATEWAY,
  THROTTLING,
  IMS,
  SANDBOXES,
  BATCHES,
  DATA_PREP,
  VALIDATION,
  STREAMING,
  HTTP,
  CAPILLARY,
];

/** Every code that is known by itself, this program's first. */
export function allCodes(): Explanation[] {
  return [...projectCodes(), ...API_TABLES.flatMap((table) => table.codes.map((row) => fromRow(table, row)))];
}

/** Every pattern of codes, each as one explanation. */
export function allFamilies(): Explanation[] {
  return API_TABLES.flatMap((table) => (table.families ?? []).map((one) => fromFamily(table, one, one.written)));
}

/**
 * What `code` means, or nothing. Upper and lower case are the same, a `type` URI counts by its tail
 * (`https://ns.adobe.com/aep/errors/FLOW-1404-412`), the status may be left out (`FLOW-1404`), and so may a prefix where the
 * number is in one table only (`403010`, `8084`). A code that is not known by itself is explained by its family.
 */
export function explainCode(code: string): Explanation | undefined {
  const wanted = plain(code);
  const found = exact(wanted);
  if (found.length > 0) return found.length === 1 || isPrefixed(wanted) ? found[0] : undefined;
  return family(wanted);
}

/** All that `code` may stand for: several where a bare number is in more than one table. */
export function candidates(code: string): Explanation[] {
  const found = exact(plain(code));
  const one = found.length === 0 ? family(plain(code)) : undefined;
  return one ? [one] : found;
}

const TOKEN = /[A-Za-z]+(?:[-_][A-Za-z0-9]+)+|\b\d{3,6}\b|\binvalid_\w+\b/g;

/** The explanations of every code that stands in a message, such as a line of a log. */
export function explainText(text: string): Explanation[] {
  const tokens = [...new Set(text.match(TOKEN) ?? [])].filter((token) => /\d|_|-/.test(token));
  const named = tokens.filter((token) => isPrefixed(token)).flatMap((token) => explainCode(token) ?? []);
  const found = named.length > 0 ? named : tokens.flatMap((token) => explainCode(token) ?? []);
  return [...new Map(found.map((one) => [one.code, one])).values()];
}

/** The known codes that look most like `code`, nearest first, three at most. */
export function nearest(code: string): string[] {
  const wanted = plain(code);
  const scored = allCodes().map((one) => ({ code: one.code, far: editDistance(wanted, plain(one.code)) }));
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return scored
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || a.code.localeCompare(b.code))
    .slice(0, 3)
    .map((one) => one.code);
}

function projectCodes(): Explanation[] {
  return (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
    const { title, mend } = ERRORS[code];
    return { code, title, cause: CAUSES[code] ?? title, mend, source: "pulumi-aep", service: "pulumi-aep" };
  });
}

function fromRow({ service, source }: CodeTable, [code, title, cause, mend]: CodeRow): Explanation {
  return { code, title, cause, mend, source, service };
}

function fromFamily(table: CodeTable, one: Family, code: string): Explanation {
  return {
    code,
    title: one.title,
    cause: one.cause,
    mend: one.mend,
    source: one.source ?? table.source,
    service: table.service,
  };
}

/** Without what may stand around a code: blanks, quotes, the URI in front of it. */
function plain(code: string): string {
  const tail = code.trim().replace(/^["'[(]+|["'\]),.;:]+$/g, "");
  return (
    /\/errors\/([^/]+)$/.exec(tail)?.[1] ?? tail.replace(/^https?:\/\/ns\.adobe\.com\/.*\/problem\//, "")
  ).toUpperCase();
}

const isPrefixed = (code: string): boolean => /^[A-Z]{2,}[-_]/i.test(code);

/** The code itself, or the ones that end or begin with it: `1447` and `FLOW-1447` mean `FLOW-1447-400`. */
function exact(wanted: string): Explanation[] {
  const all = allCodes();
  const same = all.filter(({ code }) => code.toUpperCase() === wanted);
  if (same.length > 0) return same;
  if (!/^[A-Z]*-?\d+(-\d{3})?$/.test(wanted)) return [];
  return all.filter(({ code }) => {
    const upper = code.toUpperCase();
    const bare = upper.replace(/^[A-Z]+-/, "");
    return [upper.replace(/-\d{3}$/, ""), bare, bare.replace(/-\d{3}$/, "")].includes(wanted);
  });
}

function family(wanted: string): Explanation | undefined {
  for (const table of API_TABLES) {
    const one = table.families?.find(({ pattern }) => pattern.test(wanted));
    if (one === undefined) continue;
    const found = fromFamily(table, one, wanted);
    return { ...found, source: `${found.source}; one of ${one.written}, this number itself is in no document` };
  }
  return undefined;
}
