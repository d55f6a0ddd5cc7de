/** A first draft of a mapping, from a sample event and a schema: every guess says why it was made. */

import type { NotedRow } from "../interchange/yaml-text.ts";
import { misfit } from "../validate/fits.ts";
import { fieldAt, listFields } from "../xdm/field-path.ts";
import type { JsonSchema } from "../xdm/json-schema.ts";
import type { LoadedSchema } from "../xdm/load-schema.ts";
import { dateSource } from "./dates.ts";
import { type SourceField, sourceFields } from "./source-fields.ts";

export interface Draft {
  rows: NotedRow[];
  /** Source fields that match nothing. */
  unmatched: string[];
  /** Required destinations without a guess. */
  missing: string[];
}

interface Target {
  path: string;
  field: JsonSchema;
  names: string[];
}

interface Candidate {
  source: SourceField;
  target: Target;
  score: number;
  reason: string;
}

/** Below this a likeness is chance. */
const LEAST_SCORE = 0.5;

/** Proposes a row for every field of the event that resembles a field of the schema; each destination is used once. */
export function scaffold(event: unknown, loaded: LoadedSchema): Draft {
  const sources = sourceFields(event);
  const targets = targetsOf(loaded.schema);
  const candidates = sources
    .flatMap((source) => [
      ...identityCandidates(source, loaded.schema),
      ...targets.map((target) => compare(source, target)),
    ])
    .filter((one) => one.score >= LEAST_SCORE && misfit(one.source.value, one.target.field)?.kind !== "type")
    .sort((a, b) => b.score - a.score);
  const used = new Set<string>();
  const chosen: Candidate[] = [];
  const choose = (from: readonly Candidate[]): void => {
    for (const candidate of from) {
      if (used.has(candidate.target.path) || used.has(candidate.source.path)) continue;
      used.add(candidate.target.path).add(candidate.source.path);
      chosen.push(candidate);
    }
  };
  choose(candidates);
  choose(sources.flatMap((source) => beside(source, chosen, targets)));
  const order = (one: Candidate) => sources.indexOf(one.source);
  return {
    rows: chosen.sort((a, b) => order(a) - order(b)).map(rowOf),
    unmatched: sources.map(({ path }) => path).filter((path) => !used.has(path)),
    missing: loaded.schema.required.filter(
      (name) => ![...used].some((path) => path === name || path.startsWith(`${name}.`)),
    ),
  };
}

/** A field of the same name beside fields that are matched already: `name` says nothing alone, but much beside `SKU`. */
function beside(source: SourceField, chosen: readonly Candidate[], targets: readonly Target[]): Candidate[] {
  const parents = new Set(
    chosen.filter((one) => parentOf(one.source.path) === parentOf(source.path)).map((one) => parentOf(one.target.path)),
  );
  return targets
    .filter(({ path, field }) => {
      const isSame = parents.has(parentOf(path)) && lastName(path) === lastName(source.path);
      return isSame && misfit(source.value, field)?.kind !== "type";
    })
    .map((target) => ({ source, target, score: 0.7, reason: "same name, beside others that match" }));
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));

function targetsOf(schema: JsonSchema): Target[] {
  return listFields(schema)
    .filter(({ path, field }) => !path.includes("{key}") && !field.properties && !field.items?.properties)
    .map(({ path, field }) => ({ path, field, names: wordsOf(path) }));
}

/** `identityMap.email[*].id` goes to the standard namespace's spelling, item by item: maps have no names to compare. */
function identityCandidates(source: SourceField, schema: JsonSchema): Candidate[] {
  const [, namespace, part] = /^identityMap\.([^.[]+)\[\*\]\.(\w+)$/.exec(source.path) ?? [];
  if (!namespace || !part) return [];
  const code = { email: "Email", phone: "Phone", ecid: "ECID" }[namespace.toLowerCase()] ?? namespace;
  const path = `identityMap.${code}[0].${part}`;
  const field = fieldAt(schema, path);
  return field ? [{ source, target: { path, field, names: [] }, score: 1, reason: "same path" }] : [];
}

function compare(source: SourceField, target: Target): Candidate {
  const bare = (path: string) => path.replaceAll("[*]", "");
  const make = (score: number, reason: string): Candidate => ({ source, target, score, reason });
  if (bare(source.path) === bare(target.path)) return make(1, "same path");
  const [mine, theirs] = [wordsOf(source.path), target.names];
  const [last, wanted] = [lastName(source.path), lastName(target.path)];
  const likeness = shared(mine, theirs);
  if (last === wanted) return make((GENERIC.includes(last) ? 0.3 : 0.6) + 0.3 * likeness, "same name");
  const meaning = MEANINGS.find(([pattern, path]) => pattern.test(bare(source.path)) && path === target.path);
  return meaning ? make(0.55, "usual meaning of the name") : make(0.5 * likeness, "similar name");
}

/** Names that say nothing by themselves: `store.name` is no product's name. */
const GENERIC = ["id", "name", "code", "type", "value", "status", "title", "label", "number", "primary", "state"];

/** Names that sources use and XDM does not. */
const MEANINGS: Array<[RegExp, string]> = [
  [/e-?mail(address|id)?$/i, "personalEmail.address"],
  [/(mobile|phone|msisdn)(number)?$/i, "mobilePhone.number"],
  [/(first|given)_?name$/i, "person.name.firstName"],
  [/(last|sur|family)_?name$/i, "person.name.lastName"],
  [/(^|\.)event_?id$/i, "_id"],
  [/(created|event|occurred|transaction)_?(at|date|time)$/i, "timestamp"],
  [/(points?_?balance|current_?points)$/i, "loyalty.points"],
  [/(bill|order|transaction)_?(number|id)$/i, "commerce.order.purchaseID"],
  [/(bill|order)_?(amount|total)$/i, "commerce.order.priceTotal"],
];

const lastName = (path: string): string =>
  path
    .slice(path.lastIndexOf(".") + 1)
    .replaceAll(/\[\*\]|[^A-Za-z0-9]/g, "")
    .toLowerCase();

/** `loyalty.pointsRedeemed` -> loyalty, points, redeemed. */
function wordsOf(path: string): string[] {
  return path
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** Share of words two names have in common: 0 to 1. */
function shared(a: readonly string[], b: readonly string[]): number {
  const common = new Set(a.filter((word) => b.includes(word))).size;
  return common / Math.max(new Set([...a, ...b]).size, 1);
}

function rowOf({ source, target, score, reason }: Candidate): NotedRow {
  const stars = (path: string) => path.split("[*]").length - 1;
  const pairs = stars(source.path) === stars(target.path) && stars(target.path) > 0;
  const from = pairs ? source.path : source.path.replaceAll("[*]", "[0]");
  const destination = pairs ? target.path : target.path.replaceAll("[*]", "[0]");
  const note = score === 1 ? `guess: ${reason}` : `guess (${Math.round(score * 100)}%): ${reason}`;
  const expression = pairs ? undefined : expressionFor(from, destination, source.value, target.field);
  return expression
    ? { destination, sourceType: "EXPRESSION", source: expression, note }
    : { destination, sourceType: "ATTRIBUTE", source: from, note };
}

/** Personal data is normalised and dates are read by a format from the first draft on. */
function expressionFor(from: string, destination: string, value: unknown, field: JsonSchema): string | undefined {
  if (/(Email\[0\]\.id|[eE]mail\.address)$/.test(destination)) return `lower(trim(${from}))`;
  return field.format === "date-time" || field.format === "date" ? dateSource(from, value) : undefined;
}
