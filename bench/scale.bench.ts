/**
 * What a stack of many pipelines (8 resources each) costs: API calls and seconds of up, preview, refresh and destroy, on the
 * embedded engine against the emulator.
 *
 *   node bench/scale.bench.ts [pipelines, 100] [requests a second the API allows, no limit]
 */
import { type Measured, ScaleProject } from "../test/support/scale-project.ts";

const pipelines = Number(process.argv[2] ?? 100);
const limit = process.argv[3] === undefined ? null : Number(process.argv[3]);
const resources = pipelines * 8;

const COMMANDS = [
  ["up", "--yes", "--skip-preview"],
  ["preview", "--expect-no-changes"],
  ["refresh", "--preview-only", "--expect-no-changes"],
  ["destroy", "--yes", "--skip-preview"],
];

function line(command: string, { calls, throttled, seconds }: Measured): string {
  const each = `${(calls / resources).toFixed(3)} each`;
  return `${command.padEnd(8)} ${String(calls).padStart(5)} calls (${each}), ${throttled} refused, ${seconds.toFixed(1)} s`;
}

const project = await ScaleProject.open(pipelines);
project.emulator.world.settings.rateLimitPerSecond = limit;
console.log(`${resources} resources${limit === null ? "" : `, ${limit} requests a second allowed`}`);
try {
  for (const [command = "", ...flags] of COMMANDS) {
    const measured = await project.run(command, ...flags, "--stack", "dev");
    if (measured.exitCode !== 0) throw new Error(measured.output.slice(-2000));
    console.log(line(command, measured));
  }
} finally {
  await project.close();
}
