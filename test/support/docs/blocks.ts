/** Fenced blocks of a Markdown page, with the instructions that stand in comments right before them. */

export interface Block {
  /** Path of the page from the project's folder. */
  page: string;
  /** Line of the opening fence, from 1. */
  line: number;
  lang: string;
  text: string;
  /** Why it is not executed here. */
  skip?: string;
  /** Exit code of the block's last command. */
  exit: number;
  env: Record<string, string>;
  /** Where a block is written before the next ones run. */
  file?: string;
  /** A Pulumi program, not a script. */
  program: boolean;
  /** Output of the shell block before it. */
  output: boolean;
  /** Made from the code, which another test runs and compares with the page. */
  generated: boolean;
}

export interface Page {
  path: string;
  text: string;
  blocks: Block[];
  /** Starts with stack `local` applied. */
  deployed: boolean;
}

const INSTRUCTION = /^\s*<!-- test: (\w+)\s*(.*?)\s*-->\s*$/;
const FENCE = /^( *)```(\S*)/;

/** @throws Error for an instruction nobody knows, or a fence that is not closed */
export function readPage(path: string, text: string): Page {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let instructions: string[] = [];
  let follows = false;
  let generated = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const fence = FENCE.exec(line);
    if (fence) {
      const end = lines.findIndex((one, index) => index > at && one.trim() === "```");
      if (end < 0) throw new Error(`${path}:${at + 1}: the block is not closed`);
      const [, indent = "", lang = ""] = fence;
      const body = lines.slice(at + 1, end).map((one) => one.slice(Math.min(indent.length, one.search(/\S|$/))));
      const block = blockOf({ page: path, line: at + 1, lang, text: body.join("\n") }, instructions);
      const bare = lang === "" || lang === "text";
      blocks.push({ ...block, generated, output: block.output || (bare && follows) });
      follows = isShell(lang) && block.skip === undefined;
      instructions = [];
      at = end;
    } else if (INSTRUCTION.test(line)) instructions.push(line);
    else if (/^<!-- (generated|end)/.test(line)) generated = line.startsWith("<!-- generated");
    else if (line.trim() !== "") {
      if (instructions.length > 0)
        throw new Error(`${path}:${at + 1}: the instruction before this line stands before no block`);
      follows = false;
    }
  }
  return { path, text, blocks, deployed: text.includes("<!-- test-page: deployed -->") };
}

export const isShell = (lang: string): boolean => ["sh", "bash"].includes(lang);

function blockOf(base: Pick<Block, "page" | "line" | "lang" | "text">, instructions: string[]): Block {
  const block: Block = { ...base, exit: 0, env: {}, program: false, output: false, generated: false };
  for (const line of instructions) {
    const [, word, rest = ""] = INSTRUCTION.exec(line) as RegExpExecArray;
    const where = `${base.page}:${base.line}`;
    if (word === "skip" && rest !== "") block.skip = rest;
    else if (word === "exit" && /^\d+$/.test(rest)) block.exit = Number(rest);
    else if (word === "env" && rest !== "")
      for (const pair of rest.split(/\s+/)) block.env[pair.split("=")[0] as string] = pair.slice(pair.indexOf("=") + 1);
    else if (word === "file" && rest !== "") block.file = rest;
    else if (word === "program" && rest === "") block.program = true;
    else if (word === "output" && rest === "") block.output = true;
    else throw new Error(`${where}: unknown instruction ${line.trim()}`);
  }
  return block;
}

/** Text without its fenced blocks; lines keep their numbers. */
export function prose(text: string): string {
  let inside = false;
  return text
    .split("\n")
    .map((line) => {
      const fence = FENCE.test(line);
      if (fence) inside = !inside;
      return fence || inside ? "" : line;
    })
    .join("\n");
}
