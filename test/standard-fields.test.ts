/** Fields that not every sandbox has: asked of the sandbox, kept in the stack, followed by everything that reads a mapping. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readStackConfig } from "../config.ts";
import { startEmulator } from "../emulator/index.ts";
import { openMapping } from "../mapping/golden/project.ts";
import { runGoldenTests } from "../mapping/golden/run-tests.ts";
import { updateExpectations } from "../mapping/golden/update.ts";
import { lintMapping } from "../mapping/validate/lint.ts";
import { loadMappingFile } from "../mapping/yaml/index.ts";
import { readRows } from "../resources/flow-files.ts";

const cli = resolve(import.meta.dirname, "../cli/aep.ts");
const GROUP = "_xdm.mixins.profile.profile-loyalty-details";
const MAPPING = `schema: member
rows:
  identityMap.Email[0].id: { expr: lower(trim(mail)) }
  identityMap.Email[0].primary: { value: true }
  loyalty.points: points
  loyalty.lifetimePoints: { from: lifetime, orTenant: "_{tenant}.own.lifetime" }
  loyalty.expiredPoints: { from: expired.count, orTenant: "_{tenant}.own.expired" }
tests:
  - name: all of it
    event: { mail: a@b.c, points: 1, lifetime: 2, expired: { count: 3 } }
    expect:
      identityMap: { Email: [{ id: a@b.c, primary: true }] }
      loyalty: { points: 1 }
      _{tenant}: { own: { lifetime: 2, expired: 3 } }
  - name: nothing of it
    event: { mail: a@b.c }
    expect:
      identityMap: { Email: [{ id: a@b.c, primary: true }] }
`;
const STACK = `# what the stack is for
config:
  aep:sandbox: dev # the remark stays
  aep:tenantId: acme
  # the long part
  aep:pipelines: []
`;

let folder: string;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "aep-fields-"));
  for (const name of ["mappings", "xdm", "stacks"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "mappings/member.yaml"), MAPPING);
  writeFileSync(
    join(folder, "xdm/member.yaml"),
    "kind: schema\ntitle: Member\nclass: profile\nfieldGroups: [identity-map, loyalty-details, own]\n",
  );
  writeFileSync(
    join(folder, "xdm/own.yaml"),
    'kind: fieldGroup\ntitle: Own\nextends: [profile]\nfields:\n  "_{tenant}.own.lifetime": number\n  "_{tenant}.own.expired": number\n',
  );
  writeFileSync(join(folder, "stacks/Pulumi.dev.yaml"), STACK);
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

function fields(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: folder, env: { ...process.env, ...emulator.env } };
  return new Promise((done) => {
    execFile(process.execPath, [cli, "mapping", "fields", ...args], options, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
const stackFile = () => readFileSync(join(folder, "stacks/Pulumi.dev.yaml"), "utf8");
const member = () => join(folder, "mappings/member.yaml");
const destinations = (standardFields?: Record<string, boolean>) =>
  loadMappingFile(member(), { tenant: "acme", standardFields })
    .rows.slice(2)
    .map((row) => row.destination);

test("the sandbox is asked, the answers go into the stack file, and only they change it", async () => {
  expect(await fields("--stack", "dev")).toMatchObject({ code: 0, stdout: expect.stringContaining("not recorded") });
  expect(stackFile()).toBe(STACK);
  expect(await fields("--stack", "dev", "--write")).toMatchObject({ code: 0 });
  expect(stackFile()).toBe(
    STACK.replace(
      "  # the long part\n",
      "  aep:standardFields:\n    loyalty.lifetimePoints: true\n    loyalty.expiredPoints: true\n  # the long part\n",
    ),
  );
  expect(await fields("--stack", "dev")).toMatchObject({ code: 0, stdout: expect.stringContaining("is right") });
});

test("a sandbox with the older group says otherwise: exit 1 until it is recorded", async () => {
  const path = `${emulator.url}/__emulator/sandboxes/dev/objects/globals/${GROUP}`;
  const body = JSON.stringify({
    definitions: { "profile-loyalty-details": { properties: { loyalty: { properties: { expiredPoints: null } } } } },
  });
  const changed = await fetch(path, { method: "PATCH", body, headers: { "content-type": "application/json" } });
  expect(changed.status).toBe(200);
  const answer = await fields("--stack", "dev", "--json");
  expect(answer.code).toBe(1);
  expect(JSON.parse(answer.stdout)).toEqual([
    { field: "loyalty.lifetimePoints", has: true, recorded: true },
    { field: "loyalty.expiredPoints", has: false, recorded: true },
  ]);
  expect(await fields("--stack", "dev", "--write")).toMatchObject({ code: 0 });
  expect(stackFile()).toContain("    loyalty.lifetimePoints: true\n    loyalty.expiredPoints: false\n");
});

test("without a stack, or a stack that is not there, it says what to do", async () => {
  expect(await fields()).toMatchObject({ code: 2, stderr: expect.stringContaining("--stack") });
  expect(await fields("--stack", "nope")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Pulumi.nope.yaml"),
  });
});

test("rows write to the field the sandbox has, to the tenant's where it is not known to have it", () => {
  const tenant = ["_acme.own.lifetime", "_acme.own.expired"];
  expect(destinations()).toEqual(["loyalty.points", ...tenant]);
  expect(destinations({ "loyalty.lifetimePoints": true, "loyalty.expiredPoints": false })).toEqual([
    "loyalty.points",
    "loyalty.lifetimePoints",
    "_acme.own.expired",
  ]);
});

test("a stack's flows follow what it records, and both of Pulumi's ways to hand it over are read", () => {
  const values = {
    "aep:orgId": "A@AdobeOrg",
    "aep:sandbox": "dev",
    "aep:tenantId": "acme",
    "aep:pipelines": "[]",
    "aep:standardFields": '{"loyalty.expiredPoints":true}',
  };
  const { tenantId: tenant, standardFields } = readStackConfig({ stack: "none", root: folder, values, env: {} });
  const flow = { name: "f", mapping: member(), schema: join(folder, "xdm/member.yaml"), dataset: { name: "d" } };
  expect(Object.keys(readRows(flow, { tenant, standardFields })).slice(2)).toEqual([
    "loyalty.points",
    "_acme.own.lifetime",
    "loyalty.expiredPoints",
  ]);
  const wrong = { ...values, "aep:standardFields": '{"loyalty.expiredPoints":"yes"}' };
  expect(() => readStackConfig({ stack: "none", root: folder, values: wrong, env: {} })).toThrow(
    "aep:standardFields.loyalty.expiredPoints: found text; write true or false",
  );
});

test.each<Record<string, boolean> | undefined>([
  undefined,
  {},
  { "loyalty.lifetimePoints": true },
  { "loyalty.lifetimePoints": true, "loyalty.expiredPoints": true },
])("the same golden tests pass and lint is clean whatever is recorded: %j", (standardFields) => {
  const sandbox = { tenant: "acme", standardFields };
  expect(lintMapping(member(), sandbox)).toEqual([]);
  const mapping = openMapping(member(), sandbox);
  const results = runGoldenTests(mapping);
  expect(results.flatMap((result) => result.failures)).toEqual([]);
  expect(updateExpectations(mapping, results)).toEqual([]);
  const written = results[0]?.actual.data as { loyalty: Record<string, number> };
  expect(written.loyalty["lifetimePoints"]).toBe(standardFields?.["loyalty.lifetimePoints"] ? 2 : undefined);
});

test("a field that the sandbox lacks is no field of the schema", () => {
  const path = join(folder, "mappings/straight.yaml");
  writeFileSync(
    path,
    MAPPING.replace('{ from: lifetime, orTenant: "_{tenant}.own.lifetime" }', "lifetime").split("tests:")[0]!,
  );
  const rules = (has: boolean) =>
    lintMapping(path, { tenant: "acme", standardFields: { "loyalty.lifetimePoints": has } }).map(({ rule }) => rule);
  expect(rules(true)).toEqual([]);
  expect(rules(false)).toContain("dst/unknown-field");
  // The program says it too, before anything is made.
  const flow = { name: "f", mapping: path, schema: join(folder, "xdm/member.yaml"), dataset: { name: "d" } };
  const read = (has: boolean) => () =>
    readRows(flow, { tenant: "acme", standardFields: { "loyalty.lifetimePoints": has } });
  expect(read(true)).not.toThrow();
  expect(read(false)).toThrow(
    expect.objectContaining({
      where: expect.stringMatching(/straight\.yaml:6:3$/),
      message: expect.stringMatching(/the sandbox's own field groups lack .*aep:standardFields.*orTenant/),
    }),
  );
});

test.each([
  ["loyalty.points: { from: a, orTenant: own.points }", "a path of plain names under the tenant"],
  ['a[0].b: { from: a, orTenant: "_{tenant}.b" }', "only a field of plain names"],
  ['a: { from: a, orTenant: "_{tenant}.b" }\n  "_{tenant}.b": c', "another row writes to _{tenant}.b already"],
])("%s is refused at its line", (row, message) => {
  const path = join(folder, "mappings/wrong.yaml");
  writeFileSync(path, `schema: member\nrows:\n  ${row}\n`);
  expect(() => loadMappingFile(path, { tenant: "acme" })).toThrow(message);
});

test("lint names a fall-back that the schema lacks, and a field that no sandbox has", () => {
  const path = join(folder, "mappings/wrong.yaml");
  const rows =
    'loyalty.tier: { from: a, orTenant: "_{tenant}.own.no" }\n  loyalty.no: { from: b, orTenant: "_{tenant}.own.expired" }';
  writeFileSync(path, `schema: member\nrows:\n  ${rows}\n`);
  const found = (standardFields: Record<string, boolean>) =>
    lintMapping(path, { tenant: "acme", standardFields }).filter(({ rule }) => rule.startsWith("dst/"));
  expect(found({ "loyalty.tier": true }).map(({ rule, line }) => `${rule} ${line}`)).toEqual([
    "dst/fall-back 3",
    "dst/fall-back 4",
  ]);
  expect(found({}).map(({ rule, line }) => `${rule} ${line}`)).toEqual(["dst/unknown-field 3", "dst/fall-back 4"]);
});
