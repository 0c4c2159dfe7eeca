// Labels of rows as a training has them: amounts and shares with their fractions, classes by their places.

import { expect, test } from "vitest";
import { openTraining } from "../../compiler/train/index.ts";
import { modelOf } from "./models.ts";

const model = modelOf(`model of_all_kinds
features item { a : number }
label watch : number
label soft  : binary(soft)
label mood  : enum("low", "high")
label stars : int(-1..2)
net {
  predict watch = dense(a, 1)
  predict soft  = dense(a, 1) |> sigmoid
  predict mood  = dense(a, 2) |> softmax
  predict stars = dense(a, 1) |> ordinal(4)
}
train { metrics rmse, r2, calibration, log_loss, accuracy }
`);

const rows = [
  { user_id: "u", a: 1, watch: 0.25, soft: 0.75, mood: "high", stars: 2 },
  { user_id: "v", a: 2, watch: -3.5, soft: "0.125", mood: "low", stars: "-1" },
  { user_id: "u", a: 3, watch: "1e3", soft: 1, mood: "low", stars: 0 },
];

test("are read with their fractions, and predictions are measured against them", async () => {
  const training = await openTraining(model, { train: rows, seed: 1 });
  await training.run({ steps: 1 });
  const { logits, probabilities, numbers } = await training.predict(rows);
  expect([...numbers.keys()]).toEqual(["watch"]);
  expect([...probabilities.keys()]).toEqual(["soft", "mood", "stars"]);
  const evaluations = await training.evaluate(rows);
  const valuesOf = (label: string) => evaluations.find((each) => each.label === label)!.values;
  const watch = [0.25, -3.5, 1000];
  const squares = watch.map((truth, row) => (truth - logits.get("watch")![row]!) ** 2);
  expect(valuesOf("watch")["rmse"]).toBeCloseTo(
    Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / 3),
    3,
  );
  expect(Object.keys(valuesOf("watch"))).toEqual(["rmse", "r2", "calibration"]);
  const soft = [0.75, 0.125, 1].map((truth, row) => {
    const p = probabilities.get("soft")![row]!;
    return -truth * Math.log(p) - (1 - truth) * Math.log(1 - p);
  });
  expect(valuesOf("soft")["log_loss"]).toBeCloseTo(soft.reduce((sum, each) => sum + each, 0) / 3, 5);
  for (const [label, places, classes] of [
    ["mood", [1, 0, 0], 2],
    ["stars", [3, 0, 1], 4],
  ] as const) {
    const shares = probabilities.get(label)!;
    const loss =
      places.reduce((sum: number, place, row) => sum - Math.log(shares[row * classes + place]!), 0) / 3;
    expect(valuesOf(label)["log_loss"]).toBeCloseTo(loss, 5);
    for (let row = 0; row < 3; row++) {
      const own = shares.subarray(row * classes, (row + 1) * classes);
      expect(own.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    }
  }
  await training.close();
});

test.each([
  ["watch", "often", "a number"],
  ["soft", 1.5, "a number from 0 to 1"],
  ["mood", "middling", 'one of "low", "high"'],
  ["stars", 3, "a whole number from -1 to 2"],
])("a value of %s that is none is said with what it may be", async (label, value, holds) => {
  const wrong = [{ ...rows[0]!, [label]: value }];
  await expect(openTraining(model, { train: wrong, seed: 1 })).rejects.toThrow(holds);
});
