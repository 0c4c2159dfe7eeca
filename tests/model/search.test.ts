// Searches in histories, against plain JavaScript on every back end: which steps are chosen, what goes along
// them, and the messages of what does not.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { everywhere } from "../support/everywhere.ts";

const textOf = (net: string) => `model searches
features item {
  item_id : id
  b       : number
}
history clicks(max: 9) {
  item_id <-> clicked
  a       : number
  c       : number
}
label click : binary
net {
  ${net.replace("; ", "\n  predict click = sigmoid(")})
}`;

function graphOf(net: string) {
  const { value, diagnostics } = check(sourceFile("test.din", textOf(net)));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return validate(lower(value!));
}

interface Step {
  readonly item: number;
  readonly a: number;
  readonly c: number;
}

const step = (item: number, a: number, c: number): Step => ({ item, a, c });

/** A history that is longer than the search, one that is empty, one that is shorter; ties, and steps of one item. */
const rows = [
  {
    ...{ item: 2, b: 1 },
    steps: [step(2, 3, 1), step(3, -2, 2), step(2, 1, 3), step(4, 1, 4), step(2, 5, 5), step(5, 1, 6)],
  },
  { item: 3, b: 0, steps: [] },
  { item: 4, b: -1, steps: [step(4, 5, 1), step(4, 2, 2)] },
  { item: 9, b: 2, steps: [step(5, -1, 1), step(6, -3, 2), step(7, 4, 3), step(5, 0.5, 4)] },
];
type Row = (typeof rows)[number];

const all = <T>(of: (step: Step) => T) => rows.flatMap(({ steps }) => steps.map(of));
const feeds = {
  inputs: {
    "ids/item_id": rows.map(({ item }) => item),
    b: rows.map(({ b }) => b),
    "ids/clicks.item_id": all(({ item }) => item),
    "clicks.a": all(({ a }) => a),
    "clicks.c": all(({ c }) => c),
  },
  parameters: {},
  tables: {},
};
const layout = exampleLayout({
  examples: rows.length,
  lengths: { clicks: rows.map(({ steps }) => steps.length) },
  tables: {},
});

/** The `count` best, later ones first where they tie, in the order of time. */
function best({ steps }: Row, count: number, by: (step: Step) => number, holds = (_: Step) => true): Step[] {
  const order = steps.map((each, place) => ({ each, place })).filter(({ each }) => holds(each));
  order.sort((x, y) => by(y.each) - by(x.each) || y.place - x.place);
  return order
    .slice(0, count)
    .sort((x, y) => x.place - y.place)
    .map(({ each }) => each);
}

const sum = (steps: readonly Step[], of: (step: Step) => number) =>
  steps.reduce((total, each) => total + of(each), 0);
const mean = (steps: readonly Step[], of: (step: Step) => number) =>
  sum(steps, of) / Math.max(1, steps.length);

const cases: readonly (readonly [net: string, plain: (row: Row) => number])[] = [
  [
    "let near = top(clicks.a, 3, by: clicks.a); sum(near.c)",
    (row) =>
      sum(
        best(row, 3, ({ a }) => a),
        ({ c }) => c,
      ),
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a * b); sum(near.c)",
    (row) =>
      sum(
        best(row, 3, ({ a }) => a * row.b),
        ({ c }) => c,
      ),
  ],
  [
    "let near = top(clicks.c, 4); mean(near)",
    (row) =>
      mean(
        best(row, 4, ({ c }) => c),
        ({ c }) => c,
      ),
  ],
  ["let near = top(clicks.c, 4); last(near)", ({ steps }) => steps.at(-1)?.c ?? 0],
  [
    "let near = top(clicks.c + 1, 4); last(near * 2 + 1)",
    ({ steps }) => (steps.length === 0 ? 0 : 2 * steps.at(-1)!.c + 3),
  ],
  [
    "let same = top(clicks.a, 2, where: clicks.item_id == item_id); sum(same.c)",
    (row) =>
      sum(
        best(
          row,
          2,
          ({ c }) => c,
          ({ item }) => item === row.item,
        ),
        ({ c }) => c,
      ),
  ],
  [
    "let same = top(clicks.a, 2, by: -clicks.c, where: clicks.item_id == item_id); mean(same.c)",
    (row) =>
      mean(
        best(
          row,
          2,
          ({ c }) => -c,
          ({ item }) => item === row.item,
        ),
        ({ c }) => c,
      ),
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); sum(near.item_id == item_id)",
    (row) =>
      sum(
        best(row, 3, ({ a }) => a),
        ({ item }) => Number(item === row.item),
      ),
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); max(-near.c)",
    (row) => {
      const some = best(row, 3, ({ a }) => a);
      return some.length === 0 ? 0 : -Math.min(...some.map(({ c }) => c));
    },
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); min(near.c)",
    (row) => {
      const some = best(row, 3, ({ a }) => a);
      return some.length === 0 ? 0 : Math.min(...some.map(({ c }) => c));
    },
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); sum(near.c, where: near.a > 1)",
    (row) =>
      sum(
        best(row, 3, ({ a }) => a),
        ({ a, c }) => (a > 1 ? c : 0),
      ),
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); sum(softmax(near.a) * near.c)",
    (row) => {
      const some = best(row, 3, ({ a }) => a);
      const whole = sum(some, ({ a }) => Math.exp(a));
      return some.length === 0 ? 0 : sum(some, ({ a, c }) => (Math.exp(a) / whole) * c);
    },
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); attention(b, near.a, near.c)",
    (row) => {
      const some = best(row, 3, ({ a }) => a);
      const whole = sum(some, ({ a }) => Math.exp(a * row.b));
      return some.length === 0 ? 0 : sum(some, ({ a, c }) => (Math.exp(a * row.b) / whole) * c);
    },
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); sum(attention(near.c * 0, near.a, near.c))",
    (row) => {
      const some = best(row, 3, ({ a }) => a);
      return sum(some, () => mean(some, ({ c }) => c));
    },
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); sum(place(near) * near.c)",
    (row) => {
      const some = best(row, 3, ({ a }) => a);
      return sum(
        some.map((each, i) => ({ ...each, c: (some.length - i) * each.c })),
        ({ c }) => c,
      );
    },
  ],
  [
    "let near = top(clicks.a, 3, by: clicks.a); any(sigmoid(near.c - 5)) * 1",
    (row) => 1 - best(row, 3, ({ a }) => a).reduce((none, { c }) => none / (1 + Math.exp(c - 5)), 1),
  ],
];

describe.each(everywhere)("on $name", ({ run }) => {
  test.each(cases)("%s", async (net, plain) => {
    const { outputs } = await run(graphOf(net), feeds, layout);
    expect(Array.from(outputs.get("logit.click")!, (x) => x + 0)).toEqual(
      rows.map((row) => expect.closeTo(plain(row) + 0, 4)),
    );
  });
});
