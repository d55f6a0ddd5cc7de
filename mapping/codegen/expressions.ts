import { BINARY, complement, negate, toBoolean } from "../expression/arithmetic.ts";
import { type CallNode, type Expression, walk } from "../expression/ast.ts";
import { compileExpression, hasKey, MAX_TEXT, pathArgument } from "../expression/compile.ts";
import { numberLiteral } from "../expression/literals.ts";
import { LimitError } from "../expression/operand-error.ts";
import { isoReader } from "../functions/iso-text.ts";
import { findFunction } from "../functions/table.ts";
import { type JsonSchema, xdmTypeOf } from "../xdm/json-schema.ts";
import { type Program, quote } from "./program.ts";
import { keysOfNode, type Reads } from "./reads.ts";

/**
 * Writes expressions as code, for the lenient mode. The code throws where the expression has no value; what and where is
 * then said by the closures of ../expression/compile.ts, which evaluate it once more.
 */
export class Expressions {
  readonly #program: Program;
  readonly #reads: Reads;

  constructor(program: Program, reads: Reads) {
    this.#program = program;
    this.#reads = reads;
  }

  /** Writes what is needed to have a node's value; answers the local or literal that holds it. */
  write(node: Expression): string {
    switch (node.kind) {
      case "number":
        return this.#number(node.raw);
      case "string":
        return quote(node.value);
      case "constant":
        return String(node.value);
      case "name":
      case "member":
      case "index": {
        const keys = keysOfNode(node);
        return (keys && this.#reads.at(keys)) ?? this.#closure(node);
      }
      case "unary": {
        const operand = this.write(node.operand);
        if (node.operator === "!") return this.#program.keep(`!${this.#truth(operand)}`);
        return this.#program.keep(`${this.#use(node.operator === "-" ? negate : complement)}(${operand}, false)`);
      }
      case "binary":
        return node.operator === "&&" || node.operator === "||"
          ? this.#logic(node.operator, node.left, node.right)
          : this.#operation(BINARY[node.operator], node.left, node.right);
      case "ternary": {
        const test = this.#truth(this.write(node.test));
        return this.#choose(
          test,
          () => this.write(node.then),
          () => this.write(node.otherwise),
        );
      }
      case "elvis": {
        const left = this.write(node.left);
        return this.#choose(
          this.#truth(left),
          () => left,
          () => this.write(node.right),
        );
      }
      case "call":
        return this.#call(node);
      default:
        return this.#closure(node);
    }
  }

  /**
   * As `write`, for a row's whole source. A date that the field takes as text in ISO 8601 is read and written without
   * making a date of it.
   */
  writeFor(field: JsonSchema | undefined, node: Expression): string {
    const type = field === undefined || Object.keys(field).length === 0 ? "string" : xdmTypeOf(field);
    const pattern = node.kind === "call" && node.name === "date" && node.args.length === 2 ? node.args[1] : undefined;
    const reader = pattern?.kind === "string" ? isoReader(pattern.value) : undefined;
    if (reader === undefined || node.kind !== "call" || !["string", "date", "date-time"].includes(type))
      return this.write(node);
    const text = this.#program.keep(`${this.#use(reader)}(${this.write(node.args[0]!)})`);
    const found = type === "date" ? `${text}.slice(0, 10)` : text;
    return this.#choose(
      `${text} !== undefined`,
      () => found,
      () => this.write(node),
    );
  }

  #number(raw: string): string {
    const value = numberLiteral(raw);
    if (typeof value === "object") return this.#use(value!);
    return typeof value === "bigint" ? `${value}n` : String(value);
  }

  /** Whether a value counts as true. */
  #truth(value: string): string {
    return this.#program.keep(`${this.#use(toBoolean)}(${value}, false)`);
  }

  #operation(operate: object, left: Expression, right: Expression): string {
    const [first, second] = [this.write(left), this.write(right)];
    return this.#program.keep(`${this.#use(operate)}(${first}, ${second}, false)`);
  }

  #logic(operator: "&&" | "||", left: Expression, right: Expression): string {
    const first = this.#truth(this.write(left));
    const second = () => this.#truth(this.write(right));
    return operator === "&&" ? this.#choose(first, second, () => first) : this.#choose(first, () => first, second);
  }

  /** One of two values; the other is not computed. */
  #choose(test: string, then: () => string, otherwise: () => string): string {
    const result = this.#program.local();
    this.#program.line(`let ${result};\nif (${test}) {`);
    this.#program.line(`${result} = ${then()};\n} else {`);
    this.#program.line(`${result} = ${otherwise()};\n}`);
    return result;
  }

  #call(node: CallNode): string {
    const spec = findFunction(node.name)!;
    if (spec.path) return this.#hasPath(node);
    if (spec.evaluate === undefined) return this.#closure(node);
    const args = node.args.map((arg) => this.write(arg)).join(", ");
    const general = `${this.#use(spec.evaluate)}([${args}], environment)`;
    if (spec.quick === undefined) return this.#bounded(this.#program.keep(general));
    const result = this.#program.local();
    this.#program.line(`let ${result} = ${this.#use(spec.quick)}(${args});`);
    this.#program.line(`if (${result} === undefined) ${result} = ${general};`);
    return this.#bounded(result);
  }

  #bounded(result: string): string {
    this.#program.line(
      `if (typeof ${result} === "string" && ${result}.length > ${MAX_TEXT}) throw ${this.#use(TOO_LONG)};`,
    );
    return result;
  }

  #hasPath(node: CallNode): string {
    const keys = keysOfNode(pathArgument(node)!);
    const last = keys?.pop();
    if (keys === undefined || keys.length === 0 || typeof last !== "string") return this.#closure(node);
    const parent = this.#reads.at(keys);
    if (parent === undefined) return this.#closure(node);
    return this.#program.keep(`${this.#use(hasKey)}(${parent}, ${quote(last)})`);
  }

  /** Leaves a node to its closure. */
  #closure(node: Expression): string {
    return this.#program.keep(`${this.#use(compileExpression(node))}({ event, environment })`);
  }

  #use(value: object): string {
    return this.#program.use(value);
  }
}

const TOO_LONG = new LimitError("a text grew too long");

/** Whether the clock or new ids take part: evaluating such an expression twice would use them up. */
export function usesEnvironment(root: Expression): boolean {
  let found = false;
  walk(root, (node) => {
    if (node.kind === "call" && (findFunction(node.name)?.evaluate?.length ?? 0) > 1) found = true;
  });
  return found;
}
