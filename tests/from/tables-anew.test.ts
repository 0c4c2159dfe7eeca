// Tables that begin again in each epoch, in a training that goes on from a run: they begin with those of the run.

import { expect, test } from "vitest";
import type { TrainOptions } from "../../runtime/driver/train-run.ts";
import { Shop, type Trained, weightsOf } from "./shop.ts";

const shop = new Shop();

/** A model of tables alone, whose epoch is one step: after one that changes nothing else, an epoch is the first again. */
const spec = (train: string) => `model tables_alone
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = dot(user_id, item_id) + weight(item_id) |> sigmoid }
train { batch 256  optimizer adam(0.05)  ${train} }`;
shop.write("anew.din", spec("tables anew"));
shop.write("users.din", spec("tables anew(for: user_id)"));
shop.write("kept.din", spec(""));

const epochs = (count: number) => ({ set: [`train.epochs=${count}`] });
const onward = (from: string, day: number, count: number, file = "anew.din", out = `${from}-${count}`) =>
  shop.train(out, day, { from, ...epochs(count) }, file);

/** Compares weights and moments, but not their last digits, which depend on the order of an epoch's rows. */
function expectSame({ run, state }: Trained, other: Trained): void {
  const all = ({ run, state }: Pick<Trained, "run" | "state">) => [
    ...weightsOf(run),
    ...[...state!.tables].flatMap(([slot, tables]) =>
      [...tables].map(([name, of]) => [`${slot}:${name}`, of] as const),
    ),
  ];
  const [these, those] = [all({ run, state }), all(other)];
  expect(these.map(([name]) => name)).toEqual(those.map(([name]) => name));
  for (const [i, [, values]] of these.entries())
    for (const [j, value] of values.entries()) expect(value).toBeCloseTo(those[i]![1][j]!, 5);
}

test("each epoch on tomorrow's rows begins with the run's tables, moments and count of steps", async () => {
  const first = await shop.train("first", 0, epochs(1), "anew.din");
  const [once, twice] = [await onward("first", 1, 1), await onward("first", 1, 3)];
  expectSame(twice, once);
  // Ids of today are in it, and have moved.
  expect(weightsOf(once.run).get("table item_id")!.length).toBeGreaterThan(
    weightsOf(first.run).get("table item_id")!.length,
  );
  expect(once.state!.made).toEqual({ epochs: 2, steps: 2, tableSteps: 2 });
  expect(twice.state!.made).toEqual({ epochs: 4, steps: 4, tableSteps: 2 });
  expectSame(await onward("first-3", 2, 2), await onward("first-1", 2, 1));
  // Without `tables anew`, a second epoch goes on.
  const kept = await onward("first-1", 2, 2, "kept.din", "going-on");
  expect(weightsOf(kept.run)).not.toEqual(weightsOf((await shop.read("first-1-1")).run));
});

test("a training that is stopped in a later epoch and resumed has the weights of one that was not", async () => {
  shop.write("model.din", spec("tables anew").replace("batch 256", "batch 64"));
  const more = { from: "first", ...epochs(3) };
  const whole = await shop.train("whole", 1, more);
  const controller = new AbortController();
  const onEvent: TrainOptions["onEvent"] = (event) => {
    if (event.kind === "step" && event.epoch === 2 && event.step === 2) controller.abort();
  };
  await expect(shop.train("cut", 1, { ...more, signal: controller.signal, onEvent })).rejects.toThrow();
  await shop.resume("cut", 1, more);
  const resumed = await shop.read("cut");
  expect(weightsOf(resumed.run)).toEqual(weightsOf(whole.run));
  expect(resumed.state!.made).toEqual(whole.state!.made);
});

test("the optimizer begins again if other tables did, because their steps were counted apart", async () => {
  await shop.train("two", 0, epochs(2), "anew.din");
  const why = "other tables began again in each epoch";
  for (const file of ["users.din", "kept.din"]) {
    const { trained } = await onward("two", 1, 1, file, `two-${file}`);
    expect(trained.continuation!.optimizer).toMatchObject({ becomes: "anew", steps: 0, why });
  }
  await shop.train("never", 0, epochs(2), "kept.din");
  const { trained, state } = await onward("never", 1, 2);
  expect(trained.continuation!.optimizer).toMatchObject({ becomes: "kept", steps: 2 });
  expect(state!.made).toEqual({ epochs: 4, steps: 4, tableSteps: 3 });
});
