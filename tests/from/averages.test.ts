// What becomes of the averages of batch_norm and dice where a training goes on from a run: they go on too, with the rows that
// they are of where the run says so, and as after many batches where it does not.

import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { Shop, SPEC, weightsOf } from "./shop.ts";

const shop = new Shop();
const spec = SPEC.replace("dense(8, dice)", "dense(8) |> batch_norm(per: shelf) |> relu");
shop.write("kept.din", spec);
// One step, which moves averages and hardly any weight.
shop.write(
  "step.din",
  spec.replace("batch 16", "batch 256").replace("adam(learning_rate: 1e-3)", "sgd(1e-12)"),
);

/** Of the 200 rows of a day. */
const ROWS = { top: 67, low: 133 };

test("they go on by their rows, without the optimizer's state too, and otherwise by a tenth", async () => {
  const { run: old, state } = await shop.train("old", 0, {}, "kept.din");
  const { run: fresh } = await shop.train("fresh", 0, { from: "old", freshOptimizer: true }, "step.din");
  rmSync(shop.at("old", "state.safetensors"));
  const { run: tenth } = await shop.train("tenth", 0, { from: "old" }, "step.din");
  const [before, by, plain] = [old, fresh, tenth].map(weightsOf);
  const layer = "net.click.batch_norm_1";
  const rows = state!.weights.get("rows")!.get(`${layer}.mean`)!;
  expect(rows).toHaveLength(2);
  for (const [value, count] of Object.values(ROWS).entries()) {
    const rate = (0.1 * count) / (0.9 * rows[value]! + 0.1 * count);
    expect(rate).toBeGreaterThan(0.5);
    for (const i of [0, 1, 2, 3, 4, 5, 6, 7].map((unit) => 8 * value + unit)) {
      const moved = (all: typeof by) => all!.get(`${layer}.mean`)![i]! - before!.get(`${layer}.mean`)![i]!;
      expect(moved(by)).toBeCloseTo((rate / 0.1) * moved(plain), 5);
    }
  }
  expect(by!.get(`${layer}.share`)).toEqual(before!.get(`${layer}.share`));
  const dice = "net.interest.dice_1.mean";
  expect(plain!.get(dice)).not.toEqual(before!.get(dice));
});
