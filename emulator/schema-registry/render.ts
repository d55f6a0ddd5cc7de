/** A stored resource in the form the `Accept` header asks for. */
import { composeSchema } from "../../mapping/xdm/model.ts";
import { isObject } from "../http.ts";
import type { Entity, SandboxState } from "../store.ts";
import { composedSchema } from "../xdm-schemas.ts";
import type { AcceptedForm } from "./accept.ts";
import { findResource } from "./lookup.ts";

/** Short for lists (`-id`), as stored, or with every reference resolved (`-full`); with or without texts. */
export function render(sandbox: SandboxState, resource: Entity, accept: AcceptedForm): Entity {
  if (accept.form === "id") {
    const { title, $id, version } = resource;
    return { title, $id, "meta:altId": resource["meta:altId"], version };
  }
  const plain = accept.form === "full" ? resolved(sandbox, resource) : resource;
  const body = accept.descriptors ? { ...plain, "meta:descriptors": descriptorsOf(sandbox, resource) } : plain;
  return accept.texts ? body : (withoutTexts(body) as Entity);
}

/** Where they stand in the answer is in no document: together, under the key the public XDM gives them (assumed). */
function descriptorsOf(sandbox: SandboxState, resource: Entity): Entity[] {
  return [...sandbox.registry.descriptors.values()].filter((item) => item["xdm:sourceSchema"] === resource["$id"]);
}

function resolved(sandbox: SandboxState, resource: Entity): Entity {
  const composed =
    composedSchema(sandbox, resource["$id"]) ?? composeSchema(resource, ($id) => findResource(sandbox, $id));
  const { allOf: _allOf, definitions: _definitions, ...own } = resource;
  const known = opened.get(composed) ?? (open(composed) as Entity);
  opened.set(composed, known);
  return { ...own, ...known };
}

/** Composing is cached by content, so this may be by identity. */
const opened = new WeakMap<object, Entity>();

/** The composer closes objects for validation; the registry's answer does not say so. */
function open(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(open);
  if (!isObject(node)) return node;
  const entries = Object.entries(node).filter(([key, value]) => key !== "additionalProperties" || value !== false);
  return Object.fromEntries(entries.map(([key, value]) => [key, open(value)]));
}

/** A field may itself be called title or description: texts are the strings, fields are objects. */
function withoutTexts(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutTexts);
  if (!isObject(node)) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) => typeof value !== "string" || (key !== "title" && key !== "description"),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutTexts(value)]));
}
