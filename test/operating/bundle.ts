/** `aep support-bundle`: what is in it, and what never is. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { openPromise } from "yauzl";
import { CLIENT_SECRET, type Lab } from "./lab.ts";

async function unzip(file: string): Promise<Map<string, string>> {
  const archive = await openPromise(file);
  const files = new Map<string, string>();
  for await (const entry of archive.eachEntry())
    files.set(entry.fileName, await text(await archive.openReadStreamPromise(entry)));
  return files;
}

export function bundling(lab: () => Lab): void {
  describe("support-bundle", () => {
    const at = (name: string) => join(lab().project.folder, name);

    it("holds what a ticket needs, with checksums", async () => {
      const { exitCode, body, stderr } = await lab().json("support-bundle --stack dev --out bundle.zip");
      expect(exitCode, stderr).toBe(0);
      expect(body.missing).toEqual({});
      expect(statSync(at("bundle.zip")).mode & 0o777).toBe(0o600);
      const files = await unzip(at("bundle.zip"));
      expect([...files.keys()]).toEqual([...files.keys()].sort());
      const manifest = JSON.parse(files.get("manifest.json") ?? "");
      expect(manifest.files.map(({ name }: any) => name)).toEqual(
        [...files.keys()].filter((name) => name !== "manifest.json"),
      );
      for (const { name, sha256 } of manifest.files)
        expect(
          createHash("sha256")
            .update(files.get(name) ?? "")
            .digest("hex"),
          name,
        ).toBe(sha256);
      const [record] = JSON.parse(files.get("errors.json") ?? "[]");
      expect(record).toMatchObject({
        response: { status: 400 },
        ids: { requestId: expect.any(String) },
        resources: { flowId: expect.any(String) },
      });
      expect(JSON.parse(files.get("deployment.json") ?? "").objects.length).toBeGreaterThan(10);
      expect(JSON.parse(files.get("doctor.json") ?? "").length).toBeGreaterThan(5);
    });

    it("is the same but for its moments when nothing has changed", async () => {
      await lab().aep("support-bundle --stack dev --out again.zip -q");
      const [first, again] = [await unzip(at("bundle.zip")), await unzip(at("again.zip"))];
      for (const name of ["errors.json", "deployment.json", "stack.json", "versions.json"])
        expect(again.get(name)).toBe(first.get(name));
    });

    it("holds no credential and no personal data, though the API repeats both to the caller", async () => {
      const body = { title: "refused", report: { message: `no ${CLIENT_SECRET} for canary.person@example.com` } };
      const echo = {
        match: { operation: "sendMessage" },
        fault: { kind: "status", status: 400, body, when: "before" },
      } as const;
      lab().project.write("echo.json", JSON.stringify({ a: { email: "canary.person@example.com" } }));
      await lab().faulty(echo, () => lab().aep("send echo.json --flow stream/profile --stack dev"));
      expect((await lab().aep("support-bundle --stack dev --out canary.zip -q")).exitCode).toBe(0);
      const all = [...(await unzip(at("canary.zip"))).values()].join("\n");
      expect(all).toContain("refused");
      expect(all).not.toContain("canary.person");
      for (const spelled of [
        CLIENT_SECRET,
        encodeURIComponent(CLIENT_SECRET),
        Buffer.from(CLIENT_SECRET).toString("base64").replace(/=+$/, ""),
      ])
        expect(all).not.toContain(spelled);
    });

    it("is not written when a secret stands where none is expected", async () => {
      const file = "stacks/Pulumi.dev.yaml";
      const before = lab().project.read(file) ?? "";
      const hidden = `description: ${Buffer.from(CLIENT_SECRET).toString("base64")}`;
      lab().project.write(file, before.replace("mode: httpStreaming", `${hidden}\n      mode: httpStreaming`));
      const { exitCode, stderr } = await lab().aep("support-bundle --stack dev --out never.zip -q");
      lab().project.write(file, before);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/SUPPORT_SECRET: stack\.json line \d+ holds the value of AEP_CLIENT_SECRET/);
      expect(stderr).not.toContain(Buffer.from(CLIENT_SECRET).toString("base64").slice(0, 12));
      expect(existsSync(at("never.zip"))).toBe(false);
    });

    it("is written without AEP, and says what is missing", async () => {
      const { exitCode, stdout } = await lab().aep("support-bundle --stack dev --out offline.zip -q", {
        AEP_ENDPOINT: "http://127.0.0.1:9",
        AEP_IMS_ENDPOINT: "http://127.0.0.1:9",
      });
      expect(exitCode).toBe(0);
      expect(stdout).toContain("missing: runs.json: AEP_UNREACHABLE");
      expect((await unzip(at("offline.zip"))).get("README.md")).toContain("runs.json is missing");
      expect(readFileSync(at("offline.zip")).length).toBeGreaterThan(1000);
    });
  });
}
