import { describe, expect, it } from "vitest";
import { type Props, Secret } from "../values/value.ts";
import { deserialize, serialize } from "./checkpoint.ts";
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

describe("URNs", () => {
  it("chain the types of parents, but not the stack's", () => {
    const stack = makeUrn("dev", "p", "", "pulumi:pulumi:Stack", "p-dev");
    const group = makeUrn("dev", "p", stack, "a:b:C", "g");
    expect(makeUrn("dev", "p", group, "x:y:Z", "n")).toBe("urn:pulumi:dev::p::a:b:C$x:y:Z::n");
  });
});

describe("the journal", () => {
  const state = (urn: string) => ({ urn, inputs: {}, outputs: {}, dependencies: [] }) as unknown as ResourceState;

  it("puts what is settled before what is not yet, and writes around every operation", () => {
    const [a, b, fresh] = [state("a"), state("b"), state("a")];
    const written: Snapshot[] = [];
    const journal = new Journal({ resources: [a, b], pendingOperations: [] }, (snapshot) => written.push(snapshot));
    const finished = journal.begin(fresh, "updating");
    expect(written.at(-1)?.pendingOperations).toEqual([{ resource: fresh, type: "updating" }]);
    finished();
    journal.settle(a, fresh);
    journal.flush();
    expect(written.at(-1)).toEqual({ resources: [fresh, b], pendingOperations: [] });
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
