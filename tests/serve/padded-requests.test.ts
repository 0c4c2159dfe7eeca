// A request whose histories are filled up to one length, as the training rows are by `data.padding`, has the scores of the
// steps that are its own: in every target, of lists and of columns, in sessions, pools and explanations, and those that
// `dinc predict` gives for the same row. Without the setting a module is what it was.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { graphForms } from "../../compiler/backends/contract/emit-options.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { goldenRequests } from "../../compiler/backends/golden/golden.ts";
import { referencesOf } from "../../compiler/backends/golden/reference.ts";
import type { RawRecord, RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { encodeRows } from "../../compiler/data/encode.ts";
import type { Padding } from "../../compiler/frontend/config/padding.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { openScorer } from "../../runtime/run/score-run.ts";
import type { Scorer } from "../../runtime/run/scorer.ts";
import { scorerOf } from "../onnx/compiled.ts";
import { emittedBy } from "../support/emitted.ts";
import { historyUses, towerUses } from "../support/history-uses.ts";
import { runs, timeout } from "../support/how-often.ts";
import { type WholeWay, wholeWay } from "../support/whole-way.ts";
import { type Compiled, compiledFrom, type Generated, type Ranker, trainedOf } from "./compiled.ts";
import { loadModule } from "./load-module.ts";
import { specs } from "./specs.ts";

/** The ways in which files and callers write a padding of `0`, and of nothing. */
const forms = { zero: [0, "0", "0.0", "-0", 0n, [0, "0"]], nothing: [null, undefined, ""] } as const;

type Step = Readonly<Record<string, unknown>>;

/** Each column of a step that fills up has one of these forms. */
function filled(fields: readonly string[], among: readonly unknown[]): fc.Arbitrary<Step> {
  return fc.record(Object.fromEntries(fields.map((name) => [name, fc.constantFrom(...among)])));
}

interface Ends {
  readonly front: readonly Step[];
  readonly back: readonly Step[];
}

function endsOf(fields: readonly string[], among: readonly unknown[]): fc.Arbitrary<Ends> {
  const steps = fc.array(filled(fields, among), { maxLength: 4 });
  return fc.record({ front: steps, back: steps });
}

function withEnds({ history, ...request }: RawRequest, ends: Ends): unknown {
  const histories = Object.entries(history).map(([name, own]) => [
    name,
    [...ends.front, ...own, ...ends.back],
  ]);
  return { ...request, history: Object.fromEntries(histories) };
}

const fields = ["item_id", "shop", "tags", "dwell", "at"];
const shapes = [
  { candidates: 3, steps: () => 0, unseen: 0 },
  { candidates: 5, steps: () => 1, unseen: 0.3 },
  { candidates: 4, steps: (max: number) => max + 3, unseen: 0.1 },
];

function requestsOf({ model, fitted }: TrainedModel, seed: string): RawRequest[] {
  const sampler = new RequestSampler(model, fitted, Random.of(5, seed));
  return shapes.map((shape) => sampler.make(shape));
}

const withPadding = (spec: string, padding: Padding = ["0"]): TrainedModel => ({
  ...trainedOf(spec),
  padding,
});

function sampled(among: readonly unknown[]): Ends[] {
  return fc.sample(endsOf(fields, among), runs(4));
}

describe("however a network uses a history, its padding does not count", () => {
  test.each(historyUses.filter((_, i) => i % 2 === 1))("%s", async (_, spec) => {
    const subject = await compiledFrom(withPadding(spec));
    const requests = requestsOf(subject.trained, spec);
    const scorers = await Promise.all(graphForms.map((form) => scorerOf(subject.trained, form)));
    for (const backend of ["auto", "simd", "typescript"] as const) {
      const ranker = await subject.module.createRanker({ weights: subject.weights, backend, verify: true });
      for (const request of requests) {
        const wanted = ranker.logits(request);
        for (const ends of sampled(forms.zero)) {
          const given = withEnds(request, ends) as RawRequest;
          expect(ranker.logits(given)).toEqual(wanted);
          expect(ranker.user(given).logits(request.candidates)).toEqual(wanted);
          const history = ranker.encodeHistory(given.history);
          expect(history).toEqual(ranker.encodeHistory(request.history));
          expect(ranker.logits({ ...given, history })).toEqual(wanted);
        }
      }
    }
    for (const scorer of scorers) {
      for (const request of requests)
        for (const ends of sampled(forms.zero))
          expect(scorer.feeds(withEnds(request, ends))).toEqual(scorer.feeds(request));
      await scorer.close();
    }
  });

  test.each(towerUses.slice(0, 4))("of two towers: %s", async (_, spec) => {
    const trained = withPadding(spec);
    const { files } = await emittedBy("two-tower", trained);
    const module = await loadModule<Generated>(files.get("model.js") as string);
    const weights = files.get("model.weights.bin");
    const ranker = (await module.createRanker({ weights, verify: true })) as Ranker & {
      userVector(request: unknown): Float32Array;
    };
    for (const request of requestsOf(trained, spec))
      for (const ends of sampled(forms.zero))
        expect(ranker.userVector(withEnds(request, ends))).toEqual(ranker.userVector(request));
  });
});

const [, lengths] = historyUses.find(([name]) => name === "a history for its length")!;

test("steps without a value are padding where the setting says so", async () => {
  for (const spec of [historyUses[10]![1], lengths]) {
    const subject = await compiledFrom(withPadding(spec, [""]));
    for (const request of requestsOf(subject.trained, spec))
      for (const ends of sampled(forms.nothing))
        expect(subject.ranker.logits(withEnds(request, ends))).toEqual(subject.ranker.logits(request));
  }
});

describe("of what fills up", () => {
  const clicks = [
    { item_id: 3, cate_id: 4 },
    { item_id: "5", cate_id: 6 },
  ];
  const request = (steps: readonly unknown[]) => ({
    user: { user_id: 7, gender: "f" },
    context: { hour: 13 },
    history: { clicks: steps },
    candidates: [{ item_id: 1, cate_id: 2, price: 9.5 }],
  });
  const fill = { item_id: 0, cate_id: "0" };
  let padded: Compiled;
  let plain: Compiled;
  beforeAll(async () => {
    padded = await compiledFrom(withPadding(specs.din, { clicks: ["0", "-1"] }));
    plain = await compiledFrom(trainedOf(specs.din));
  });
  const scores = (steps: readonly unknown[]) => padded.ranker.logits(request(steps));

  test("each column may have any of the values, and one with another value is a step", () => {
    expect(scores([{ item_id: -1, cate_id: 0 }, ...clicks])).toEqual(scores(clicks));
    expect(scores([{ item_id: 0, cate_id: 9 }, ...clicks])).not.toEqual(scores(clicks));
    expect(scores([{ item_id: 9, cate_id: 0 }, ...clicks])).not.toEqual(scores(clicks));
  });

  test("between steps it counts, as in training", () => {
    const between = [clicks[0], fill, clicks[1]];
    expect(padded.ranker.explain(request(between))[0]!.weights[0]).toHaveLength(3);
    expect(scores(between)).toEqual(plain.ranker.logits(request(between)));
  });

  test("the latest steps are chosen after it is left out", () => {
    const long = Array.from({ length: 15 }, (_, i) => ({ item_id: i + 1, cate_id: 1 }));
    expect(scores([...long, ...Array.from({ length: 30 }, () => fill)])).toEqual(scores(long.slice(-12)));
  });

  test("errors and explanations name places of the history as it was given", () => {
    const wrong = [fill, fill, clicks[0], { item_id: 1.5, cate_id: 1 }, fill];
    for (const act of [
      () => scores(wrong),
      () => padded.ranker.encodeHistory({ clicks: wrong }),
      () => padded.ranker.explain(request(wrong)),
    ])
      expect(act).toThrow(
        expect.objectContaining({
          name: "RankerInputError",
          field: "history.clicks[3].item_id",
          message: "history.clicks[3].item_id must be a whole number, not 1.5",
        }),
      );
    expect(() => scores([fill, 5, clicks[0]])).toThrow("history.clicks[1] must be an object");
    const steps = [fill, fill, ...clicks, fill];
    const explained = padded.ranker.explain(request(steps));
    const own = padded.ranker.explain(request(clicks));
    expect(explained).toEqual(own.map((each) => ({ ...each, first: 2 })));
    const history = padded.ranker.encodeHistory({ clicks: steps });
    expect(padded.ranker.explain({ ...request([]), history })).toEqual(own);
  });

  test("stats count the steps that are left", async () => {
    const ranker = await padded.module.createRanker({ weights: padded.weights, stats: true });
    ranker.logits(request([fill, ...clicks, fill]));
    const once = ranker.stats({ reset: true });
    ranker.logits(request(clicks));
    expect(ranker.stats()!.histories).toEqual(once!.histories);
  });

  test("nothing is taken from columns, which hold ids", () => {
    const history = { clicks: { columns: { item_id: Int32Array.of(1, 3), cate_id: Int32Array.of(1, 2) } } };
    const given = { ...request([]), history };
    expect(padded.ranker.logits(given)).toEqual(plain.ranker.logits(given));
  });

  test("a module without the setting is none that leaves steps out, and golden requests have padding with it", () => {
    const text = (compiled: Compiled) => compiled.files.get("model.ts") as string;
    expect(text(plain)).not.toMatch(/ownSteps|paddedHistory\(/);
    expect(text(padded)).toMatch(/paddedHistory\(/);
    expect(text(padded)).toContain("Steps of [0, -1] at either end fill it up");
    const { trained } = padded;
    const isFill = (step: RawRecord) =>
      Object.values(step).every((value) => ["0", "-1"].includes(`${value}`));
    const golden = goldenRequests(trained, referencesOf(trained), 1);
    const ofClicks = golden.map(({ request }) => (request as RawRequest).history["clicks"]!);
    expect(ofClicks.some((steps) => steps.length > 0 && isFill(steps[0]!))).toBe(true);
    expect(ofClicks.some((steps) => steps.length > 0 && isFill(steps.at(-1)!))).toBe(true);
  });
});

const trainedSpec = `model padded
features item {
  item_id : id  embed 4
  price   : number |> standardize
  tags    : set(id, max: 3)  embed 4
}
history clicks(max: 3) {
  item_id <-> hist_item_id
  price   <-> hist_price
  tags    <-> hist_tags
  action  : enum("view", "cart")  embed 4
  unread  : number
}
label click : binary
net {
  let target = concat(item_id, tags)
  predict click = concat(target, price, mean(concat(clicks.item_id, clicks.action)), sum(clicks.price), max(clicks.tags)) |> dense(8, relu) |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-2)  batch 8  epochs 6 }
`;

/** A row as a file has it, each column of the history with as many values. */
const row = fc
  .record({
    item_id: fc.integer({ min: 1, max: 20 }),
    price: fc.constantFrom(0, 0.5, 2.25, 10),
    tags: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
    click: fc.integer({ min: 0, max: 1 }),
    own: fc.array(
      fc.record({
        hist_item_id: fc.integer({ min: 0, max: 20 }),
        hist_price: fc.constantFrom(0, 0.5, 2.25, 10),
        hist_tags: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
        action: fc.constantFrom("view", "cart"),
        // Prediction does not read it, but it tells a step from padding, as in training.
        unread: fc.constantFrom(0, 3),
      }),
      { maxLength: 5 },
    ),
    front: fc.integer({ min: 0, max: 3 }),
    back: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ own, front, back, ...rest }) => {
    const fill = { hist_item_id: 0, hist_price: 0, hist_tags: [0, 0], action: "0", unread: 0 };
    return { ...rest, steps: [...Array(front).fill(fill), ...own, ...Array(back).fill(fill)] as typeof own };
  });
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const columns = ["hist_item_id", "hist_price", "hist_tags", "action", "unread"] as const;

function cellsOf({ steps, ...rest }: Row): Step {
  return { ...rest, ...Object.fromEntries(columns.map((name) => [name, steps.map((step) => step[name])])) };
}

function requestOf({ item_id, price, tags, steps }: Row): unknown {
  const clicks = steps.map(({ hist_item_id, hist_price, hist_tags, ...own }) => {
    return { item_id: hist_item_id, price: hist_price, tags: hist_tags, ...own };
  });
  return { history: { clicks }, candidates: [{ item_id, price, tags }] };
}

describe("of a run", () => {
  let whole: WholeWay;
  let scorer: Scorer;
  let module: Compiled;
  beforeAll(async () => {
    const rows = fc.sample(row, 120);
    const train = JSON.stringify(rows.map(cellsOf));
    whole = await wholeWay(trainedSpec, { "train.json": train }, ["data.padding=0"]);
    scorer = await openScorer(whole.opened, await chooseBackend("wasm"));
    module = await compiledFrom(whole.trained);
  }, 120_000);

  test(
    "random rows have the scores of `dinc predict` in every target",
    async () => {
      const { model, run } = whole.opened;
      const onnx = await scorerOf(module.trained, "optimised");
      const rankers = await Promise.all(
        (["auto", "simd", "typescript"] as const).map((backend) =>
          module.module.createRanker({ weights: module.weights, backend, verify: true }),
        ),
      );
      const isClose = (found: ArrayLike<number>, wanted: number) =>
        Math.abs(found[0]! - wanted) < 2e-5 + 1e-5 * Math.abs(wanted);
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
          const format = { padding: ["0"], labels: "optional" } as const;
          const cells = rows.map(cellsOf) as never;
          const encoded = encodeRows(model, run.fitted, cells, "rows", format);
          const wanted = (await scorer.score(encoded)).get("click")!;
          for (const [i, each] of rows.entries()) {
            const request = requestOf(each);
            for (const ranker of rankers)
              expect(isClose(ranker.logits(request) as Float32Array, wanted[i]!)).toBe(true);
            const { logits } = (await onnx.scores(request)).get("click")!;
            expect(isClose(logits, wanted[i]!)).toBe(true);
          }
        }),
        { numRuns: runs(10) },
      );
      await onnx.close();
    },
    timeout,
  );
});
