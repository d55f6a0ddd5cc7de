/**
 * The source text of one function in the making. Names and texts of a mapping go into it only as JSON strings (`quote`), and
 * everything that exists already (functions, tables) by a name of ours: no text of a user is ever read as code.
 */
export class Program {
  readonly #values = new Map<unknown, string>();
  readonly #head: string[] = [];
  readonly #lines: string[] = [];
  readonly #functions: string[] = [];
  #locals = 0;

  /** The name by which the code finds a value that exists already. */
  use(value: object): string {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#values.size}`;
    this.#values.set(value, name);
    return name;
  }

  /** A name that no other local has. */
  local(): string {
    return `v${this.#locals++}`;
  }

  /** Adds to the function's body. */
  line(text: string): void {
    this.#lines.push(text);
  }

  /** A new local with a value; answers its name. */
  keep(expression: string): string {
    const name = this.local();
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  /** Adds to the function's first lines, which every later one sees. */
  head(text: string): void {
    this.#head.push(text);
  }

  /** Adds a function beside the main one; answers its name. */
  helper(parameter: string, body: string): string {
    const name = `f${this.#functions.length}`;
    this.#functions.push(`function ${name}(${parameter}) {\n${body}\n}`);
    return name;
  }

  /** The function; undefined where the runtime forbids making code (node --disallow-code-generation-from-strings). */
  build<Made>(parameters: string): Made | undefined {
    const main = `return (${parameters}) => {\n${[...this.#head, ...this.#lines].join("\n")}\n};`;
    try {
      return new Function(...this.#values.values(), ['"use strict";', ...this.#functions, main].join("\n"))(
        ...this.#values.keys(),
      ) as Made;
    } catch (error) {
      if (error instanceof EvalError) return undefined;
      throw error;
    }
  }
}

/** A name or text as code. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
