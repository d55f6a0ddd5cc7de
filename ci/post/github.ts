/** GitHub's REST API: a pull request's comments are those of the issue with its number. */
import type { Forge, Place } from "./forge.ts";
import { caller, type Item, needed, pages } from "./http.ts";

/**
 * GITHUB_API_URL and GITHUB_REPOSITORY come from the runner, GITHUB_TOKEN and PULL_REQUEST (its number) from the workflow.
 * Only posts of a bot are taken for our own: anybody can write a comment that begins like ours.
 */
export function github(env: NodeJS.ProcessEnv): Forge {
  const repository = `/repos/${needed(env, "GITHUB_REPOSITORY")}`;
  const call = caller(env["GITHUB_API_URL"] || "https://api.github.com", {
    authorization: `Bearer ${needed(env, "GITHUB_TOKEN")}`,
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    "user-agent": "pulumi-aep",
  });
  const list = (place: Place) =>
    place === "change"
      ? `${repository}/issues/${needed(env, "PULL_REQUEST")}/comments`
      : `${repository}/issues?state=open&sort=created&direction=asc`;
  const item = (place: Place, id: string) => `${repository}/issues/${place === "change" ? "comments/" : ""}${id}`;
  const isOurs = (post: Item, marker: string) =>
    post.user?.type === "Bot" && !post.pull_request && String(post.body ?? "").startsWith(marker);

  return {
    async find(place, marker) {
      for await (const post of pages(call, list(place)))
        if (isOurs(post, marker))
          return { id: String(place === "change" ? post.id : post.number), body: post.body ?? "" };
      return undefined;
    },
    async create(place, body, title) {
      const made = await call("POST", list(place).split("?")[0]!, place === "change" ? { body } : { title, body });
      return String(place === "change" ? made.id : made.number);
    },
    async update(place, id, body) {
      await call("PATCH", item(place, id), { body });
    },
    async close(id, body) {
      await call("PATCH", item("issue", id), { body, state: "closed", state_reason: "completed" });
    },
  };
}
