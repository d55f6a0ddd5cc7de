/**
 * A whole mapping set as one function of generated code, for speed: fields are read once, values that fit their destination
 * pass by a test, and the row is built without walking paths. Everything out of the ordinary goes to the parts of
 * ../row/row-parts.ts, so the answers (values, errors, order) are those of the closures; a property test holds that.
 */
import type { Expression } from "../expression/ast.ts";
import type { Value, ValueObject } from "../expression/values.ts";
import type { Environment } from "../functions/types.ts";
import { closeGaps } from "../row/place.ts";
import type { RowPlan } from "../row/plan.ts";
import { compileFinish, compilePut, compileRead, compileStep, type MapEvent } from "../row/row-parts.ts";
import type { RowError } from "../row/types.ts";
import { Copies, fitsAsItIs } from "./conversions.ts";
import { Destinations, simpleRows } from "./destinations.ts";
import { Expressions, usesEnvironment } from "./expressions.ts";
import { Program, quote } from "./program.ts";
import { type Key, keysOfNode, keysOfPath, Reads, splitAtStar } from "./reads.ts";

/** The function for rows in the order they apply; undefined where the runtime forbids making code. */
export function generateMapping(plans: readonly (RowPlan | RowError)[]): MapEvent | undefined {
  const program = new Program();
  const good = plans.filter((plan) => "row" in plan);
  const rows = new Rows(program, good);
  for (const plan of plans) rows.write(plan);
  rows.finish(good);
  return program.build("event, environment");
}

/**
 * One expression as a function, in the lenient mode; undefined where the runtime forbids making code. It throws what its
 * parts throw, without a place: a row asks the closures for that. The oracle's tests ask generated code this way.
 */
export function generateExpression(
  ast: Expression,
): ((event: ValueObject, environment: Environment) => Value) | undefined {
  const program = new Program();
  program.line(`return ${new Expressions(program, new Reads(program)).write(ast)};`);
  return program.build("event, environment");
}

/** Writes rows one after the other. */
class Rows {
  readonly #program: Program;
  readonly #reads: Reads;
  readonly #expressions: Expressions;
  readonly #copies: Copies;
  readonly #destinations: Destinations;
  readonly #simple: ReadonlySet<RowPlan>;

  constructor(program: Program, plans: readonly RowPlan[]) {
    this.#program = program;
    this.#reads = new Reads(program);
    this.#expressions = new Expressions(program, this.#reads);
    this.#copies = new Copies(program);
    this.#destinations = new Destinations(program);
    this.#simple = simpleRows(plans);
    program.head("const data = {}, errors = [], out = { data, errors };");
  }

  write(plan: RowPlan | RowError): void {
    if ("row" in plan && plan.source.kind === "each" && this.#simple.has(plan)) {
      this.#writeLoop(plan, splitAtStar(plan.source.steps)!);
      return;
    }
    if (!("row" in plan) || plan.source.kind === "each") {
      this.#program.line(`${this.#program.use(compileStep(plan))}(event, environment, out);`);
      return;
    }
    const value = constantOf(plan) ?? this.#convert(plan, this.#value(plan));
    if (this.#simple.has(plan)) {
      this.#program.line(`if (${value} !== null && ${value} !== undefined) {`);
      this.#destinations.put(plan.destination, value);
      this.#program.line("}");
    } else {
      this.#program.line(`if (${value} !== undefined) ${this.#program.use(compilePut(plan))}(data, ${value}, errors);`);
    }
  }

  /** Writes a row with `[*]`. An item whose conversion throws ends it. */
  #writeLoop(plan: RowPlan, { list, rest }: { list: Key[]; rest: Key[] }): void {
    const items = this.#reads.at(list)!;
    this.#program.line(`if (Array.isArray(${items})) for (let at = 0; at < ${items}.length; at++) {`);
    const item = this.#program.keep(`${items}[at] ?? null`);
    const value = this.#convert(plan, this.#reads.within(item, rest));
    this.#program.line(`if (${value} === undefined) break;\nif (${value} !== null) {`);
    this.#destinations.put(plan.destination, value);
    this.#program.line("}\n}");
  }

  /** Writes the reading of the source; answers what holds the value, undefined in it when the row has failed. */
  #value(plan: RowPlan): string {
    const { source } = plan;
    if (source.kind === "constant") return quote(source.value);
    const path = this.#path(plan);
    if (path !== undefined) return path;
    const read = `${this.#program.use(compileRead(plan))}(event, environment, errors)`;
    if (source.kind !== "expression" || source.mode === "strict" || usesEnvironment(source.ast))
      return this.#program.keep(read);
    const value = this.#program.local();
    this.#program.line(`let ${value};\ntry {`);
    this.#program.line(`${value} = ${this.#expressions.writeFor(plan.field, source.ast)};`);
    this.#program.line(`} catch {\n${value} = ${read};\n}`);
    return value;
  }

  /** The value of a source that is no more than a path. */
  #path({ source }: RowPlan): string | undefined {
    if (source.kind === "path") return this.#reads.at(keysOfPath(source.steps));
    const keys = source.kind === "expression" && source.mode === "lenient" ? keysOfNode(source.ast) : undefined;
    return keys && this.#reads.at(keys);
  }

  /** Writes the conversion to the destination's field; answers what holds the result. */
  #convert(plan: RowPlan, value: string): string {
    const result = this.#program.local();
    const finish = `${result} = ${this.#program.use(compileFinish(plan))}(${value}, errors);`;
    this.#program.line(`let ${result} = ${value};`);
    const fits = fitsAsItIs(this.#program, plan.field, result);
    const copy = fits === undefined ? this.#copies.write(plan.field!) : undefined;
    const change = copy === undefined ? finish : `try { ${result} = ${copy}(${value}); } catch { ${finish} }`;
    const unless = fits === undefined ? "" : `!(${fits}) && `;
    this.#program.line(`if (${unless}${result} !== null && ${result} !== undefined) ${change}`);
    return result;
  }

  /** Writes the end. */
  finish(plans: readonly RowPlan[]): void {
    const isOpen = (plan: RowPlan) => !this.#simple.has(plan) && plan.destination.some((step) => step.kind === "index");
    if (plans.some(isOpen)) this.#program.line(`${this.#program.use(closeGaps)}(data);`);
    else this.#destinations.finish();
    this.#program.line("return out;");
  }
}

/** A constant that needs converting only once; undefined for one that does not convert, or becomes a date, list or object. */
function constantOf(plan: RowPlan): string | undefined {
  if (plan.source.kind !== "constant") return undefined;
  const value = compileFinish(plan)(plan.source.value, []);
  if (typeof value === "string") return quote(value);
  return typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
    ? String(value)
    : undefined;
}
