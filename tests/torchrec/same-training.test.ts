// From dinc's own first weights and in its order of rows, a package trains as dinc does, in one process and
// in two: the same loss in each step, the same weights after sixty, the same logits of test rows. Batch
// statistics, regularised tables, sets that are summed before the exchange, and an auxiliary loss among them.

import { readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { train } from "../../runtime/index.ts";
import { readSafetensors } from "../../runtime/run/safetensors.ts";
import { runFork } from "./forks.ts";
import { BATCH, Films } from "./packages.ts";
import { noTorch, script } from "./torchrun.ts";
import { beginning, farthest, leftBy, type Trained, writeTensors } from "./trained-twice.ts";

const STEPS = 60;
const TEST_ROWS = 40;
const MODELS = [
  "din",
  "dien",
  "deepfm",
  "tasks",
  "counted",
  "dssm",
  "parts",
  "domains",
  "averaged",
  "plain",
  "softmax",
  "pairs",
  "grouped",
] as const;

/** What the models of the zoo do not say. */
const TASKS = `model tasks
features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 6
  tags    : set(id, max: 3)  embed 4
  moods   : set(id, max: 3, pool: mean)  embed 5
  price   : number |> standardize
  face    : vector(3)
}
history liked(max: 6) {
  item_id <-> hist_item_id
  tags    <-> hist_tags
  stars : number |> standardize
}
label like : binary
label buy  : binary
net {
  let seen  = sum(softmax(dot(item_id, liked.item_id)) * liked)
  let codes = flatten(dot(stop_gradient(parameter(3, 6, init: normal(0.5))), item_id))
  let fixed = stop_gradient(parameter(4, per: user_id, init: normal(0.5)))
  let score = concat(user_id, item_id, tags, moods, price, face, seen, codes, fixed) |> batch_norm |> dense(12, dice)
  predict like(weight: 2) = (score |> dense(1)) + weight(item_id) |> sigmoid
  predict buy  = score |> dense(1) |> sigmoid
  loss told    = log_loss(reverse_gradient(score, 2 * progress) |> dense(1), like)
}
train {
  loss focal(gamma: 1.5)
  optimizer adagrad(learning_rate: 0.05, row_wise: true)
  schedule cosine(warmup: 10)
  clip norm(0.5)
  regularize l2(dense: 1e-3, tables: 1e-3)
  metrics auc
}
`;
/** Rows that count differently, or for some labels only, columns that training alone knows, and losses that read labels, also of other rows. */
const COUNTED = `model counted
features training {
  place   : int(1..9, served: 1)  embed 3
  minutes : number |> log1p
}
features user {
  user_id : id  embed 4
  gender  : enum("F", "M")
}
features item { item_id : id  embed 6 }
label like  : binary(weight: minutes)
label buy   : binary(weight: like)
label again : binary(missing: none)
net {
  let pair   = concat(user_id, item_id)
  let liked  = pair |> dense(8, relu) |> dense(1) |> sigmoid
  let bought = pair |> batch_norm |> dense(8, dice) |> dense(1) |> sigmoid
  predict like                      = (place |> dense(1) |> sigmoid) * liked
  predict buy(weight: 0.5)          = bought
  predict again(loss: (p, y) => huber(p, y, delta: 0.5)) = pair |> dense(4, relu) |> dense(1) |> sigmoid
  loss both                         = log_loss(liked * bought, buy)
  loss late(weight: minutes)        = (bought - again) * (bought - again)
  loss apart                        = mean((batch(again) - again) * (batch(bought) - bought))
}
train {
  optimizer adam(learning_rate: 0.01)
  metrics auc, log_loss, auc(per: gender), gauc(by: user_id)
}
`;
/** Optimizers of parts, and weights that become 0. */
const PARTS = `model parts
features user profile {
  user_id : id          embed 4
  age     : int(1..99)  embed 4
}
features item {
  item_id : id  embed 6
  genre   : id  embed 4
  price   : number
}
label like : binary
net {
  let wide     = sum(each(profile, weight)) + weight(item_id) + weight(price)
  let deep     = concat(user_id, age, item_id, genre) |> batch_norm |> mlp([12, 6], relu) |> dense(1)
  predict like = wide + deep |> bias |> sigmoid
}
train {
  optimizer  adam(5e-3),
    ftrl(0.1, l1: 0.01, for: wide),
    adagrad(0.05, row_wise: true, for: profile),
    momentum(0.02, for: item_id),
    grda(0.05, c: 0.05, for: genre)
  schedule   cosine(warmup: 5)
  clip       norm(2)
  regularize l2(dense: 1e-4), l1(2e-3, for: deep), l1(1e-2, for: item_id), group_lasso(2e-2, for: user)
  metrics    auc
}
`;
/** Averages of statistics: for each value of a feature, of lists and steps, and with another momentum. */
const DOMAINS = `model domains
features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 6
  gender  : enum("F", "M")
}
history liked(max: 6) { item_id <-> hist_item_id }
label like : binary
net {
  let hidden   = concat(user_id, item_id) |> linear(8)
  let own      = batch_norm(hidden, per: gender, momentum: 0.7) |> relu
  let pair     = [item_id, max(liked)] |> batch_norm(momentum: 0.95) |> sum
  let steps    = sum(liked |> dense(5, x => dice(x, momentum: 0.5)))
  predict like = concat(own, pair, steps) |> dense(1) |> sigmoid
}
train {
  optimizer adam(0.01)
  metrics auc
}
`;
/** An average of the weights, of statistics that some batches have no rows for, and of rows that few batches have. */
const AVERAGED = DOMAINS.replace("model domains", "model averaged").replace(
  "optimizer adam(0.01)",
  "optimizer adagrad(0.05)  average ema(0.9)",
);
/** Without a table, under a bound of the gradient that holds in nearly every step. */
const PLAIN = `model plain
features item {
  price : number |> standardize
  face  : vector(3)
}
label like : binary
net { predict like = concat(price, face) |> dense(8, relu) |> dense(1) |> sigmoid }
train {
  optimizer adam(0.01)
  clip norm(0.05)
  metrics auc
}
`;
/** Losses over all rows of tables, one of them read in no other way, and over the keys of all processes. */
const SOFTMAX = `model softmax
features user { user_id : id  embed 6 }
features item { item_id : id  embed 6 }
history liked(max: 6) { item_id <-> hist_item_id }
label like : binary
net {
  predict like = dot(user_id, item_id) |> sigmoid
  let next     = after_first(liked.item_id)
  loss all     = log_partition(user_id, rows(item_id), bias: weight(rows(item_id))) - dot(user_id, item_id)
  loss step    = mean(next_item_softmax(before_last(liked), next, temperature: 0.5))
  loss beside  = next_item_softmax(user_id, item_id, among: batch)
}
train {
  optimizer adam(0.01)
  metrics auc
}
`;
/** Sums over pairs of steps: dinc keeps no pairs, a package keeps all of them. */
const PAIRS = `model pairs
features item { item_id : id  embed 6 }
history liked(max: 8) { item_id <-> hist_item_id }
label like : binary
net {
  let back     = facing(place(liked)) - place(liked)
  let scores   = dot(liked, facing(liked)) + buckets(back, 1..7, 1)
  let weighted = sum(softmax(scores, where: back >= 0) * facing(liked))
  let summed   = sum(where(back >= 0, silu(scores), 0) / 8 * facing(liked))
  predict like = dot(mean(liked + weighted + summed), item_id) |> sigmoid
}
train {
  optimizer adam(0.01)
  metrics auc
}
`;
/** Losses over the rows of a request, and over those of them that have a label. */
const GROUPED = `model grouped
features user { user_id : id  embed 6 }
features item {
  item_id : id  embed 6
  tags    : set(id, max: 3)  embed 4
}
features context { request : id }
label like  : binary
label again : binary(missing: none)
net {
  let score     = dot(user_id, item_id) + weight(item_id) + (tags |> dense(1))
  let other     = concat(user_id, item_id) |> dense(6, relu) |> dense(1)
  predict like  = score |> sigmoid
  predict again = other |> sigmoid
  loss pairs    = bpr(score, like, by: request)
  loss first    = listwise_softmax(score, like, by: request)
  loss apart    = mean((batch(again, by: request) - again) * (batch(other, by: request) - other))
}
train {
  optimizer adam(0.01)
  metrics auc, gauc(by: user_id)
}
`;
const RANKS = [1, 2];

interface Scored extends Trained {
  readonly logits: readonly number[];
}

async function byDinc(films: Films, model: string): Promise<Scored> {
  const set = [`train.batch=${BATCH}`, "train.epochs=1"];
  const run = films.at(`run-${model}`);
  const rows = films.at(`rows-${model}`);
  const { epochs } = await train(films.spec(model), { config: films.at("dinc.yaml"), set, rows, out: run });
  await films.dinc("predict", run, "--data", "test.csv", "--out", `${model}.jsonl`);
  const lines = (await readFile(films.at(`${model}.jsonl`), "utf8")).trim().split("\n");
  const logits = lines.map((line) => JSON.parse(line).like_logit);
  const { tensors } = await readSafetensors(`${run}/weights.safetensors`);
  return { losses: epochs[0]!.curve, weights: tensors, logits };
}

async function byPackage(films: Films, model: string, ranks: number): Promise<Scored> {
  const { golden, ...trained } = await leftBy(films.at(`out-${model}-${ranks}`));
  return { ...trained, logits: JSON.parse(golden).logits.like };
}

describe.skipIf(noTorch !== null)("from dinc's first weights, in its order", () => {
  let films: Films;
  const dinc = new Map<string, Scored>();

  beforeAll(async () => {
    films = await Films.write({ train: STEPS * BATCH - 5, test: TEST_ROWS });
    await writeFile(films.at("tasks.din"), TASKS);
    await writeFile(films.at("parts.din"), PARTS);
    await writeFile(films.at("domains.din"), DOMAINS);
    await writeFile(films.at("averaged.din"), AVERAGED);
    await writeFile(films.at("plain.din"), PLAIN);
    await writeFile(films.at("softmax.din"), SOFTMAX);
    await writeFile(films.at("pairs.din"), PAIRS);
    await writeFile(films.at("grouped.din"), GROUPED);
    await writeFile(films.at("before.din"), TASKS.replace(" + weight(item_id)", ""));
    await writeFile(films.at("counted.din"), COUNTED);
    for (const model of MODELS) {
      // A network may have more tables than the rows were prepared with.
      const spec = model === "tasks" ? films.at("before.din") : films.spec(model);
      await films.prepare(spec, `rows-${model}`, "--order", "trained", "--shards", "2");
      await films.compile(films.spec(model), `package-${model}`);
      const begun = await beginning(films.spec(model), films.at(`rows-${model}`));
      await writeTensors(films.at(`${model}.safetensors`), begun);
      dinc.set(model, await byDinc(films, model));
    }
    for (const ranks of RANKS) {
      const trainings = MODELS.map((model) => ({
        package: model,
        arguments: [
          ...["--rows", `rows-${model}`, "--out", `out-${model}-${ranks}`, "--from", `${model}.safetensors`],
          ...["--batch", String(BATCH), "--epochs", "1"],
        ],
      }));
      await writeFile(films.at("trainings.json"), JSON.stringify(trainings));
      const packages = MODELS.map((model) => `package-${model}`);
      const { code, stderr } = await runFork([script("same_training.py"), "trainings.json"], {
        ...{ folder: films.folder, packages, ranks },
      });
      expect(code, stderr).toBe(0);
    }
  }, 600_000);

  afterAll(() => rm(films.folder, { recursive: true, force: true }));

  test.each(RANKS.flatMap((ranks) => MODELS.map((model) => [model, ranks] as const)))(
    "%s in %i process(es)",
    async (model, ranks) => {
      const expected = dinc.get(model)!;
      const found = await byPackage(films, model, ranks);
      expect(expected.losses).toHaveLength(STEPS);
      expect(farthest(found.losses, expected.losses)).toBeLessThan(1e-5);
      expect([...found.weights.keys()].sort()).toEqual([...expected.weights.keys()].sort());
      for (const [name, { dims, values }] of expected.weights) {
        expect(found.weights.get(name)!.dims, name).toEqual(dims);
        expect(farthest(found.weights.get(name)!.values, values), name).toBeLessThan(1e-4);
      }
      // Golden rows are of the first shard: the first half of the test rows.
      expect(found.logits).toHaveLength(TEST_ROWS / 2);
      expect(farthest(found.logits, expected.logits.slice(0, TEST_ROWS / 2))).toBeLessThan(1e-4);
    },
  );
});
