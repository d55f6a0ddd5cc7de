import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { Journal } from "./journal.ts";

const folder = mkdtempSync(join(tmpdir(), "aep-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const head = { file: "events.ndjson", sha256: "0", flows: ["f"], total: 50 };
const journal = (key: string) => new Journal(key, head, folder);

/** The journal as a process that died left it. */
function begun(): { key: string; one: Journal } {
  const key = `k${made++}`;
  const one = journal(key);
  one.begin(true);
  return { key, one };
}

it("knows after any end what was answered and what is open", () => {
  const step = fc.record({
    indexes: fc.uniqueArray(fc.nat(49), { minLength: 1, maxLength: 5 }),
    answered: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { key, one } = begun();
      const answered = new Set<number>();
      const open = new Set<number>();
      for (const { indexes, answered: heard } of steps) {
        const going = indexes.filter((index) => !answered.has(index));
        if (going.length === 0) continue;
        one.sending(going);
        for (const index of going) open.add(index);
        if (!heard) continue;
        one.answer(going, going.length);
        for (const index of going) {
          open.delete(index);
          answered.add(index);
        }
      }
      const next = journal(key);
      expect([...Array(50).keys()].filter((index) => next.has(index))).toEqual([...answered].sort((a, b) => a - b));
      expect({ answered: next.answered, open: next.open, taken: next.counts.taken }).toEqual({
        answered: answered.size,
        open: open.size,
        taken: answered.size,
      });
    }),
    { numRuns: 60 },
  );
});

it("passes over a line that was cut off", () => {
  const { key, one } = begun();
  one.sending([0, 1]);
  one.answer([0, 1], 1);
  for (const torn of ["b 2,", "s 2", "s 2,3 ", "\u0000\u0000"]) {
    appendFileSync(one.path, torn);
    expect(journal(key)).toMatchObject({ answered: 2, counts: { taken: 1, refused: 1 } });
    writeFileSync(one.path, readFileSync(one.path, "utf8").slice(0, -torn.length));
  }
});

it("is readable for its owner alone and holds no event", () => {
  const { one } = begun();
  one.sending([0]);
  expect(statSync(one.path).mode & 0o777).toBe(0o600);
});

it("refuses a sending that another process is at, and not for a number that another program has", async () => {
  const { key, one } = begun();
  const held = (pid: number | undefined) =>
    writeFileSync(one.path, readFileSync(one.path, "utf8").replace(/"pid":\d+/, `"pid":${pid}`));
  const sender = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "send"]);
  try {
    held(sender.pid);
    expect(() => journal(key)).toThrow(/process \d+ sends it to the same flows/);
  } finally {
    sender.kill("SIGKILL");
    await once(sender, "exit");
  }
  expect(() => journal(key)).not.toThrow();
  writeFileSync(one.path, "{");
  expect(() => journal(key)).toThrow(/cannot be read/);
});

it("is complete when everything was answered, and forgets when it begins anew", () => {
  const { key, one } = begun();
  const all = [...Array(50).keys()];
  one.sending(all);
  one.answer(all, 50);
  one.end();
  expect(journal(key).complete).toBe(true);
  const anew = journal(key);
  anew.begin(true);
  expect(journal(key)).toMatchObject({ answered: 0, complete: false });
});
