/** What docs/ says about mapping files is made from the code; `npx vitest run test/mapping-docs.test.ts -u` writes it anew. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { register } from "../cli/mapping.ts";
import { mappingJsonSchema, printJsonSchema } from "../mapping/editor/mapping-schema.ts";
import { openMapping } from "../mapping/golden/project.ts";
import { runGoldenTests } from "../mapping/golden/run-tests.ts";
import { lintMapping } from "../mapping/validate/lint.ts";
import { rulesMarkdown } from "../mapping/validate/rule-docs.ts";
import { loadSchema } from "../mapping/xdm/load-schema.ts";
import { standardFieldGroups } from "../mapping/xdm/standard/index.ts";
import { fieldGroupFormat, schemaFormat } from "../mapping/xdm/xdm-format.ts";
import { resourcesJsonSchema, stackJsonSchema } from "./support/editor-schemas.ts";

const docs = resolve(import.meta.dirname, "../docs");

const OF_FORMATS = { io: "input", target: "draft-7" } as const;

describe("generated pages are current", () => {
  test("docs/rules.md", async () => {
    await expect(rulesMarkdown()).toMatchFileSnapshot(resolve(docs, "rules.md"));
  });
  test.each([
    ["mapping-set", () => mappingJsonSchema()],
    ["xdm-schema", () => z.toJSONSchema(schemaFormat, OF_FORMATS)],
    ["xdm-field-group", () => z.toJSONSchema(fieldGroupFormat, OF_FORMATS)],
    ["stack", stackJsonSchema],
    ["resources", resourcesJsonSchema],
    ...["capillary-loyalty-profile", "capillary-loyalty-event"].map((name) => {
      const tenant = "acme";
      const make = () => mappingJsonSchema({ loaded: loadSchema(`xdm/${name}.yaml`, { tenant }), tenant });
      return [`mapping-${name}`, make] as const;
    }),
  ] as const)("docs/json-schema/%s.json", async (name, make) => {
    await expect(printJsonSchema(make())).toMatchFileSnapshot(resolve(docs, `json-schema/${name}.json`));
  });
});

describe("editors find the schema in the first line, and it accepts the file", () => {
  const root = resolve(import.meta.dirname, "..");
  const files = ["mappings", "xdm", "stacks"].flatMap((folder) =>
    readdirSync(resolve(root, folder))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => `${folder}/${name}`),
  );
  test.each(files)("%s", (file) => {
    const text = readFileSync(resolve(root, file), "utf8");
    const target = /^schema: (.*)$/m.exec(text)?.[1];
    const wanted = file.startsWith("stacks/")
      ? "stack"
      : file.startsWith("mappings/")
        ? `mapping-${target}`
        : /^kind: fieldGroup$/m.test(text)
          ? "xdm-field-group"
          : "xdm-schema";
    const validate = new Ajv({ strict: false, logger: false }).compile(
      JSON.parse(readFileSync(resolve(docs, `json-schema/${wanted}.json`), "utf8")),
    );
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=../docs/json-schema/${wanted}.json`);
  });
});

describe("docs/mapping.md", () => {
  const page = readFileSync(resolve(docs, "mapping.md"), "utf8");
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);

  test("its example loads, lints clean and passes its own test", () => {
    const folder = mkdtempSync(join(tmpdir(), "aep-docs-"));
    try {
      for (const name of ["mappings", "xdm"]) mkdirSync(join(folder, name));
      const [mapping, schema, group] = blocks as [string, string, string];
      writeFileSync(join(folder, "mappings/members.yaml"), mapping);
      writeFileSync(join(folder, "xdm/member.yaml"), schema);
      writeFileSync(join(folder, "xdm/own-fields.yaml"), group);
      const path = join(folder, "mappings/members.yaml");
      expect(lintMapping(path, { tenant: "acme" })).toEqual([]);
      const results = runGoldenTests(openMapping(path, { tenant: "acme" }));
      expect(results.flatMap((result) => result.failures)).toEqual([]);
      expect(results).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  test("its table names every command, and its list every standard group", () => {
    const program = new Command();
    register(program.command("mapping"));
    const names = program.commands[0]!.commands.map((command) => command.name());
    expect([...page.matchAll(/^\| `aep mapping (\w+)`/gm)].map((match) => match[1])).toEqual(names);
    for (const name of Object.keys(standardFieldGroups)) expect(page).toContain(`\`${name}\``);
  });
});
