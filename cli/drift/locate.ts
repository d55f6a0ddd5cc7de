/** Where a deployed field stands in the repository: the row in its mapping file, the key in the stack or XDM file. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { stackPath } from "../../config.ts";
import { AepError } from "../../errors.ts";
import { readMappingFile } from "../../mapping/yaml/mapping-file.ts";
import { YamlSource } from "../../mapping/yaml/source.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { keyOf } from "../graph/objects.ts";
import { parsePath } from "../plan/path.ts";
import type { Place } from "./model.ts";

type Path = Array<string | number>;
type Find = (path: Path) => Place;

/** Input of a kind -> key of the stack file, where they are not the same. */
const SCHEDULE: Record<string, string> = { startTime: "start" };

export class Repository {
  readonly #source: YamlSource | undefined;
  readonly #file: string;
  readonly #sandbox: { tenant: string; standardFields?: Record<string, boolean> };
  readonly #sources = new Map<string, YamlSource | undefined>();
  readonly #finders = new Map<string, Find>();

  constructor(stack: string) {
    this.#file = stackPath(stack);
    this.#source = this.#open(this.#file);
    const config = record(record(this.#source?.value)["config"]);
    this.#sandbox = {
      tenant: process.env["AEP_TENANT_ID"] || String(config["aep:tenantId"] ?? "tenant"),
      ...(isPlain(config["aep:standardFields"]) && {
        standardFields: config["aep:standardFields"] as Record<string, boolean>,
      }),
    };
    for (const [index, pipeline] of list(config["aep:pipelines"]).entries()) this.#pipeline(pipeline, index);
    if (typeof config["aep:resources"] === "string") this.#resources(config["aep:resources"]);
  }

  /** The field's place, or the nearest that is known: at least the stack's file. */
  placeOf(kind: string, name: string, path: string | undefined): Place {
    const find = this.#finders.get(keyOf(kind, name));
    return find?.(path === undefined ? [] : parsePath(path)) ?? { file: this.#file, line: 1, column: 1 };
  }

  #open(file: string): YamlSource | undefined {
    if (this.#sources.has(file)) return this.#sources.get(file);
    const source = existsSync(file) ? YamlSource.read(file) : undefined;
    this.#sources.set(file, source);
    return source;
  }

  #at(file: string, path: Path): Place {
    const place = this.#open(file)?.positionOf(path) ?? { line: 1, column: 1 };
    return { file: file.replaceAll("\\", "/"), ...place };
  }

  #pipeline(pipeline: Plain, index: number): void {
    const root: Path = ["config", "aep:pipelines", index];
    const name = String(pipeline["name"]);
    this.#finders.set(keyOf("BaseConnection", name), ([first, ...rest]) =>
      first === "description"
        ? this.#at(this.#file, [...root, "description"])
        : this.#at(this.#file, [...root, "source", ...(first === undefined ? [] : [first, ...rest])]),
    );
    for (const [at, flow] of list(pipeline["flows"]).entries())
      this.#flow(`${name}-${flow["name"]}`, flow, [...root, "flows", at]);
  }

  #flow(name: string, flow: Plain, root: Path): void {
    const inStack = (path: Path) => this.#at(this.#file, [...root, ...path]);
    this.#finders.set(keyOf("Dataflow", name), ([first = "name", second]) =>
      inStack(first === "schedule" && second !== undefined ? [first, SCHEDULE[second] ?? second] : [first]),
    );
    this.#finders.set(keyOf("SourceConnection", name), () => inStack([]));
    this.#finders.set(keyOf("TargetConnection", name), ([first]) => inStack(first === undefined ? [] : [first]));
    const mapping = String(flow["mapping"]);
    this.#finders.set(keyOf("MappingSet", name), (path) =>
      path[0] === "rows" ? (this.#row(mapping, path[1]) ?? inStack(["mapping"])) : inStack(["mapping"]),
    );
    const dataset = record(flow["dataset"]);
    this.#finders.set(keyOf("Dataset", slug(String(dataset["name"]))), ([first = "name"]) =>
      inStack(first === "schema" ? ["schema"] : ["dataset", first]),
    );
    this.#schema(String(flow["schema"]));
  }

  /** The row's line in its file; a row that somebody added stands at the rows as a whole. */
  #row(file: string, destination: string | number | undefined): Place | undefined {
    if (!existsSync(file)) return undefined;
    try {
      const row = readMappingFile(file, this.#sandbox).file?.rows.find((one) => one.destination === destination);
      return row ? { file, line: row.line, column: row.column } : this.#at(file, ["rows"]);
    } catch (error) {
      if (error instanceof AepError) return undefined;
      throw error;
    }
  }

  #schema(file: string): void {
    const name = basename(file).replace(/\.ya?ml$/, "");
    const content = record(this.#open(file)?.value);
    this.#finders.set(keyOf("Schema", name), (path) => this.#at(file, path.slice(0, 1)));
    for (const [index, identity] of list(content["identities"]).entries()) {
      const property = String(identity["property"]).replaceAll("{tenant}", this.#sandbox.tenant).replaceAll(".", "-");
      this.#finders.set(keyOf("IdentityDescriptor", `${name}-${property}`), ([first]) =>
        this.#at(file, ["identities", index, ...(first === undefined ? [] : [first])]),
      );
    }
    const groups = Array.isArray(content["fieldGroups"]) ? content["fieldGroups"].map(String) : [];
    for (const group of groups) this.#fieldGroup(group, join(file, "..", `${group}.yaml`));
  }

  #fieldGroup(name: string, file: string): void {
    const own = `_${this.#sandbox.tenant}.`;
    this.#finders.set(keyOf("FieldGroup", name), ([first, field]) => {
      if (first !== "fields" || typeof field !== "string") return this.#at(file, first === undefined ? [] : [first]);
      const key = field.startsWith(own) ? `_{tenant}.${field.slice(own.length)}` : field;
      return this.#at(file, ["fields", key]);
    });
  }

  #resources(file: string): void {
    for (const [name, entry] of Object.entries(record(record(this.#open(file)?.value)["resources"]))) {
      const { kind, file: own } = record(entry);
      if (kind === "Schema" && typeof own === "string") this.#schema(own);
      else if (kind === "FieldGroup" && typeof own === "string") this.#fieldGroup(name, own);
      else
        this.#finders.set(keyOf(String(kind), name), (path) => {
          const row = path[0] === "rows" && typeof own === "string" ? this.#row(own, path[1]) : undefined;
          return row ?? this.#at(file, ["resources", name, ...(path.length > 0 ? ["inputs", ...path] : [])]);
        });
    }
  }
}

const record = (value: unknown): Plain => (isPlain(value) ? value : {});
const list = (value: unknown): Plain[] => (Array.isArray(value) ? value.map(record) : []);
const slug = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
