import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseSample } from "./event.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-event-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MARKER = "1795338181603000";
const choose = (eventFile?: string, mapping = "capillary-profile") =>
  chooseSample({ mappingFile: `mappings/${mapping}.yaml`, tenant: "acme", eventFile }, MARKER);

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe("the event that is sent", () => {
  test("is the first golden test's that expects a good row", () => {
    const { from, fields, marker } = choose();
    expect(from).toBe('mappings/capillary-profile.yaml, test "the profile payload of Adobe\'s guide"');
    expect({ fields, marker }).toEqual({
      fields: ["identityMap.Email[0].id", "personalEmail.address"],
      marker: MARKER,
    });
  });

  test("or that of a file", () => {
    const event = { identityMap: { email: [{ id: "jo@example.com", primary: true }] } };
    const { from, row } = choose(file("own.json", JSON.stringify(event)));
    expect(from).toBe(join(folder, "own.json"));
    expect(JSON.stringify(row)).toContain(MARKER);
    expect(JSON.stringify(row)).not.toContain("jo@example.com");
  });

  test("a file that is missing, broken, no event, or without a value that comes out is told so", () => {
    expect(() => choose(join(folder, "none.json"))).toThrow(expect.objectContaining({ code: "FILE_NOT_FOUND" }));
    for (const [name, text] of [
      ["broken.json", "{"],
      ["list.json", "[1]"],
      ["other.json", '{"a": 1}'],
    ] as const)
      expect(() => choose(file(name, text))).toThrow(expect.objectContaining({ code: "EVENT_FILE" }));
  });
});
