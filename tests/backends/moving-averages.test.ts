// The averages that batch_norm and dice predict by are the same wherever a training computes: through steps of unequal size,
// some without a history, some without a value of a feature, and the averages of these where weights are averaged.

import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { type AveragedRow, averagedFeeds, averagesProgram } from "../support/averages.ts";
import { runners } from "./runners.ts";

const { step } = averagesProgram(0.8, "average ema(0.9)");
const ways = Object.values(runners)
  .flat()
  .filter(({ per, takes }) => per.includes("example") && takes(step));
const random = Random.of(1, "averages");
const batches = [7, 1, 40, 3, 12].map((size, batch) =>
  Array.from({ length: size }, (): AveragedRow => {
    const value = random.integer(4);
    return {
      price: random.normal(),
      // The last value comes in two batches only.
      domain: value === 3 ? null : value === 2 && batch % 2 === 1 ? 0 : value,
      worths: batch === 2 ? [] : Array.from({ length: random.integer(3) }, () => random.normal()),
    };
  }),
);

test("by the references, and in two ways at least", () => {
  expect(ways.length).toBeGreaterThan(1);
  expect([...step.updates.keys()].filter((name) => name.includes("/net."))).toHaveLength(8 * 3);
});

test.each(ways.map((way) => [way.name, way] as const))("%s", async (_, way) => {
  const open = await way.open(step);
  try {
    let parameters: ReadonlyMap<string, ArrayLike<number>> = initialParameters(step, 1);
    for (const rows of batches) {
      const { feeds, layout } = averagedFeeds(parameters, rows);
      const { updates } = evaluate(step, feeds, layout);
      const found = await open.run({ feeds, layout, candidates: 0, steps: 0 });
      for (const [name, values] of updates)
        values.forEach((value, i) => {
          const [near, far] = [found.updates.get(name)![i]!, 1e-5 * (1 + Math.abs(value))];
          expect(Math.abs(near - value), `${name} ${i}, ${rows.length} rows`).toBeLessThan(far);
        });
      parameters = new Map([...parameters, ...updates]);
    }
  } finally {
    open.close();
  }
});
