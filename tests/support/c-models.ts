// Records WebAssembly's requests, steps of a training and predictions of a model, for a comparison with C.

import type { Mode } from "../../compiler/backends/contract/emit-options.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { openSession } from "../../compiler/backends/wasm/training/session.ts";
import { Random } from "../../compiler/common/random.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { initialTable, RowGatherer } from "../../compiler/train/tables.ts";
import { compiledFrom, trainedOf } from "../serve/compiled.ts";
import { type Places, type RecordedModule, recorded } from "./c-code.ts";
import { randomRows } from "./random-rows.ts";
import { batchesOf, madeOf } from "./random-training.ts";

/** The module that ranks, with weights of its own and requests of several sizes. */
export async function recordedRanking(spec: string, mode: Mode, places?: Places): Promise<RecordedModule> {
  const trained = trainedOf(spec);
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, "requests in C"));
  const requests = [1, 3, 40].map((candidates) =>
    sampler.make({ candidates, steps: (max) => Math.min(max, 17), unseen: 0.1 }),
  );
  const modules = await recorded(async () => {
    const { module, weights } = await compiledFrom(trained, { mode });
    const ranker = await module.createRanker({ weights, backend: "simd" });
    for (const request of requests) ranker.logits(request);
  }, places);
  return modules.at(-1)!;
}

/** Values of each vocabulary that only data could tell. */
const KNOWN = 40;
/** The rows of batches: none of them a multiple of any number of lanes, and some less than any. */
const SIZES = [37, 5];

/** The module of a training step over batches of so many rows each; and of a prediction after it, if it is wanted. */
export async function recordedTraining(
  model: Model,
  places?: Places,
  sizes: readonly number[] = SIZES,
  isPredicting = false,
): Promise<readonly RecordedModule[]> {
  const made = madeOf(model, KNOWN);
  const { program, tables } = made;
  const { settings, step } = program;
  const batches = await Promise.all(
    sizes.map((size, seed) => batchesOf(randomRows(program, tables, { rows: size, seed }), size, made)),
  );
  const decay = (count: number) => Float32Array.from({ length: count }, (_, row) => 0.1 / (1 + row));
  const held = new Map(
    tables.map(
      (spec) => [spec.name, initialTable(spec, { ...settings, seed: 1 }, decay(spec.rows))] as const,
    ),
  );
  return recorded(() => {
    const initial = initialParameters(step, settings.seed);
    const session = openSession({ threads: null, form: "plain" }, program, initial, held);
    for (const [i, batch] of batches.flat().entries())
      session.step({ batch, rows: {}, scalars: scalarsAt(settings, i + 1, sizes.length) });
    if (isPredicting) {
      const batch = batches.at(-1)![0]!;
      const trained = [...held].map(
        ([name, table]) => [name, { ...table, ...session.holds?.get(name) }] as const,
      );
      session.predict({ batch, rows: new RowGatherer(new Map(trained)).gather(batch), scalars: {} });
    }
    session.dispose();
  }, places);
}
