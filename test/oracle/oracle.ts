import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallCase, Case } from "./generate.ts";

/** The version whose behaviour agrees with what is documented and measured of Data Prep's language. */
export const JEXL_VERSION = "3.1";

const REPOSITORY = process.env.MAVEN_REPOSITORY ?? join(homedir(), ".m2", "repository");
export const JARS = [
  join(REPOSITORY, "org/apache/commons/commons-jexl3", JEXL_VERSION, `commons-jexl3-${JEXL_VERSION}.jar`),
  join(REPOSITORY, "commons-logging/commons-logging/1.2/commons-logging-1.2.jar"),
];

/** Why the oracle cannot run here, with the command that mends it; undefined when it can. */
export function oracleMissing(): string | undefined {
  if (spawnSync("javac", ["-version"]).status !== 0) return "no JDK (javac) on the path";
  if (JARS.every((jar) => existsSync(jar))) return undefined;
  return `commons-jexl3 ${JEXL_VERSION} is not in the Maven repository; run: mvn dependency:get -Dartifact=org.apache.commons:commons-jexl3:${JEXL_VERSION}`;
}

/** The compiled harness. Dispose it: it lives in a scratch folder. */
export class Oracle implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "aep-oracle-"));

  constructor() {
    const source = fileURLToPath(new URL("./Oracle.java", import.meta.url));
    const compiled = spawnSync("javac", ["-d", this.#folder, "-cp", JARS.join(":"), source], { encoding: "utf8" });
    if (compiled.status !== 0) throw new Error(`javac: ${compiled.stderr}`);
  }

  /** Asks all questions in one JVM; answers in their order, as JSON lines. */
  ask(questions: readonly (Case | CallCase)[]): string[] {
    const input = questions.map((one) => ("call" in one ? JSON.stringify(one) : expressionLine(one))).join("\n");
    const options = { input: `${input}\n`, encoding: "utf8", maxBuffer: 1 << 30 } as const;
    const run = spawnSync("java", ["-Xmx512m", "-cp", [this.#folder, ...JARS].join(":"), "Oracle"], options);
    if (run.status !== 0) throw new Error(`java: ${run.stderr.slice(0, 2000)}`);
    return run.stdout.trimEnd().split("\n");
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function expressionLine({ id, mode, expression, data }: Case): string {
  return `{"id":${id},"mode":"${mode}","expression":${JSON.stringify(expression)},"data":${data}}`;
}
