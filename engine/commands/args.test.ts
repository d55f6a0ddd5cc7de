import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./args.ts";

describe("parseCommandLine", () => {
  it.each([
    [["destroy", "staging", "--yes"], '"destroy" does not take "staging".'],
    [["up", "--stack", "dev", "staging"], '"up" does not take "staging".'],
    [["stack", "ls", "dev"], '"stack ls" does not take "dev".'],
    [["config", "set", "a", "b", "c"], '"config set" does not take "c".'],
  ])("refuses %j: a word too many is not the stack's name", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({ code: "USAGE", message, hint: "A stack is named with --stack NAME." }),
    );
  });

  it.each([
    [["up", "--stack", "dev", "--refresh=false", "-y"], ["up"], [], { stack: "dev", refresh: false, yes: true }],
    [["pre", "--show-sames", "-j"], ["preview"], [], { "show-sames": true, json: true }],
    [["stack", "rm", "dev", "--yes"], ["stack", "rm"], ["dev"], { yes: true }],
    [["config", "set", "--secret", "aep:x", "1"], ["config", "set"], ["aep:x", "1"], { secret: true }],
  ])("reads %j", (args, command, rest, flags) => {
    expect(parseCommandLine(args)).toEqual({ command, rest, flags });
  });

  it.each([
    [["up", "--target", "urn"], /"up" has no flag --target\./],
    [["stack", "rename", "x"], /has no command "stack rename"; it has cancel, config get/],
    [["destroy", "--exclude-protected"], /"destroy" has no flag --exclude-protected\./],
  ])("refuses %j by name, with the advice to use the CLI", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({
        code: "ENGINE_UNSUPPORTED",
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/Pulumi CLI/),
      }),
    );
  });
});
