/**
 * docs/resources.md and docs/errors.md hold what the code says, and their examples work;
 * `npx vitest run test/resource-docs.test.ts -u` writes the pages anew.
 */
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_TABLES } from "../cli/explain/codes.ts";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { ERRORS } from "../errors.ts";
import { KIND_NAMES } from "../resources/pointer.ts";
import { EMULATED, Project } from "./support/project.ts";
import { resourcePage, table } from "./support/resource-page.ts";

const docs = resolve(import.meta.dirname, "../docs");
const HOW = "out of date; write it anew: npx vitest run test/resource-docs.test.ts -u";

describe("generated pages are current", () => {
  it("docs/resources.md", async () => {
    const file = join(docs, "resources.md");
    await expect(resourcePage(readFileSync(file, "utf8")), HOW).toMatchFileSnapshot(file);
  });

  it("docs/errors.md", async () => {
    const file = join(docs, "errors.md");
    await expect(errorPage(readFileSync(file, "utf8")), HOW).toMatchFileSnapshot(file);
  });
});

function errorPage(page: string): string {
  const rows = Object.entries(ERRORS).map(([code, { title, mend }]) => [`\`${code}\``, title, mend]);
  return [...generated(table(["code", "what happened", "what to do"], rows), apiCodes())].reduce(
    (text, [name, made]) =>
      text.replace(
        new RegExp(`(<!-- generated${name} -->)[\\s\\S]*?(<!-- end${name} -->)`),
        (_, open, close) => `${open}\n\n${made}\n\n${close}`,
      ),
    page,
  );
}

const generated = (own: string, apis: string) =>
  new Map([
    ["", own],
    [" apis", apis],
  ]);

function apiCodes(): string {
  const sections = API_TABLES.map(({ service, source, codes, families = [] }) => {
    const rows = [
      ...codes.map(([code, ...rest]) => [`\`${code}\``, ...rest]),
      ...families.map(({ written, title, cause, mend }) => [`\`${written}\``, title, cause, mend]),
    ];
    return `### ${service}\n\nSource: ${source}.\n\n${table(["code", "what happened", "why", "what to do"], rows)}`;
  });
  return sections.join("\n\n");
}

const STACK = {
  ...EMULATED,
  "aep:pipelines": [],
};

describe("the examples can be applied, and nothing is left to do", () => {
  let emulator: Emulator;
  let project: Project;
  beforeAll(async () => {
    emulator = await startEmulator({ seed: 11 });
    project = new Project({
      ...emulator.env,
      LOYALTY_CLIENT_SECRET: "example-one",
      LOYALTY_ACCESS_TOKEN: "example-two",
    });
  });
  afterAll(async () => {
    await emulator.close();
    project.remove();
  });

  const applied = async (stack: string, config: Record<string, unknown>) => {
    project.stack(stack, config);
    await project.must("stack", "init", stack);
    const { changes } = await project.must("up", "--stack", stack, "--yes", "--skip-preview");
    await project.must("preview", "--stack", stack, "--expect-no-changes");
    return KIND_NAMES.filter((kind) => Object.keys(changes).some((urn) => urn.startsWith(`${kind}::`)));
  };

  it("docs/examples/resources.yaml", async () => {
    copyFileSync(join(docs, "examples/resources.yaml"), join(project.folder, "stacks/resources.yaml"));
    const kinds = await applied("file", { ...STACK, "aep:resources": "stacks/resources.yaml" });
    expect(kinds).toEqual(["FieldGroup", "Schema", "Dataset", "TargetConnection"]);
  }, 120_000);

  it.each(["every-kind", "pipeline"])(
    "docs/examples/%s.ts",
    async (name) => {
      const program = join(project.folder, "index.ts");
      rmSync(program);
      copyFileSync(join(docs, `examples/${name}.ts`), program);
      const kinds = await applied(name, STACK);
      expect(kinds).toEqual(KIND_NAMES);
    },
    120_000,
  );
});
