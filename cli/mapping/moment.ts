/** `--now`: the clock of now() and timestamp(). */
import { type Command, InvalidArgumentError } from "commander";

export function momentOption(command: Command): Command {
  return command.option(
    "--now <time>",
    "clock of now() and timestamp(): ISO 8601 or epoch milliseconds (default: this moment)",
    moment,
  );
}

function moment(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(value))
    throw new InvalidArgumentError("write a time such as 2025-07-14T18:00:00Z, or epoch milliseconds");
  return value;
}
