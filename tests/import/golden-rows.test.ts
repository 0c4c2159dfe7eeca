// Golden rows of every model of the repository are read as they were written, and dinc's reference gives them
// the logits of an engine. What is no golden row of a model is refused with its reason.

import { describe, expect, test } from "vitest";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { predictingOnly } from "../../compiler/middle/programs/step.ts";
import { tableOf } from "../../compiler/train/tables.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import {
  compareGolden,
  goldenRows,
  MOST_GOLDEN_ROWS,
  referenceLogits,
  type Weighted,
} from "../../runtime/run/golden-rows.ts";
import { scoreRun } from "../../runtime/run/score-run.ts";
import { randomRows } from "../support/random-rows.ts";
import { specFiles } from "../support/spec-files.ts";
import { channelLogits, goldenText } from "./golden-text.ts";

/** A model with random weights, and rows for it. */
function made(model: Model) {
  const untrained = untrainedModel(model, 1, 40);
  const specs = tablesOf(model, untrained.fitted);
  const tables = specs.map(
    (spec) => [spec.name, tableOf(spec, untrained.tables.get(spec.name)!.values)] as const,
  );
  const weighted: Weighted = { ...untrained, tables: new Map(tables) };
  const most = Math.min(8, ...[...model.histories.values()].map(({ max }) => max));
  const rows = randomRows(predictingOnly(untrained.predict, model), specs, {
    rows: 12,
    steps: (row) => row % (most + 1),
  });
  return { weighted, rows };
}

const models = specFiles("examples", "tests/good").flatMap(([path, text]) => {
  const { value } = check(sourceFile(path, text));
  // Packages for PyTorch refuse models whose candidates see one another.
  return value === null || value.requests !== null ? [] : [[path, value] as const];
});

test("there are models to test with", () => expect(models.length).toBeGreaterThan(40));

test.each(models)("%s", async (_path, model) => {
  const { weighted, rows } = made(model);
  const scores = await scoreRun(weighted, rows, await chooseBackend("wasm"));
  const logits = channelLogits(model, scores);
  const golden = goldenRows(goldenText(model, rows, logits), weighted);
  const compared = compareGolden(golden, weighted);
  expect(compared).toMatchObject({ rows: 12, difference: null });
  // Random weights make large logits where a model has powers, as AFN.
  const size = Math.max(1, ...[...logits.values()].flatMap((values) => Array.from(values, Math.abs)));
  expect(compared.largest).toBeLessThan(1e-4 * size);
  // Another score is found, wherever it is.
  const [label, values] = [...logits].at(-1)!;
  const wrong = Float32Array.from(values, (value, i) => (i === 7 ? value + 1e-3 * size : value));
  const other = goldenRows(goldenText(model, rows, new Map([...logits, [label, wrong]])), weighted);
  expect(compareGolden(other, weighted).difference).toMatchObject({ row: 8, label });
});

const model = check(
  sourceFile(
    "model.din",
    `model small
features item {
  item_id : id              embed 4
  tags    : set(id, max: 3) embed 4
  price   : number
  image   : vector(2)
}
history clicks(max: 3) { item_id <-> clicked  dwell : number }
label click : binary
net { predict click = concat(item_id, tags, price, image, sum(clicks)) |> dense(1) |> sigmoid }
train { batch 4 }
`,
  ),
).value!;

describe("a text that is no golden rows is refused with its reason", () => {
  const { weighted, rows } = made(model);
  const whole = JSON.parse(goldenText(model, rows, referenceLogits(rows, weighted)));
  const changed = (inputs: object) => JSON.stringify({ ...whole, inputs: { ...whole.inputs, ...inputs } });
  const first = (name: string, value: unknown) => ({ [name]: [value, ...whole.inputs[name].slice(1)] });

  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /is not JSON/],
    [
      "NaN, as Python writes it",
      JSON.stringify(whole).replace(/"click":\[[^,]*/, '"click":[NaN'),
      /is not JSON/,
    ],
    ["a list", "[]", /is no JSON object/],
    ["another version", JSON.stringify({ ...whole, version: 2 }), /not of version 1/],
    ["no rows", JSON.stringify({ ...whole, rows: 0 }), /no whole number from 1 on as "rows"/],
    ["too many rows", JSON.stringify({ ...whole, rows: MOST_GOLDEN_ROWS + 1 }), /at most 256 are read/],
    ["fewer logits", JSON.stringify({ ...whole, logits: { click: [1] } }), /1 logits of click for 12 rows/],
    [
      "no logits of a label",
      JSON.stringify({ ...whole, logits: {} }),
      /no list of numbers as "click" of "logits"/,
    ],
    ["no column", changed({ item_id: undefined }), /no list as "item_id" of "inputs"/],
    ["a short column", changed({ price: [1] }), /1 values of price for 12 rows/],
    ["an unknown id", changed(first("item_id", 42)), /ids of item_id that are none of its table's 42/],
    ["a negative id", changed(first("item_id", -1)), /ids of item_id/],
    ["a fraction as an id", changed(first("item_id", 1.5)), /ids of item_id/],
    ["a text as an id", changed(first("item_id", "2")), /ids of item_id/],
    ["a list as a number", changed(first("price", [1, 2])), /no number as a value of price/],
    ["a text as a number", changed(first("price", "9.5")), /no number as a value of price/],
    ["a short vector", changed(first("image", [1])), /no 2 numbers as a value of image/],
    ["a set that is none", changed(first("tags", 3)), /no lists as values of tags/],
    ["a step that is none", changed(first("clicks.item_id", 3)), /no lists as values of clicks.item_id/],
    ["too many steps", changed(first("clicks.item_id", [2, 3, 4, 5])), /more than 3 steps in clicks.item_id/],
    [
      "a name of JavaScript's",
      JSON.stringify({ ...whole, logits: JSON.parse('{"__proto__": [1]}') }),
      /no list of numbers as "click"/,
    ],
  ])("%s", (_name, text, reason) => {
    expect(() => goldenRows(text, weighted)).toThrow(reason);
  });

  test("a number that is too large for 32 bits gives no score, and no crash", () => {
    const golden = goldenRows(changed(first("price", 1e300)), weighted);
    expect(compareGolden(golden, weighted).difference).toMatchObject({ row: 1, label: "click" });
  });
});
