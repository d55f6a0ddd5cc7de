import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStackConfig } from "./config.ts";
import { AepError } from "./errors.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aep-config-"));
  for (const folder of ["stacks", "xdm", "mappings"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, "xdm/p.yaml"), "");
  writeFileSync(join(root, "mappings/p.yaml"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const HEAD = `config:
  aep:orgId: EMULATOR@AdobeOrg
  aep:sandbox: dev
  aep:tenantId: acme
`;
const FLOW = `          schema: xdm/p.yaml
          mapping: mappings/p.yaml
          dataset: { name: profiles }
`;
const STREAMING = `  aep:pipelines:
    - name: stream
      mode: httpStreaming
      flows:
        - name: profile
${FLOW}`;
const POLLED = `  aep:pipelines:
    - name: rest
      mode: genericRest
      source: { auth: { params: { clientId: me, clientSecret: env:SECRET } } }
      flows:
        - name: profile
${FLOW}`;

function read(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(join(root, "stacks/Pulumi.test.yaml"), yaml);
  return readStackConfig({ stack: "test", root, env });
}

function mistakes(yaml: string, env: Record<string, string> = {}): string {
  try {
    read(yaml, env);
  } catch (error) {
    expect(error).toBeInstanceOf(AepError);
    return String(error);
  }
  throw new Error("no mistake was found");
}

describe("readStackConfig", () => {
  it("fills defaults", () => {
    const config = read(HEAD + POLLED);
    expect(config).toMatchObject({ stack: "test", sandbox: "dev", protect: true });
    expect(config.pipelines[0]).toMatchObject({
      source: { auth: { specName: "OAuth generic-rest-connector" } },
      flows: [{ name: "profile", events: [], dataset: { name: "profiles", profile: false, identity: false } }],
    });
  });

  it("takes the environment before the stack file", () => {
    const config = read(HEAD + STREAMING, { AEP_SANDBOX: "stage", AEP_CLIENT_SECRET: "s3cret", AEP_TENANT_ID: "" });
    expect(config).toMatchObject({ sandbox: "stage", tenantId: "acme", clientSecret: "s3cret" });
  });

  it("reads which flows are held in this run, and refuses a name that no flow has", () => {
    expect(read(HEAD + STREAMING).holdFlows).toEqual([]);
    expect(read(HEAD + STREAMING, { AEP_HOLD_FLOWS: " stream/profile, stream/profile," }).holdFlows).toEqual([
      "stream/profile",
    ]);
    const text = mistakes(HEAD + STREAMING, { AEP_HOLD_FLOWS: "stream/profil" });
    expect(text).toContain("AEP_HOLD_FLOWS: the stack has no flow stream/profil\n");
    expect(text).toContain("stream/profile");
  });

  it("reads what Pulumi resolved, with positions from the stack file", () => {
    writeFileSync(join(root, "stacks/Pulumi.test.yaml"), HEAD + STREAMING);
    const pipelines = JSON.stringify([{ name: "stream", mode: "stream", flows: [] }]);
    const values = {
      "aep:orgId": "A@AdobeOrg",
      "aep:sandbox": "dev",
      "aep:tenantId": "acme",
      "aep:pipelines": pipelines,
      "aep:protect": "false",
    };
    const attempt = () => readStackConfig({ stack: "test", root, values, env: {} });
    expect(attempt).toThrow(
      /Pulumi\.test\.yaml:7:7 aep:pipelines\[0\]\.mode: is none of the known words; write one of genericRest, httpStreaming/,
    );
    expect(attempt).toThrow(/flows: is empty/);
  });

  it("names every mistake at once, with position, kind of value and what to write", () => {
    const text = mistakes(`config:
  aep:orgId: <organisation id>@AdobeOrg
  aep:sandbx: dev
  aep:tenantId: 12
  aep:protect: maybe
  aep:pipelines:
    - name: one
      mode: httpStreaming
      flows:
        - name: profile
          schema: xdm/missing.yaml
          mapping: mappings/p.yaml
          dataset: { name: profiles, profil: true }
          events: [customerAdded, customerAded]
          schedule: { start: 1700000000000 }
        - name: profile
          schema: xdm/p.yaml
          mapping: mappings/p.yaml
          dataset: { name: profiles, profile: true }
`);
    const lines = text.split("\n").filter((line) => line.startsWith("    "));
    const expected = [
      "2:3 aep:orgId: is still the sample's placeholder; write the organisation's id, such as 1234ABCD5678@AdobeOrg",
      "1:1 aep:sandbox: found nothing; write the sandbox's name, in lower case",
      "4:3 aep:tenantId: found a number; write the tenant id without its underscore",
      "5:3 aep:protect: found text; write true or false",
      "14:35 aep:pipelines[0].flows[0].events[1]: is none of the known words; did you mean customerAdded?",
      "15:23 aep:pipelines[0].flows[0].schedule.start: is in milliseconds; write seconds (divide by 1000)",
      "3:3 aep:sandbx: is no key of this place; did you mean aep:sandbox?",
      "13:38 aep:pipelines[0].flows[0].dataset.profil: is no key of this place; did you mean profile?",
      "16:11 aep:pipelines[0].flows[1].name: is the name of another flow of this pipeline too",
      "15:11 aep:pipelines[0].flows[0].schedule: belongs to mode genericRest",
      "11:11 aep:pipelines[0].flows[0].schema: there is no file xdm/missing.yaml",
      "19:11 aep:pipelines[0].flows[1].dataset: has other settings",
    ];
    for (const part of expected) expect(text).toContain(part);
    expect(lines).toHaveLength(expected.length);
    expect(text).toContain(`AEP_CONFIG_INVALID: stacks/Pulumi.test.yaml: ${expected.length} mistakes`);
  });

  it("refuses secrets in clear text and never shows one", () => {
    const text = mistakes(`${HEAD}  aep:clientSecret: canary-1
${POLLED.replace("env:SECRET", "canary-2").replace("clientId: me", "clientId: { a: canary-3 }")}`);
    expect(text).toContain("aep:clientSecret: is a secret in clear text");
    expect(text).toContain("auth.params.clientSecret: is a secret in clear text; write env:NAME");
    expect(text).toContain("auth.params.clientId: found a map; write text, or env:NAME");
    expect(text).not.toContain("canary");
  });

  it("accepts encrypted values", () => {
    const secure = '{ secure: "v1:abc" }';
    const config = read(`${HEAD}  aep:clientSecret: ${secure}\n${POLLED.replace("env:SECRET", secure)}`);
    expect(config.clientSecret).toBeUndefined();
  });

  it("says which environment variable a wrong value came from", () => {
    expect(mistakes(HEAD + STREAMING, { AEP_ENDPOINT: "platform" })).toContain(
      "environment variable AEP_ENDPOINT aep:endpoint: is not a URL",
    );
  });

  it.each([
    ["2026-01-31T06:00:00Z", 1769839200],
    ["2026-01-31T07:00:00+01:00", 1769839200],
    ["2026-01-31", 1769817600],
    ["2026-01-31 07:00:00 +0100 CET", 1769839200],
    ["1769839200", 1769839200],
    ['"1769839200"', 1769839200],
  ])("reads a schedule's start %s as epoch seconds", (start, seconds) => {
    const config = read(`${HEAD}${POLLED}          schedule: { start: ${start}, frequency: hour, interval: 2 }\n`);
    expect(config.pipelines[0]?.flows[0]?.schedule).toEqual({ start: seconds, frequency: "hour", interval: 2 });
  });

  it.each([
    ["{ start: 1769839200000 }", "schedule.start: is in milliseconds"],
    ['{ start: "1769839200000" }', "schedule.start: is in milliseconds"],
    ["{ start: 2026-01-31T06:00:00 }", "schedule.start: has no usable time or no zone"],
    ["{ start: tomorrow }", "schedule.start: has no usable time or no zone"],
    ["{ start: [] }", "schedule.start: found a list; write an ISO 8601 time"],
    ["{ frequency: minute, interval: 5 }", "schedule.interval: is below 15"],
    ["{ frequency: once, interval: 15 }", "schedule.interval: does not go with frequency once"],
    ["{ frequency: once, backfill: true }", "schedule.backfill: does not go with frequency once"],
    ["{ frequency: weekly }", "schedule.frequency: is none of the known words; did you mean week?"],
  ])("refuses the schedule %s", (schedule, message) => {
    expect(mistakes(`${HEAD}${POLLED}          schedule: ${schedule}\n`)).toContain(message);
  });

  it("keeps each mode to its own settings", () => {
    expect(mistakes(HEAD + STREAMING.replace("httpStreaming", "genericRest"))).toContain(
      "source.auth: found nothing; write the account",
    );
    const streaming = `${STREAMING.replace("mode: httpStreaming", "mode: httpStreaming\n      source: { auth: { params: {} } }")}`;
    expect(mistakes(HEAD + streaming)).toContain("source.auth: belongs to mode genericRest");
    expect(mistakes(`${HEAD}${POLLED}          events: [customerAdded]\n`)).toContain(
      "events: belongs to mode httpStreaming",
    );
  });

  it("wants a spec by id or by name", () => {
    const both = STREAMING.replace(
      "mode: httpStreaming",
      "mode: httpStreaming\n      source: { flowSpec: { id: a, lookup: b } }",
    );
    expect(mistakes(HEAD + both)).toContain("source.flowSpec: has to have one of id and lookup");
  });

  it("names the line of broken YAML and a stack that does not exist", () => {
    expect(mistakes("config:\n  aep:orgId: [\n")).toContain("stacks/Pulumi.test.yaml:3:1");
    expect(() => readStackConfig({ stack: "nowhere", root })).toThrow(/no stack "nowhere"/);
  });
});
