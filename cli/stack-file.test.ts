import { expect, it } from "vitest";
import { stackPath } from "../config.ts";
import { plainSettings } from "./stack-file.ts";

it.each(["dev", "brand/dev", "brand/aep/dev"])("the file of stack %s", (stack) => {
  expect(stackPath(stack)).toBe("stacks/Pulumi.dev.yaml");
});

it("a placeholder and a sealed value are no settings", () => {
  const setting = plainSettings({ a: "<tenant id>", b: { secure: "v1:x" }, c: 4, d: "x<y>" });
  expect(["a", "b", "c", "d", "e"].map(setting)).toEqual([undefined, undefined, "4", "x<y>", undefined]);
});
