/** What becomes of a command when its output cannot be written any more. */
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";

let goesOn = false;

/** From here on something is being changed: it is brought to its end, whether somebody reads about it or not. */
export function goOnUnread(): void {
  goesOn = true;
}

/** Whoever read our output has enough (`| head`): that is an end, not a failure. A disk that is full is one. */
export function watchOutput(): void {
  let told = false;
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    const unread = code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
    if (!unread && !told) {
      const failure = new AepError("FILE_NOT_FOUND", `it cannot be written (${code})`, {
        where: "standard output",
        hint: "Check the disk's space, or write elsewhere.",
      });
      process.stderr.write(`${failure.toString()}\n`);
    }
    told = true;
    if (!goesOn) process.exit(exitCode(unread ? "ok" : "failed"));
  });
  // Nobody reads the progress: the result is worth as much.
  process.stderr.on("error", () => undefined);
}
