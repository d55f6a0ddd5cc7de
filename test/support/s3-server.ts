/**
 * An S3-compatible store in one process, reduced to what the Pulumi CLI's state needs: objects of one bucket are listed (with
 * prefix and delimiter), read, written, copied and deleted, path style. Signatures are not checked, only that there is one.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { type Loopback, serve } from "./loopback.ts";

export interface S3Server extends Loopback {
  /** Key to bytes. */
  objects: Map<string, Buffer>;
  /** `METHOD key` of every call. */
  calls: string[];
}

export async function startS3(bucket: string): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const calls: string[] = [];
  const server = await serve((request, response) => answer(bucket, objects, calls, request, response));
  return { ...server, objects, calls };
}

async function answer(
  bucket: string,
  objects: Map<string, Buffer>,
  calls: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://s3");
  const [, name, ...rest] = url.pathname.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const body = await buffer(request);
  calls.push(`${request.method} ${key || url.search}`);
  if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) return fail(response, 403, "AccessDenied");
  if (name !== bucket) return fail(response, 404, "NoSuchBucket");
  if (key === "") return xml(response, list(bucket, objects, url.searchParams));
  switch (request.method) {
    case "PUT": {
      const source = request.headers["x-amz-copy-source"];
      const from =
        typeof source === "string"
          ? decodeURIComponent(source)
              .replace(/^\//, "")
              .slice(bucket.length + 1)
          : undefined;
      const bytes = from === undefined ? body : objects.get(from);
      if (!bytes) return fail(response, 404, "NoSuchKey");
      objects.set(key, bytes);
      response.setHeader("etag", etag(bytes));
      return from === undefined
        ? void response.end()
        : xml(response, `<CopyObjectResult><ETag>${etag(bytes)}</ETag></CopyObjectResult>`);
    }
    case "DELETE":
      objects.delete(key);
      return void response.writeHead(204).end();
    default: {
      const bytes = objects.get(key);
      if (!bytes) return fail(response, 404, "NoSuchKey");
      response.writeHead(200, {
        "content-length": bytes.length,
        "content-type": "application/octet-stream",
        "last-modified": new Date().toUTCString(),
        etag: etag(bytes),
      });
      response.end(request.method === "HEAD" ? undefined : bytes);
    }
  }
}

function list(bucket: string, objects: Map<string, Buffer>, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const folders = new Set<string>();
  const contents: string[] = [];
  for (const [key, bytes] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (end >= 0) folders.add(key.slice(0, end + delimiter.length));
    else
      contents.push(
        `<Contents><Key>${escapeXml(key)}</Key><Size>${bytes.length}</Size><ETag>${etag(bytes)}</ETag>` +
          `<LastModified>${new Date().toISOString()}</LastModified></Contents>`,
      );
  }
  const common = [...folders].map((folder) => `<CommonPrefixes><Prefix>${escapeXml(folder)}</Prefix></CommonPrefixes>`);
  const count = contents.length + common.length;
  return `<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated><KeyCount>${count}</KeyCount>${contents.join("")}${common.join("")}</ListBucketResult>`;
}

const etag = (bytes: Buffer): string => `"${createHash("md5").update(bytes).digest("hex")}"`;
const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function xml(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code></Error>`);
}
