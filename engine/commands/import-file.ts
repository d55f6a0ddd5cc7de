/** `preview --import-file`: what a preview would create, as a file to be filled with ids and given to `import --file`. */
import type { EngineEvent } from "../deploy/step.ts";
import { isProvider, nameOf, STACK_TYPE } from "../state/resource.ts";

export interface ImportEntry {
  type: string;
  name: string;
  id?: string;
  /** The name of another entry, or of `nameTable`. */
  parent?: string;
  component?: boolean;
  logicalName?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface ImportDocument {
  nameTable?: Record<string, string>;
  resources?: ImportEntry[];
}

export class ImportFile {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #created = new Set<string>();
  readonly #document: Required<ImportDocument> = { nameTable: {}, resources: [] };

  handle(event: EngineEvent): void {
    if (event.type !== "step-start") return;
    const { urn, op, type } = event.step;
    const name = this.#nameFor(urn, type);
    const state = event.step.new;
    if (op !== "create" || type === STACK_TYPE || !state || isProvider(state)) return;
    this.#created.add(urn);
    const parent = state.parent.split("::")[2] === STACK_TYPE ? undefined : this.#names.get(state.parent);
    if (parent && !this.#created.has(state.parent)) this.#document.nameTable[parent] = state.parent;
    this.#document.resources.push({
      type,
      name,
      ...(state.custom && { id: "<PLACEHOLDER>" }),
      ...(parent && { parent }),
      ...(!state.custom && { component: true }),
      ...(name !== nameOf(urn) && { logicalName: nameOf(urn) }),
    });
  }

  document(): string {
    const { nameTable, resources } = this.#document;
    const filled = {
      ...(Object.keys(nameTable).length > 0 && { nameTable }),
      ...(resources.length > 0 && { resources }),
    };
    return `${JSON.stringify(filled, null, 4)}\n`;
  }

  /** The resource's own name, or with its type behind it when another has taken that. */
  #nameFor(urn: string, type: string): string {
    const own = nameOf(urn);
    const suffix = type.split(":").at(-1) ?? "";
    let name = own;
    for (let count = 1; this.#taken.has(name); count++) {
      name = `${own}${suffix.charAt(0).toUpperCase()}${suffix.slice(1)}${count > 1 ? count : ""}`;
    }
    this.#taken.add(name);
    this.#names.set(urn, name);
    return name;
  }
}
