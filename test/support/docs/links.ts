/** Links of a page: files and anchors must be there; addresses of the web are only looked at. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { prose } from "./blocks.ts";

const LINK = /(?<!!)\[(?:[^\]`]|`[^`]*`)*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)/g;

/** Every broken link of the page, in words. */
export function brokenLinks(root: string, page: string, text: string): string[] {
  const body = prose(text);
  return [...body.matchAll(LINK)].flatMap((found) => {
    const target = (found[1] ?? found[2]) as string;
    const line = body.slice(0, found.index).split("\n").length;
    const wrong = check(root, page, target);
    return wrong === undefined ? [] : [`${page}:${line}: ${target}: ${wrong}`];
  });
}

function check(root: string, page: string, target: string): string | undefined {
  if (/^[a-z]+:/i.test(target))
    return URL.canParse(target) && /^(https|mailto):/.test(target) ? undefined : "is no address";
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? join(root, page) : resolve(root, dirname(page), decodeURIComponent(path));
  if (relative(root, file).startsWith("..")) return "leads out of the project";
  if (!existsSync(file)) return "is not there";
  if (anchor === undefined || statSync(file).isDirectory() || !file.endsWith(".md")) return undefined;
  return anchors(readFileSync(file, "utf8")).has(anchor) ? undefined : `has no heading #${anchor}`;
}

/** Anchors as GitHub makes them of headings. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const names = new Set<string>();
  for (const [, heading = ""] of prose(text).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[`*]|\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    names.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return names;
}
