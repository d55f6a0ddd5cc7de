import { expect, it } from "vitest";
import { failuresText } from "./failures.ts";

const down = (object: string) =>
  `error: Preview failed: AEP_UNREACHABLE: ${object}: POST https://ims/token: could not be reached\n  Check the network.\n`;
const forbidden = (object: string, id: string) =>
  `error: Preview failed: AEP_FORBIDDEN: ${object}: GET /connections/${id}: no [request id ${id}]`;

it("tells what all objects met once, and what differs apart", () => {
  const errors = [
    down('FieldGroup "a: b"'),
    forbidden('Dataset "x"', "0123456789abcdef"),
    down('Schema "say \\"c\\""'),
    forbidden('Dataset "y"', "5b7c3f8e-1111-4222-8333-444455556666"),
    down('Dataset "d"'),
    "error: something else",
  ];
  expect(failuresText(errors)).toBe(
    [
      down('FieldGroup "a: b"').trim(),
      "  The same for 2 other objects.",
      forbidden('Dataset "x"', "0123456789abcdef"),
      "  The same for 1 other object.",
      "error: something else",
    ].join("\n"),
  );
});
