// `dinc train` warns where an epoch has fewer steps than the averages of batch_norm and dice reach over, and only there.

import fc from "fast-check";
import { expect, test } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { averageWarnings } from "../../compiler/train/averages.ts";
import { modelOf } from "../data/models.ts";

const warned = (layers: string, batch: number, rows: number) => {
  const model = modelOf(`model averages
features item { price : number }
label click : binary
net { predict click = price |> ${layers} |> dense(1) |> sigmoid }
train { batch ${batch} }`);
  return averageWarnings(model, lower(model), rows);
};

test("at the batch, with what would be enough", () => {
  const [warning, ...others] = warned("mlp([4, 2], dice)", 4096, 20_000);
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    ...{ code: "DIN0447", severity: "warning", location: { kind: "text" } },
    message: "an epoch has 5 steps, but the moving averages of batch statistics cover about 10",
    help: "train with `batch 2000` or less, or write `momentum: 0.8`",
  });
  expect(warned("mlp([4, 2], dice)", 2000, 20_000)).toEqual([]);
  expect(warned("mlp([4, 2], x => dice(x, momentum: 0.8))", 4096, 20_000)).toEqual([]);
});

test("what is advised is enough, and without such layers or on a few rows nothing is said", () => {
  const sizes = fc.integer({ min: 1, max: 100_000 });
  const momenta = fc.constantFrom(0.5, 0.9, 0.99, 0.999);
  fc.assert(
    fc.property(momenta, fc.integer({ min: 1, max: 8192 }), sizes, (momentum, batch, rows) => {
      const layer = `batch_norm(momentum: ${momentum})`;
      const isFew = Math.ceil(rows / batch) < Math.round(1 / (1 - momentum));
      const found = warned(layer, batch, rows);
      expect(found.length).toBe(isFew && rows >= 1000 ? 1 : 0);
      for (const { help } of found) {
        const enough = Number(/`batch (\d+)`/.exec(help as string)![1]);
        expect(warned(layer, enough, rows)).toEqual([]);
      }
      expect(warned("relu", batch, rows)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
