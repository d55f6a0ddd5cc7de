/** What a stack of 100 pipelines costs in API calls, and that no page of a list is ever lost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmulator } from "../emulator/index.ts";
import { DEFAULT_SPECS } from "../resources/capillary-to-aep.ts";
import { Session } from "../resources/context.ts";
import { KINDS } from "../resources/kinds.ts";
import { countObjects } from "./support/objects.ts";
import { ScaleProject } from "./support/scale-project.ts";

const MINUTES = 60_000;

describe("100 pipelines of 8 resources", { timeout: 10 * MINUTES }, () => {
  const RESOURCES = 800;
  let project: ScaleProject;
  beforeAll(async () => {
    project = await ScaleProject.open(RESOURCES / 8);
  });
  afterAll(() => project?.close());

  it("are created with at most 1.1 calls each", async () => {
    const up = await project.run("up", "--yes", "--skip-preview", "--stack", "dev");
    expect(up.exitCode, up.output).toBe(0);
    expect(countObjects(project.emulator, "dev")).toBe(RESOURCES);
    console.log(`up: ${RESOURCES} resources, ${up.calls} calls, ${up.seconds.toFixed(1)} s`);
    expect(up.calls).toBeLessThanOrEqual(1.1 * RESOURCES);
  });

  it("are previewed without a call when nothing changed", async () => {
    const preview = await project.run("preview", "--expect-no-changes", "--stack", "dev");
    expect(preview.exitCode, preview.output).toBe(0);
    console.log(`preview: ${preview.calls} calls, ${preview.seconds.toFixed(1)} s`);
    expect(preview.calls).toBe(0);
  });

  it("are refreshed with at most 0.05 calls each", async () => {
    const refresh = await project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev");
    expect(refresh.exitCode, refresh.output).toBe(0);
    console.log(`refresh: ${refresh.calls} calls, ${refresh.seconds.toFixed(1)} s`);
    expect(refresh.calls).toBeLessThanOrEqual(0.05 * RESOURCES);
  });
});

it("creations beyond what the API allows lose nothing and waste at most 2% of their calls", {
  timeout: 10 * MINUTES,
}, async () => {
  // The whole measure, 800 resources at 10 a second, is `npm run bench -- scale 100 10`.
  const [creations, perSecond] = [500, 20];
  const emulator = await startEmulator({ settings: { rateLimitPerSecond: perSecond } });
  try {
    const { flows } = await new Session(() => undefined, emulator.env).context("dev");
    const { connectionSpec } = DEFAULT_SPECS.genericRest;
    const params = { clientId: "key", clientSecret: "secret", accessToken: "token" };
    const auth = { specName: "OAuth generic-rest-connector", params };
    const names = Array.from({ length: creations }, (_, index) => `connection ${index}`);
    const ids = await Promise.all(names.map((name) => flows.create("connections", { name, connectionSpec, auth })));
    expect(new Set(ids).size).toBe(creations);
    expect(countObjects(emulator, "dev")).toBe(creations);
    const refused = emulator.world.calls.filter(({ status }) => status === 429).length;
    console.log(
      `${creations} creations at ${perSecond} a second: ${refused} of ${emulator.world.calls.length} calls refused`,
    );
    expect(refused).toBeLessThanOrEqual(0.02 * emulator.world.calls.length);
  } finally {
    await emulator.close();
  }
});

describe("lists in pages", { timeout: 10 * MINUTES }, () => {
  const PIPELINES = 6;
  let project: ScaleProject;
  beforeAll(async () => {
    project = await ScaleProject.open(PIPELINES);
    const up = await project.run("up", "--yes", "--skip-preview", "--stack", "dev");
    expect(up.exitCode, up.output).toBe(0);
  }, 10 * MINUTES);
  afterAll(() => project?.close());

  it.each([1, 2, 3, 6, 7])("of %i hold every object once", async (size) => {
    project.emulator.world.settings.maxPageSize = size;
    const context = await new Session(() => undefined, project.emulator.env).context("dev");
    for (const kind of Object.values(KINDS)) {
      const source = kind.source(context);
      const ids: string[] = [];
      for await (const object of source.list()) ids.push(source.idOf(object));
      const wanted = kind.name === "IdentityDescriptor" ? 0 : PIPELINES;
      expect(new Set(ids).size, kind.name).toBe(wanted);
      expect(ids, kind.name).toHaveLength(wanted);
    }
  });

  it("make no refresh believe that something is gone", async () => {
    project.emulator.world.settings.maxPageSize = 2;
    const args = ["refresh", "--preview-only", "--expect-no-changes", "--stack", "dev"];
    const { exitCode, output } = await project.run(...args);
    expect(exitCode, output).toBe(0);
  });
});
