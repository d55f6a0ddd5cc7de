import { describe, expect, it } from "vitest";
import { blankState } from "../deploy/planner.ts";
import { type Props, Secret } from "../values/value.ts";
import { deserialize, parseDeployment, serialize, serializeDeployment } from "./checkpoint.ts";
import { deploymentText } from "./checkpoint-text.ts";
import { newCrypter, openCrypter } from "./crypter.ts";
import { Journal } from "./journal.ts";
import { emptySnapshot, makeUrn, type ResourceState, type Snapshot } from "./resource.ts";

/** Written by the Pulumi CLI 3.260 with the passphrase `x`. */
const CLI_SALT = "v1:6FSNn7PyeUI=:v1:QsuKC0gBo9obG46C:eOS03dhrssvGyq8J7DPhbJvIiqX9xQ==";
const CLI_SEALED = "v1:DdZmBbUlXclyOMFp:u0tjW62dRb01vm0U4TLljE604uh2xA==";

describe("the passphrase secrets provider", () => {
  it("opens what the CLI sealed", async () => {
    expect((await openCrypter("x", CLI_SALT)).decrypt(CLI_SEALED)).toBe('"hush"');
  });

  it("says that a passphrase is the wrong one", async () => {
    await expect(openCrypter("y", CLI_SALT)).rejects.toMatchObject({ code: "ENGINE_PASSPHRASE" });
  });

  it("seals a secret once and keeps the seal; a secret within a secret is not sealed again", async () => {
    const crypter = await newCrypter("z");
    const value: Props = { auth: new Secret({ pass: new Secret("p") }) };
    const sealed = serialize(value, crypter);
    expect(JSON.stringify(sealed)).not.toContain('"p"');
    expect(serialize(value, crypter)).toEqual(sealed);
    const opened = deserialize(sealed, await openCrypter("z", crypter.salt));
    expect(opened).toEqual(value);
    expect(serialize(opened, crypter)).toEqual(sealed);
  });
});

describe("the text of a checkpoint", () => {
  const thing = (urn: string, outputs: Props): ResourceState => ({ ...blankState(urn, "t"), id: urn, outputs });

  it("is the serialized deployment, whatever has changed since it was last written", async () => {
    const crypter = await newCrypter("z");
    const snapshot: Snapshot = { resources: [thing("a", { pass: new Secret("p") })], pendingOperations: [] };
    const same = () => {
      const { manifest, ...parsed } = JSON.parse(deploymentText(snapshot, crypter, "v1"));
      const { manifest: _, ...wanted } = serializeDeployment(snapshot, crypter, "v1");
      expect(parsed).toEqual(wanted);
      expect(manifest).toMatchObject({ version: "v1" });
    };
    same();
    const b = thing("b", {});
    snapshot.pendingOperations.push({ resource: b, type: "creating" });
    same();
    b.outputs = { done: true };
    snapshot.resources[0]!.delete = true;
    snapshot.resources.push(b);
    snapshot.pendingOperations.pop();
    same();
    snapshot.resources.length = 0;
    same();
  });

  it("seals anew with another key", async () => {
    const snapshot: Snapshot = { resources: [thing("a", { pass: new Secret("p") })], pendingOperations: [] };
    const [first, second] = [await newCrypter("z"), await newCrypter("z")];
    deploymentText(snapshot, first, "v1");
    const read = JSON.parse(deploymentText(snapshot, second, "v1"));
    expect(parseDeployment(read, second).resources[0]?.outputs).toEqual({ pass: new Secret("p") });
  });
});

describe("URNs", () => {
  it("chain the types of parents, but not the stack's", () => {
    const stack = makeUrn("dev", "p", "", "pulumi:pulumi:Stack", "p-dev");
    const group = makeUrn("dev", "p", stack, "a:b:C", "g");
    expect(makeUrn("dev", "p", group, "x:y:Z", "n")).toBe("urn:pulumi:dev::p::a:b:C$x:y:Z::n");
  });
});

describe("the journal", () => {
  const state = (urn: string) => ({ urn, inputs: {}, outputs: {}, dependencies: [] }) as unknown as ResourceState;

  it("puts what is settled before what is not yet, and writes around every operation", async () => {
    const [a, b, fresh] = [state("a"), state("b"), state("a")];
    const written: Snapshot[] = [];
    const journal = new Journal({ resources: [a, b], pendingOperations: [] }, (snapshot) => written.push(snapshot));
    const finished = await journal.begin(fresh, "updating");
    expect(written.at(-1)?.pendingOperations).toEqual([{ resource: fresh, type: "updating" }]);
    finished();
    journal.settle(a, fresh);
    await journal.written();
    expect(written.at(-1)).toEqual({ resources: [fresh, b], pendingOperations: [] });
  });

  it("writes once for what is begun and settled at the same time, and each waits for it", async () => {
    const [a, b] = [state("a"), state("b")];
    const written: Snapshot[] = [];
    const journal = new Journal(emptySnapshot(), (snapshot) => written.push(snapshot));
    const finished = await journal.begin(a, "creating");
    const other = journal.begin(b, "creating");
    finished();
    journal.settle(undefined, a);
    await Promise.all([other, journal.written()]);
    expect(written).toHaveLength(2);
    expect(written[1]).toEqual({ resources: [a], pendingOperations: [{ resource: b, type: "creating" }] });
  });

  it("tells everybody who waits that a write failed, and tries again for the next", async () => {
    let full = true;
    const journal = new Journal(emptySnapshot(), () => {
      if (full) throw new Error("the disk is full");
    });
    const results = await Promise.allSettled([journal.written(), journal.begin(state("a"), "creating")]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    full = false;
    await journal.written();
  });

  it("keeps an interrupted creation until somebody clears it, and forgets the repeatable ones", () => {
    const base = {
      ...emptySnapshot(),
      pendingOperations: (["creating", "updating", "deleting"] as const).map((type) => ({
        resource: state(type),
        type,
      })),
    };
    expect(new Journal(base, () => undefined).snapshot().pendingOperations.map((entry) => entry.type)).toEqual([
      "creating",
    ]);
  });
});
