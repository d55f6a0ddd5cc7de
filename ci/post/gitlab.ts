/** GitLab's REST API: notes of a merge request, and issues. */
import type { Forge, Place } from "./forge.ts";
import { caller, type Item, needed, pages } from "./http.ts";

/**
 * CI_API_V4_URL, CI_PROJECT_ID and CI_MERGE_REQUEST_IID come from the runner; GITLAB_TOKEN is a project access token with the
 * scope `api`, because the job's own token may not write notes. Only posts of that token's account are taken for our own.
 */
export function gitlab(env: NodeJS.ProcessEnv): Forge {
  const call = caller(needed(env, "CI_API_V4_URL"), { "private-token": needed(env, "GITLAB_TOKEN") });
  const project = `/projects/${needed(env, "CI_PROJECT_ID")}`;
  const list = (place: Place) =>
    place === "change"
      ? `${project}/merge_requests/${needed(env, "CI_MERGE_REQUEST_IID")}/notes?sort=asc&order_by=created_at`
      : `${project}/issues?state=opened&sort=asc&order_by=created_at`;
  const textOf = (place: Place, post: Item) => String(post[place === "change" ? "body" : "description"] ?? "");
  const content = (place: Place, body: string) => (place === "change" ? { body } : { description: body });
  const item = (place: Place, id: string) => `${list(place).split("?")[0]}/${id}`;

  return {
    async find(place, marker) {
      const me = (await call("GET", "/user")).id;
      for await (const post of pages(call, list(place)))
        if (post.author?.id === me && textOf(place, post).startsWith(marker))
          return { id: String(place === "change" ? post.id : post.iid), body: textOf(place, post) };
      return undefined;
    },
    async create(place, body, title) {
      const made = await call("POST", list(place).split("?")[0]!, {
        ...content(place, body),
        ...(place === "issue" && { title }),
      });
      return String(place === "change" ? made.id : made.iid);
    },
    async update(place, id, body) {
      await call("PUT", item(place, id), content(place, body));
    },
    async close(id, body) {
      await call("PUT", item("issue", id), { ...content("issue", body), state_event: "close" });
    },
  };
}
