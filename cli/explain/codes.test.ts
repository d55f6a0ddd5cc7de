import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../../errors.ts";
import { allCodes, allFamilies, candidates, explainCode, explainText, nearest } from "./codes.ts";
import { CAUSES } from "./tables/project.ts";

describe("the catalogue", () => {
  it("has every code once, each with something in every field", () => {
    const all = [...allCodes(), ...allFamilies()];
    for (const one of all)
      for (const [field, text] of Object.entries(one)) expect(text, `${one.code} ${field}`).not.toBe("");
    const codes = all.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it("says why each error of this program comes; a new one needs its line in cli/explain/tables/project.ts", () => {
    expect(Object.keys(ERRORS).filter((code) => !(code in CAUSES))).toEqual([]);
  });

  it("explains every family by its pattern", () => {
    const samples = ["FLOW-9999-400", "FLOW-9999-503", "CONNECTOR-1399-400", "XDM-1024-400", "SMS-9999-400"];
    samples.push("INGEST-9999-400", "MAPPER-9999-400", "DPMAP-400", "DCVS-1199-400", "HTTP-418");
    for (const code of samples) expect(explainCode(code), code).toMatchObject({ code });
    expect(explainCode("FLOW-9999-400")?.source).toMatch(/FLOW-\*-400, this number itself is in no document/);
  });

  it("explains every code that the emulator answers with", () => {
    const codes = emulatorCodes();
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => explainCode(code) === undefined)).toEqual([]);
  });
});

describe("looking a code up", () => {
  it.each([
    ["flow-1447-400", "FLOW-1447-400"],
    [" FLOW-1447 ", "FLOW-1447-400"],
    ["1447-400", "FLOW-1447-400"],
    ["1447", "FLOW-1447-400"],
    ["https://ns.adobe.com/aep/errors/FLOW-1404-412", "FLOW-1404-412"],
    ["http://ns.adobe.com/adobecloud/problem/data-collection-service/inlet", "data-collection-service/inlet"],
    ["403010", "403010"],
    ["invalid_client", "invalid_client"],
    ["8084", "CAP-8084"],
    ["aep_refused", "AEP_REFUSED"],
  ])("%s", (given, code) => {
    expect(explainCode(given)?.code).toBe(code);
  });

  it("asks nobody to guess: a number of two tables has two candidates and no explanation", () => {
    expect(explainCode("1404")).toBeUndefined();
    expect(candidates("1404").map(({ code }) => code)).toEqual(["FLOW-1404-412", "CONNECTOR-1404-400"]);
  });

  it("finds the codes of a message, and leaves its other words and numbers alone", () => {
    const line = "AEP_REFUSED: POST /flows in 120 ms: no [FLOW-1447-400, request id 3f-604]";
    expect(explainText(line).map(({ code }) => code)).toEqual(["AEP_REFUSED", "FLOW-1447-400"]);
    expect(explainText("the row was read twice")).toEqual([]);
  });

  it("suggests what is near, and nothing when nothing is", () => {
    expect(explainCode("FLOW-144-400")).toBeUndefined();
    expect(nearest("FLOW-1447-40")[0]).toBe("FLOW-1447-400");
    expect(nearest("AEP_REFUSE")[0]).toBe("AEP_REFUSED");
    expect(nearest("zzz")).toEqual([]);
  });
});

/** Codes as they stand in the emulator's sources: in words, and as the arguments of its refusals. */
function emulatorCodes(): Set<string> {
  const root = resolve(import.meta.dirname, "../../emulator");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const codes = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [code] of text.matchAll(/\b(FLOW|XDM|SMS|MAPPER|INGEST|DCVS|CONNECTOR)-\d{4}-\d{3}\b/g)) codes.add(code);
    for (const [, code, status] of text.matchAll(/flowProblem\(\s*(\d{4}), (\d{3})/g))
      codes.add(`FLOW-${code}-${status}`);
    for (const [, code, status] of text.matchAll(/registryProblem\(\s*(\d{4}),\s*(\d{3})/g))
      codes.add(`XDM-${code}-${status}`);
    for (const [, code] of text.matchAll(/\brefusal\(\s*(\d{4})/g)) codes.add(`FLOW-${code}-400`);
    for (const [, code] of text.matchAll(/sourcesRefusal\(\s*(\d{4})/g)) codes.add(`CONNECTOR-${code}-400`);
    for (const [, code] of text.matchAll(/gatewayProblem\(\s*\d{3}, "(\d{6})"/g)) codes.add(code as string);
    for (const [, code] of text.matchAll(/imsProblem\("(\w+)"/g)) codes.add(code as string);
  }
  return codes;
}
