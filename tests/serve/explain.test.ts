// What a score attended to, as compiled code tells it: the weights that the network computes, for every model that has some.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { feederOf } from "../../compiler/backends/golden/reference.ts";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import {
  attentionsOf,
  attentionWeights,
  candidateInputs,
} from "../../compiler/backends/serving/attention.ts";
import { explainable } from "../../compiler/backends/typescript/explain.ts";
import { emitModule } from "../../compiler/backends/typescript/module.ts";
import { Random } from "../../compiler/common/random.ts";
import { oneLine } from "../../compiler/common/source-file.ts";
import { evaluateNodes } from "../../compiler/middle/builder/evaluate.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { sweep } from "../support/how-often.ts";
import { type Compiled, compiled, trainedOf } from "./compiled.ts";
import { specs } from "./specs.ts";

const zoo = join(import.meta.dirname, "../../examples/zoo");
const zooSpecs = Object.fromEntries(
  readdirSync(zoo)
    .filter((name) => name.endsWith(".din"))
    .map((name) => [name.replace(/\.din$/, ""), readFileSync(join(zoo, name), "utf8")]),
);

const spec = (net: string) => `model attending
features user { user_id : id embed 8 }
features item { item_id : id embed 8 }
history clicks(max: 6) { item_id <-> clicked }
history orders(max: 9) { item_id <-> ordered }
label click : binary
net {
  ${net}
}
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  batch 4 epochs 1  metrics auc }
`;

/** Ways to attend that the zoo lacks. */
const others = {
  "the user alone asks": `let wanted = sum(softmax(dot(linear(clicks, 8), user_id)) * clicks)
  predict click = concat(wanted, item_id) |> dense(1) |> sigmoid`,
  "two histories, one of them twice": `let a = sum(softmax(dense(clicks * item_id, 1)) * clicks)
  let b = attend(item_id, orders, [4])
  let c = attend(user_id, orders, [4])
  predict click = concat(a, b, c, item_id) |> dense(1) |> sigmoid`,
};
const subjects: Readonly<Record<string, string>> = {
  din: zooSpecs["din"]!,
  dien: zooSpecs["dien"]!,
  dmin: zooSpecs["dmin"]!,
  bst: zooSpecs["bst"]!,
  "attention of every form": readFileSync(join(import.meta.dirname, "../good/attention.din"), "utf8"),
  "causal attention": zooSpecs["bst"]!.replace(
    "encoder(placed, 48, heads: 4, activation: leaky_relu)",
    "causal_attention(placed, placed, placed, heads: 2)",
  ),
  ...Object.fromEntries(Object.entries(others).map(([name, net]) => [name, spec(net)])),
};

/** By attention and head: weights by candidate, as the references of the ops have them. */
function expected({ trained }: Compiled, request: RawRequest) {
  const { predict, model } = trained;
  const { feeds, layout } = feederOf(trained)(request);
  const values = evaluateNodes(predict, feeds, layout);
  return attentionsOf(predict, candidateInputs(model)).flatMap((attention) => {
    const weights = attentionWeights(attention, predict, values, layout);
    return Array.from({ length: attention.heads }, (_, head) => ({
      head,
      history: attention.history,
      code: oneLine(attention.origin!),
      areShares: attention.areShares,
      weights: weights.map((heads) => heads[head]!),
    }));
  });
}

describe.each(sweep(Object.entries(subjects), 6))("%s", (name, text) => {
  test("explains with the weights that the network computes", async () => {
    const subject = await compiled(text);
    const { model, fitted } = subject.trained;
    const sampler = new RequestSampler(model, fitted, Random.of(6, name));
    for (const steps of [() => 0, () => 1, (max: number) => max + 3]) {
      const request = sampler.make({ candidates: 40, steps, unseen: 0.1 });
      const logits = subject.ranker.logits(request);
      const found = subject.ranker.explain(request);
      const wanted = expected(subject, request);
      expect(wanted.length).toBeGreaterThan(0);
      expect(found).toHaveLength(wanted.length);
      for (const [i, { weights, ...said }] of wanted.entries()) {
        const given = request.history[said.history]!.length;
        const counted = Math.min(given, model.histories.get(said.history)!.max);
        expect(found[i]).toMatchObject({ ...said, first: given - counted });
        expect(found[i]!.weights).toHaveLength(40);
        for (const [candidate, own] of weights.entries()) {
          expect(found[i]!.weights[candidate]).toHaveLength(counted);
          for (const [step, weight] of own.entries())
            expect(Math.abs(found[i]!.weights[candidate]![step]! - weight)).toBeLessThan(
              1e-5 * Math.max(1, Math.abs(weight)),
            );
        }
      }
      // And leaves nothing after.
      expect(subject.ranker.logits(request)).toEqual(logits);
    }
  });

  test("explains columns as lists", async () => {
    const { ranker, trained } = await compiled(text);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(7, name));
    const request = sampler.make({ candidates: 5, steps: (max) => max + 2, unseen: 0 });
    const columns = {
      ...request,
      history: ranker.encodeHistory(request.history),
      candidates: { columns: ranker.encodeCandidates(request.candidates) },
    };
    expect(ranker.explain(columns)).toEqual(ranker.explain(request));
  });
});

describe("scores are computed by the same code where they can be explained", () => {
  test.each(sweep([...Object.entries(zooSpecs), ...Object.entries(subjects)]))("%s", (_, text) => {
    const { model, predict } = trainedOf(text);
    const { predict: explaining, explained } = explainable(model, predict);
    const codeOf = (graph: typeof predict, shown: typeof explained) =>
      emitModule(model, rankingProgram(model, graph), shown, () => "f32", {
        version: "test",
        run: null,
      }).wasm;
    expect(codeOf(explaining, explained)).toEqual(codeOf(predict, []));
  });
});

test("a model that attends to nothing has no `explain`", async () => {
  for (const text of [zooSpecs["deepfm"]!, specs["without histories"]]) {
    const { ranker, files } = await compiled(text);
    expect("explain" in ranker).toBe(false);
    expect(files.get("model.ts")).not.toMatch(/explain\(|interface Attention|weighSteps/);
  }
});

test("what cannot be scored cannot be explained", async () => {
  const { ranker } = await compiled(subjects["din"]!);
  expect(() => ranker.explain({ user: {} })).toThrow(expect.objectContaining({ name: "RankerInputError" }));
});
