/** What docs/ says about mapping files is made from the code; `npx vitest run test/mapping-docs.test.ts -u` writes it anew. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { rulesMarkdown } from "../mapping/validate/rule-docs.ts";
import { fieldGroupFormat, schemaFormat } from "../mapping/xdm/xdm-format.ts";
import { mappingFormat } from "../mapping/yaml/mapping-format.ts";

const docs = resolve(import.meta.dirname, "../docs");

/** Lists of scalars on one line, as the formatter wants them. */
function jsonSchema(format: z.ZodType): string {
  const text = JSON.stringify(z.toJSONSchema(format, { io: "input", target: "draft-7" }), null, 2);
  return `${text.replaceAll(/( *"[^"]+": )?\[\n([^[\]{}]*?)\n\s*\]/g, (whole, key = "", items: string) => {
    const line = `${key}[${items
      .split("\n")
      .map((item) => item.trim())
      .join(" ")}]`;
    return line.length < 119 ? line : whole;
  })}\n`;
}

describe("generated pages are current", () => {
  test("docs/rules.md", async () => {
    await expect(rulesMarkdown()).toMatchFileSnapshot(resolve(docs, "rules.md"));
  });
  test.each([
    ["mapping-set", mappingFormat],
    ["xdm-schema", schemaFormat],
    ["xdm-field-group", fieldGroupFormat],
  ])("docs/json-schema/%s.json", async (name, format) => {
    await expect(jsonSchema(format)).toMatchFileSnapshot(resolve(docs, `json-schema/${name}.json`));
  });
});

describe("editors find the schema in the first line, and it accepts the file", () => {
  const root = resolve(import.meta.dirname, "..");
  const files = ["mappings", "xdm"].flatMap((folder) =>
    readdirSync(resolve(root, folder))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => `${folder}/${name}`),
  );
  test.each(files)("%s", (file) => {
    const text = readFileSync(resolve(root, file), "utf8");
    const wanted = file.startsWith("mappings/")
      ? "mapping-set"
      : /^kind: fieldGroup$/m.test(text)
        ? "xdm-field-group"
        : "xdm-schema";
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(resolve(docs, `json-schema/${wanted}.json`), "utf8")),
    );
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=../docs/json-schema/${wanted}.json`);
  });
});
