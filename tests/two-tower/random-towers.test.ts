// Random models of a user's and an item's half: the inner product of both vectors is the model's logit, or the model is
// refused as one that mixes them. What is asked of the user's module is answered, or refused with a typed error.

import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { referenceOf } from "../../compiler/backends/golden/reference.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { itemModel } from "../../compiler/backends/two-tower/items.ts";
import { userModel } from "../../compiler/backends/two-tower/package.ts";
import { Random } from "../../compiler/common/random.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Generated, Ranker } from "../serve/compiled.ts";
import { trainedOf } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { changeOf } from "../support/changed-json.ts";
import { emittedBy } from "../support/emitted.ts";
import { runs, timeout } from "../support/how-often.ts";
import { model, towers } from "./specs.ts";

vi.setConfig({ testTimeout: timeout });

const width = 6;
const activations = fc.constantFrom("relu", "tanh", "dice", "prelu");
const half = (parts: readonly string[]) =>
  fc
    .tuple(
      fc.subarray([...parts], { minLength: 1 }),
      fc.option(fc.tuple(fc.integer({ min: 1, max: 5 }), activations), { nil: null }),
      fc.constantFrom("", " |> batch_norm", " |> dropout(0.3)"),
      fc.option(activations, { nil: null }),
    )
    .map(([read, hidden, after, last]) => {
      const joined = `concat(${read.join(", ")})`;
      const deep = hidden === null ? "" : ` |> dense(${hidden[0]}, ${hidden[1]})`;
      return `${joined}${deep}${after} |> dense(${width}${last === null ? "" : `, ${last}`})`;
    });
const userParts = ["user_id", "age", "likes", "hour", "mean(clicks)", "last(gru(clicks.item_id, width: 3))"];
const itemParts = ["item_id", "genres", "year", "pair", "kind"];
const terms = fc.constantFrom(
  ...["dot(user, item)", "dense(item, 1)", "dense(user, 1)", "weight(item_id)", "weight(user_id)", "0.5"],
  ...["(user * item |> dense(1))", "(concat(user, item) |> dense(3) |> dense(1))", "total(user - item)"],
  ...[
    "(concat(user + item, user * item, -item) |> linear(1))",
    "dot(user, item) / (total(user * user) + 0.5)",
  ],
  ...["dot(user, item) * total(item)", "total(item * item)", "2 * total(user) * total(item)"],
);
const mixing = fc.constantFrom(
  "dot(user, item) * dot(user, item)",
  "tanh(dot(user, item))",
  "(concat(user, item) |> dense(3, relu) |> dense(1))",
  "1 / (1.5 + relu(total(user + item)))",
);
const joined = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("+", "-"), terms), { minLength: 1, maxLength: 4 }),
    fc.option(mixing, { nil: null, freq: 4 }),
  )
  .map(([each, mixed]) => {
    const all = ["dot(user, item)", ...each.map(([sign, term]) => `${sign} ${term}`)].join(" ");
    return { score: mixed === null ? all : `${all} + ${mixed}`, isMixed: mixed !== null };
  });

test("random models", () => {
  const found = { towers: 0, refused: 0 };
  fc.assert(
    fc.property(half(userParts), half(itemParts), joined, (user, item, { score, isMixed }) => {
      const text = model(`let user = ${user}\nlet item = ${item}\npredict click = (${score}) |> sigmoid`);
      const trained = trainedOf(text);
      let own: ReturnType<typeof userModel>;
      try {
        own = userModel(trained);
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        expect(error.diagnostics[0]!.name).toBe("two-tower-mixed");
        expect(isMixed).toBe(true);
        found.refused++;
        return;
      }
      expect(isMixed).toBe(false);
      found.towers++;
      const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, text));
      const [whole, tower] = [referenceOf(trained), referenceOf(own.model)];
      const items = itemModel(trained.model, trained.predict, trained.calibration);
      const ofItems = referenceOf({ ...trained, model: items.model, predict: items.predict });
      for (const steps of [0, 4]) {
        const request = sampler.make({ candidates: 3, steps: () => steps, unseen: 0.1 });
        const columns = [...ofItems({ ...request, history: {} }).values()];
        const candidates = request.candidates.map((candidate, i) => ({
          ...candidate,
          [own.vector]: columns.map((column) => column[i]!),
        }));
        const logits = tower({ ...request, candidates }).get("click")!;
        for (const [i, logit] of whole(request).get("click")!.entries())
          expect(Math.abs(logits[i]! - logit)).toBeLessThan(1e-6 * (1 + Math.abs(logit)));
      }
    }),
    { numRuns: runs(40) },
  );
  expect(found.towers).toBeGreaterThan(5);
  expect(found.refused).toBeGreaterThan(0);
});

test("requests that nobody means", async () => {
  const trained = trainedOf(towers.dot);
  const { files } = await emittedBy("two-tower", trained);
  const module = await loadModule<Generated>(files.get("model.js") as string);
  const ranker = (await module.createRanker({ weights: files.get("model.weights.bin") })) as Ranker & {
    userVector(request: unknown): Float32Array;
  };
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, "towers"));
  const request = sampler.make({ candidates: 2, steps: () => 3, unseen: 0.1 });
  const { width: wide } = userModel(trained);
  const vectors = request.candidates.map((_, i) => Array.from({ length: wide }, (_, k) => i + k / 10));
  const asked = [
    {
      user: request.user,
      context: request.context,
      history: request.history,
      candidates: vectors.map((vector) => ({ vector })),
    },
    {
      user: request.user,
      context: request.context,
      history: request.history,
      candidates: { columns: { vector: vectors.flat() } },
    },
  ];
  /** As a program has the request: numbers of a column are in an array of floats. */
  const typed = (given: unknown) => {
    const columns = (given as { candidates?: { columns?: { vector?: unknown } } } | null)?.candidates
      ?.columns;
    if (Array.isArray(columns?.vector)) columns.vector = Float32Array.from(columns.vector);
    return given;
  };
  const answers = (ask: () => ArrayLike<number>) => {
    try {
      for (const value of Array.from(ask())) expect(value).toSatisfy(Number.isFinite);
      return null;
    } catch (error) {
      expect((error as Error).name).toMatch(/^RankerInputError$/);
      expect((error as Error).message.length).toBeLessThan(2000);
      return (error as Error).message;
    }
  };
  for (const whole of asked) {
    expect(answers(() => ranker.logits(typed(structuredClone(whole))) as Float32Array)).toBe(null);
    expect(answers(() => ranker.userVector(whole))).toBe(null);
    fc.assert(
      fc.property(changeOf(whole), (change) => {
        const changed = typed(change(structuredClone(whole)));
        answers(() => ranker.logits(changed) as Float32Array);
        answers(() => ranker.userVector(changed));
      }),
      { numRuns: runs(100) },
    );
  }
  // The same request has the same answer afterwards.
  const [rows, columns] = asked.map((each) => ranker.logits(typed(each)));
  expect(rows).toEqual(columns);
});
