// Conditions on ids, and reductions of the steps or elements for which a condition holds, against plain
// JavaScript on every back end.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { everywhere } from "../support/everywhere.ts";

/** What a text computes; each uses some of the features alone. */
function graphOf(text: string) {
  const { value, diagnostics } = check(sourceFile("test.din", text));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return validate(lower(value!));
}

const textOf = (value: string) => `model conditions
features user { last_item : id(hash: 50_000_000)  embed 2 }
features item {
  item_id : id
  shop_id : id(hash: 50_000_000)
  size    : int(10..20)
  b       : number
}
history clicks(max: 9) {
  item_id <-> clicked
  shop_id <-> clicked_shop
  action  : enum("view", "cart")
  a       : number
}
label click : binary
net { predict click = sigmoid(${value}) }`;

interface Step {
  readonly item: number;
  readonly shop: number;
  readonly action: number;
  readonly a: number;
}

interface Row {
  readonly item: number;
  readonly shop: number;
  readonly size: number;
  readonly b: number;
  readonly steps: readonly Step[];
}

const step = (item: number, shop: number, action: number, a: number): Step => ({ item, shop, action, a });

/** Ids as a batch has them: 1 is a value that is not known. Shops differ in their high or their low half alone. */
const rows: readonly Row[] = [
  {
    ...{ item: 2, shop: 4098, size: 2, b: 1 },
    steps: [step(2, 4098, 2, 3), step(3, 8194, 3, -2), step(2, 4099, 3, 1)],
  },
  { ...{ item: 3, shop: 2, size: 7, b: 0 }, steps: [] },
  { ...{ item: 1, shop: 1, size: 1, b: -1 }, steps: [step(1, 1, 1, 5), step(4, 2, 2, 2)] },
  {
    ...{ item: 5, shop: 40_000_001, size: 12, b: 2 },
    steps: [
      step(5, 40_000_001, 3, -1),
      step(5, 40_000_000, 2, -3),
      step(6, 40_000_001, 3, 4),
      step(5, 2, 3, 0.5),
    ],
  },
];

const feeds = {
  inputs: {
    "ids/item_id": rows.map(({ item }) => item),
    "ids/shop_id": rows.map(({ shop }) => shop),
    "ids/size": rows.map(({ size }) => size),
    b: rows.map(({ b }) => b),
    "ids/clicks.item_id": rows.flatMap(({ steps }) => steps.map(({ item }) => item)),
    "ids/clicks.shop_id": rows.flatMap(({ steps }) => steps.map(({ shop }) => shop)),
    "ids/clicks.action": rows.flatMap(({ steps }) => steps.map(({ action }) => action)),
    "clicks.a": rows.flatMap(({ steps }) => steps.map(({ a }) => a)),
  },
  parameters: {},
  tables: {},
};
const layout = exampleLayout({
  examples: rows.length,
  lengths: { clicks: rows.map(({ steps }) => steps.length) },
  tables: {},
});

const CART = 3;
const total = (steps: readonly Step[], of: (step: Step) => number) =>
  steps.reduce((sum, each) => sum + of(each), 0);
const same = (x: number, y: number) => x === y && x > 1;
const carts = ({ steps }: Row) => steps.filter(({ action }) => action === CART);
const largest = (values: readonly number[]) => (values.length === 0 ? 0 : Math.max(...values));

/** Of a query b and keys a, each weighted by eᵃᵇ. */
const attended = ({ b }: Row, steps: readonly Step[]) => {
  const weights = steps.map(({ a }) => Math.exp(a * b));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return steps.length === 0 ? 0 : steps.reduce((sum, { a }, i) => sum + (weights[i]! / all) * a * a, 0);
};

const cases: readonly (readonly [expression: string, plain: (row: Row) => number])[] = [
  ["sum(clicks.item_id == item_id)", ({ item, steps }) => total(steps, (s) => Number(same(s.item, item)))],
  ["sum(item_id != clicks.item_id)", ({ item, steps }) => total(steps, (s) => Number(!same(s.item, item)))],
  ["sum(clicks.shop_id == shop_id)", ({ shop, steps }) => total(steps, (s) => Number(same(s.shop, shop)))],
  ["sum(clicks.shop_id != shop_id)", ({ shop, steps }) => total(steps, (s) => Number(!same(s.shop, shop)))],
  ['sum(clicks.action == "cart")', (row) => carts(row).length],
  ['sum("cart" != clicks.action)', (row) => row.steps.length - carts(row).length],
  ["size == 15", ({ size }) => Number(size === 7)],
  ["size >= 15", ({ size }) => Number(size >= 7)],
  ["15 > size", ({ size }) => Number(size > 1 && size < 7)],
  ["size < 12.5", ({ size }) => Number(size > 1 && size < 5)],
  ["size > 0", ({ size }) => Number(size > 1)],
  ['sum(clicks.a, where: clicks.action == "cart")', (row) => total(carts(row), ({ a }) => a)],
  [
    'mean(clicks.a, where: clicks.action == "cart")',
    (row) => total(carts(row), ({ a }) => a) / Math.max(1, carts(row).length),
  ],
  ['max(clicks.a, where: clicks.action == "cart")', (row) => largest(carts(row).map(({ a }) => a))],
  ['min(clicks.a, where: clicks.action == "cart")', (row) => -largest(carts(row).map(({ a }) => -a))],
  [
    "sum(softmax(clicks.a, where: clicks.a < 2) * clicks.a)",
    ({ steps }) => {
      const some = steps.filter(({ a }) => a < 2);
      const all = total(some, ({ a }) => Math.exp(a));
      return some.length === 0 ? 0 : total(some, ({ a }) => (Math.exp(a) / all) * a);
    },
  ],
  ["sum(softmax(clicks.a, where: clicks.a > 100))", () => 0],
  [
    "sum(log(clicks.a), where: clicks.a > 0)",
    ({ steps }) => total(steps, ({ a }) => (a > 0 ? Math.log(a) : 0)),
  ],
  ["attention(b, clicks.a, clicks.a * clicks.a)", (row) => attended(row, row.steps)],
  [
    'attention(b, clicks.a, clicks.a * clicks.a, where: clicks.action == "cart")',
    (row) => attended(row, carts(row)),
  ],
  [
    'total(attention(concat(b, b), concat(clicks.a, clicks.a), concat(clicks.a * clicks.a, 0 * clicks.a), heads: 2, where: clicks.action == "cart"))',
    (row) => attended(row, carts(row)),
  ],
  ["sum(attention([b, 2 * b], clicks.a, clicks.a, where: clicks.a > 100))", () => 0],
  [
    'mean(attention(clicks.a * 0 + b, clicks.a, clicks.a * clicks.a, where: clicks.action == "cart"))',
    (row) => (row.steps.length === 0 ? 0 : attended(row, carts(row))),
  ],
  ["sum([b, 2 * b, b * b], where: [b, b, b - 1] > 0)", ({ b }) => (b > 0 ? 3 * b : 0) + (b > 1 ? b * b : 0)],
];

describe.each(everywhere)("on $name", ({ run }) => {
  test.each(cases)("%s", async (expression, plain) => {
    const { outputs } = await run(graphOf(textOf(expression)), feeds, layout);
    expect(Array.from(outputs.get("logit.click")!, (x) => x + 0)).toEqual(
      rows.map((row) => expect.closeTo(plain(row) + 0, 4)),
    );
  });
});
