import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/longest-first.ts";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    globalSetup: "test/support/pulumi-home.ts",
    setupFiles: ["test/support/property-seed.ts"],
    exclude: ["node_modules/**", "dist/**", "tmp/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Vitest leaves a core to itself. Here a file waits for processes of its own most of the time: on two cores two are run.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    // Suites that kill processes or drive a browser share two cores in CI: a failure there must show twice. Locally none is forgiven.
    retry: process.env["CI"] ? 1 : 0,
    // The JSON report is what .ci/run counts; it stays inside the checkout and out of git.
    reporters: ["default", ["json", { outputFile: "tmp/vitest.json" }]],
  },
});
