// Joined histories are trained, scored and compiled, with empty, short and overlong ones; all sides give the same.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wholeWay } from "../support/whole-way.ts";

const spec = readFileSync(join(import.meta.dirname, "../good/joined-histories.din"), "utf8");

const rows = Array.from({ length: 48 }, (_, i) => {
  const steps = (count: number, name: string) =>
    Array.from({ length: count }, (_, k) => `${name}${(i + k) % 7}`);
  const [clicks, carts] = [[0, 1, 3, 23][i % 4]!, (i * 5) % 13];
  return {
    ...{ user_id: `u${i % 5}`, item_id: `i${i % 7}`, shop_id: `s${i % 3}`, click: (i + (i % 4)) % 2 },
    at: Array.from({ length: clicks }, (_, k) =>
      new Date(1_700_000_000_000 + 40_000_000 * (i + k)).toISOString(),
    ),
    put: Array.from({ length: carts }, (_, k) => new Date(1_700_000_000_000 + 90_000_000 * k).toISOString()),
    ...{ clicked: steps(clicks, "i"), clicked_shop: steps(clicks, "s"), carted: steps(carts, "i") },
  };
});

test("score the same in training and compiled", async () => {
  const { comparison } = await wholeWay(spec, { "train.json": JSON.stringify(rows) });
  expect(comparison).toMatchObject({ rows: 48, beyondTolerance: 0 });
  expect(comparison.largest).toBeLessThan(1e-4);
});
