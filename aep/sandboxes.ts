import { z } from "zod";
import type { AepClient } from "./client.ts";
import { shaped } from "./shape.ts";

const PATH = "/data/foundation/sandbox-management/";
const PAGE = 200;

const sandbox = z.looseObject({
  name: z.string(),
  title: z.string().optional(),
  state: z.string().optional(),
  type: z.string().optional(),
  region: z.string().optional(),
});
const page = z.looseObject({ sandboxes: z.array(sandbox) });

export type SandboxEntity = z.output<typeof sandbox>;

/**
 * The sandboxes the caller may use, all pages; or only up to the page with one that is `enough`. Whether a page is the last
 * shows only by the next one: the answer says nothing of the total, and a service may give less than it is asked for.
 */
export async function listSandboxes(
  client: AepClient,
  enough: (sandbox: SandboxEntity) => boolean = () => false,
): Promise<SandboxEntity[]> {
  const all = new Map<string, SandboxEntity>();
  for (;;) {
    const query = [
      ["limit", client.pageSize ?? PAGE],
      ["offset", all.size],
    ] as const;
    const { sandboxes } = shaped(page, await client({ method: "GET", path: PATH, query }), {
      method: "GET",
      path: PATH,
    });
    const before = all.size;
    for (const one of sandboxes) all.set(one.name, one);
    if (all.size === before || sandboxes.some(enough)) return [...all.values()];
  }
}
