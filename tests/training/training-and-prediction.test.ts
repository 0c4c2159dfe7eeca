// A network predicts as it trains. With the same weights, on the same rows, the loss by the statistics of batches and the
// loss by the averages that replace them are close, however few steps an epoch has.

import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import { openTraining, type Training } from "../../compiler/train/index.ts";
import { RowGatherer } from "../../compiler/train/tables.ts";
import { ratedFilms } from "../../playground/workers/films.ts";
import { sweep } from "../support/how-often.ts";

const ROWS = 8192;
const films = ratedFilms.made(20_261_130, "like").train.slice(0, ROWS);

/** Batch norm, with a domain's own too, Dice, dropout and noise; `deepfm` and `fm` have none of them. */
const models = ["afn", "deepfm", "dien", "din", "dmin", "dropout_net", "fm", "mirrn", "qnn", "star"];

/** So few steps that weights still move fast. */
const trainings = [
  { batch: 64, steps: 160 },
  { batch: 1024, steps: 16 },
  { batch: 8192, steps: 6 },
];

/** How much worse a network may predict than it trains, and how much the noise of batches may cost it in training. */
const LOST = 0.01;
const NOISE = 0.05;

describe.each(sweep(models, 5))("%s", (name) => {
  const path = `examples/zoo/${name}.din`;
  const model = check(sourceFile(path, readFileSync(path, "utf8"))).value!;
  const { label } = model.predictions[0]!;

  test.each(trainings)("at batches of $batch", async ({ batch, steps }) => {
    const settings = { ...model.train, batch, epochs: 100 };
    const training = await openTraining({ ...model, train: settings }, { train: films, seed: 3 });
    onTestFinished(() => training.close());
    await training.run({ steps });
    const evaluations = await training.evaluate(films, { metrics: [{ kind: "log_loss" }] });
    const predicting = evaluations.find((each) => each.label === label)!.values["log_loss"]!;
    const lost = predicting - (await lossInTraining(training, label));
    expect(lost).toBeLessThan(LOST);
    expect(lost).toBeGreaterThan(-NOISE);
  });
});

/** The label's mean loss by the statistics and the noise of batches, with weights that no step changes. */
async function lossInTraining(training: Training, label: string): Promise<number> {
  const { session, tables } = training["trainer"];
  const { train, batches } = training["options"];
  const { settings } = training.program;
  const gatherer = new RowGatherer(tables);
  const order = Int32Array.from({ length: train.rows }, (_, row) => row);
  const scalars = { ...scalarsAt(settings, 1, 1), learning_rate: 0 };
  let sum = 0;
  for await (const batch of batches(train, order, settings.batch, { seed: 1, step: 1 }, session.room)) {
    const rows = session.holds === null ? gatherer.gather(batch) : {};
    const { loss, terms } = session.step({ batch, rows, scalars });
    sum += (terms[label] ?? loss) * batch.size;
  }
  return sum / train.rows;
}
