/** The emulator's gateway, tokens, sandboxes and control endpoints over real HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../emulator/app.ts";
import { type Emulator, OPERATIONS, startEmulator } from "../emulator/index.ts";
import { SERVICES } from "../emulator/services.ts";
import { type AepHttp, aepHttp } from "./support/aep-http.ts";

let emulator: Emulator;
let http: AepHttp;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 11 });
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
});
afterAll(() => emulator.close());

describe("tokens", () => {
  const form = {
    grant_type: "client_credentials",
    client_id: "emulator",
    client_secret: "emulator",
    scope: "openid AdobeID",
  };
  const ask = async (path: string, params: Record<string, string>, inQuery = false) => {
    const query = inQuery ? `?${new URLSearchParams(params)}` : "";
    const body = inQuery ? {} : { body: new URLSearchParams(params) };
    const answer = await fetch(`${emulator.url}/ims/token${path}${query}`, { method: "POST", ...body });
    return { status: answer.status, body: await answer.json() };
  };

  it("are given for seconds, on every path variant, from body or query", async () => {
    for (const path of ["", "/v2", "/v3"]) {
      const { status, body } = await ask(path, form, path === "/v2");
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: "bearer", expires_in: 86_399 });
    }
  });

  it.each([
    [{ grant_type: "password" }, { error: "unsupported_grant_type" }],
    [{ client_id: "x" }, { error: "invalid_client", error_description: "invalid client_id parameter" }],
    [{ client_secret: "x" }, { error: "invalid_client", error_description: "invalid client_secret parameter" }],
    [{ scope: "" }, { error: "invalid_scope" }],
  ])("are refused for %j", async (wrong, error) => {
    expect(await ask("/v3", { ...form, ...wrong } as Record<string, string>)).toEqual({ status: 400, body: error });
  });
});

describe("gateway refusals", () => {
  it.each([
    [{ authorization: null }, 403, "403010", "Oauth token is missing."],
    [{ authorization: "Bearer nonsense" }, 401, "401013", "Oauth token is not valid"],
    [{ "x-api-key": null }, 403, "403000", "Api Key is required"],
    [{ "x-api-key": "other" }, 403, "403003", "Api Key is invalid"],
    [{ "x-gw-ims-org-id": null }, 400, "400003", "Missing header"],
    [{ "x-gw-ims-org-id": "OTHER@AdobeOrg" }, 403, "403025", "Profile is not valid"],
    [{ "x-gw-ims-org-id": "no org" }, 403, "403027", "User region is missing"],
  ])("%j", async (headers, status, error_code, message) => {
    const answer = await http.aep("GET", "catalog/dataSets", { headers });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error_code, message });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("a token ends on the virtual clock", async () => {
    expect((await http.aep("GET", "catalog/dataSets")).status).toBe(200);
    await http.control("POST", "clock", { advanceMs: 25 * 3600_000 });
    expect((await http.aep("GET", "catalog/dataSets")).body.error_code).toBe("401013");
  });

  it("a body needs a content type and must be JSON", async () => {
    const wrong = await http.aep("POST", "catalog/dataSets", { body: {}, headers: { "content-type": "text/plain" } });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toEqual({
      type: "/placeholder/type/uri",
      status: 400,
      title: "BadRequestError",
      detail: "A valid content-type must be specified",
    });
    expect((await http.aep("POST", "catalog/dataSets", { body: "{" })).body.title).toBe("BadRequestError");
  });

  it("the sandbox header is checked, in each service's own shape", async () => {
    const missing = await http.aep("GET", "flowservice/flows", { headers: { "x-sandbox-name": null } });
    expect([missing.status, missing.body.type]).toEqual([400, "https://ns.adobe.com/aep/errors/FLOW-2105-400"]);
    const unknown = await http.aep("GET", "flowservice/flows", { headers: { "x-sandbox-name": "nope" } });
    expect([unknown.status, unknown.body.type]).toEqual([404, "https://ns.adobe.com/aep/errors/FLOW-2100-404"]);
    const byId = await http.aep("GET", "flowservice/flows", { headers: { "x-sandbox-id": "1" } });
    expect(byId.body.type).toBe("https://ns.adobe.com/aep/errors/FLOW-2110-400");
    const registry = await http.aep("GET", "schemaregistry/stats", { headers: { "x-sandbox-name": "nope" } });
    expect([registry.status, registry.body.report.registryRequestId]).toEqual([
      404,
      registry.headers.get("x-request-id"),
    ]);
    expect((await http.aep("GET", "catalog/dataSets", { headers: { "x-sandbox-name": "nope" } })).status).toBe(404);
  });

  it("the rate limit answers 429 with Retry-After", async () => {
    await http.aep("GET", "catalog/dataSets");
    await http.control("POST", "settings", { rateLimitPerSecond: 0 });
    const answer = await http.aep("GET", "catalog/dataSets");
    expect([answer.status, answer.body, answer.headers.get("retry-after")]).toEqual([
      429,
      { error_code: "429050", message: "Too many requests" },
      "1",
    ]);
  });
});

describe("unknown routes", () => {
  it("answer 501 with the operation's name where it is known", async () => {
    const known = await http.aep("GET", "catalog/tags/x");
    expect([known.status, known.body.operation]).toEqual([501, "listTags"]);
    const unknown = await http.aep("GET", "segmentation/jobs");
    expect([unknown.status, unknown.body.operation]).toEqual([501, "GET /data/foundation/segmentation/jobs"]);
    expect((await fetch(`${emulator.url}/somewhere`)).status).toBe(501);
  });

  it("every operation of the table that is not refused has a route", async () => {
    await http.control("POST", "settings", { profileDelete: "allowed" });
    for (const operation of OPERATIONS) {
      const path = operation.path.replace(/:(\w+)/g, (_, name) => (name === "container" ? "tenant" : "x"));
      const url = path.replace("/data/foundation/", "");
      const answer = path.startsWith("/data/")
        ? await http.aep(operation.method, url, { body: operation.method === "GET" ? undefined : {} })
        : await plain(operation.method, path);
      const expected = operation.support === "refused";
      expect([operation.id, answer.status === 501], operation.path).toEqual([operation.id, expected]);
    }
  });

  it("every route of the app is in the table", () => {
    const shape = (method: string, path: string) => `${method} ${path.replace(/:\w+(\{[^}]*\})?/g, ":")}`;
    const table = new Set(OPERATIONS.map(({ method, path }) => shape(method, path)));
    const routes = createApp(emulator.world, SERVICES).routes.filter(({ method }) => method !== "ALL");
    const missing = routes.map(({ method, path }) => shape(method, path)).filter((route) => !table.has(route));
    expect(missing).toEqual([]);
  });

  async function plain(method: string, path: string): Promise<{ status: number }> {
    const body = method === "GET" ? {} : { body: "{}", headers: { "content-type": "application/json" } };
    return fetch(emulator.url + path, { method, ...body });
  }
});

describe("sandboxes", () => {
  it("are listed, with or without the slash, and need no sandbox header", async () => {
    for (const path of ["sandbox-management/", "sandbox-management"]) {
      const { status, body } = await http.aep("GET", path, { headers: { "x-sandbox-name": null } });
      expect(status).toBe(200);
      expect(body.sandboxes.map((item: { name: string }) => item.name)).toEqual(["dev", "stage", "prod"]);
      expect(body.sandboxes[0]).toMatchObject({ state: "active", type: "development", isDefault: false, eTag: 1 });
    }
    const filtered = await http.aep("GET", "sandbox-management/sandboxes?property=name==stage");
    expect(filtered.body._page).toEqual({ limit: 50, count: 1 });
    const first = (await http.aep("GET", "sandbox-management/sandboxes?limit=1&orderBy=desc:created")).body;
    expect(first._links.page.href).toContain("/sandbox-management/sandboxes?limit={limit}&offset={offset}");
    expect(first._links.prev).toBeUndefined();
    const last = (await http.aep("GET", "sandbox-management/sandboxes?limit=2&offset=2")).body;
    expect([last._links.next, new URL(last._links.prev.href).search]).toEqual([undefined, "?limit=2&offset=0"]);
    const next = new URL(first._links.next.href).href.split("/data/foundation/")[1] ?? "";
    expect((await http.aep("GET", next)).body.sandboxes).toHaveLength(1);
  });

  it("are made asynchronously and usable half a minute later", async () => {
    const made = await http.aep("POST", "sandbox-management/sandboxes", {
      body: { name: "dev-3", title: "Dev 3", type: "development" },
    });
    expect([made.status, made.body.state]).toEqual([202, "creating"]);
    const inside = { headers: { "x-sandbox-name": "dev-3" } };
    expect((await http.aep("GET", "flowservice/flows", inside)).body.type).toContain("FLOW-2101-404");
    await http.control("POST", "clock", { advanceMs: 31_000 });
    expect((await http.aep("GET", "sandbox-management/sandboxes/dev-3")).body.state).toBe("active");
    expect((await http.aep("GET", "catalog/dataSets", inside)).status).toBe(200);
    const again = await http.aep("POST", "sandbox-management/sandboxes", {
      body: { name: "dev-3", type: "development" },
    });
    expect([again.status, again.body.type]).toEqual([409, "http://ns.adobe.com/aep/errors/SMS-4090-409"]);
  });

  it("take a title, a reset and a delete; the default one stays", async () => {
    const renamed = await http.aep("PATCH", "sandbox-management/sandboxes/dev", { body: { title: "New" } });
    expect([renamed.status, renamed.body.title, renamed.body.eTag]).toEqual([200, "New", 2]);
    expect((await http.aep("PUT", "sandbox-management/sandboxes/dev", { body: { action: "reset" } })).status).toBe(202);
    const inside = { headers: { "x-sandbox-name": "dev" } };
    expect((await http.aep("GET", "sandbox-management/sandboxes/dev")).body.state).toBe("resetting");
    expect((await http.aep("GET", "catalog/dataSets", inside)).status).toBe(404);
    await http.control("POST", "clock", { advanceMs: 31_000 });
    expect((await http.aep("GET", "sandbox-management/sandboxes/dev")).body).toMatchObject({ state: "active" });
    expect((await http.aep("GET", "catalog/dataSets", inside)).status).toBe(200);
    const gone = await http.aep("DELETE", "sandbox-management/sandboxes/stage");
    expect([gone.status, gone.body.state]).toEqual([202, "deleted"]);
    expect((await http.aep("GET", "sandbox-management/sandboxes/stage")).status).toBe(200);
    expect((await http.aep("DELETE", "sandbox-management/sandboxes/prod")).status).toBe(400);
    expect((await http.aep("GET", "sandbox-management/sandboxes/none")).status).toBe(404);
  });
});

describe("control", () => {
  const fieldGroup = (title: string) => ({
    type: "object",
    title,
    description: "",
    "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"],
    definitions: { customFields: { type: "object", properties: { _acme: { type: "object", properties: {} } } } },
    allOf: [{ $ref: "#/definitions/customFields" }],
  });
  const make = async (title: string) =>
    (await http.aep("POST", "schemaregistry/tenant/fieldgroups", { body: fieldGroup(title) })).body;

  it("the same seed and calls give the same ids, whatever is read between; another seed others", async () => {
    const first = await make("A");
    await http.control("POST", "reset", {});
    http = aepHttp(emulator);
    await http.aep("GET", "catalog/dataSets");
    expect((await make("A")).$id).toBe(first.$id);
    expect((await http.control("POST", "reset", { seed: 12 })).body).toEqual({ seed: 12 });
    http = aepHttp(emulator);
    expect((await make("A")).$id).not.toBe(first.$id);
    await http.control("POST", "reset", { seed: 11 });
  });

  it("a reset empties everything", async () => {
    await make("A");
    await http.control("POST", "settings", { maxPageSize: 1 });
    await http.control("POST", "faults", { fault: { kind: "reset" }, match: { operation: "listFlows" } });
    expect((await http.control("GET", "sandboxes/dev/state")).body.fieldgroups).toBe(1);
    await http.control("POST", "reset");
    const state = (await http.control("GET", "sandboxes/dev/state")).body;
    expect(Object.values(state).every((count) => count === 0)).toBe(true);
    expect((await http.control("GET", "settings")).body.maxPageSize).toBe(null);
    expect((await http.control("GET", "faults")).body).toEqual({ faults: [] });
    expect((await http.control("GET", "calls")).body.count).toBe(0);
  });

  it("the clock is set, moved and frozen", async () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    const set = await http.control("POST", "clock", { now: "2026-01-01T00:00:00Z", freeze: true });
    expect(set.body).toEqual({ now, frozen: true });
    expect((await http.control("POST", "clock", { advanceMs: 60_000 })).body.now).toBe(now + 60_000);
    expect((await http.control("GET", "clock")).body).toEqual({ now: now + 60_000, frozen: true });
    expect((await http.control("POST", "clock", { now: "soon" })).status).toBe(400);
  });

  it("calls are logged with operation, sandbox, status and masked bodies", async () => {
    await http.token();
    await make("A");
    await fetch(`${emulator.url}/ims/token/v2?client_secret=canary-1&client_id=emulator`, { method: "POST" });
    const { calls } = (await http.control("GET", "calls")).body;
    const created = calls.find((call: { operation: string }) => call.operation === "createFieldGroup");
    expect(created).toMatchObject({ method: "POST", sandbox: "dev", status: 201, fault: null });
    expect(created.requestBody.title).toBe("A");
    expect(created.responseBody.$id).toContain("/mixins/");
    expect(JSON.stringify(calls)).not.toContain("canary-1");
    expect(calls[0].requestBody.client_secret).toBe("****");
    const since = (await http.control("GET", `calls?since=${calls.at(-1).n}`)).body;
    expect(since.count).toBe(0);
    expect((await http.control("DELETE", "calls")).status).toBe(204);
    expect((await http.control("GET", "calls")).body.calls).toEqual([]);
  });

  it("an object changed behind the program's back has a new version", async () => {
    const made = await make("A");
    const id = made["meta:altId"];
    const patched = await http.control("PATCH", `sandboxes/dev/objects/fieldgroups/${id}`, { description: "by hand" });
    expect([patched.status, patched.body.version]).toEqual([200, "1.1"]);
    const read = await http.control("GET", `sandboxes/dev/objects/fieldgroups/${encodeURIComponent(made.$id)}`);
    expect(read.body.description).toBe("by hand");
    const byPointer = await http.control("PATCH", `sandboxes/dev/objects/fieldgroups/${id}`, [
      { op: "replace", path: "/title", value: "B" },
    ]);
    expect([byPointer.body.title, byPointer.body.version]).toEqual(["B", "1.2"]);
    expect((await http.control("DELETE", `sandboxes/dev/objects/fieldgroups/${id}`)).status).toBe(204);
    expect((await http.control("GET", `sandboxes/dev/objects/fieldgroups/${id}`)).status).toBe(404);
    expect((await http.control("GET", "sandboxes/dev/objects/toys/1")).body.detail).toContain("mappingSets");
  });

  it("a snapshot is taken and restored, ids go on where they were", async () => {
    await make("A");
    const snapshot = (await http.control("GET", "snapshot")).body;
    const next = await make("B");
    const restored = await http.control("POST", "restore", snapshot);
    expect(restored.status).toBe(200);
    expect((await http.control("GET", "sandboxes/dev/state")).body.fieldgroups).toBe(1);
    expect((await make("B")).$id).toBe(next.$id);
    expect((await http.control("POST", "restore", { format: "other" })).status).toBe(400);
  });

  it("settings are checked, all or none, with every mistake", async () => {
    const wrong = await http.control("POST", "settings", { maxPageSize: 0, latencyMs: "x", speed: 1 });
    expect(wrong.status).toBe(400);
    for (const name of ["maxPageSize", "latencyMs", "speed"]) expect(wrong.body.detail).toContain(name);
    const right = await http.control("POST", "settings", { latencyMs: 0, mappingSetDelete: "405" });
    expect(right.body).toMatchObject({ mappingSetDelete: "405", maskSecrets: true });
  });

  it("events for the polled source are queued and settle returns", async () => {
    const queued = await http.control("POST", "capillary/events", [{ eventName: "pointsIssued" }]);
    expect(queued.body).toEqual({ queued: 1 });
    expect((await http.control("POST", "capillary/events", [1])).status).toBe(400);
    expect((await http.control("POST", "settle")).body.settled).toBe(true);
  });

  it("a busy port is one clear error", async () => {
    await expect(startEmulator({ port: emulator.port })).rejects.toMatchObject({ code: "EMULATOR_PORT" });
  });
});
