/** Parquet without the optional package that reads it. */
import { expect, it, vi } from "vitest";
import { readRecords } from "./formats.ts";

it("says what is missing and how to get it", async () => {
  vi.doMock("@duckdb/node-api", () => {
    throw new Error("Cannot find package");
  });
  const format = { format: "parquet", columnDelimiter: ",", encoding: "UTF-8", compressionType: undefined };
  await expect(readRecords(Buffer.from("PAR1"), format)).rejects.toThrow(
    "the optional package @duckdb/node-api is not installed; npm install @duckdb/node-api",
  );
});
