/** Test files that take longest are begun first: one of them begun last would let the other workers wait for it. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that apply whole projects, the longest first; the others follow in Vitest's own order. */
const LONG = [
  "test/docs.test.ts",
  "test/operating.test.ts",
  "test/engine.test.ts",
  "test/disaster-recovery.test.ts",
  "test/workflows.test.ts",
  "test/killed-provider.test.ts",
  "test/adopt.test.ts",
  "test/export-property.test.ts",
  "test/scale.test.ts",
  "test/engine-crash.test.ts",
  "test/verify.test.ts",
  "test/canary.test.ts",
  "test/kill-rest.test.ts",
  "test/kill-stream.test.ts",
  "test/init.test.ts",
  "test/review.test.ts",
  "test/export.test.ts",
  "test/mapping-docs.test.ts",
  "test/lost-answers.test.ts",
  "test/demo.test.ts",
  "test/cli.test.ts",
  "cli/promote/promote.test.ts",
  "test/package.test.ts",
  "test/teams.test.ts",
  "test/resource-docs.test.ts",
  "test/plan.test.ts",
  "test/every-field.test.ts",
  "test/state-backends.test.ts",
  "test/doctor.test.ts",
  "test/oracle/differential.test.ts",
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/${name}`));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
