/** The index agrees with the rows, whatever lands, goes and comes back from a snapshot. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type LandedRow, RowStore } from "../rows.ts";
import { keyOf, ProfileIndex } from "./row-index.ts";

const profile = fc.constantFrom(undefined, null, ...["a", "b", "c"].map((id) => ({ namespace: "Email", id })));
const landing = fc.record({
  datasetId: fc.constantFrom("d1", "d2"),
  profile,
  // Some land in a crowd, so that thousands are packed.
  times: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(700) }),
});

function land(store: RowStore, landings: { datasetId: string; profile: LandedRow["profile"]; times: number }[]): void {
  let at = 0;
  for (const { datasetId, profile: who, times } of landings)
    for (let n = 0; n < times; n += 1) {
      at += 1;
      const row: LandedRow = { datasetId, flowId: null, batchId: "b", at, row: { n } };
      store.push(who === undefined ? row : { ...row, profile: who });
    }
}

function check(store: RowStore, times = true): void {
  const rows = store.datasets().flatMap((id) => [...store.portions(id)].flat());
  const on = rows.filter((row): row is LandedRow & { profile: { namespace: string; id: string } } => !!row.profile);
  const latest = new Map(on.toSorted((a, b) => a.at - b.at).map((row) => [keyOf(row.profile), row.at]));
  const { profiles, complete } = store.profiles.named();
  expect(complete).toBe(true);
  expect(profiles.map(keyOf).sort()).toEqual([...latest.keys()].sort());
  if (times)
    expect(profiles.map((one) => [keyOf(one), one.at])).toEqual([...latest].reverse().sort((a, b) => b[1] - a[1]));
  expect(store.profiles.ignored).toBe(rows.filter((row) => row.profile === null).length);
  for (const [key, counts] of store.profiles.count(profiles))
    for (const [datasetId, count] of counts) {
      const mine = on.filter((row) => row.datasetId === datasetId && keyOf(row.profile) === key);
      expect(count).toBe(mine.length);
      const who = mine[0]?.profile as { namespace: string; id: string };
      const found = store.profiles.portionsOf(datasetId, who).flatMap((portion) => store.portion(datasetId, portion));
      expect(found.filter((row) => row.profile && keyOf(row.profile) === key)).toHaveLength(count);
    }
}

it("counts and finds the rows of every profile, also after a dataset has gone and in a restored world", () => {
  fc.assert(
    fc.property(fc.array(landing, { maxLength: 12 }), (landings) => {
      const store = new RowStore();
      land(store, landings);
      check(store);
      const restored = RowStore.unpack(JSON.parse(JSON.stringify(store.pack())));
      check(restored);
      restored.drop("d1");
      check(restored, false);
    }),
    { numRuns: 40 },
  );
});

it("knows the latest 100,000 by name, says when there were more, and still finds the others", () => {
  const index = new ProfileIndex();
  const who = (n: number) => ({ namespace: "Email", id: String(n) });
  for (let n = 0; n <= 100_000; n += 1) index.add("d", n, who(n), n);
  const { profiles, complete } = index.named();
  expect([profiles.length, complete, profiles[0]?.id, profiles.at(-1)?.id]).toEqual([100_000, false, "100000", "1"]);
  expect(index.portionsOf("d", who(0))).toEqual([0]);
  expect(index.portionsOf("d", who(100_000))).toEqual([100]);
});
