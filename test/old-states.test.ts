/** States that earlier versions have written stand for today's program and provider as they are: nothing to do. */
import { afterEach, expect, it } from "vitest";
import type { Emulator } from "../emulator/index.ts";
import type { Project } from "./support/project.ts";
import { FORMS, type Form, restoreState, stateVersions } from "./support/state-fixture.ts";

let restored: { emulator: Emulator; project: Project } | undefined;
afterEach(async () => {
  await restored?.emulator.close();
  restored?.project.remove();
});

const all = stateVersions().flatMap((version) =>
  (Object.keys(FORMS) as Form[]).map((form) => [version, form] as const),
);

it("there is at least one", () => expect(all.length).toBeGreaterThan(0));

it.each(all)(
  "%s, secrets %s",
  async (version, form) => {
    restored = await restoreState(version, form);
    const { project } = restored;
    const preview = await project.pulumi("preview", "--stack", "local", "--diff", "--expect-no-changes");
    expect(preview, preview.stdout).toMatchObject({ exitCode: 0, changes: {} });
    const refresh = await project.pulumi(
      "refresh",
      "--stack",
      "local",
      "--preview-only",
      "--diff",
      "--expect-no-changes",
    );
    expect(refresh, refresh.stdout).toMatchObject({ exitCode: 0, changes: {} });
  },
  120_000,
);
