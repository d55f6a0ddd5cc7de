/** `aep completion`: the shell then completes commands, options, their values, stacks and files. */
import { Argument, type Command } from "commander";
import { print } from "./print.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export function register(program: Command): void {
  program
    .command("completion")
    .description('print a completion script for the shell; in ~/.bashrc: eval "$(aep completion bash)"')
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) => run(shell, program));
}

async function run(shell: (typeof SHELLS)[number], program: Command): Promise<void> {
  const [{ completionModel }, { commandNames }, { allCodes }] = await Promise.all([
    import("./completion/model.ts"),
    import("../engine/commands/args.ts"),
    import("./explain/codes.ts"),
  ]);
  const model = completionModel(program, {
    "aep pulumi": [...new Set(commandNames().flatMap((name) => name.split(" ")))],
    "aep explain": allCodes().map(({ code }) => code),
  });
  const { bashScript } = await import("./completion/bash.ts");
  const { zshScript } = await import("./completion/zsh.ts");
  const { fishScript } = await import("./completion/fish.ts");
  print({ bash: bashScript, zsh: zshScript, fish: fishScript }[shell](model).trimEnd());
}
