// What no gradient reaches never changes: no decay of an optimizer, no l2 and no average of weights touches it.

import { expect, onTestFinished, test } from "vitest";
import { openTraining } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";

const spec = (training: string) => `model fixed
features user { user_id : id(size: 6)  embed 3 }
features item { item_id : id(size: 9)  embed 2 }
label click : binary
net {
  let codes   = stop_gradient(parameter(3, 4, init: uniform(0.5)))
  let of_user = stop_gradient(parameter(4, per: user_id, init: normal(0.5)))
  let bits    = flatten(dot(codes, stop_gradient(dense(concat(user_id, item_id), 4))))
  predict click = concat(bits, of_user, user_id, item_id) |> dense(4, relu) |> dense(1) |> sigmoid
}
train { batch 2  epochs 2  ${training} }`;
const FIXED = [
  "net.codes.parameter_1.value",
  "net.bits.dense_1.kernel",
  "net.bits.dense_1.bias",
  "user_id.net.of_user.parameter_1",
];
const rows = Array.from({ length: 18 }, (_, i) => ({
  user_id: i % 6,
  item_id: (i * 4) % 9,
  click: Number(i % 3 === 0),
}));

test.each([
  "optimizer adamw(0.05, weight_decay: 0.1)",
  "optimizer sgd(0.05)  regularize l2(dense: 0.1, tables: 0.1)",
  "optimizer adam(0.05)  regularize l2(dense: 0.1, tables: 0.1)  average ema(0.7)",
  "optimizer adagrad(0.05)  regularize mini_batch_aware(0.1)",
])("%s", async (training) => {
  const opened = await openTraining(modelOf(spec(training)), { train: rows, valid: rows });
  onTestFinished(() => opened.close());
  const weights = () => {
    const { parameters, tables } = opened.trained();
    const all = [...parameters, ...[...tables].map(([name, { values }]) => [name, values] as const)];
    return new Map(all.map(([name, values]) => [name, [...values]]));
  };
  const before = weights();
  while (!opened.isOver) await opened.step();
  const changed = [...weights()].filter(([name, values]) => String(values) !== String(before.get(name)));
  const fixed = [...before.keys()].filter((name) => !changed.some(([other]) => other === name));
  expect(fixed).toEqual(FIXED);
});
