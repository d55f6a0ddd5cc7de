/** The project's own mappings: golden tests of every file, every Capillary event covered, and the invalid sample refused. */
import { globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_KINDS, EVENT_TARGETS, type EventTarget, normaliseEvent } from "../capillary/events.ts";
import { openMapping } from "../mapping/golden/project.ts";
import { runGoldenTests } from "../mapping/golden/run-tests.ts";

const root = resolve(import.meta.dirname, "..");
const read = (file: string): unknown => JSON.parse(readFileSync(resolve(root, "events", file), "utf8"));
const open = (name: string) => openMapping(resolve(root, `mappings/${name}.yaml`), { tenant: "acme" });

describe.each(globSync("mappings/*.yaml", { cwd: root }).toSorted())("%s", (file) => {
  const mapping = openMapping(resolve(root, file), { tenant: "acme" });

  it.each(runGoldenTests(mapping))("$name", ({ passed, failures }) => {
    expect(passed, failures.flatMap(({ lines }) => lines).join("\n")).toBe(true);
  });

  it("has golden tests, and each destination is in the result of one", () => {
    const written = runGoldenTests(mapping).map(({ actual }) => JSON.stringify(actual.data));
    expect(written.length).toBeGreaterThan(0);
    for (const { destination } of mapping.file.rows) {
      const leaf = destination.split(".").at(-1)?.replace(/\[.*$/, "");
      expect(
        written.some((row) => row.includes(`"${leaf}"`)),
        destination,
      ).toBe(true);
    }
  });

  it("follows another tenant", () => {
    const other = openMapping(resolve(root, file), { tenant: "umbrella" });
    expect(runGoldenTests(other).filter(({ passed }) => !passed)).toEqual([]);
  });
});

describe("the sample events", () => {
  const kebab = (kind: string) => kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const mappingOf: Record<EventTarget, string> = { profile: "capillary-events-profile", event: "capillary-events" };

  it.each(EVENT_KINDS)("%s is in the flat shape and tested for each target it feeds", (kind) => {
    const event = read(`${kebab(kind)}.json`);
    expect(normaliseEvent(event)).toEqual(event);
    for (const target of EVENT_TARGETS[kind]) {
      const tested = open(mappingOf[target]).file.tests.map((test) =>
        "file" in test.event ? basename(test.event.file) : "",
      );
      expect(tested).toContain(`${kebab(kind)}.json`);
    }
  });

  it("survives what Capillary's own samples contain: no e-mail, no mobile, a blank currency", () => {
    const bare = {
      ...(read("transaction-added.json") as object),
      data: { customerIdentifiers: { customerId: 7, instore: {} }, currencyCode: " " },
    };
    for (const name of Object.values(mappingOf)) {
      const { data, errors, violations } = open(name).apply(bare, 0);
      expect({ errors, violations }).toEqual({ errors: [], violations: [] });
      expect(data).toMatchObject({ identityMap: { CapillaryCustomerId: [{ id: "7", primary: true }] } });
      expect(JSON.stringify(data)).not.toMatch(/Email|mobilePhone|currencyCode/);
    }
  });

  it("refuses the invalid profile and says which field", () => {
    const { errors, violations } = open("capillary-profile").apply(read("invalid-profile.json"), 0);
    expect(errors).toEqual([]);
    expect(violations).toMatchObject([{ pointer: "#/identityMap/Email/0/authenticatedState", keyword: "enum" }]);
  });
});
