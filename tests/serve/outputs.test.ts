// Outputs without a label: a request returns them beside its predictions, those of the request once.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { type Compiled, compiled, type Ranker } from "./compiled.ts";

const spec = readFileSync(join(import.meta.dirname, "../good/outputs.din"), "utf8");
const CANDIDATES = 5;

let subject: Compiled;
beforeAll(async () => {
  subject = await compiled(spec);
});

function requestOf({ trained }: Compiled) {
  return new RequestSampler(trained.model, trained.fitted, Random.of(3, "outputs"), null).make({
    ...{ candidates: CANDIDATES, steps: () => 3, unseen: 0 },
  });
}

describe.each(["auto", "typescript"] as const)("with the back end %s", (backend) => {
  let ranker: Ranker;
  beforeAll(async () => {
    ranker = await subject.module.createRanker({ weights: subject.weights, backend });
  });
  const scoresOf = (request: unknown) => ranker.rank(request) as Readonly<Record<string, Float32Array>>;

  test("a candidate has its numbers side by side, and a request its own once", () => {
    const lengths = Object.fromEntries(
      Object.entries(scoresOf(requestOf(subject))).map(([name, { length }]) => [name, length]),
    );
    expect(lengths).toEqual({
      ...{ click: CANDIDATES, spent: CANDIDATES, user_vector: 8, output: 1 },
      ...{ uplift: CANDIDATES, chances: 3 * CANDIDATES, treatment: CANDIDATES, bounds: 2 * CANDIDATES },
    });
  });

  test("a probability is served as a probability, also beside its label", () => {
    const { click, treatment, chances } = scoresOf(requestOf(subject));
    for (let i = 0; i < CANDIDATES; i++) {
      expect(treatment![i]).toBeGreaterThan(0);
      expect(treatment![i]).not.toBe(click![i]);
      expect(chances![3 * i]! + chances![3 * i + 1]! + chances![3 * i + 2]!).toBeCloseTo(1, 5);
    }
  });

  test("a request without candidates has its outputs", () => {
    const request = requestOf(subject);
    const all = scoresOf(request);
    const none = scoresOf({ ...request, candidates: [] });
    expect(none["user_vector"]).toEqual(all["user_vector"]);
    expect(none["click"]).toHaveLength(0);
  });

  test("sessions keep the outputs of their users apart", () => {
    const [one, other] = [requestOf(subject), { ...requestOf(subject), history: { clicks: [] } }];
    const sessions = [one, other].map((request) => ranker.user(request));
    const [a, b, again] = [sessions[0]!, sessions[1]!, sessions[0]!].map(
      (session) => (session.rank(one.candidates) as Record<string, Float32Array>)["user_vector"],
    );
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
  });

  test("candidates are ordered by an output of one number", () => {
    const request = requestOf(subject);
    const { uplift } = scoresOf(request);
    const best = ranker.topK(request, CANDIDATES, "uplift");
    expect(best.map(({ score }) => score)).toEqual([...uplift!].sort((x, y) => y - x));
    expect(best.map(({ index }) => uplift![index])).toEqual(best.map(({ score }) => score));
  });

  test.each(["chances", "user_vector", "output"])("not by %s", (name) => {
    expect(() => ranker.topK(requestOf(subject), 2, name)).toThrow(
      'must be one of "click", "spent", "uplift", "treatment"',
    );
  });
});

test("values of the user are computed once per request", () => {
  const code = subject.files.get("model.ts") as string;
  expect(code).toContain('readonly ["user_vector"]: Float32Array;'.replace('["user_vector"]', "user_vector"));
  expect(code).toContain("An output of the request: 8 numbers, however many candidates there are.");
  const once = code.slice(
    code.indexOf("function computeRequest"),
    code.indexOf("function reserveCandidates"),
  );
  expect(once).toContain("tanh");
});
