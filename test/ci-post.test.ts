/** `ci/post.ts`: one comment, one issue, on GitHub and on GitLab, found again and never doubled. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeForge, startForge } from "./support/forge.ts";

const SCRIPT = resolve(import.meta.dirname, "../ci/post.ts");
const folder = mkdtempSync(join(tmpdir(), "aep-post-"));
const file = join(folder, "plan.md");
let forge: FakeForge;

beforeAll(async () => {
  forge = await startForge();
});
afterAll(async () => {
  await forge.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  forge.comments.clear();
  forge.issues.length = 0;
  forge.writes.length = 0;
  forge.failWith = undefined;
});

const github = () => ({
  GITHUB_ACTIONS: "true",
  GITHUB_API_URL: forge.url,
  GITHUB_REPOSITORY: "brand/aep",
  GITHUB_TOKEN: forge.token,
  PULL_REQUEST: "7",
});
const gitlab = () => ({
  GITLAB_CI: "true",
  CI_API_V4_URL: `${forge.url}/api/v4`,
  CI_PROJECT_ID: "12",
  CI_MERGE_REQUEST_IID: "7",
  GITLAB_TOKEN: forge.token,
});

interface Done {
  code: number;
  stdout: string;
  stderr: string;
}

function post(env: Record<string, string>, ...args: string[]): Promise<Done> {
  return new Promise((done) => {
    execFile(process.execPath, [SCRIPT, ...args], { env, encoding: "utf8" }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const PLAN = "<!-- aep-plan stack=dev -->\n### Plan\n";
const OTHER = "<!-- aep-plan stack=devel -->\n### Plan\n";

describe.each([
  ["GitHub", github],
  ["GitLab", gitlab],
])("on %s", (_, env) => {
  it("posts a comment once, then keeps it up to date, and leaves other people's alone", async () => {
    const stranger = { id: 1, author: "eve", bot: false, body: `${PLAN}nothing to see`, open: true };
    const talk = Array.from({ length: 130 }, (_, id) => ({ ...stranger, id: id + 2, body: "looks good" }));
    forge.comments.set("7", [stranger, ...talk]);
    writeFileSync(file, `${PLAN}one\n`);
    expect(await post(env(), "change", file)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: posted \d+\n$/),
    });
    writeFileSync(file, `${OTHER}another stack\n`);
    expect((await post(env(), "change", file)).stdout).toMatch(/: posted/);
    writeFileSync(file, `${PLAN}two\n`);
    expect((await post(env(), "change", file)).stdout).toMatch(/: updated/);
    expect((await post(env(), "change", file)).stdout).toMatch(/: already up to date/);
    const bodies = forge.comments.get("7")!.map(({ body }) => body);
    expect(bodies).toHaveLength(133);
    expect(bodies[0]).toBe(`${PLAN}nothing to see`);
    expect(bodies.slice(-2)).toEqual([`${PLAN}two\n`, `${OTHER}another stack\n`]);
    expect(forge.writes).toHaveLength(3);
  });

  it("keeps one issue open while there is something to say, closes it, and opens a new one the next time", async () => {
    writeFileSync(file, "<!-- aep-drift -->\nclean\n");
    expect((await post(env(), "issue", file, "--clean")).stdout).toMatch(/: nothing to close/);
    writeFileSync(file, "<!-- aep-drift -->\none field\n");
    expect((await post(env(), "issue", file, "--title", "It differs")).stdout).toMatch(/: posted/);
    writeFileSync(file, "<!-- aep-drift -->\ntwo fields\n");
    expect((await post(env(), "issue", file, "--title", "It differs")).stdout).toMatch(/: updated/);
    expect(forge.issues).toMatchObject([{ title: "It differs", body: "<!-- aep-drift -->\ntwo fields\n", open: true }]);
    writeFileSync(file, "<!-- aep-drift -->\nclean\n");
    expect((await post(env(), "issue", file, "--clean")).stdout).toMatch(/: closed/);
    expect(forge.issues).toMatchObject([{ body: "<!-- aep-drift -->\nclean\n", open: false }]);
    writeFileSync(file, "<!-- aep-drift -->\nagain\n");
    await post(env(), "issue", file, "--title", "It differs");
    expect(forge.issues.map(({ open }) => open)).toEqual([false, true]);
  });

  it("says what went wrong in one message, without the token", async () => {
    writeFileSync(file, PLAN);
    forge.failWith = 502;
    const refused = await post(env(), "change", file);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^CI_POST_FAILED: GET \/.*: status 502/) });
    const wrong = { ...env(), GITHUB_TOKEN: "not-the-token", GITLAB_TOKEN: "not-the-token" };
    const unknown = await post(wrong, "change", file);
    expect(unknown.stderr).toMatch(/status 401/);
    expect(unknown.stderr).not.toMatch(/not-the-token/);
  });
});

it("takes a pull request for no issue", async () => {
  forge.issues.push({ id: 3, author: "app", bot: true, body: "<!-- aep-drift -->\n", open: true, pullRequest: true });
  writeFileSync(file, "<!-- aep-drift -->\none field\n");
  await post(github(), "issue", file);
  expect(forge.issues.map(({ body }) => body)).toEqual(["<!-- aep-drift -->\n", "<!-- aep-drift -->\none field\n"]);
});

it("refuses what it cannot use", async () => {
  writeFileSync(file, "### Plan\n");
  expect(await post(github(), "change", file)).toMatchObject({ code: 1, stderr: expect.stringMatching(/hidden/) });
  expect(await post(github(), "change", join(folder, "absent.md"))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^FILE_NOT_FOUND/),
  });
  writeFileSync(file, PLAN);
  const { PULL_REQUEST: _, ...without } = github();
  expect((await post(without, "change", file)).stderr).toMatch(/PULL_REQUEST is not set/);
  expect((await post({}, "change", file)).stderr).toMatch(/neither GITHUB_ACTIONS nor GITLAB_CI/);
  expect(await post(github(), "tweet", file)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^USAGE/) });
  expect(await post(github(), "issue", file, "--loud")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^USAGE/),
  });
});
