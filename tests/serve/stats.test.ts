// What a ranker counts for a dashboard equals what is counted by hand over the requests that it was given.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TrainedModel, Usual } from "../../compiler/backends/contract/trained-model.ts";
import type { RawRecord, RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import type { RankerStats, ValueStats } from "../../compiler/serve/stats.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { type Compiled, compiledFrom, type Ranker, type Scores, trainedOf } from "./compiled.ts";
import { specs } from "./specs.ts";

const SPEC = `model counted
features user {
  user_id : id(hash: 50)  embed 2
  gender  : enum("f", "m", missing: unknown)  embed 2
  age     : number(missing: 30) |> standardize
}
features item {
  item_id : id(missing: unknown)  embed 4
  price   : number |> clip(0, 5)
  rate    : number(missing: unknown) |> buckets(0, 1)  embed 2
  image   : vector(3, missing: 0)
  tags    : set(id, max: 4)  embed 3
}
features context { hour : int(0..23)  embed 2 }
history clicks(max: 6) {
  item_id <-> clicked
  tags    <-> clicked_tags
}
history views(max: 3) { rate <-> viewed }
label click : binary
label buy : binary
net {
  let all = concat(user_id, gender, age, item_id, price, rate, image, tags, hour, mean(clicks), mean(views)) |> dense(4, relu)
  predict click = all |> dense(1) |> sigmoid
  predict buy   = all |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  batch 16  epochs 1  metrics auc }
`;

const TOP = ["3", "1", "9"];
const DECILES = [-5, 5, -1, 0, 0.5, 2];
const LENGTHS = [0, 4, 1, 3];
const usual: Usual = {
  values: new Map([
    ["item_id", TOP],
    ["clicked", TOP],
    ["tags", TOP],
    ["clicked_tags", TOP],
    ["gender", ["m", "f"]],
    // Not a value that the model knows: nothing is told of the frequent ones.
    ["hour", ["7", "noon"]],
  ]),
  numbers: new Map([
    ["age", DECILES],
    ["price", DECILES],
    ["rate", DECILES],
    ["clicked", LENGTHS],
  ]),
};

let trained: TrainedModel;
let compiled: Compiled;
let requests: readonly RawRequest[];
let folder: string;

beforeAll(async () => {
  trained = { ...trainedOf(SPEC), usual };
  compiled = await compiledFrom(trained);
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, "stats"));
  requests = Array.from({ length: 40 }, (_, i) =>
    sampler.make({ candidates: (i * 7) % 30, steps: (max) => i % (max + 4), unseen: 0.2 }),
  );
  folder = await mkdtemp(join(tmpdir(), "dinc-stats-"));
  await writeFolder(join(folder, "ranker"), compiled.files, false);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rankerWith = (options: object = {}): Promise<Ranker> =>
  compiled.module.createRanker({ weights: compiled.weights, ...options });

type Values = readonly unknown[];
const isThere = (value: unknown) => value !== null && value !== undefined;
const here = (values: Values) => values.filter(isThere);
const zeros = (length: number) => Array.from({ length }, () => 0);

/** Ids, by the texts that are known; `top` those that have a bin each. Missing ones inside a set would be unknown. */
function idsByHand(values: Values, known: (text: string) => boolean, top: readonly string[]): ValueStats {
  const texts = here(values).map(String);
  const bins = zeros(top.length === 0 ? 0 : top.length + 1);
  for (const text of texts.filter(known)) {
    const at = top.indexOf(text);
    if (bins.length > 0) bins[at === -1 ? top.length : at]!++;
  }
  return {
    ...{ values: texts.length, missing: values.length - texts.length },
    ...{ unknown: texts.filter((text) => !known(text)).length, bins, numbers: null },
  };
}

function numbersByHand(values: Values, [low, high, ...bounds]: readonly number[]): ValueStats {
  const numbers = here(values) as number[];
  const bins = zeros(bounds.length === 0 ? 0 : bounds.length + 1);
  for (const x of numbers) {
    const at = bounds.findIndex((bound) => x <= bound);
    if (bins.length > 0) bins[at === -1 ? bounds.length : at]!++;
  }
  return {
    ...{ values: numbers.length, missing: values.length - numbers.length, unknown: null, bins: [] },
    numbers: {
      sum: numbers.reduce((a, b) => a + b, 0),
      least: numbers.length === 0 ? null : Math.min(...numbers),
      largest: numbers.length === 0 ? null : Math.max(...numbers),
      outOfRange: low === undefined ? 0 : numbers.filter((x) => x < low || x > high!).length,
      ...{ bounds, bins },
    },
  };
}

/** The first four different ones count, whole numbers and their texts being the same. */
const ofSets = (sets: Values) =>
  (sets as unknown[][]).flatMap((set) => [...new Set(set.map(String))].slice(0, 4));

/** What should be counted of requests, but for the identity and the time. */
function byHand(
  asked: readonly RawRequest[],
  scores: readonly Scores[],
): Omit<RankerStats, "about" | "since"> {
  const of = (records: readonly RawRecord[], name: string) => records.map((record) => record[name]);
  const users = asked.map(({ user }) => user);
  const items = asked.flatMap(({ candidates }) => candidates);
  const steps = (history: string, max: number) =>
    asked.flatMap(({ history: all }) => all[history]!.slice(Math.max(0, all[history]!.length - max)));
  const lengths = (history: string) => asked.map(({ history: all }) => all[history]!.length);
  const listed = (name: string) => new Set(trained.fitted.vocabularies.get(name)!);
  const [ids, tags] = [listed("item_id"), listed("tags")];
  const isGender = (text: string) => text === "f" || text === "m";
  const isHour = (text: string) => /^(1?[0-9]|2[0-3])$/.test(text);
  const scoresOf = (label: string) => {
    const bins = zeros(20);
    for (const score of scores.flatMap((all) => [...(all as Record<string, Float32Array>)[label]!]))
      bins[Math.min(19, Math.floor(score * 20))]!++;
    return bins;
  };
  return {
    ...{ requests: asked.length, candidates: items.length },
    features: {
      user_id: idsByHand(of(users, "user_id"), () => true, []),
      gender: idsByHand(of(users, "gender"), isGender, ["m", "f"]),
      age: numbersByHand(of(users, "age"), DECILES),
      item_id: idsByHand(of(items, "item_id"), (text) => ids.has(text), TOP),
      price: numbersByHand(of(items, "price"), DECILES),
      rate: numbersByHand(of(items, "rate"), DECILES),
      image: {
        ...{ values: here(of(items, "image")).length, unknown: null, bins: [], numbers: null },
        missing: items.length - here(of(items, "image")).length,
      },
      tags: idsByHand(ofSets(of(items, "tags")), (text) => tags.has(text), TOP),
      hour: idsByHand(
        of(
          asked.map(({ context }) => context),
          "hour",
        ),
        isHour,
        [],
      ),
    },
    histories: {
      clicks: {
        empty: lengths("clicks").filter((length) => length === 0).length,
        lengths: numbersByHand(
          lengths("clicks").filter((length) => length > 0),
          LENGTHS,
        ).numbers!,
        fields: {
          item_id: idsByHand(of(steps("clicks", 6), "item_id"), (text) => ids.has(text), TOP),
          tags: idsByHand(ofSets(of(steps("clicks", 6), "tags")), (text) => tags.has(text), TOP),
        },
      },
      views: {
        empty: lengths("views").filter((length) => length === 0).length,
        lengths: numbersByHand(
          lengths("views").filter((length) => length > 0),
          [],
        ).numbers!,
        fields: { rate: numbersByHand(of(steps("views", 3), "rate"), []) },
      },
    },
    scores: { click: scoresOf("click"), buy: scoresOf("buy") },
  };
}

/** Sums of numbers in another order differ by their rounding. */
function expectStats(found: RankerStats | null, expected: Omit<RankerStats, "about" | "since">): void {
  const rounded = (stats: object) =>
    JSON.parse(JSON.stringify(stats, (key, value) => (key === "sum" ? Math.round(value * 1e6) : value)));
  const { about: _, since: __, ...counts } = found!;
  expect(rounded(counts)).toEqual(rounded(expected));
}

describe.each(["auto", "simd", "typescript"] as const)("computed by %s", (backend) => {
  test("counts equal those by hand, and begin again from 0", async () => {
    const ranker = await rankerWith({ backend, stats: true, verify: true });
    const scores = requests.map((request) => ranker.rank(request));
    expectStats(ranker.stats(), byHand(requests, scores));
    const { about, since } = ranker.stats()!;
    expect(about).toEqual(ranker.about);
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
    expectStats(ranker.stats({ reset: true }), byHand(requests, scores));
    expectStats(ranker.stats(), byHand([], []));
    ranker.rank(requests[5]);
    expectStats(ranker.stats(), byHand([requests[5]!], [scores[5]!]));
  });

  test("a user's session counts one request, and all candidates of all calls; logits and topK count as rank does", async () => {
    const ranker = await rankerWith({ backend, stats: true });
    const request = requests.find(({ candidates }) => candidates.length > 10)!;
    const session = ranker.user(request);
    const scores = ranker.rank(request);
    ranker.stats({ reset: true });
    const again = ranker.user(request);
    again.rank(request.candidates);
    session.logits(request.candidates);
    session.topK(request.candidates, 2, "click");
    const three = { ...request, candidates: [1, 2, 3].flatMap(() => request.candidates) };
    expectStats(ranker.stats(), byHand([three], [scores, scores, scores]));
  });
});

test("what is asked of the ranker itself is not counted: golden requests, weights of attention, encoding", async () => {
  const { module, weights, trained: din } = await compiledFrom(trainedOf(specs.din));
  const ranker = await module.createRanker({ weights, stats: true });
  const sampler = new RequestSampler(din.model, din.fitted, Random.of(4, "stats"));
  const request = sampler.make({ candidates: 4, steps: () => 3, unseen: 0 });
  ranker.verify();
  ranker.explain(request);
  ranker.encodeCandidates(request.candidates);
  expect(ranker.stats()).toMatchObject({ requests: 0, candidates: 0 });
  expect(ranker.stats()!.features["item_id"]!.values).toBe(0);
  expect(() => ranker.explain({ ...request, candidates: [{}] })).toThrow();
  ranker.rank(request);
  expect(ranker.stats()).toMatchObject({ requests: 1, candidates: 4 });
});

test("candidates as columns: their ids are counted, one that is missing as unknown, and no numbers", async () => {
  const ranker = await rankerWith({ stats: true });
  const { candidates, ...request } = requests.find(({ candidates }) => candidates.length > 10)!;
  const given = [...candidates, { ...candidates[0]!, item_id: null }];
  ranker.rank({ ...request, candidates: { columns: ranker.encodeCandidates(given) } });
  const { item_id, price, tags } = ranker.stats()!.features;
  const { item_id: listed, tags: listedTags } = byHand([{ ...request, candidates: given }], []).features;
  expect(listed!.missing).toBeGreaterThan(0);
  const unknown = listed!.unknown! + listed!.missing;
  expect(item_id).toEqual({ ...listed, values: given.length, missing: 0, unknown });
  expect(tags).toEqual(listedTags);
  expect(price).toMatchObject({ values: 0, missing: 0 });
});

test("without `stats: true` there are none", async () => {
  const ranker = await rankerWith();
  ranker.rank(requests[1]);
  expect(ranker.stats()).toBeNull();
});

test("a weights file that says nothing of training rows: values are counted, and no bins", async () => {
  const { module, weights } = await compiledFrom({ ...trained, usual: null });
  const ranker = await module.createRanker({ weights, stats: true });
  for (const request of requests) ranker.rank(request);
  const { item_id, price } = byHand(requests, requests.map(() => ({ click: [], buy: [] })) as never).features;
  const { features } = ranker.stats()!;
  expect(features["item_id"]).toEqual({ ...item_id, bins: [] });
  expect(features["price"]!.numbers).toMatchObject({
    ...{ least: price!.numbers!.least, largest: price!.numbers!.largest },
    ...{ outOfRange: 0, bounds: [], bins: [] },
  });
});

test("a ranker says which dinc made it", async () => {
  expect((await rankerWith()).about).toMatchObject({ model: "counted", version: "test" });
});

interface Pool {
  rank(request: unknown): Promise<Scores>;
  stats(options?: { readonly reset?: boolean }): Promise<RankerStats | null>;
  replace(weights: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
}

describe("a pool", () => {
  const poolWith = async (options: object): Promise<Pool> => {
    const { createPool } = (await import(
      /* @vite-ignore */ pathToFileURL(join(folder, "ranker", "model.pool.js")).href
    )) as { createPool: (options: object) => Promise<Pool> };
    return createPool({ weights: compiled.weights, threads: 3, ...options });
  };

  test("gives the sum over its threads, begins again from 0 where it is told to, and with other weights", async () => {
    const pool = await poolWith({ stats: true });
    const scores = await Promise.all(requests.map((request) => pool.rank(request)));
    expectStats(await pool.stats({ reset: true }), byHand(requests, scores));
    expectStats(await pool.stats(), byHand([], []));
    await pool.rank(requests[2]);
    const other = await compiledFrom({ ...trainedOf(SPEC, 2), usual });
    await pool.replace(other.weights);
    expectStats(await pool.stats(), byHand([], []));
    const after = await pool.rank(requests[4]);
    expectStats(await pool.stats(), byHand([requests[4]!], [after]));
    await pool.close();
    await expect(pool.stats()).rejects.toMatchObject({ name: "RankerPoolError" });
  });

  test("without `stats: true` has none", async () => {
    const pool = await poolWith({ threads: 1 });
    await pool.rank(requests[2]);
    expect(await pool.stats()).toBeNull();
    await pool.close();
  });
});
