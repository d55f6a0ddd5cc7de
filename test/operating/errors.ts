/** `aep errors` and `aep runs`: what was refused or failed, seen, mended, sent again and exported. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLIENT_SECRET, invalid, type Lab, profile } from "./lab.ts";

export function looking(lab: () => Lab): void {
  describe("errors", () => {
    const quarantine = { AEP_ERRORS_DIR: "kept" };
    let id = "";

    it("shows a refused payload with the guide's fields, personal data hashed", async () => {
      lab().project.write("refused.json", JSON.stringify(invalid("jane.roe@example.com"), null, 2));
      const sent = await lab().json("send refused.json --flow stream/profile --sync --stack dev", quarantine);
      id = sent.body.records[0];
      const { stdout } = await lab().aep(`errors show ${id.slice(0, 6)}`, quarantine);
      for (const part of [
        "error type",
        "validation",
        "requestId",
        "status 400",
        "stream/profile",
        "mappingSetId",
        "authenticatedState",
      ])
        expect(stdout).toContain(part);
      expect(stdout).toMatch(/"id": "sha256:[0-9a-f]{16}"/);
      expect(stdout).not.toContain("jane.roe");
      expect((await lab().aep(`errors show ${id} --include-payloads`, quarantine)).stdout).toContain(
        "jane.roe@example.com",
      );
      expect((await lab().aep("errors list", quarantine)).stdout).toMatch(
        new RegExp(`${id} .*waiting.*stream/profile`),
      );
    });

    it("brings failed records of runs in, once, and never over a record that is there", async () => {
      lab().project.write("later.json", JSON.stringify(invalid("john.poe@example.com")));
      const sent = await lab().aep("send later.json --flow stream/profile --stack dev --follow", quarantine);
      expect(sent).toMatchObject({ exitCode: 1 });
      expect(sent.stdout).toMatch(/0 landed, 1 failed[\s\S]*authenticatedState/);
      const pulled = await lab().json("errors pull --flow stream/profile --stack dev", quarantine);
      expect(pulled.body.fresh).toBeGreaterThan(0);
      const mine = pulled.body.records.find(({ system }: any) => system === "flow");
      expect(mine).toMatchObject({ errorType: "partial", resources: { flow: "stream/profile" } });
      expect(mine.ids).toMatchObject({ batchId: expect.any(String), runId: expect.any(String) });
      expect((await lab().json("errors pull --flow stream/profile --stack dev", quarantine)).body.fresh).toBe(0);
    });

    it("sends a mended payload again and keeps the record", async () => {
      const refused = await lab().aep(`errors replay ${id} --sync`, quarantine);
      expect(refused).toMatchObject({ exitCode: 1 });
      expect(refused.stdout).toContain("0 of 1 record taken");
      lab().project.write("mended.json", JSON.stringify(profile("jane.roe@example.com")));
      const taken = await lab().json(`errors replay ${id} --with mended.json`, quarantine);
      expect(taken.body).toEqual([{ id, outcome: "taken", xactionId: expect.any(String), twice: false }]);
      const { body } = await lab().json("errors list --all", quarantine);
      const record = body.find((one: any) => one.id === id);
      expect(record).toMatchObject({
        outcome: "replayed",
        attempts: 2,
        replays: [{ outcome: "refused" }, { outcome: "taken" }],
      });
      expect((await lab().json("errors list", quarantine)).body.map((one: any) => one.id)).not.toContain(id);
      expect(lab().project.read(`kept/${id}.payload.json`)).toContain("verified");
    });

    it("never loses a record whose answer was lost, and says that it may be there twice", async () => {
      lab().project.write("third.json", JSON.stringify(invalid("third@example.com")));
      const sent = await lab().json("send third.json --flow stream/profile --sync --stack dev", quarantine);
      const [third] = sent.body.records;
      const lost = { match: { operation: "sendMessage" }, fault: { kind: "reset", when: "after" } } as const;
      const killed = await lab().faulty(lost, () => lab().aep(`errors replay ${third}`, quarantine));
      expect(killed).toMatchObject({ exitCode: 1 });
      expect((await lab().aep("errors list", quarantine)).stdout).toMatch(new RegExp(`${third} .*unknown`));
      const again = await lab().json(`errors replay ${third}`, quarantine);
      expect(again.body).toMatchObject([{ id: third, outcome: "taken", twice: true }]);
    }, 120_000);

    it("leaves a record as it was when nothing could be sent", async () => {
      const { body } = await lab().json("errors list", quarantine);
      const waiting = body[0].id;
      const unreachable = { ...quarantine, AEP_ENDPOINT: "http://127.0.0.1:9", AEP_IMS_ENDPOINT: "http://127.0.0.1:9" };
      expect((await lab().aep(`errors replay ${waiting}`, unreachable)).stderr).toContain("AEP_UNREACHABLE");
      expect((await lab().json("errors list", quarantine)).body).toEqual(body);
    });

    it("exports for a ticket and for a spreadsheet", async () => {
      const out = await lab().aep("errors export --all --out ticket.ndjson", quarantine);
      expect(out.exitCode).toBe(0);
      expect(statSync(join(lab().project.folder, "ticket.ndjson")).mode & 0o777).toBe(0o600);
      const text = lab().project.read("ticket.ndjson") ?? "";
      const records = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(records.find((one) => one.id === id).payload.identityMap.email[0].id).toMatch(/^sha256:/);
      expect(text).not.toMatch(/jane\.roe|john\.poe|third@/);
      const csv = await lab().aep("errors export --format csv --all --include-payloads", quarantine);
      expect(csv.stdout.split("\r\n")[0]).toContain("requestId");
      expect(csv.stdout).toContain("jane.roe@example.com");
    });

    it.each([
      ["errors show nothing", "ERRORS_UNKNOWN", 1],
      ["errors replay", "which records?", 2],
      ["errors replay --all --type strange", "is none of", 2],
      ["errors replay --all --with mended.json", "--with mends one record", 2],
      ["errors list --since long", "is no length of time", 2],
      ["errors export --format xml", "neither ndjson nor csv", 2],
      ["errors export --out nowhere/there/x.csv --all", "FILE_NOT_FOUND: nowhere/there/x.csv", 1],
      ["errors pull --limit 0", "--limit must be", 2],
      ["runs --since 5", "is no length of time", 2],
      ["runs --limit many", "--limit must be", 2],
      ["runs --stack dev --flow none/such", "there is no flow", 2],
      ["support-bundle --limit 0", "--limit must be", 2],
      ["support-bundle --stack dev --error e-000", "ERRORS_UNKNOWN", 1],
    ])("%s: %s", async (args, message, exitCode) => {
      const ran = await lab().aep(args, quarantine);
      expect(ran.stderr).toContain(message);
      expect(ran.exitCode).toBe(exitCode);
    });
  });

  describe("runs", () => {
    it("counts what went in, came out and failed, and names the mapping row at fault", async () => {
      const { exitCode, stdout } = await lab().aep("runs --stack dev --flow stream/profile --limit 200");
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/stream\/profile +failed +1 +0 +1 /);
      expect(stdout).toMatch(/INGEST-1212-400 .*authenticatedState.* \[mappings\/capillary-profile\.yaml:\d+:\d+\]/);
      expect(stdout).toMatch(/INGEST-1212-400: Some records failed\./);
      expect(stdout).not.toContain("john.poe");
    });

    it("is content with runs in which nothing failed", async () => {
      const { exitCode, body } = await lab().json("runs --stack dev --flow stream/raw-event");
      expect(exitCode).toBe(0);
      expect(body.runs.length).toBeGreaterThan(0);
      expect(body.runs[0]).toMatchObject({ flow: "stream/raw-event", status: "success", records: { failed: 0 } });
    });

    it("says in one message that the credentials are wrong", async () => {
      const { exitCode, stdout, stderr } = await lab().aep("runs --stack dev", { AEP_CLIENT_SECRET: "wrong-secret-1" });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain("AEP_AUTH_FAILED");
      expect(stderr).not.toContain(CLIENT_SECRET);
    });
  });
}
