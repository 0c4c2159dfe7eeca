// Times: the difference of two in seconds, exact before it is a 32-bit number, on every back end; and where a
// step lies after its row.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { serve } from "../../compiler/frontend/kinds/serve.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { everywhere } from "../support/everywhere.ts";

const spec = `model times
features context { now : time }
features item { made : time }
history clicks(max: 9) {
  at     : time
  weight : number
}
label click : binary
net {
  let age       = now - clicks.at
  let near      = top(clicks, 2, by: clicks.weight)
  predict click = sigmoid(sum(age) + 2 * sum(now - near.at) + 3 * (made - now) + sum(before_last(age) - after_first(age)))
}`;

const instants = [
  { now: "2026-11-27T18:00:00Z", made: "1999-12-31T23:59:59Z", steps: [] },
  { now: "2026-11-27T00:00:01Z", made: "2026-11-27", steps: ["2026-11-26T23:59:59Z"] },
  {
    ...{ now: "2026-11-27T18:00:00+02:00", made: "2026-11-28T00:00:00Z" },
    steps: ["2026-08-01T00:00:00Z", "2026-11-20T12:34:56Z", "2026-11-27T15:59:59.9Z"],
  },
] as const;
const weights = [3, 2, -1, 5];

const secondsOf = (text: string) => Math.floor(Date.parse(text) / 1000);
function numbersOf(texts: readonly string[]): number[] {
  const out = new Float32Array(2 * texts.length);
  texts.forEach((text, i) => {
    expect(new serve.Times().read(text, out, 2 * i)).toBe(true);
  });
  return [...out];
}

const all = instants.flatMap(({ steps }) => [...steps]);
const feeds = {
  inputs: {
    now: numbersOf(instants.map(({ now }) => now)),
    made: numbersOf(instants.map(({ made }) => made)),
    "clicks.at": numbersOf(all),
    "clicks.weight": weights,
  },
  parameters: {},
  tables: {},
};
const layout = exampleLayout({
  examples: instants.length,
  lengths: { clicks: instants.map(({ steps }) => steps.length) },
  tables: {},
});

describe.each(everywhere)("$name", ({ run, tolerance }) => {
  test("counts the seconds between times, of steps and of those that a search chose", async () => {
    const { value, diagnostics } = check(sourceFile("times.din", spec));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const { outputs } = await run(validate(lower(value!)), feeds, layout);
    const logits = outputs.get("logit.click")!;
    let before = 0;
    for (const [row, { now, made, steps }] of instants.entries()) {
      const ages = steps.map((step) => secondsOf(now) - secondsOf(step));
      const own = weights.slice(before, before + steps.length);
      const found = [...ages.keys()].sort((a, b) => own[b]! - own[a]!).slice(0, 2);
      const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
      const gaps = ages.slice(1).map((age, i) => ages[i]! - age);
      const since = 3 * (secondsOf(made) - secondsOf(now));
      const expected = sum(ages) + 2 * sum(found.map((i) => ages[i]!)) + since + sum(gaps);
      const largest = 1 + 4 * sum(ages) + Math.abs(since);
      expect(Math.abs(logits[row]! - expected)).toBeLessThanOrEqual(tolerance * largest);
      before += steps.length;
    }
  });
});

test("a difference is exact to the second up to half a year", () => {
  const out = new Float32Array(4);
  const times = new serve.Times();
  for (const seconds of [1, 59, 86_399, 86_401, 16_777_215]) {
    times.read(1_764_000_000, out, 0);
    times.read(1_764_000_000 - seconds, out, 2);
    const days = Math.fround(Math.fround(out[0]! - out[2]!) * 86_400);
    expect(Math.fround(days + Math.fround(out[1]! - out[3]!))).toBe(seconds);
  }
});

test.each([null, undefined, "yesterday", "2026-02-30", 12, Number.NaN, {}])("%s is no time", (value) => {
  expect(new serve.Times().read(value, new Float32Array(2), 0)).toBe(false);
});
