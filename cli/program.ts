/** All commands as one tree; the command line, shell completion and the reference page are made from it. */
import { Command } from "commander";
import { register as adopt } from "./adopt.ts";
import { register as completion } from "./completion.ts";
import { register as demo } from "./demo.ts";
import { register as doctor } from "./doctor.ts";
import { register as drift } from "./drift.ts";
import { register as emulator } from "./emulator.ts";
import { register as errors } from "./errors.ts";
import { register as explain } from "./explain.ts";
import { register as exportSandbox } from "./export.ts";
import { register as graph } from "./graph.ts";
import { packageFacts } from "./init/template.ts";
import { register as init } from "./init.ts";
import { register as plan } from "./plan.ts";
import { register as promote } from "./promote.ts";
import { register as pulumi } from "./pulumi.ts";
import { register as runs } from "./runs.ts";
import { register as send } from "./send.ts";
import { register as supportBundle } from "./support-bundle.ts";
import { register as verify } from "./verify.ts";

/** Its commands are many and load the mapping language: they are there where a command line is about them. */
const mapping = (root: Command): Command =>
  root.command("mapping").description("check, test and preview mapping files");
const ABOUT_MAPPING = ["mapping", "completion"];

/** In the order of a data engineer's day; each command file exports `register(program)` and loads what it needs when it runs. */
const COMMANDS = [
  init,
  doctor,
  pulumi,
  verify,
  send,
  runs,
  errors,
  supportBundle,
  plan,
  drift,
  promote,
  graph,
  adopt,
  exportSandbox,
  mapping,
  explain,
  emulator,
  demo,
  completion,
];

/** The whole tree; for the words of a command line, at least what they are about. */
export async function buildProgram(words: readonly string[] = ABOUT_MAPPING): Promise<Command> {
  const root = new Command("aep")
    .description("Adobe Experience Platform ingestion as code")
    .version(packageFacts().version)
    .showHelpAfterError("(run with --help for the options)")
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const register of COMMANDS) register(root);
  if (words.some((word) => ABOUT_MAPPING.includes(word))) {
    const { register } = await import("./mapping.ts");
    register(root.commands.find((command) => command.name() === "mapping")!);
  }
  return root;
}
