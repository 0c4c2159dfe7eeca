// Whatever a raw value is, training, `predict` and the compiled module take it to be the same, or all refuse it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { RequestEncoder } from "../../compiler/backends/golden/reference-inputs.ts";
import { type Compiled, compiled, trainedOf, worstDifference } from "./compiled.ts";

const spec = readFileSync(join(import.meta.dirname, "../good/features-and-transforms.din"), "utf8");

const numbers = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 1005 }),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY),
);
const raw = fc.oneof(
  numbers,
  numbers.map(String),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    null,
    undefined,
    "",
    "m",
    "f",
    "007",
    "1.0",
    " 1",
    "é",
    "e\u0301",
    "\ud800",
    "__proto__",
    true,
    {},
  ),
  fc.bigInt(),
);

describe("raw values", () => {
  let subject: Compiled;
  beforeAll(async () => {
    subject = await compiled(spec);
  });

  test("have one score, or none", () => {
    const { model, fitted } = subject.trained;
    const encoder = new RequestEncoder(model, fitted);
    const names = [...model.features.values()]
      .filter(({ scope }) => scope === "item")
      .map(({ name }) => name);
    const usual = { item_id: 5, price: 3, weight: 1 };
    const request = (candidate: object) => ({
      user: { user_id: 7, gender: "f", age: 20, visits: 2 },
      context: { hour: 3 },
      history: { clicks: [] },
      candidates: [candidate],
    });
    fc.assert(
      fc.property(fc.constantFrom(...names), raw, (name, value) => {
        const given = request({ ...usual, [name]: value }) as never;
        let accepted = true;
        try {
          encoder.encode(given);
        } catch {
          accepted = false;
        }
        if (accepted) expect(worstDifference(subject, given)).toBeLessThan(1);
        else expect(() => subject.ranker.logits(given)).toThrow(`candidates[0].${name} `);
      }),
      { numRuns: 2000 },
    );
  });
});

test("a number that becomes -1 is not taken for a value that is refused", () => {
  const own = trainedOf(
    "model signed\nfeatures item { x : number |> clip(-1, 0) }\nlabel click : binary\nnet { predict click = x |> dense(1) |> sigmoid }\ntrain { loss binary_cross_entropy optimizer adam(learning_rate: 1e-3) batch 8 epochs 1 }",
  );
  const encoder = new RequestEncoder(own.model, own.fitted);
  const { columns } = encoder.encode({ user: {}, context: {}, history: {}, candidates: [{ x: -7 }] });
  expect([...columns[0]!.values]).toEqual([-1]);
});
