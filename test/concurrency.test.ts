/** Somebody else at work on the same objects; objects that exist already; credentials that the API masks. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type Created, create, createEveryKind, type EveryKind, inputsOf } from "./support/every-kind.ts";
import { countObjects } from "./support/objects.ts";
import { type Props, ProviderHost } from "./support/provider-host.ts";

let emulator: Emulator;
let host: ProviderHost;
let all: EveryKind;
beforeAll(async () => {
  emulator = await startEmulator();
  host = await ProviderHost.start(emulator.env);
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});
let seed = 100;
beforeEach(async () => {
  const headers = { "content-type": "application/json" };
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST", headers, body: JSON.stringify({ seed: seed++ }) });
  await host.read("Dataset", "none", { sandbox: "dev" });
  all = await createEveryKind(host);
});

async function control(method: string, path: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${emulator.url}/__emulator/${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}

const PATIENCE = { timeout: 30_000 };

/** Starts `work`, whose PATCH is held back long enough for a busy machine, and changes the flow in the meantime. */
async function meanwhile<T>(work: () => Promise<T>, change: object): Promise<T> {
  await control("POST", "faults", {
    match: { operation: "patchFlow" },
    count: 1,
    fault: { kind: "latency", ms: 1000 },
  });
  const result = work();
  result.catch(() => undefined);
  await expect.poll(() => emulator.world.faults.rules.some(({ hits }) => hits > 0), PATIENCE).toBe(true);
  await control("PATCH", `sandboxes/dev/objects/flows/${all.Dataflow.id}`, change);
  return result;
}

const stored = (kind: "flows" | "connections", id: string): Props =>
  emulator.world.sandboxes.get("dev")?.flowService[kind].get(id) as Props;

describe("a flow that somebody else changes between read and PATCH", () => {
  const rename = () =>
    host.update("Dataflow", all.Dataflow.id, all.Dataflow.outs, { ...all.Dataflow.inputs, name: "Ours" });

  it("is read again, and the work goes on, when only unmanaged fields changed", async () => {
    const outs = await meanwhile(rename, { labels: ["C1"] });
    expect(outs["name"]).toBe("Ours");
    expect(stored("flows", all.Dataflow.id)).toMatchObject({ name: "Ours", labels: ["C1"] });
  });

  it("ends the work with both versions in one message when a managed field changed", async () => {
    await expect(meanwhile(rename, { description: "Theirs" })).rejects.toThrow(
      /^AEP_ETAG_MISMATCH: Dataflow "Ours": .*description was "Made by a test" and is now "Theirs"/,
    );
    expect(stored("flows", all.Dataflow.id)).toMatchObject({ name: "Loyalty flow" });
  });

  it("is left alone when what they did is what we wanted", async () => {
    const outs = await meanwhile(rename, { name: "Ours" });
    expect(outs["name"]).toBe("Ours");
  });
});

describe("a transitional state", () => {
  it("is waited for before a change", async () => {
    const flow = stored("flows", all.Dataflow.id);
    flow["state"] = "updating";
    setTimeout(() => {
      flow["state"] = "enabled";
    }, 400);
    await host.update("Dataflow", all.Dataflow.id, all.Dataflow.outs, { ...all.Dataflow.inputs, name: "Later" });
    expect(stored("flows", all.Dataflow.id)["name"]).toBe("Later");
  });

  it("is waited for before a deletion", async () => {
    const flow = stored("flows", all.Dataflow.id);
    flow["state"] = "disabling";
    setTimeout(() => {
      flow["state"] = "disabled";
    }, 400);
    await host.remove("Dataflow", all.Dataflow.id, all.Dataflow.outs);
    expect(stored("flows", all.Dataflow.id)).toBeUndefined();
  });
});

describe("two sandboxes at once", () => {
  it("never touch each other", async () => {
    const stage = await ProviderHost.start(emulator.env);
    const inSandbox = { sandbox: "stage" };
    const names = Object.keys(all);
    const overrides = Object.fromEntries(names.map((name) => [name, inSandbox]));
    const before = countObjects(emulator, "dev");
    const [other] = await Promise.all([
      createEveryKind(stage, overrides),
      ...Array.from({ length: 10 }, (_, index) =>
        create(host, "BaseConnection", inputsOf("BaseConnection", {}, { name: `b${index}` })),
      ),
    ]);
    expect(countObjects(emulator, "dev")).toBe(before + 10);
    expect(countObjects(emulator, "stage")).toBe(9);
    await stage.remove("Dataflow", (other as EveryKind).Dataflow.id, (other as EveryKind).Dataflow.outs);
    expect(countObjects(emulator, "dev")).toBe(before + 10);
    await stage.stop();
  });
});

describe("adopt", () => {
  const again = (one: Created, extra: Props) => ({ ...one.inputs, ...extra });

  it.each(["Schema", "Dataset", "BaseConnection", "MappingSet", "Dataflow", "IdentityDescriptor"] as const)(
    "takes over a %s by id, with nothing left to do",
    async (kind) => {
      const before = countObjects(emulator, "dev");
      const adopted = await create(host, kind, again(all[kind], { adopt: all[kind].id }));
      expect(adopted.id).toBe(all[kind].id);
      expect(countObjects(emulator, "dev")).toBe(before);
      const read = await host.read(kind, adopted.id, adopted.outs);
      expect(read.inputs).toEqual(adopted.inputs);
      expect(await host.diff(kind, adopted.id, read.outs, adopted.inputs)).toMatchObject({ changes: false });
    },
  );

  it("makes what it takes over equal to the program", async () => {
    const adopted = await create(
      host,
      "Dataset",
      again(all.Dataset, { adopt: "by-name", description: "Now ours", identity: false }),
    );
    expect(adopted.id).toBe(all.Dataset.id);
    expect((await host.read("Dataset", adopted.id, adopted.outs)).inputs).toMatchObject({
      description: "Now ours",
      identity: false,
    });
  });

  it("keeps the object when the resource that had it goes in the same run, and is given to one resource only", async () => {
    const { id, outs } = all.Dataset;
    await create(host, "Dataset", again(all.Dataset, { adopt: id }));
    await expect(create(host, "Dataset", again(all.Dataset, { adopt: id }))).rejects.toThrow(
      /AEP_REFUSED.*has taken over .* already/,
    );
    const before = countObjects(emulator, "dev");
    await host.remove("Dataset", id, outs);
    expect(countObjects(emulator, "dev")).toBe(before);
  });

  it("is to be removed before a change that replaces the object; the preview says so", async () => {
    const { failures } = await host.check(
      "Dataflow",
      all.Dataflow.inputs,
      again(all.Dataflow, { adopt: all.Dataflow.id, sourceConnection: "another" }),
    );
    expect(failures).toEqual([
      { property: "", reason: "adopt: remove it: a change of sourceConnection replaces the object, by a new one" },
    ]);
  });

  it("by-name is refused when the name is not unique, with the candidates", async () => {
    const twin = await create(host, "BaseConnection", all.BaseConnection.inputs);
    const attempt = create(host, "BaseConnection", again(all.BaseConnection, { adopt: "by-name" }));
    await expect(attempt).rejects.toThrow(/AEP_REFUSED.*2 objects with name "Loyalty base"/);
    await expect(attempt).rejects.toThrow(
      new RegExp(`${all.BaseConnection.id}.*${twin.id}|${twin.id}.*${all.BaseConnection.id}`),
    );
  });

  it("is refused for what does not exist, and for what differs in what cannot change", async () => {
    await expect(create(host, "Dataset", again(all.Dataset, { adopt: "nothing" }))).rejects.toThrow(
      /AEP_NOT_FOUND.*with id nothing/,
    );
    const other = again(all.Dataset, { adopt: all.Dataset.id, schema: "https://ns.adobe.com/acme/schemas/other" });
    await expect(create(host, "Dataset", other)).rejects.toThrow(
      /AEP_REFUSED.*differs in what cannot be changed: schema/,
    );
  });
});

describe("credentials", () => {
  it("that are rotated in the program are written once, all of them", async () => {
    const { id, outs, inputs } = all.BaseConnection;
    const params = { clientId: "key", clientSecret: "canary-secret-2", accessToken: "canary-token-1" };
    const rotated = { ...inputs, auth: { specName: "OAuth generic-rest-connector", params } };
    expect(await host.diff("BaseConnection", id, outs, rotated)).toMatchObject({ changes: undefined, replaces: [] });
    const changed = await host.update("BaseConnection", id, outs, rotated);
    expect(stored("connections", id)["auth"]).toMatchObject({ params });
    expect(emulator.world.calls.filter(({ operation }) => operation === "patchConnection")).toHaveLength(1);
    const read = await host.read("BaseConnection", id, changed);
    expect(await host.diff("BaseConnection", id, read.outs, rotated)).toMatchObject({ changes: false });
  });

  it.each(["mask", "empty", "absent"])(
    "that read back %s, or were changed over there, show no difference",
    async (as) => {
      await control("POST", "faults", { match: { method: "GET" }, fault: { kind: "maskedSecrets", as } });
      const { id, outs, inputs } = all.BaseConnection;
      (stored("connections", id)["auth"] as { params: Props }).params["clientSecret"] = "theirs";
      const read = await host.read("BaseConnection", id, outs);
      expect(read).toEqual({ id, outs, inputs });
      await host.update("BaseConnection", id, outs, { ...inputs, name: "Renamed" });
      expect(stored("connections", id)).toMatchObject({
        name: "Renamed",
        auth: { params: { clientSecret: "theirs" } },
      });
    },
  );

  it("named env:NAME are read when the API is called, and stored nowhere", async () => {
    const other = await ProviderHost.start({ ...emulator.env, LOYALTY_SECRET: "canary-from-the-environment" });
    const params = { clientId: "key", clientSecret: "env:LOYALTY_SECRET", accessToken: "env:LOYALTY_TOKEN" };
    const inputs = inputsOf("BaseConnection", {}, { auth: { specName: "OAuth generic-rest-connector", params } });
    await expect(create(other, "BaseConnection", inputs)).rejects.toThrow(/AEP_CREDENTIAL_MISSING.*LOYALTY_TOKEN/);
    const set = { ...params, accessToken: "env:LOYALTY_SECRET" };
    const made = await create(other, "BaseConnection", {
      ...inputs,
      auth: { specName: "OAuth generic-rest-connector", params: set },
    });
    expect(JSON.stringify(made.outs)).not.toContain("canary");
    expect(stored("connections", made.id)).toMatchObject({
      auth: { params: { clientSecret: "canary-from-the-environment" } },
    });
    await other.stop();
  });
});
