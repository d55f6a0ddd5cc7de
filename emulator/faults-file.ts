/** Fault rules from a YAML or JSON file: a list of what `POST /__emulator/faults` takes. */
import { AepError } from "../errors.ts";
import { type FaultRuleInput, faultMistakes } from "./fault-rules.ts";

/**
 * Reads and checks the file. Throws FILE_NOT_FOUND, and EMULATOR_FILE with every mistake at its line and column.
 *
 * @example await readFaultsFile("faults.yaml") // - { match: { operation: createFlow }, count: 1, fault: { kind: reset, when: after } }
 */
export async function readFaultsFile(path: string): Promise<FaultRuleInput[]> {
  const { YamlSource } = await import("../mapping/yaml/source.ts");
  const source = YamlSource.read(path);
  const mistakes = [...source.mistakes];
  const rules: unknown = source.value ?? [];
  if (!Array.isArray(rules)) mistakes.push({ line: 1, column: 1, message: "the file must hold a list of rules" });
  else
    for (const [index, rule] of rules.entries())
      for (const { path: at, message } of faultMistakes(rule))
        mistakes.push({ ...source.positionOf([index, ...at]), message: [...at, message].join(": ") });
  if (mistakes.length > 0) {
    const lines = mistakes.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
    throw new AepError("EMULATOR_FILE", `The fault rules cannot be used\n${lines.join("\n")}`);
  }
  return rules as FaultRuleInput[];
}
