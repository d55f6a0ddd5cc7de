import { describe, expect, it } from "vitest";
import { withoutSecrets } from "./redact.ts";
import { entropy, environmentSecrets, scan } from "./scan.ts";

const SECRET = 'kanari "one"/+ä7f3a91';
const found = (text: string) => scan(new Map([["a.json", text]]), [{ value: SECRET, from: "AEP_CLIENT_SECRET" }]);

describe("scan", () => {
  it.each([
    ["as it is", (text: string) => text],
    ["in JSON", (text: string) => JSON.stringify({ text })],
    ["in JSON within JSON", (text: string) => JSON.stringify({ body: JSON.stringify({ text }) })],
    ["in a URL", encodeURIComponent],
    ["in a form", (text: string) => new URLSearchParams({ x: text }).toString()],
    ["in base64", (text: string) => Buffer.from(text).toString("base64")],
    ["in base64url", (text: string) => Buffer.from(text).toString("base64url")],
    ["in hex", (text: string) => Buffer.from(text).toString("hex")],
  ])("finds a known value %s", (_, spell) => {
    const hits = found(`\n  before ${spell(SECRET)} after`);
    expect(hits[0]).toEqual({ file: "a.json", line: 2, what: "the value of AEP_CLIENT_SECRET" });
    expect(JSON.stringify(hits)).not.toContain("kanari");
  });

  it.each([
    "Authorization: Bearer abcdefghij.klmnop",
    `"x": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln"`,
    "-----BEGIN RSA PRIVATE KEY-----",
    "AKIAIOSFODNN7EXAMPLE",
    `p8e-${"a1B2c3D4e5".repeat(3)}`,
    `ghp_${"a1B2c3D4e5".repeat(4)}`,
    `pul-${"0123456789abcdef".repeat(3).slice(0, 40)}`,
    "sftp://user:pass1word@host/path",
    "https://host/path?client_secret=abcdefgh12",
    `"privateKeyContent": "LS0tLS1CRUdJTiBQUklWQVRF"`,
    "password: hunter2hunter3x9",
  ])("finds %s by its shape", (text) => expect(scan(new Map([["a", text]]), []).length).toBeGreaterThan(0));

  it.each([
    `"clientSecret": "env:CAPILLARY_SECRET"`,
    `"clientSecret": "[secret]"`,
    "Bearer [secret]",
    `"id": "sha256:7ece5a0ab2a4d5d6"`,
    `"requestId": "ac9d145b-527a-4000-ac53-d41a93ac14e0"`,
    `"inletUrl": "https://dcs.adobedc.net/collection/54a557a55b38bd442387d206221f81d1"`,
    "the token is good for 24 h; token: received and checked",
    `"title": "Access token", "reason": "IMS gave one"`,
  ])("leaves %s alone", (text) => expect(scan(new Map([["a", text]]), [])).toEqual([]));
});

it("takes credentials out of the environment, not what is shown anyway", () => {
  const env = {
    AEP_CLIENT_SECRET: "emulator",
    OTHER_TOKEN: "tok-123456",
    SSH_KEY_TOKEN_FILE: "/home/x/key",
    MINE: "given",
    HOME: "/x",
  };
  expect(environmentSecrets(env, ["MINE"], ["emulator"]).map(({ from }) => from)).toEqual(["OTHER_TOKEN", "MINE"]);
});

it("knows random texts from words by their entropy", () => {
  expect(entropy("aaaaaaaa")).toBe(0);
  expect(entropy("k3J9xQ7vZ2pL")).toBeGreaterThan(3);
});

it("masks sealed values and credentials by their names, and nothing else", () => {
  const sealed = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
  const value = {
    encryptionsalt: "v1:abc",
    config: { "aep:clientSecret": { secure: "v1:abc" }, "aep:clientId": "id" },
    auth: { params: { password: "hidden", host: "example.com", token: "env:NAME" } },
    ids: { tokenId: "t-1", requestId: "r-1" },
    sealed,
  };
  expect(withoutSecrets(value)).toEqual({
    encryptionsalt: "[secret]",
    config: { "aep:clientSecret": "[secret]", "aep:clientId": "id" },
    auth: { params: { password: "[secret]", host: "example.com", token: "env:NAME" } },
    ids: { tokenId: "t-1", requestId: "r-1" },
    sealed: "[secret]",
  });
});
