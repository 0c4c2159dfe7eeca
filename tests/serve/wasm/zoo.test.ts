// Every model of the zoo against f64, by both forms of WebAssembly and by TypeScript, on requests that are
// hard: without history and with more than counts, one candidate and thousands, unknown ids alone, weights
// that saturate.

import { beforeAll, describe, expect, test } from "vitest";
import type { TrainedModel } from "../../../compiler/backends/contract/trained-model.ts";
import type { RawRequest } from "../../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler, type RequestShape } from "../../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../../compiler/common/random.ts";
import type { NodeId } from "../../../compiler/middle/graph/graph.ts";
import { outputNames } from "../../../compiler/middle/graph/outputs.ts";
import { TOLERANCE } from "../../../compiler/serve/golden.ts";
import "../../support/webassembly.ts";
import { sweep } from "../../support/how-often.ts";
import {
  type Backend,
  byLabel,
  type Compiled,
  compiledFrom,
  type Ranker,
  trainedOf,
  worstDifference,
} from "../compiled.ts";
import { zoo } from "./zoo.ts";

const backends: readonly (readonly [Backend, "auto" | "simd" | "typescript"])[] = [
  ["relaxed-simd", "auto"],
  ["simd", "simd"],
  ["typescript", "typescript"],
];
const MANY = 5000;
const SATURATION = 300;
/** As much as a history of the longest may have here: the reference takes its time. */
const LONG = 40;

const shapes: Readonly<Record<string, RequestShape>> = {
  "no steps": { candidates: 3, steps: () => 0, unseen: 0 },
  "one step, one candidate": { candidates: 1, steps: () => 1, unseen: 0 },
  "more steps than count": { candidates: 3, steps: (max) => Math.min(max, LONG) + 3, unseen: 0.1 },
  "unknown ids alone": { candidates: 5, steps: (max) => Math.min(max, 7), unseen: 1 },
  "200 candidates": { candidates: 200, steps: (max) => Math.min(max, 6), unseen: 0.1 },
};

const rankersOf = ({ module, weights }: Compiled): Promise<Ranker[]> =>
  Promise.all(backends.map(([, backend]) => module.createRanker({ weights, backend })));
const makerOf = ({ trained }: Compiled) =>
  new RequestSampler(trained.model, trained.fitted, Random.of(5, trained.model.name));

/** Whether a higher score is one that the reference gives too, but for what f32 may be wrong by. */
function inversions(scores: Float32Array, reference: ArrayLike<number>, times: number): number {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  let lowest = Number.POSITIVE_INFINITY;
  let wrong = 0;
  for (const i of order) {
    const logit = reference[i]!;
    const allowed = 2 * times * (TOLERANCE.absolute + TOLERANCE.relative * Math.abs(logit));
    if (logit - lowest > allowed) wrong++;
    lowest = Math.min(lowest, logit);
  }
  return wrong;
}

const hasMultiplyAdds = ({ files }: Compiled) =>
  Buffer.compare(files.get("model.wasm") as Uint8Array, files.get("model.relaxed.wasm") as Uint8Array) !== 0;

/** `times` what is usually allowed: what a layer multiplies, it multiplies errors by. */
function checkAll(subject: Compiled, rankers: readonly Ranker[], request: RawRequest, times = 1): void {
  const expected = subject.reference(request);
  for (const [i, ranker] of rankers.entries()) {
    const [name] = backends[i]!;
    expect(ranker.backend).toBe(name === "relaxed-simd" && !hasMultiplyAdds(subject) ? "simd" : name);
    expect(worstDifference({ ...subject, ranker }, request), name).toBeLessThan(times);
    const logits = byLabel(subject, ranker.logits(request));
    const probabilities = byLabel(subject, ranker.rank(request));
    for (const [label, reference] of expected) {
      expect(inversions(logits.get(label)!, reference, times), name).toBe(0);
      // The sigmoid may make scores equal, but never turns them round.
      const [l, p] = [logits.get(label)!, probabilities.get(label)!];
      const order = [...l.keys()].sort((a, b) => l[a]! - l[b]!);
      expect(order.slice(1).filter((at, k) => p[at]! < p[order[k]!]!)).toEqual([]);
    }
  }
}

/** What grows with its inputs, also where a probability is made of others. */
const grows: ReadonlySet<string> = new Set([
  ...[
    "add",
    "subtract",
    "negate",
    "maximum",
    "softplus",
    "concat",
    "reshape",
    "slice",
    "sum_width",
    "sum_list",
    "sum_steps",
    "choose",
  ],
]);

/** The same with the last layers' weights so large that many a probability is 0 or 1. */
function saturated(trained: TrainedModel): TrainedModel {
  const { nodes, outputs } = trained.predict;
  const last = new Set<string>();
  const isGate = (id: NodeId): boolean => {
    const { op, inputs } = nodes[id]!;
    return op === "sigmoid" || (op === "reshape" && isGate(inputs[0]!));
  };
  const open = trained.model.predictions.map(({ label }) => outputs.get(outputNames.logit(label))!);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const { op, inputs, attributes } = nodes[id]!;
    if (grows.has(op)) open.push(...inputs);
    else if (op === "divide") open.push(inputs[0]!);
    else if (op === "multiply" && inputs.some(isGate)) open.push(...inputs.filter((of) => !isGate(of)));
    else if (op === "matmul") open.push(inputs[1]!);
    else if (op === "lookup") open.push(inputs[0]!);
    else if (op === "parameter" || op === "table") last.add((attributes as { readonly name: string }).name);
  }
  const scaled = (name: string, values: Float32Array) =>
    last.has(name) ? values.map((x) => SATURATION * x) : values;
  return {
    ...trained,
    parameters: new Map([...trained.parameters].map(([name, values]) => [name, scaled(name, values)])),
    tables: new Map(
      [...trained.tables].map(([name, { width, values }]) => [name, { width, values: scaled(name, values) }]),
    ),
  };
}

/**
 * What no last layer's weights bring to 20: LorentzFM gives each of fifteen pairs between 0 and 2, DAT five
 * times a cosine, and two towers have a cosine or a product.
 */
const bounded = new Set([
  "lorentz_fm",
  "dat",
  "dssm",
  "youtube_dnn",
  "mind",
  "dropout_net",
  "cl4srec",
  "nrms",
  "sasrec",
]);

describe.each(sweep(zoo))("%s", (name, spec) => {
  let subject: Compiled;
  let rankers: Ranker[];
  beforeAll(async () => {
    subject = await compiledFrom(trainedOf(spec));
    rankers = await rankersOf(subject);
  });

  test.each(Object.entries(shapes))("%s", (_, shape) => {
    checkAll(subject, rankers, makerOf(subject).make(shape));
  });

  test("5,000 candidates, most of them several times: each has one score wherever it stands", () => {
    const request = makerOf(subject).make({ candidates: 50, steps: (max) => Math.min(max, 5), unseen: 0.1 });
    const random = Random.of(6, "places");
    const places = Array.from({ length: MANY }, () => random.integer(request.candidates.length));
    const many = { ...request, candidates: places.map((place) => request.candidates[place]!) };
    checkAll(subject, rankers, request);
    for (const ranker of rankers) {
      if (subject.trained.model.requests !== null) {
        expect(() => ranker.logits(many)).toThrow("because the model scores them together");
        continue;
      }
      const few = byLabel(subject, ranker.logits(request));
      for (const [label, scores] of byLabel(subject, ranker.logits(many)))
        expect(scores).toEqual(Float32Array.from(places, (place) => few.get(label)![place]!));
    }
  });

  test("weights that saturate", async () => {
    const extreme = await compiledFrom(saturated(subject.trained));
    const request = makerOf(subject).make({ candidates: 60, steps: (max) => Math.min(max, 6), unseen: 0.1 });
    const scores = [...extreme.reference(request).values()].flatMap((logits) => Array.from(logits));
    if (!bounded.has(name)) expect(Math.max(...scores.map(Math.abs))).toBeGreaterThan(20);
    checkAll(extreme, await rankersOf(extreme), request, SATURATION);
  });
});
