/** `aep send`: what goes where, what is refused, what a fault does, and what a second run sends. */
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { invalid, type Lab, profile } from "./lab.ts";

const INLET = { operation: "sendMessage" };
const emails = (rows: Array<{ row: any }>): string[] => rows.map(({ row }) => row.identityMap?.Email?.[0]?.id);
const lines = (count: number, name: string): string =>
  Array.from({ length: count }, (_, at) => JSON.stringify(profile(`${name}${at}@example.com`))).join("\n");

export function sending(lab: () => Lab): void {
  describe("send", () => {
    it("sends the mappings' samples to their flows and reads the rows back", async () => {
      const { exitCode, stdout, stderr } = await lab().aep("send --sample --follow --stack dev");
      expect(exitCode, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/^\d+ events sent.*: \d+ taken, 0 refused/);
      expect(stdout).toMatch(/stream\/raw-event: (\d+) landed, 0 failed/);
      expect(stdout).toContain("Raw events: ");
      expect(stdout).toMatch(/Profiles: 1 new row read back/);
    });

    it("takes no run of an earlier sending for its own", async () => {
      lab().project.write("good.json", JSON.stringify(profile("good@example.com")));
      lab().project.write("bad.json", JSON.stringify(invalid("bad@example.com")));
      const good = await lab().aep("send good.json --flow stream/profile --stack dev --follow");
      expect(good).toMatchObject({ exitCode: 0 });
      const bad = await lab().aep("send bad.json --flow stream/profile --stack dev --follow");
      expect(bad).toMatchObject({ exitCode: 1 });
      expect(bad.stdout).toContain("0 landed, 1 failed");
    });

    it("routes Capillary's events by their kind, from a list, in any envelope, gzipped", async () => {
      const event = (name: string) => JSON.parse(lab().project.read(`events/${name}.json`) ?? "");
      const issued = event("points-issued");
      const file = join(lab().project.folder, "events.json.gz");
      writeFileSync(
        file,
        gzipSync(JSON.stringify([issued, { body: event("customer-added") }, event("transaction-added")])),
      );
      const { exitCode, body } = await lab().json("send events.json.gz --stack dev");
      expect(exitCode).toBe(0);
      const counts = Object.fromEntries(body.flows.map(({ flow, taken }: any) => [flow, taken]));
      expect(counts).toEqual({ "stream/raw-profile": 2, "stream/raw-event": 2 });
    });

    it("sends the rows of a CSV, as far as they have not been sent", async () => {
      const row = (at: number) => `"Doe, ${at}",${at}`;
      lab().project.write("rows.csv", ["name,points", ...[1, 2, 3].map(row)].join("\n"));
      const first = await lab().json("send rows.csv --flow stream/profile --stack dev");
      expect(first).toMatchObject({ exitCode: 0, body: { flows: [{ taken: 3 }] } });
      const calls = lab().emulator.world.calls.filter(({ operation }) => operation === "sendMessage");
      expect(calls.slice(-3).map(({ requestBody }) => requestBody)).toContainEqual({ name: "Doe, 3", points: "3" });
      const again = await lab().json("send rows.csv --flow stream/profile --stack dev --resume");
      expect(again.body).toMatchObject({ flows: [], sentBefore: ["rows.csv"] });
    });

    it("keeps what the edge refuses, for its owner alone and without personal data in the record", async () => {
      lab().project.write(
        "mixed.ndjson",
        [profile("fine@example.com"), invalid("bad@example.com")].map((one) => JSON.stringify(one)).join("\n"),
      );
      const { exitCode, body } = await lab().json("send mixed.ndjson --flow stream/profile --sync --stack dev");
      expect(exitCode).toBe(1);
      expect(body.flows).toEqual([{ flow: "stream/profile", taken: 1, refused: 1, repeated: 0 }]);
      const [id] = body.records;
      const folder = join(lab().project.folder, ".aep/errors");
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
      const record = lab().project.read(`.aep/errors/${id}.json`) ?? "";
      expect(record).not.toContain("bad@example.com");
      expect(JSON.parse(record)).toMatchObject({
        errorType: "validation",
        response: { status: 400 },
        source: "mixed.ndjson:2",
        resources: { stack: "dev", flow: "stream/profile" },
      });
      expect(JSON.parse(record).ids.requestId).toBeTruthy();
      expect(lab().project.read(`.aep/errors/${id}.payload.json`)).toContain("bad@example.com");
    });

    it("sends numbers of any length as they stand", async () => {
      lab().project.write(
        "long.json",
        JSON.stringify(profile("long@example.com")).replace('"points":7', '"points":12345678901234567890'),
      );
      expect((await lab().aep("send long.json --flow stream/profile --stack dev")).exitCode).toBe(0);
      const call = lab().emulator.world.calls.findLast(({ operation }) => operation === "sendMessage");
      expect(JSON.stringify(call)).toContain("12345678901234567");
    });

    it("sends batches, and tells apart what one of them holds", async () => {
      const bad = JSON.stringify({
        header: { schemaRef: { id: "https://ns.adobe.com/none" } },
        body: { xdmEntity: {} },
      });
      lab().project.write("batch.ndjson", [lines(5, "batch"), bad, lines(2, "more")].join("\n"));
      const { exitCode, body } = await lab().json("send batch.ndjson --flow stream/profile --batch 4 --stack dev");
      expect(exitCode).toBe(1);
      expect(body.flows).toEqual([{ flow: "stream/profile", taken: 7, refused: 1, repeated: 0 }]);
      const rows = emails(await lab().rows("Profiles"));
      expect(rows.filter((email) => /^(batch|more)\d@/.test(email ?? "")).length).toBe(7);
    });

    it("names what it cannot read by its line, before anything is sent", async () => {
      const before = lab().sent;
      lab().project.write("broken.ndjson", `${lines(3, "broken")}\n{"a": \n`);
      const broken = await lab().aep("send broken.ndjson --flow stream/profile --stack dev");
      expect(broken).toMatchObject({ exitCode: 1 });
      expect(broken.stderr).toContain("EVENT_FILE: broken.ndjson:4");
      const unrouted = await lab().aep("send broken.ndjson --stack dev");
      expect(unrouted.stderr).toMatch(/USAGE: broken.ndjson:1: .*\n.*--flow, one of: stream\/profile/);
      expect(lab().sent).toBe(before);
    });
  });

  describe("send, when things go wrong", () => {
    it.each([
      ["Retry-After", { kind: "throttle", retryAfter: 1 }],
      ["no Retry-After", { kind: "throttle", retryAfter: null }],
      ["an expired token", { kind: "expiredToken" }],
    ] as const)("goes on after %s, each event once", async (name, fault) => {
      const label = name.replaceAll(/\W/g, "").toLowerCase();
      lab().project.write("throttled.ndjson", lines(12, label));
      const rule = { match: INLET, skip: 3, count: 2, fault };
      const { body, exitCode } = await lab().faulty(rule, () =>
        lab().json("send throttled.ndjson --flow stream/profile --stack dev"),
      );
      expect(exitCode).toBe(0);
      expect(body.flows).toEqual([{ flow: "stream/profile", taken: 12, refused: 0, repeated: 0 }]);
      expect(emails(await lab().rows("Profiles")).filter((email) => email?.startsWith(label)).length).toBe(12);
    });

    it("sends again what was taken and never answered, and says so", async () => {
      lab().project.write("lost.ndjson", lines(6, "lost"));
      const rule = { match: INLET, skip: 2, count: 1, fault: { kind: "reset", when: "after" } } as const;
      const { exitCode, stdout } = await lab().faulty(rule, () =>
        lab().aep("send lost.ndjson --flow stream/profile --stack dev"),
      );
      expect(exitCode).toBe(0);
      expect(stdout).toContain("1 event went out again because an answer was lost: they may be there twice");
      expect(emails(await lab().rows("Profiles")).filter((email) => email?.startsWith("lost")).length).toBe(7);
    });

    it.each(["SIGINT", "SIGKILL"] as const)("goes on after %s where it stopped", async (signal) => {
      const name = `part${signal.toLowerCase()}`;
      const total = 300;
      lab().project.write(`${name}.ndjson`, lines(total, name));
      const before = lab().sent;
      const args = `send ${name}.ndjson --flow stream/profile --stack dev -q`;
      const latency = { match: INLET, fault: { kind: "latency", ms: 40 } } as const;
      const { code, stderr } = await lab().faulty(latency, () =>
        lab().interrupted(args, signal, () => lab().sent >= before + 30),
      );
      expect(lab().sent - before).toBeLessThan(total);
      if (signal === "SIGINT") {
        expect(code, stderr).toBe(130);
        expect(stderr).toContain("INTERRUPTED");
      }
      const { exitCode, body } = await lab().json(`send ${name}.ndjson --flow stream/profile --stack dev`);
      expect(exitCode).toBe(0);
      expect(body.resumed.answered).toBeGreaterThan(0);
      expect(body.resumed.answered + body.flows[0].taken).toBe(total);
      const landed = emails(await lab().rows("Profiles")).filter((email) => email?.startsWith(name));
      expect(new Set(landed).size).toBe(total);
      expect(landed.length - total).toBeLessThanOrEqual(body.resumed.open);
      const again = await lab().json(`send ${name}.ndjson --flow stream/profile --stack dev --resume`);
      expect(again.body).toMatchObject({ flows: [], sentBefore: [`${name}.ndjson`] });
    });

    it("stops with one message when nothing can be reached, and keeps what is left", async () => {
      lab().project.write("far.ndjson", lines(4, "far"));
      const { exitCode, stderr } = await lab().aep("send far.ndjson --flow stream/profile --stack dev", {
        AEP_ENDPOINT: "http://127.0.0.1:9",
        AEP_IMS_ENDPOINT: "http://127.0.0.1:9",
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain("AEP_UNREACHABLE");
      expect(stderr.trim().split("\n").length).toBeLessThan(4);
      const next = await lab().json("send far.ndjson --flow stream/profile --stack dev");
      expect(next.body.flows[0].taken).toBe(4);
      expect(next.body.resumed.open).toBe(0);
    });

    it("stops after too many refusals and goes on behind them", async () => {
      lab().project.write(
        "bad.ndjson",
        [1, 2, 3].map((at) => JSON.stringify(invalid(`b${at}@example.com`))).join("\n"),
      );
      const args = "send bad.ndjson --flow stream/profile --sync --stack dev";
      const first = await lab().aep(`${args} --max-refused 2`);
      expect(first).toMatchObject({ exitCode: 1 });
      expect(first.stderr).toContain("SEND_STOPPED: 2 events were refused");
      const second = await lab().json(args);
      expect(second.body).toMatchObject({ resumed: { answered: 2, open: 0 } });
    });

    it.each([
      ["send", "there is nothing to send"],
      ["send nowhere.json --stack dev --flow stream/profile", "FILE_NOT_FOUND: nowhere.json"],
      ["send events/guide-profile.json --stack dev --flow stream/other", 'no flow "stream/other"'],
      ["send events/guide-profile.json --stack dev --flow polled/profile", "has no inlet"],
      ["send --sample events/guide-profile.json", "exclude each other"],
      ["send events/guide-profile.json --rate fast", "is no rate"],
      ["send events/guide-profile.json --batch 0", "--batch must be"],
      ["send events/guide-profile.json --timeout soon", "is no length of time"],
      ["send events/guide-profile.json --sync --batch 5", "single events"],
      ["send events/guide-profile.json --resume --restart", "exclude each other"],
      ["send events/guide-profile.json --max-refused x", "--max-refused must be"],
      ["send events/guide-profile.json --nonsense", "unknown option"],
      ["send --sample --stack nowhere", "nowhere"],
    ])("%s: %s", async (args, message) => {
      const { exitCode, stdout, stderr } = await lab().aep(args);
      expect([1, 2]).toContain(exitCode);
      expect(stderr).toContain(message);
      expect(stdout).toBe("");
    });

    it("leaves no draft behind", () => {
      const folder = join(lab().project.folder, ".aep");
      const names = existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
      expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    });
  });
}
