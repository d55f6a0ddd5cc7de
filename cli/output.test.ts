import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

/** Writes a line, further ones when standard input ends, and `done` to standard error. */
const program = (goesOn: boolean): string => `
  import { goOnUnread, watchOutput } from ${JSON.stringify(new URL("./output.ts", import.meta.url).href)};
  watchOutput();
  ${goesOn ? "goOnUnread();" : ""}
  process.stdout.write("first\\n");
  for await (const _ of process.stdin);
  for (let line = 0; line < 3; line++) {
    process.stdout.write("next\\n");
    await new Promise(setImmediate);
  }
  process.stderr.write("done");
  process.exitCode = 7;`;

async function run(goesOn: boolean, out: "closed" | number): Promise<{ code: number; errors: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program(goesOn)], {
    stdio: ["pipe", out === "closed" ? "pipe" : out, "pipe"],
  });
  const [stdin, stderr] = [child.stdin, child.stderr] as const;
  if (!stdin || !stderr) throw new Error("no pipes");
  stdin.on("error", () => undefined);
  const errors = text(stderr);
  const ended = once(child, "exit");
  if (child.stdout) {
    await once(child.stdout, "data");
    child.stdout.destroy();
    await once(child.stdout, "close");
  }
  stdin.end();
  return { code: (await ended)[0], errors: await errors };
}

it("ends when nobody reads any more, and that is no failure", async () => {
  expect(await run(false, "closed")).toEqual({ code: 0, errors: "" });
}, 60_000);

it("brings to its end what changes something", async () => {
  expect(await run(true, "closed")).toEqual({ code: 7, errors: "done" });
}, 60_000);

it.skipIf(!existsSync("/dev/full"))(
  "says that a disk is full",
  async () => {
    const { code, errors } = await run(false, openSync("/dev/full", "w"));
    expect(code).toBe(1);
    expect(errors).toMatch(/^FILE_NOT_FOUND: standard output: it cannot be written \(ENOSPC\)\n {2}\S/);
  },
  60_000,
);
