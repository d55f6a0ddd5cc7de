/** The YAML files a user writes, read with every mistake at its line. */
export {
  DEFAULT_TEST_TIME,
  type FileRow,
  type Fixture,
  type GoldenTest,
  loadMappingFile,
  type MappingFile,
  type ReadFor,
  readMappingFile,
  readMappingText,
} from "./mapping-file.ts";
export { type Mistake, mistakesError, type Position, YamlSource } from "./source.ts";
export { parseWith } from "./zod-mistakes.ts";
