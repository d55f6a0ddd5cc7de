/** A plan from a file, or from standard input as `-`. */
import { readFile } from "node:fs/promises";
import { AepError } from "../../errors.ts";
import { type Plan, readPlan } from "./read.ts";

/** @throws AepError FILE_NOT_FOUND, PLAN_INVALID */
export async function readPlanFile(file: string): Promise<Plan> {
  return readPlan(await textOf(file), file === "-" ? "standard input" : file);
}

async function textOf(file: string): Promise<string> {
  if (file !== "-") {
    return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw new AepError("FILE_NOT_FOUND", `the file cannot be read (${cause.code})`, { where: file, cause });
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
