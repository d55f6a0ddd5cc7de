/** A file's deliveries: counted and checked as a whole before the first is sent, then read again as they go out. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { AepError } from "../../errors.ts";
import type { DeployedFlow } from "../flows.ts";
import type { Delivery } from "./deliver.ts";
import { eventTexts } from "./event-texts.ts";
import type { Router } from "./routes.ts";

export interface CheckedFile {
  path: string;
  sha256: string;
  /** Deliveries: an event that goes to two flows counts twice. */
  total: number;
  events: number;
  flows: DeployedFlow[];
  /** Size and time of change, by which a change between the two readings shows. */
  stamp: string;
}

/**
 * Reads a file through: everything that cannot be sent is found before anything is.
 * @throws AepError FILE_NOT_FOUND, EVENT_FILE, USAGE with the line
 */
export async function checkFile(
  path: string,
  route: Router,
  onEvent: (events: number) => void,
  signal: AbortSignal,
): Promise<CheckedFile> {
  const hash = createHash("sha256");
  const flows = new Set<DeployedFlow>();
  const stamp = stampOf(path);
  let [total, events] = [0, 0];
  for await (const { text, line } of eventTexts(path, (chunk) => hash.update(chunk))) {
    signal.throwIfAborted();
    const routed = route(text, `${path}:${line}`);
    for (const flow of routed.flows) flows.add(flow);
    total += routed.flows.length;
    onEvent(++events);
  }
  if (events === 0) throw new AepError("EVENT_FILE", "the file holds no events", { where: path });
  return { path, sha256: hash.digest("hex"), total, events, flows: [...flows], stamp };
}

/** The deliveries again, in the same order. @throws AepError EVENT_FILE when the file has changed meanwhile */
export async function* deliveriesOf(
  file: CheckedFile,
  route: Router,
): AsyncGenerator<{ flow: DeployedFlow; delivery: Delivery }> {
  const { path } = file;
  if (stampOf(path) !== file.stamp)
    throw new AepError("EVENT_FILE", "the file changed while it was read", {
      where: path,
      hint: "Run the command again.",
    });
  let index = 0;
  for await (const { text, line } of eventTexts(path)) {
    const where = `${path}:${line}`;
    const routed = route(text, where);
    for (const flow of routed.flows) yield { flow, delivery: { index: index++, text: routed.text, where } };
  }
}

function stampOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AepError("FILE_NOT_FOUND", `the file cannot be read (${code})`, { where: path, cause });
  }
}
