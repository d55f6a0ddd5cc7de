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

/** The sandboxes the caller may use, all pages. */
export async function listSandboxes(client: AepClient): Promise<SandboxEntity[]> {
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
    if (all.size === before) return [...all.values()];
  }
}
