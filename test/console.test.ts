/** The emulator's web console in a real browser. With AEP_SCREENSHOTS=1 the pictures of docs/images are taken anew. */
import { existsSync, mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import { CAPILLARY, flowBody, makeEnds, post, REST_TO_AEP, readFlow, sample } from "./support/flow-chain.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["AEP_CHROMIUM"] ?? BROWSERS.find(existsSync);
if (!executablePath)
  console.log(`the console's tests are skipped: no Chromium at ${BROWSERS.join(", ")} nor in AEP_CHROMIUM`);
const WAIT = { timeout: 10_000 };
const images = new URL("../docs/images/", import.meta.url).pathname;

describe.skipIf(!executablePath)("console", () => {
  let emulator: Emulator;
  let http: AepHttp;
  let browser: Browser;
  let page: Page;
  let inlet: string;
  let flow: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    emulator = await startEmulator({ seed: 5, settings: { landingDelayMs: 0 } });
    http = aepHttp(emulator);
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    ({ inlet, flow } = await pipelines());
  });
  beforeEach(async () => {
    await page?.close();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(emulator.url) && !/^(data|blob):/.test(request.url()))
        complaints.push(`request to ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await emulator?.close();
  });

  const open = async (view: string) => {
    await page.goto(`${emulator.url}/#/${view}`);
    await page.waitForSelector("#status.on");
    await page.waitForSelector("main h1");
  };
  /** Every view is also looked at in the dark, and must not have complained. */
  const done = async (name: string) => {
    if (process.env["AEP_SCREENSHOTS"]) {
      mkdirSync(images, { recursive: true });
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const suffix = colorScheme === "dark" ? "-dark" : "";
        await page.screenshot({ path: `${images}console-${name}${suffix}.png` });
      }
    }
    expect(complaints.splice(0)).toEqual([]);
  };
  const send = (event: Body) =>
    fetch(inlet, { method: "POST", body: JSON.stringify(event), headers: { "x-adobe-flow-id": flow } });

  async function pipelines() {
    const names = { dataset: "loyalty profiles", flow: "Capillary profile stream" };
    const ends = await makeEnds(http);
    await intoProfile(ends.schema, ends.dataset);
    await http.aep("PATCH", `catalog/dataSets/${ends.dataset}`, { body: { name: names.dataset } });
    const stream = (await post(http, "flowservice/flows", flowBody(ends, { name: names.flow }))).id;
    const polled = await makeEnds(http, { kind: "transaction", spec: CAPILLARY });
    await http.aep("PATCH", `catalog/dataSets/${polled.dataset}`, { body: { name: "loyalty transactions" } });
    const startTime = Math.floor(emulator.world.clock.now() / 1000) + 3600;
    const scheduled = { name: "Capillary transactions, hourly", flowSpec: REST_TO_AEP };
    const scheduleParams = { startTime: String(startTime), frequency: "hour", interval: "1" };
    await post(http, "flowservice/flows", flowBody(polled, { ...scheduled, scheduleParams }));
    return { flow: stream, inlet: (await readFlow(http, stream)).options.inletUrl as string };
  }

  async function intoProfile(schema: string, dataset: string) {
    const identity = { "@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1 };
    const email = {
      "xdm:sourceProperty": "/personalEmail/address",
      "xdm:namespace": "Email",
      "xdm:property": "xdm:code",
    };
    await post(http, "schemaregistry/tenant/descriptors", { ...identity, ...email, "xdm:isPrimary": true });
    const altId = `_${schema.replace("https://ns.adobe.com/", "").replaceAll("/", ".")}`;
    await http.control("PATCH", `sandboxes/dev/objects/schemas/${altId}`, { "meta:immutableTags": ["union"] });
    await http.control("PATCH", `sandboxes/dev/objects/dataSets/${dataset}`, {
      tags: { unifiedProfile: ["enabled:true"] },
    });
  }

  it("draws the pipelines; the picture works from the keyboard", async () => {
    await open("pipelines");
    await page.waitForSelector(".node.flow");
    expect(await page.locator(".node.flow").count()).toBe(2);
    expect(await page.locator(".node").count()).toBe(10);
    await page.locator(".node.flow").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(".side .json");
    expect(await page.locator(".side h2").textContent()).toContain("Capillary");
    await done("pipelines");
    await page.keyboard.press("5");
    await page.waitForSelector("main .failed h1");
  });

  it("shows events, rows and failures as they happen", async () => {
    await open("live");
    for (const name of ["Ada", "Grace", "Mary"]) {
      const event = sample("guide-profile");
      const text = JSON.stringify(event).replace(/[\w.+-]+@[\w.-]+/g, `${name.toLowerCase()}@example.com`);
      await send(JSON.parse(text));
    }
    await send(sample("invalid-profile"));
    await page.waitForSelector(".lane.failed li");
    await expect.poll(() => page.locator(".lane.landed li").count(), WAIT).toBe(3);
    expect(await page.locator(".lane.in li").count()).toBe(4);
    await page.locator(".lane.failed summary").first().click();
    await done("live");
  });

  it("shows rows, and answers SQL", async () => {
    await open("data");
    await page.waitForSelector(".pane tbody tr");
    expect(await page.locator(".pane tbody tr").count()).toBe(3);
    await page.locator("textarea.sql").fill("SELECT count(*)::INT AS landed FROM profile");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector(".answer td");
    expect(await page.locator(".answer td").textContent()).toBe("3");
    await done("data");
    await page.locator("textarea.sql").fill("SELECT nonsense FROM profile");
    await page.getByRole("button", { name: "Run" }).click();
    await page.waitForSelector(".answer .bad");
    expect(await page.locator(".answer .bad").textContent()).toContain("nonsense");
    // A refused statement is a 400, which the browser also writes to its console.
    expect(complaints.splice(0).filter((text) => !text.includes("400"))).toEqual([]);
  });

  it("shows on which profile a row landed", async () => {
    await open("data");
    await page.locator(".pane td a").last().click();
    await page.waitForSelector("main .profiles .json");
    expect(await page.locator(".profiles .pane h2").textContent()).toBe("mary@example.com");
    await page.locator(".pick", { hasText: "ada@example.com" }).click();
    await expect.poll(() => page.locator(".profiles .pane h2").textContent(), WAIT).toBe("ada@example.com");
    expect(await page.locator(".profiles .json").textContent()).toContain("loyalty");
    await done("profiles");
  });

  it("names what is at fault in a failed record, a mapping row with its source and why it gave nothing", async () => {
    await http.control("POST", "capillary/events", [{ ...sample("guide-transaction"), timestamp: "yesterday" }]);
    await http.control("POST", "clock", { advanceMs: 2 * 3_600_000 });
    await http.control("POST", "settle");
    await open("failed");
    const guilty = page.locator(".failure").first().locator(".guilty");
    expect(await guilty.locator(".tag").textContent()).toBe("mapping row");
    expect(await guilty.locator("code").allTextContents()).toEqual([
      "timestamp",
      expect.stringMatching(/^date\(timestamp/),
    ]);
    expect(await guilty.locator("p").textContent()).toContain("yesterday");
    const { failed } = (await http.control("GET", "sandboxes/dev/failed")).body;
    const card = await page.locator(".failure").last().textContent();
    expect(card).toContain(failed[0].code);
    expect(card).toContain(failed[0].details[0].destination ?? failed[0].details[0].pointer);
    expect(await page.locator("#badge-failed").textContent()).toBe("2");
    await done("failed");
  });

  it("lists calls with bodies and as curl, without secrets", async () => {
    await open("calls");
    await page.getByRole("searchbox").fill("createConnection");
    await page.locator("tbody tr:not([hidden])", { hasText: "createConnection" }).first().click();
    await page.waitForSelector(".side pre.command");
    const side = await page.locator(".side").textContent();
    expect(side).toContain("curl -X POST");
    expect(side).toContain("****");
    expect(side).not.toContain("canary");
    await done("calls");
  });

  it("switches faults on and off", async () => {
    await open("faults");
    await page.getByRole("switch", { name: /Service unavailable/ }).click();
    await page.waitForSelector('.switch[aria-checked="true"]');
    expect((await http.control("GET", "faults")).body.faults).toHaveLength(1);
    await page.getByRole("switch", { name: /Slow/ }).first().click();
    await expect.poll(() => page.locator(".rules tbody tr").count(), WAIT).toBe(2);
    await done("faults");
    await page.getByRole("button", { name: "Remove all" }).click();
    await page.waitForSelector(".rules .empty");
    expect((await http.control("GET", "faults")).body.faults).toEqual([]);
  });

  it("maps an event in the playground and marks mistakes at their place", async () => {
    await open("playground");
    await page.waitForSelector(".out .json");
    expect(await page.locator(".out").textContent()).toContain("ada@example.com");
    const yaml = page.locator("textarea[aria-label=Mapping]");
    await yaml.fill((await yaml.inputValue()).replace("lower(", "lowr("));
    await page.waitForSelector(".problems .error");
    expect(await page.locator(".editor u.error").first().textContent()).toContain("lowr");
    expect(await page.locator(".problems").textContent()).toContain("lower");
    await page.locator(".field-inline select").last().selectOption({ index: 1 });
    await page.waitForSelector(".verdict");
    const finding = page.locator(".problems li", { hasText: "expr/unknown-name" });
    expect(await finding.locator(".severity").textContent()).toBe("error");
    expect(await finding.locator(".rule").textContent()).toBe("expr/unknown-name");
    const [line, column] = ((await finding.locator("button").textContent()) ?? "").split(":").map(Number);
    const text = (await yaml.inputValue()).split("\n")[line! - 1]!;
    expect(text.slice(column! - 1)).toMatch(/^lowr\(/);
    await finding.locator("button").click();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Mapping");
    await done("playground");
    await page.locator("textarea[aria-label=Event]").fill("{");
    await page.waitForSelector(".out .empty");
    expect(await page.locator(".out").textContent()).toContain("no JSON");
  });

  it("moves the clock, which runs what is scheduled", async () => {
    await http.control("POST", "capillary/events", [{ stream: "transactions", event: sample("guide-transaction") }]);
    await open("pipelines");
    const before = emulator.world.clock.now();
    await page.getByRole("button", { name: "+1 d" }).click();
    await expect.poll(() => emulator.world.clock.now() - before, WAIT).toBeGreaterThan(86_000_000);
    await page.getByRole("button", { name: "Freeze" }).click();
    await expect.poll(() => emulator.world.clock.frozen, WAIT).toBe(true);
    await expect
      .poll(() => page.locator(".node.dataset").allTextContents(), WAIT)
      .toContainEqual(expect.stringMatching(/transactions.*1 row/));
    expect(complaints.splice(0)).toEqual([]);
  });

  it("stays usable over 100,000 objects: pictures and lists are capped, searched and paged", async () => {
    crowd(emulator, 14_500);
    await page.goto(`${emulator.url}/#/pipelines`);
    await page.locator("#sandbox").selectOption("prod");
    await page.locator("svg .more", { hasText: "+ 14,440 more" }).first().waitFor();
    expect(await page.locator(".node").count()).toBe(300);
    await page.keyboard.press("/");
    await page.keyboard.type("schema 14321");
    await expect
      .poll(() => page.locator(".node.flow").allTextContents(), WAIT)
      .toEqual([expect.stringMatching(/flow 14321/)]);
    await page.locator(".node.flow").click();
    await page.getByRole("link", { name: "Watch it live" }).click();
    await page.locator(".lane.landed .empty", { hasText: "Nothing of this flow" }).waitFor();

    await page.goto(`${emulator.url}/#/data`);
    await page.locator("p", { hasText: "+ 14,400 more" }).waitFor();
    expect(await page.locator(".pick").count()).toBe(100);
    await page.getByRole("button", { name: "Older" }).click();
    await page.locator(".pane .lead", { hasText: "951–975 of 1,000" }).waitFor();
    await page.getByRole("searchbox").fill("dataset 14499");
    await expect.poll(() => page.locator(".pick").allTextContents(), WAIT).toEqual(["dataset 144990 rows"]);

    await page.goto(`${emulator.url}/#/failed`);
    await page.getByRole("button", { name: "Older" }).click();
    await page.locator(".failed .lead", { hasText: "51–100 of 2,000" }).waitFor();
    expect(await page.locator(".failure").count()).toBe(50);

    await page.goto(`${emulator.url}/#/profiles`);
    await page.locator(".profiles .lead", { hasText: "1–50 of 3,000" }).waitFor();
    await page.getByRole("searchbox").fill("member-2999@");
    await expect.poll(() => page.locator(".pick").count(), WAIT).toBe(1);
    await page.locator(".pick").click();
    await page.locator(".pane h2", { hasText: "member-2999@example.com" }).waitFor();
    // Another sandbox does not have it, and is not asked for it.
    await page.locator("#sandbox").selectOption("stage");
    await page.locator(".profiles .empty", { hasText: "No profile yet" }).waitFor();
    expect(complaints.splice(0)).toEqual([]);
  });

  it("has something to say when there is nothing, and when the emulator is gone", async () => {
    await open("pipelines");
    await page.locator("#sandbox").selectOption("stage");
    await page.waitForSelector("main .empty .command");
    await done("empty");
    for (const view of ["live", "data", "failed"]) {
      await page.goto(`${emulator.url}/#/${view}`);
      await page.waitForSelector(`main .${view} .empty:not([hidden])`);
    }
    await page.getByRole("button", { name: "Reset" }).first().click();
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(complaints.splice(0)).toEqual([]);
    await emulator.close();
    await page.locator("#status:not(.on)", { hasText: "not reachable" }).waitFor();
  });
});

/** Fills sandbox prod with pipelines of seven objects each, and with rows and failures; straight into the world, as calls would take a minute. */
function crowd(emulator: Emulator, pipelines: number): void {
  const sandbox = emulator.world.sandboxes.get("prod");
  if (!sandbox) throw new Error("there is no sandbox prod");
  const { flowService, catalog, registry, dataPrep, lake } = sandbox;
  for (let n = 0; n < pipelines; n += 1) {
    const [schema, spec] = [`https://ns.adobe.com/acme/schemas/${n}`, { id: "spec", version: "1.0" }];
    flowService.connections.set(`b${n}`, { id: `b${n}`, name: `base ${n}`, connectionSpec: spec });
    flowService.sourceConnections.set(`s${n}`, { id: `s${n}`, name: `source ${n}`, baseConnectionId: `b${n}` });
    flowService.targetConnections.set(`t${n}`, { id: `t${n}`, name: `target ${n}`, params: { dataSetId: `d${n}` } });
    catalog.dataSets.set(`d${n}`, { name: `dataset ${n}`, schemaRef: { id: schema } });
    registry.schemas.set(`_acme.schemas.${n}`, { $id: schema, title: `schema ${n}` });
    dataPrep.mappingSets.set(`m${n}`, { id: `m${n}`, versions: [{ id: `m${n}`, version: 0, mappings: [] }] });
    flowService.flows.set(`f${n}`, {
      id: `f${n}`,
      name: `flow ${n}`,
      flowSpec: spec,
      state: "enabled",
      sourceConnectionIds: [`s${n}`],
      targetConnectionIds: [`t${n}`],
      transformations: [{ name: "Mapping", params: { mappingId: `m${n}`, mappingVersion: 0 } }],
    });
  }
  const at = emulator.world.clock.now();
  for (let n = 0; n < 3000; n += 1) {
    const profile = { namespace: "Email", id: `member-${n}@example.com` };
    lake.rows.push({ datasetId: `d${n % 3}`, flowId: "f0", batchId: "b", at, row: { _id: String(n) }, profile });
  }
  const failed = {
    flowId: "f0",
    datasetId: "d0",
    runId: null,
    batchId: "b",
    at,
    code: "MAPPER-3700-400",
    reason: "none",
  };
  for (let n = 0; n < 2000; n += 1) lake.failed.push({ ...failed, details: [], record: { n } });
}
