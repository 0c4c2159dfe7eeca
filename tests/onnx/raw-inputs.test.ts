// Hostile values with `--inputs raw`: whatever a row has, the scores are those of the encoder of training, or all NaN where
// that refuses the value.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acceptedNumbers, boundsOf } from "../../compiler/backends/onnx/raw-bounds.ts";
import { type RawForm, rawFormOf } from "../../compiler/backends/onnx/raw-forms.ts";
import { spaceOf } from "../../compiler/frontend/kinds/encoders.ts";
import { FIRST_KNOWN_ID, NOT_AN_ID } from "../../compiler/serve/features.ts";
import { trainedOf } from "../serve/compiled.ts";
import { runs } from "../support/how-often.ts";
import { type Scorer, scorerOf } from "./compiled.ts";
import { type RawScorer, rawScorerOf } from "./raw.ts";

const trained = trainedOf(`model hostile
features user {
  user_id : id                                       embed 4
  country : enum("", "de", "01", "2", missing: unknown)  embed 4
  level   : int(-3..3, missing: unknown)             embed 4
  age     : number(missing: 30) |> clip(10, 100) |> buckets(18, 25, 35)  embed 4
}
features item {
  item_id : id                       embed 4
  slot    : id(size: 100)            embed 4
  price   : number |> log1p |> standardize
  rank    : number |> clip(-5, 5) |> min_max
  cost    : number(missing: unknown) |> min_max |> clip(0.25, 9) |> log1p |> quantiles(7)  embed 4
  dear    : number |> buckets(1.5, 2, 30)  from price  embed 4
  image   : vector(3, missing: 0.5)
}
history clicks(max: 4) { item_id <-> hist_item_id  price <-> hist_price }
label click : binary
net {
  predict click =
    concat(user_id, country, level, age, item_id, slot, price, rank, cost, dear, image, mean(clicks)) |> mlp([16], relu) |> dense(1) |> sigmoid
}
train { optimizer adam }
`);

const request = {
  user: { user_id: "7", country: "de", level: 2, age: 44 },
  history: {
    clicks: [
      { item_id: 3, price: 2 },
      { item_id: "unseen", price: 0.1 },
    ],
  },
  candidates: [
    { item_id: 1, slot: 5, price: 1, rank: 0.25, cost: 3, image: [0, 1, 2] },
    { item_id: 2, slot: 0, price: 9, rank: -2, cost: 1, image: [1, 1, 1] },
  ],
};

let encoded: Scorer;
let raw: RawScorer;
beforeAll(async () => {
  [encoded, raw] = await Promise.all([scorerOf(trained, "optimised"), rawScorerOf(trained)]);
});
afterAll(() => Promise.all([encoded.close(), raw.close()]));

const withCandidate = (values: object) => ({
  ...request,
  candidates: [request.candidates[0], { ...request.candidates[1], ...values }],
});
const withUser = (values: object) => ({ ...request, user: { ...request.user, ...values } });
const withSteps = (clicks: readonly object[]) => ({ ...request, history: { clicks } });

async function rawLogits(given: unknown): Promise<Float32Array> {
  return (await raw.scores(raw.feeds(given))).get("click")!.logits;
}

describe("scores are those of encoded inputs", () => {
  const step = { item_id: 4, price: 3 };
  const cases: readonly (readonly [string, unknown])[] = [
    ["unknown texts", withUser({ user_id: "no such user", country: "fr" })],
    ["the empty text, which is known", withUser({ country: "" })],
    ["the text 01, which is not 1", withUser({ user_id: "01", country: "01" })],
    ["texts of other scripts", withUser({ user_id: "Zoë 😀", country: "日本" })],
    ["texts with spaces", withUser({ user_id: " 7", country: "de " })],
    ["ids that doubles cannot hold", withUser({ user_id: 2n ** 60n, level: 2n ** 60n })],
    ["a whole number as a text", withUser({ user_id: "7", level: "-3" })],
    ["whole numbers outside their range", withUser({ level: 4 })],
    ["the lowest whole number", withUser({ level: -3 })],
    ["missing values", withUser({ country: null, level: null, age: null })],
    ["a missing number that is unknown, and a missing vector", withCandidate({ cost: null, image: null })],
    ["numbers outside those of training", withCandidate({ rank: -1e30, cost: 1e9, price: 3e38 })],
    ["small numbers", withCandidate({ rank: 5e-324, price: 1e-300 })],
    ["negative zeros", withCandidate({ rank: -0, price: -0 })],
    ["an empty history", withSteps([])],
    ["a history of one step", withSteps([step])],
    ["a history as long as it may be", withSteps([step, step, ...request.history.clicks])],
    ["a history that is too long", withSteps([...Array(9).fill(step), ...request.history.clicks])],
  ];
  test.each(cases)("%s", async (_, given) => {
    expect(await rawLogits(given)).toEqual((await encoded.scores(given)).get("click")!.logits);
  });
});

describe("all scores are NaN where the encoder refuses a number", () => {
  test.each([
    ["no value", withCandidate({ price: null })],
    ["NaN", withCandidate({ rank: Number.NaN })],
    ["an infinite one", withCandidate({ rank: Number.POSITIVE_INFINITY })],
    ["a negative one before log1p", withCandidate({ price: -0.001 })],
    ["one beyond 32 bits", withCandidate({ rank: -3.5e38 })],
    ["of a step", withSteps([{ item_id: 1, price: -1 }])],
    ["a vector with an infinite number", withCandidate({ image: [0, Number.NEGATIVE_INFINITY, 0] })],
    ["a vector with one NaN", withCandidate({ image: [0, Number.NaN, 0] })],
  ])("%s", async (_, given) => {
    expect(() => encoded.feeds(given)).toThrow(expect.objectContaining({ name: "RankerInputError" }));
    expect(await rawLogits(given)).toEqual(Float32Array.of(Number.NaN, Number.NaN));
  });
});

describe("a number is in the bucket that the encoder says", () => {
  const bucketed = [...trained.model.features.values()].filter(({ kind }) => kind.kind === "bins");

  test.each(bucketed.map((feature) => [feature.name, feature] as const))("%s", (_, feature) => {
    const space = spaceOf(feature, trained.fitted);
    const form = rawFormOf(feature, trained.fitted) as Extract<RawForm, { readonly kind: "bucket" }>;
    const { low, high } = form.accepted;
    const found = (x: number) =>
      x >= low && x <= high ? FIRST_KNOWN_ID + form.bounds.filter((bound) => bound <= x).length : NOT_AN_ID;
    const around = [low, high, ...form.bounds].flatMap((x) => [x, before(x), -before(-x)]);
    for (const x of [...around, 0, -0, Number.NaN, Number.POSITIVE_INFINITY])
      expect(found(x)).toBe(space.idOf(x));
    fc.assert(
      fc.property(fc.double(), (x) => found(x) === space.idOf(x)),
      { numRuns: runs(300) },
    );
  });

  test("equal bounds are one, and numbers of which none is accepted have none", () => {
    const accepted = acceptedNumbers((x) => x >= 1 && x <= 2, [0, 1.5]);
    expect(accepted).toEqual({ low: 1, high: 2 });
    expect(boundsOf((x) => (x < 1.5 ? 0 : 3), accepted)).toEqual([1.5, 1.5, 1.5]);
    const none = acceptedNumbers(() => false, [0, 1]);
    expect([none.low > none.high, boundsOf(() => 1, none)]).toEqual([true, []]);
  });
});

/** The double just below x. */
function before(x: number): number {
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0]! += x > 0 ? -1n : 1n;
  return x === 0 ? -Number.MIN_VALUE : new Float64Array(bits.buffer)[0]!;
}
