/** Readable names of exported resources: the object's own name as a slug, unique in the stack. */
import type { KindName } from "../../resources/pointer.ts";

/** Told apart by their kind where two objects have the same name. */
const SUFFIX: Record<KindName, string> = {
  FieldGroup: "fields",
  Schema: "schema",
  IdentityDescriptor: "identity",
  Dataset: "dataset",
  BaseConnection: "base",
  SourceConnection: "source",
  TargetConnection: "target",
  MappingSet: "mapping",
  Dataflow: "flow",
};
const LONGEST = 60;

export class Names {
  readonly #taken: Set<string>;

  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  /** `Capillary loyalty profiles` -> `capillary-loyalty-profiles`, then `...-dataset`, then `...-dataset-2`. */
  take(kind: KindName, label: string): string {
    const slug = slugOf(label);
    const plain = slug || SUFFIX[kind];
    const long = !slug || slug.endsWith(`-${SUFFIX[kind]}`) ? plain : `${slug}-${SUFFIX[kind]}`;
    let name = plain;
    for (let count = 1; this.#taken.has(name); count++) name = count === 1 ? long : `${long}-${count}`;
    this.#taken.add(name);
    return name;
  }
}

function slugOf(label: string): string {
  const latin = label.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return latin
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, "");
}

/** Environment variable for a connection's secret: `ORDERS_CLIENT_SECRET`. */
export function variableOf(resource: string, param: string): string {
  const words = `${resource}_${param.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")}`;
  const name = words.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
  return /^[0-9]/.test(name) ? `AEP_${name}` : name;
}
