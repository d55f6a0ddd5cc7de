import { describe } from "vitest";
import { findCli } from "./engine-harness.ts";
import { killedDeployments } from "./support/kill-scenario.ts";

const cli = findCli();
if (!cli) console.log("kills of the Pulumi CLI skipped: there is no `pulumi` on the PATH");

describe.skipIf(!cli)("with the Pulumi CLI", () => {
  killedDeployments({ mode: "genericRest", sample: 1, ...(cli && { cli }) });
});
