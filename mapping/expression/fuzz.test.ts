import { expect, it } from "vitest";
import { Random } from "../../test/oracle/generate.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { compileMapping, compileReference } from "../row/compile-mapping.ts";
import { analyseExpression } from "./analyse.ts";
import { evaluateOnce, FIXED_ENVIRONMENT } from "./mode.ts";

// AEP_FUZZ asks for more; a million have been run.
const count = Number(process.env.AEP_FUZZ ?? 20_000);
const seed = Number(process.env.AEP_FUZZ_SEED ?? 1);

const SEEDS = [
  ...FUNCTIONS.map((spec) => spec.example),
  "lower(trim(identityMap.email[0].id))",
  "a.b[0].'x y' == 1 ? -2 : {\"a\":[1,2.0]}",
  "x ?: 'd' + ${First Name}.a\\.b",
  'data.mobile =~ "(\\\\+?[0-9]{7,15})|(a+)+$"',
  "date(t, \"yyyy-MM-dd'T'HH:mm:ssXXX\")",
  "!(a && b) || c >= 1.5e3 && d !~ 'x{2,}'",
];
const PIECES =
  "( ) [ ] { } ' \" \\ . , : ; ? ?: == != && || =~ ! - ~ + * / % ${ } [*] xdm: -> new var null true 0 1e9 99999999999999999999 .5 \n \u0000 \ud800 é 😀 (a+)+ {1000000} a.b lower(".split(
    " ",
  );
const EVENTS = [
  {},
  {
    a: 1,
    b: [1, 2, { c: null }],
    x: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    t: "2025-07-14T12:00:00-06:00",
    data: { mobile: "9".repeat(2000) },
  },
  {
    a: { b: [{ "x y": 2.5 }] },
    identityMap: { email: [{ id: " A@B.C " }] },
    items: [[[]]],
    d: true,
    c: -0,
    __proto__: null,
  },
];

it(`${count} mutated expressions end as a value or a coded error, quickly (seed ${seed})`, {
  timeout: 3_600_000,
}, () => {
  const random = new Random(seed);
  let slowest = 0;
  for (let round = 0; round < count; round++) {
    const text = mutate(random, random.pick(SEEDS));
    const start = performance.now();
    for (const problem of analyseExpression(text).problems) expect(problem.offset).toBeLessThanOrEqual(text.length);
    const event = random.pick(EVENTS);
    const outcome = evaluateOnce(text, event, { mode: random.pick(["strict", "lenient"] as const) });
    if ("error" in outcome) {
      if (!(outcome.error.code && outcome.error.offset >= 0 && outcome.error.line >= 1)) expect.fail(text);
    } else if (JSON.stringify(outcome.value) === undefined) expect.fail(text);
    if (round % 4 === 0) sameAsGenerated(text, event);
    slowest = Math.max(slowest, performance.now() - start);
  }
  // The step budget of regular expressions is the longest anything may take.
  expect(slowest).toBeLessThan(2000);
});

/** A mapping with the expression gives the same from generated code as from closures. */
function sameAsGenerated(source: string, event: unknown): void {
  const rows = [{ destination: "found", sourceType: "EXPRESSION" as const, source }];
  const [generated, closures] = [compileMapping, compileReference].map((compile) =>
    JSON.stringify(compile(rows).apply(event, FIXED_ENVIRONMENT)),
  );
  if (generated !== closures) expect.fail(`${source}: ${generated} is not ${closures}`);
}

function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let times = random.below(5); times > 0; times--) {
    const at = random.below(mutated.length + 1);
    const end = at + random.below(6);
    const piece = random.chance(0.3) ? random.pick(SEEDS) : random.pick(PIECES);
    mutated = mutated.slice(0, at) + (random.chance(0.7) ? piece : "") + mutated.slice(random.chance(0.5) ? end : at);
  }
  return random.chance(0.02) ? mutated.repeat(1 + random.below(60)) : mutated;
}
