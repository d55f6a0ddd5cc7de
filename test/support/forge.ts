/**
 * The few endpoints of GitHub's and GitLab's REST APIs that `ci/post.ts` calls, in one process: comments, notes, issues.
 * Lists are paged as both do it, tokens are checked, and closed issues leave the list of open ones.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";

export interface FakePost {
  id: number;
  author: string;
  bot: boolean;
  title?: string;
  body: string;
  open: boolean;
  pullRequest?: boolean;
}

export interface FakeForge {
  url: string;
  token: string;
  /** By pull or merge request's number. */
  comments: Map<string, FakePost[]>;
  issues: FakePost[];
  /** `METHOD path` of every call that wrote. */
  writes: string[];
  /** Answers every further call with this status. */
  failWith: number | undefined;
  close(): Promise<void>;
}

export async function startForge(): Promise<FakeForge> {
  const app = new Hono();
  const server = createServer(getRequestListener(app.fetch));
  const forge: FakeForge = {
    url: "",
    token: "forge-token",
    comments: new Map(),
    issues: [],
    writes: [],
    failWith: undefined,
    close: () => new Promise((done) => server.close(() => done())),
  };
  guard(app, forge);
  routeGithub(app, forge);
  routeGitlab(app, forge);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  forge.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return forge;
}

function guard(app: Hono, forge: FakeForge): void {
  app.use(async (c, next) => {
    const given = c.req.header("private-token") ?? c.req.header("authorization")?.replace("Bearer ", "");
    if (given !== forge.token) return c.json({ message: "Bad credentials" }, 401);
    if (forge.failWith !== undefined) return c.json({ message: "out of order" }, forge.failWith as 500);
    if (c.req.method !== "GET") forge.writes.push(`${c.req.method} ${c.req.path}`);
    return next();
  });
}

let next = 1000;

function add(list: FakePost[], author: string, body: string, title?: string): FakePost {
  const post: FakePost = { id: next++, author, bot: true, body, open: true, ...(title !== undefined && { title }) };
  list.push(post);
  return post;
}

function page<T>(list: T[], query: (name: string) => string | undefined): T[] {
  const size = Number(query("per_page") ?? 30);
  return list.slice((Number(query("page") ?? 1) - 1) * size).slice(0, size);
}

function routeGithub(app: Hono, forge: FakeForge): void {
  const shown = ({ id, bot, author, body, title, pullRequest }: FakePost) => ({
    id,
    number: id,
    title,
    body,
    user: { login: author, type: bot ? "Bot" : "User" },
    ...(pullRequest && { pull_request: {} }),
  });
  const of = (number: string) => forge.comments.get(number) ?? forge.comments.set(number, []).get(number)!;
  const repository = "/repos/:owner/:name/issues";
  app.get(`${repository}/:number/comments`, (c) => {
    const list = page(of(c.req.param("number")), (name) => c.req.query(name));
    return c.json(list.map(shown));
  });
  app.post(`${repository}/:number/comments`, async (c) => {
    const { body } = await c.req.json();
    if (body.length > 65_536) return c.json({ message: "Body is too long" }, 422);
    return c.json(shown(add(of(c.req.param("number")), "github-actions[bot]", body)), 201);
  });
  app.patch(`${repository}/comments/:id`, async (c) => {
    const post = [...forge.comments.values()].flat().find(({ id }) => String(id) === c.req.param("id"));
    if (!post) return c.json({ message: "Not Found" }, 404);
    post.body = (await c.req.json()).body;
    return c.json(shown(post));
  });
  app.get(repository, (c) => {
    const open = forge.issues.filter((issue) => issue.open);
    return c.json(page(open, (name) => c.req.query(name)).map(shown));
  });
  app.post(repository, async (c) => {
    const { title, body } = await c.req.json();
    return c.json(shown(add(forge.issues, "github-actions[bot]", body, title)), 201);
  });
  app.patch(`${repository}/:number`, async (c) => {
    const post = forge.issues.find(({ id }) => String(id) === c.req.param("number"));
    if (!post) return c.json({ message: "Not Found" }, 404);
    const { body, state } = await c.req.json();
    Object.assign(post, { body: body ?? post.body, open: state !== "closed" });
    return c.json(shown(post));
  });
}

function routeGitlab(app: Hono, forge: FakeForge): void {
  const me = { id: 77, username: "project_bot" };
  const shown = ({ id, author, body, title }: FakePost, place: "note" | "issue") => ({
    id,
    iid: id,
    title,
    [place === "note" ? "body" : "description"]: body,
    author: author === me.username ? me : { id: 5, username: author },
  });
  const notes = (iid: string) => forge.comments.get(iid) ?? forge.comments.set(iid, []).get(iid)!;
  const project = "/api/v4/projects/:project";
  app.get("/api/v4/user", (c) => c.json(me));
  app.get(`${project}/merge_requests/:iid/notes`, (c) => {
    const list = page(notes(c.req.param("iid")), (name) => c.req.query(name));
    return c.json(list.map((post) => shown(post, "note")));
  });
  app.post(`${project}/merge_requests/:iid/notes`, async (c) => {
    const { body } = await c.req.json();
    return c.json(shown(add(notes(c.req.param("iid")), me.username, body), "note"), 201);
  });
  app.put(`${project}/merge_requests/:iid/notes/:id`, async (c) => {
    const post = notes(c.req.param("iid")).find(({ id }) => String(id) === c.req.param("id"));
    if (!post) return c.json({ message: "404 Not found" }, 404);
    post.body = (await c.req.json()).body;
    return c.json(shown(post, "note"));
  });
  app.get(`${project}/issues`, (c) => {
    const open = forge.issues.filter((issue) => issue.open);
    return c.json(page(open, (name) => c.req.query(name)).map((post) => shown(post, "issue")));
  });
  app.post(`${project}/issues`, async (c) => {
    const { title, description } = await c.req.json();
    return c.json(shown(add(forge.issues, me.username, description, title), "issue"), 201);
  });
  app.put(`${project}/issues/:iid`, async (c) => {
    const post = forge.issues.find(({ id }) => String(id) === c.req.param("iid"));
    if (!post) return c.json({ message: "404 Not found" }, 404);
    const { description, state_event } = await c.req.json();
    Object.assign(post, { body: description ?? post.body, open: state_event !== "close" });
    return c.json(shown(post, "issue"));
  });
}
