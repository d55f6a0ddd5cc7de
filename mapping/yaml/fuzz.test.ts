import { expect, it } from "vitest";
import { Random } from "../../test/oracle/generate.ts";
import { readXdmText } from "../xdm/xdm-file.ts";
import { readMappingText, YamlSource } from "./index.ts";

// AEP_FUZZ asks for more: 60,000 take a minute.
const count = Number(process.env["AEP_FUZZ"] ?? 3_000);
const seed = Number(process.env["AEP_FUZZ_SEED"] ?? 1);

const SEEDS = [
  "schema: s\nrows:\n  a.b: { expr: 'lower(x)' }\n  _{tenant}.c: d\ntests:\n  - { name: n, event: {}, expect: {}, now: 2025-01-01T00:00:00Z }\n",
  '# yaml-language-server: $schema=x\nname: N\nschema: ../xdm/s.yaml\nrows:\n  loyalty.points: { from: p, orTenant: "_{tenant}.p" }\n  x:\n    expr: >-\n      iif(a,\n        b, c)\nignore: { a/b: c }\n',
  "base: &a { expr: x }\nschema: s\nrows:\n  a: *a\n  b: { <<: *a, name: n }\n  c: { value: 1 }\n  d: { value: true }\n",
  "kind: schema\ntitle: T\nclass: profile\nfieldGroups: [identity-map, own]\nidentities: [{ property: a.b, namespace: N, primary: true }]\n",
  "kind: fieldGroup\ntitle: T\nextends: [profile]\nfields:\n  _{tenant}.a[].b: string\n  _{tenant}.c: { type: string, enum: [x, y], pattern: '(a+)+$' }\n",
];
const PIECES = [
  ..."; : - [ ] { } & * ! | > ' \" % @ ` # , ? \t \r é 😀".split(" "),
  ..."\u0000 \ud800 &a *a <<:*a --- ... !!js/function !!binary !!float .nan 0x1f 1e999 ~ null __proto__: constructor:".split(
    " ",
  ),
  "\n",
  "\n  ",
  "\n- ",
  ": ",
  "- ",
  "? ",
  "<<: *a\n",
  "&x [*x, *x]",
];
const DEEP = ["[".repeat(200), "{a: ".repeat(200), "- ".repeat(300), "[".repeat(20_000)];

it(`${count} mutated files end as a file or as mistakes with a place in them, quickly (seed ${seed})`, {
  timeout: 3_600_000,
}, () => {
  const random = new Random(seed);
  let slowest = 0;
  for (let round = 0; round < count; round++) {
    const text = mutate(random, random.pick(SEEDS));
    const before = process.cpuUsage();
    const mistakes = [...mapping(text), ...xdm(text)];
    const lines = text.split(/\r\n|\n|\r/).length;
    for (const { line, column, message } of mistakes) {
      if (!(line >= 1 && line <= lines && column >= 1 && message.length > 0))
        expect.fail(JSON.stringify({ text, line, column }));
    }
    slowest = Math.max(slowest, process.cpuUsage(before).user / 1000);
  }
  // Milliseconds of processor time: half a megabyte of opening brackets takes the longest.
  expect(slowest).toBeLessThan(5000);
});

interface Told {
  line: number;
  column: number;
  message: string;
}

function mapping(text: string): Told[] {
  const { file, mistakes } = readMappingText(new YamlSource("f.yaml", text), { tenant: "acme" });
  expect(file === undefined).toBe(mistakes.length > 0);
  // Every row can be found again, at every character of its source.
  const places = file?.rows.flatMap((row) => [row, file.sourcePosition(row, row.source.length)]) ?? [];
  return [...mistakes, ...places.map((place) => ({ ...place, message: "a row" }))];
}

function xdm(text: string): Told[] {
  const { file, mistakes } = readXdmText(new YamlSource("f.yaml", text), { tenant: "acme" });
  expect(file === undefined).toBe(mistakes.length > 0);
  return mistakes;
}

function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let times = 1 + random.below(5); times > 0; times--) {
    const at = random.below(mutated.length + 1);
    const end = at + random.below(8);
    const piece = random.pick(random.chance(0.002) ? DEEP : random.chance(0.1) ? SEEDS : PIECES);
    mutated = mutated.slice(0, at) + (random.chance(0.8) ? piece : "") + mutated.slice(random.chance(0.5) ? end : at);
  }
  return random.chance(0.01) ? mutated.repeat(1 + random.below(30)) : mutated;
}
