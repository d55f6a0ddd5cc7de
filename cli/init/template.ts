/** Where a new project's files come from: this package's own content. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of this package: the checkout, or the published package. */
export const PACKAGE_ROOT = resolve(import.meta.dirname, "../..");

/** The published package keeps the files apart from its code; the checkout uses them itself. */
export const IS_PUBLISHED = existsSync(join(PACKAGE_ROOT, "template"));
export const TEMPLATE_ROOT = IS_PUBLISHED ? join(PACKAGE_ROOT, "template") : PACKAGE_ROOT;

/** Text of the files that fit the patterns, by path from the project folder. */
export function templateFiles(...patterns: string[]): Map<string, string> {
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: TEMPLATE_ROOT })).sort();
  return new Map(paths.map((path) => [path.replaceAll("\\", "/"), templateFile(path)]));
}

export const templateFile = (path: string): string => readFileSync(join(TEMPLATE_ROOT, path), "utf8");

/** Name, version and dependencies of this package. */
export function packageFacts(): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
}
