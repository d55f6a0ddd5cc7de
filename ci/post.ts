/**
 * Keeps one text of a CI job up to date where people read it:
 *
 *     node ci/post.ts change out/dev/plan.md ...          a comment on the pull or merge request, one for each file
 *     node ci/post.ts issue out/drift.md --title TITLE    one open issue
 *     node ci/post.ts issue out/drift.md --clean          that issue, if there is one, gets the text and is closed
 *
 * A text is found again by the hidden comment it begins with (`<!-- aep-plan stack=dev -->`). GitHub or GitLab and the token come from
 * the job's environment. Nothing but Node is needed, so the job that holds a writing token installs and runs nothing else.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { AepError } from "../errors.ts";
import type { Forge, Place } from "./post/forge.ts";
import { github } from "./post/github.ts";
import { gitlab } from "./post/gitlab.ts";

const USAGE = "node ci/post.ts change FILE ... | issue FILE --title TITLE | issue FILE --clean";

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = options(argv);
  const [place, ...files] = positionals;
  if ((place !== "change" && place !== "issue") || files.length === 0) throw new AepError("USAGE", USAGE);
  const forge = forgeOf(process.env);
  for (const file of files) {
    const text = read(file);
    const did = values.clean ? await close(forge, text) : await keep(forge, place, text, values.title ?? "Drift");
    process.stdout.write(`${file}: ${did}\n`);
  }
}

function forgeOf(env: NodeJS.ProcessEnv): Forge {
  if (env["GITHUB_ACTIONS"]) return github(env);
  if (env["GITLAB_CI"]) return gitlab(env);
  throw new AepError("CI_POST_FAILED", "neither GITHUB_ACTIONS nor GITLAB_CI is set", {
    hint: "This runs inside a job of GitHub Actions or GitLab CI.",
  });
}

function options(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { title: { type: "string" }, clean: { type: "boolean" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new AepError("USAGE", (error as Error).message, { hint: USAGE });
  }
}

interface Text {
  marker: string;
  body: string;
}

function read(file: string): Text {
  let body: string;
  try {
    body = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AepError("FILE_NOT_FOUND", "the file cannot be read", { where: file, cause });
  }
  const marker = /^<!-- aep-[^\n]*? -->/.exec(body)?.[0];
  if (marker !== undefined) return { marker, body };
  throw new AepError("CI_POST_FAILED", "the text does not begin with a hidden `<!-- aep-... -->`", {
    where: file,
    hint: "Without it the text could not be found again; write it with `aep plan --markdown` or `aep drift --markdown`.",
  });
}

async function keep(forge: Forge, place: Place, { marker, body }: Text, title: string): Promise<string> {
  const found = await forge.find(place, marker);
  if (!found) return `posted ${await forge.create(place, body, title)}`;
  if (found.body.trim() === body.trim()) return "already up to date";
  await forge.update(place, found.id, body);
  return `updated ${found.id}`;
}

async function close(forge: Forge, { marker, body }: Text): Promise<string> {
  const found = await forge.find("issue", marker);
  if (!found) return "nothing to close";
  await forge.close(found.id, body);
  return `closed ${found.id}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = error instanceof AepError && error.code === "USAGE" ? 2 : 1;
});
