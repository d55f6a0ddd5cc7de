/** Which part of a large sandbox the console's picture gets. */
import { expect, it } from "vitest";
import { newSandbox } from "../store.ts";
import { graphOf } from "./graph.ts";

function crowded(pipelines: number) {
  const sandbox = newSandbox("dev", {});
  const { flowService, catalog } = sandbox;
  for (let n = 0; n < pipelines; n += 1) {
    flowService.connections.set(`b${n}`, { id: `b${n}`, name: `base ${n}` });
    flowService.sourceConnections.set(`s${n}`, { id: `s${n}`, name: `source ${n}`, baseConnectionId: `b${n}` });
    flowService.targetConnections.set(`t${n}`, { id: `t${n}`, name: "target", params: { dataSetId: `d${n}` } });
    catalog.dataSets.set(`d${n}`, { name: `Dataset ${n}` });
    const ends = { sourceConnectionIds: [`s${n}`], targetConnectionIds: [`t${n}`] };
    flowService.flows.set(`f${n}`, { id: `f${n}`, name: `flow ${n}`, ...ends });
  }
  flowService.connections.set("alone", { id: "alone", name: "alone" });
  return sandbox;
}
const ids = ({ nodes }: ReturnType<typeof graphOf>, kind: string) =>
  nodes.filter((node) => node.kind === kind).map(({ id }) => id);

it("is all of it without a limit", () => {
  const graph = graphOf(crowded(3));
  expect(graph.nodes).toHaveLength(16);
  expect(graph.edges).toHaveLength(12);
  expect(Object.values(graph.more)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

it("is the newest flows with their parts, and says how many more there are", () => {
  const graph = graphOf(crowded(10), { limit: 2 });
  expect(ids(graph, "flow")).toEqual(["f8", "f9"]);
  expect(ids(graph, "dataset")).toEqual(["d8", "d9"]);
  expect(ids(graph, "connection")).toEqual(["b8", "b9"]);
  expect(graph.counts).toMatchObject({ flow: 10, connection: 11, dataset: 10, schema: 0 });
  expect(graph.more).toMatchObject({ flow: 8, connection: 9, dataset: 8, schema: 0 });
  expect(graph.edges).toHaveLength(8);
});

it("is what matches a name or an id, with the flows that have such a part", () => {
  const byPart = graphOf(crowded(10), { limit: 2, find: " dataset 7" });
  expect(ids(byPart, "flow")).toEqual(["f7"]);
  expect(ids(byPart, "source")).toEqual(["s7"]);
  expect(byPart.more).toMatchObject({ flow: 0, dataset: 0 });
  expect(ids(graphOf(crowded(3), { find: "B1" }), "flow")).toEqual(["f1"]);
  expect(graphOf(crowded(3), { find: "alone" }).nodes.map(({ id }) => id)).toEqual(["alone"]);
  expect(graphOf(crowded(10), { limit: 2, find: "flow" }).more.flow).toBe(8);
  expect(graphOf(crowded(3), { find: "nothing" }).nodes).toEqual([]);
});
