/** Golden tests say once what a row gives, whichever of its two fields the sandbox at hand makes it write to. */
import type { RowError } from "../row/types.ts";
import type { FileRow } from "../yaml/mapping-file.ts";

type Data = Record<string, unknown>;

/** The result with every value of a row that has a fall-back under the fall-back. */
export function underFallbacks(
  rows: readonly FileRow[],
  { data, errors }: { data: Data; errors: RowError[] },
): { data: Data; errors: RowError[] } {
  const moved = rows.flatMap(({ destination, orTenant }) =>
    orTenant === undefined || destination === orTenant ? [] : [{ from: destination, to: orTenant }],
  );
  return {
    data: moved.reduce((row, { from, to }) => move(row, from.split("."), to.split(".")), data),
    errors: errors.map((error) => ({
      ...error,
      destination: moved.find(({ from }) => from === error.destination)?.to ?? error.destination,
    })),
  };
}

function move(data: Data, from: readonly string[], to: readonly string[]): Data {
  const value = from.reduce<unknown>((node, name) => (isObject(node) ? node[name] : undefined), data);
  return value === undefined ? data : placed(taken(data, from), to, value);
}

/** Objects that the value leaves empty go with it: the row would not have made them. */
function taken(data: Data, [name = "", ...rest]: readonly string[]): Data {
  const { [name]: child, ...others } = data;
  const left = rest.length > 0 && isObject(child) ? taken(child, rest) : {};
  return Object.keys(left).length > 0 ? { ...data, [name]: left } : others;
}

function placed(data: Data, [name = "", ...rest]: readonly string[], value: unknown): Data {
  const child = data[name];
  return { ...data, [name]: rest.length > 0 ? placed(isObject(child) ? child : {}, rest, value) : value };
}

const isObject = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);
