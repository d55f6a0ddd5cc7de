import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { duration, Progress } from "./progress.ts";

class Screen extends Writable {
  text = "";
  isTTY: boolean;
  columns = 60;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function run(isTTY: boolean, quiet = false): string {
  let now = 0;
  const out = new Screen(isTTY);
  const progress = new Progress("send", { total: 400, unit: "events", out, now: () => now, quiet });
  for (let done = 0; done <= 120; done++) {
    now = done * 100;
    progress.update(done, "transactionAdded");
  }
  progress.end();
  return out.text;
}

it("prints plain lines now and then where there is no terminal", () => {
  const lines = run(false).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe("send: 10 of 400 events (2%), 10/s, 39 s left: transactionAdded");
});

it("redraws one line on a terminal, no wider than it, and clears it at the end", () => {
  const text = run(true);
  expect(text).not.toContain("\n");
  expect(text.endsWith("\r\u001b[K")).toBe(true);
  for (const line of text.split("\r\u001b[K")) expect(line.length).toBeLessThan(60);
});

it("says nothing when it is quiet, or done within a second", () => {
  expect(run(false, true)).toBe("");
  const out = new Screen(false);
  new Progress("quick", { out, now: () => 0 }).update(1);
  expect(out.text).toBe("");
});

it("writes durations in the two largest units", () => {
  expect([8, 200, 7500].map(duration)).toEqual(["8 s", "3 min 20 s", "2 h 5 min"]);
});
