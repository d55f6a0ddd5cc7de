/** Promotion of stack files: what it changes, what it never touches, and that the file stays the user's own. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMap, isScalar, parse, parseDocument, stringify, visit } from "yaml";
import { promoteStacks, type StackText } from "./declared.ts";
import { declaredText } from "./words.ts";

const stackText = (stack: string, text: string): StackText => ({
  stack,
  file: `stacks/Pulumi.${stack}.yaml`,
  text,
  document: parseDocument(text),
});

/** The target's text after the promotion, and the promotion. */
function promoted(from: string, to: string, prune = false) {
  const promotion = promoteStacks(stackText("dev", from), stackText("stage", to), prune);
  return { promotion, text: promotion.files.find(({ file }) => file === "stacks/Pulumi.stage.yaml")?.after ?? to };
}

const head = (sandbox: string) => `config:
  aep:orgId: ${sandbox}@AdobeOrg
  aep:sandbox: ${sandbox}
  aep:tenantId: tenant${sandbox}
  aep:protect: "${sandbox === "stage"}"
`;

const DEV = `${head("dev")}  aep:pipelines:
    - name: rest
      mode: genericRest
      source:
        auth:
          params:
            clientId: dev-key
            clientSecret: {secure: v1:dev}
            accessToken: env:TOKEN
      flows:
        - name: profile
          schema: xdm/p.yaml
          mapping: mappings/p.yaml
          dataset: {name: Members dev}
          schedule: {frequency: minute, interval: 30, start: 2026-01-01}
          events: [a, b, d]
`;
const STAGE = `# the stage
${head("stage")}  aep:pipelines: # what feeds it
    # polled
    - name: rest
      mode: genericRest
      source:
        auth:
          params:
            clientId: stage-key # from the vault
            clientSecret: {secure: v1:stage}
      flows:
        - name: profile # members
          schema: xdm/p.yaml
          mapping: mappings/p.yaml
          dataset: {name: Members stage, protect: true}
          schedule: {frequency: minute, interval: 15, start: 2026-02-02} # slowly
          events: [c, a]
        # only here
        - name: extra
          schema: xdm/e.yaml
`;

describe("a promotion", () => {
  it("writes what differs, and nothing that is the target's own", () => {
    const { promotion, text } = promoted(DEV, STAGE);
    const { config } = parse(text);
    expect(config).toMatchObject({ "aep:orgId": "stage@AdobeOrg", "aep:sandbox": "stage", "aep:protect": "true" });
    const [rest] = config["aep:pipelines"];
    expect(rest.source.auth.params).toEqual({
      clientId: "stage-key",
      clientSecret: { secure: "v1:stage" },
      accessToken: "env:TOKEN",
    });
    expect(rest.flows).toEqual([
      {
        name: "profile",
        schema: "xdm/p.yaml",
        mapping: "mappings/p.yaml",
        dataset: { name: "Members stage", protect: true },
        schedule: { frequency: "minute", interval: 30, start: "2026-02-02" },
        events: ["a", "b", "d"],
      },
      { name: "extra", schema: "xdm/e.yaml" },
    ]);
    for (const comment of [
      "# the stage",
      "# what feeds it",
      "# polled",
      "# from the vault",
      "# members",
      "# slowly",
      "# only here",
    ])
      expect(text).toContain(comment);
    expect(promotion.kept.map(({ path }) => path.join("."))).toEqual(["pipelines.rest.flows.extra"]);
    expect(promoted(DEV, text).promotion).toMatchObject({ changes: [], files: [], blanks: [] });
  });

  it("takes out what only the target has when it is told to", () => {
    const { promotion, text } = promoted(DEV, STAGE, true);
    expect(parse(text).config["aep:pipelines"][0].flows).toHaveLength(1);
    expect(promotion.kept).toEqual([]);
    expect(promoted(DEV, text, true).promotion.changes).toEqual([]);
  });

  it("leaves blanks where credentials of a new pipeline belong, and copies names in the target's words", () => {
    const { promotion, text } = promoted(DEV, `${head("stage")}  aep:pipelines: []\n`);
    const [rest] = parse(text).config["aep:pipelines"];
    expect(rest.source.auth.params).toEqual({
      clientId: "<clientId for stage>",
      clientSecret: "<clientSecret for stage>",
      accessToken: "env:TOKEN",
    });
    expect(rest.flows[0].dataset.name).toBe("Members stage");
    expect(rest.flows[0].schedule).toEqual({ frequency: "minute", interval: 30 });
    expect(promotion.blanks.map((path) => path.at(-1))).toEqual(["clientId", "clientSecret"]);
    expect(text + declaredText(promotion)).not.toMatch(/v1:dev|dev-key/);
  });

  it("knows one thing by its name, also when that name is the other side's", () => {
    const other = DEV.replace("name: rest", "name: stage-loader");
    const { text } = promoted(other, STAGE);
    expect(parse(text).config["aep:pipelines"].map(({ name }: Pipeline) => name)).toEqual(["rest", "stage-loader"]);
    expect(promoted(other, text).promotion.changes).toEqual([]);
  });

  it("says so where an anchor would carry the change elsewhere", () => {
    const anchored = STAGE.replace("schedule: {", "schedule: &slow {").concat("          schedule: *slow\n");
    const other = DEV.concat(
      "        - name: extra\n          schema: xdm/e.yaml\n          schedule: {interval: 1}\n",
    );
    expect(() => promoted(other, anchored)).toThrow(/is an anchor's copy/);
  });
});

interface Pipeline {
  name: string;
  source?: { auth?: { params?: object } };
}

const word = fc.stringMatching(/^[a-z]{1,6}$/);
/** Few, so that both stacks often have the same thing. */
const thing = fc.constantFrom("one", "two", "three", "four");
const flow = fc.record(
  {
    name: thing,
    description: word,
    schema: word.map((name) => `xdm/${name}.yaml`),
    mapping: word.map((name) => `mappings/${name}.yaml`),
    schedule: fc.record(
      { frequency: fc.constantFrom("minute", "hour"), interval: fc.nat(60) },
      { requiredKeys: ["frequency"] },
    ),
    events: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 }),
  },
  { requiredKeys: ["name", "schema", "mapping"] },
);
const pipelines = fc.uniqueArray(
  fc.record(
    {
      name: thing,
      description: word,
      mode: fc.constantFrom("genericRest", "httpStreaming"),
      source: fc.record({ auth: fc.record({ params: fc.dictionary(word, word, { maxKeys: 3 }) }) }),
      flows: fc.uniqueArray(flow, { selector: ({ name }) => name, minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["name", "mode", "flows"] },
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);

/** A stack file with a comment of its own at every key that a promotion cannot take out. */
function commented(sandbox: string, content: unknown): string {
  const document = parseDocument(head(sandbox) + stringify({ "aep:pipelines": content }).replace(/^/gm, "  "));
  let n = 0;
  visit(document, {
    Pair: (_at, { key, value }) => {
      if (!isScalar(key) || !["name", "mode", "schema", "mapping"].includes(String(key.value))) return;
      key.commentBefore = ` before ${n++}`;
      if (isScalar(value)) value.comment = ` after ${n++}`;
    },
  });
  return document.toString();
}

/** Keys in the order of the file, with where they stand by name. */
function keys(text: string): string[] {
  const found: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        found.push(`${path}/${key}`);
        walk(value, `${path}/${key}`);
      }
    } else if (node && typeof node === "object" && "items" in node) {
      for (const item of node.items as unknown[]) walk(item, `${path}/${isMap(item) ? item.get("name") : ""}`);
    }
  };
  walk(parseDocument(text).contents, "");
  return found;
}

describe("for any two stacks", () => {
  it("what was written is what was wanted: nothing is left to do, comments and order stay, credentials stay", () => {
    fc.assert(
      fc.property(pipelines, pipelines, fc.boolean(), (there, here, prune) => {
        const before = commented("stage", here);
        const { text } = promoted(commented("dev", there), before, prune);
        expect(promoted(commented("dev", there), text, prune).promotion.changes).toEqual([]);
        const after = new Set(keys(text));
        const stayed = keys(before).filter((key) => after.has(key));
        const kept = new Set(stayed);
        expect(keys(text).filter((key) => kept.has(key))).toEqual(stayed);
        if (!prune) for (const [comment] of before.matchAll(/# (before|after) \d+$/gm)) expect(text).toContain(comment);
        const params = (source: string) =>
          new Map(
            (parse(source).config["aep:pipelines"] ?? []).map((one: Pipeline) => [
              one.name,
              one.source?.auth?.params ?? {},
            ]),
          );
        for (const [name, own] of prune ? [] : params(before))
          if (params(text).has(name)) expect(params(text).get(name)).toMatchObject(own as object);
      }),
      { numRuns: 60 },
    );
  });
});
