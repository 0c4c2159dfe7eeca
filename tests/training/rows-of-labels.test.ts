// Which rows a label has: weights, rows without it, and what only training knows.

import { describe, expect, onTestFinished, test } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { predictionProgram, trainingProgram } from "../../compiler/middle/programs/step.ts";
import { type Cell, DiagnosticError, openTraining, type Training } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";

type Row = Readonly<Record<string, Cell>>;

const spec = (label: string, more = "", loss = "") => `model rows
features training {
  dwell : number(missing: 0)
  place : int(1..5, served: 2)  embed 3
  ${more}
}
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label click : binary
${label}
net {
  let x         = concat(user_id, item_id)
  predict click = (dense(place, 1) |> sigmoid) * (x |> dense(1) |> sigmoid)
  predict buy   = x |> dense(1) |> sigmoid
  ${loss}
}
train { batch 5  epochs 2  metrics auc, log_loss }`;

const rows: Row[] = Array.from({ length: 40 }, (_, i) => ({
  user_id: `u${i % 5}`,
  item_id: `i${(i * 3) % 7}`,
  place: 1 + (i % 5),
  dwell: i % 4,
  click: i % 3 === 0 ? 0 : 1,
  buy: (i * 5) % 7 < 3 ? 1 : 0,
}));

async function trained(text: string, train: readonly Row[]): Promise<Training> {
  const training = await openTraining(modelOf(text), { train: [...train], seed: 3, portable: true });
  onTestFinished(() => training.close());
  await training.run();
  return training;
}

const bitsOf = ({ parameters, tables }: ReturnType<Training["trained"]>) =>
  [...parameters, ...[...tables].map(([name, { values }]) => [name, values] as const)].map(
    ([name, values]) => [name, [...new Uint32Array(values.slice().buffer)]] as const,
  );

describe("the loss of a label", () => {
  /** Two numbers of each of four rows; the logit of `buy` is the first times a weight of 1. */
  const lossOf = (label: string, weights: Readonly<Record<string, readonly number[]>>, loss = "") => {
    const model = modelOf(spec(label, "", loss));
    const { step } = trainingProgram(lower(model), model);
    const inputs: Record<string, readonly number[]> = {};
    const parameters: Record<string, number[]> = {};
    for (const node of step.nodes) {
      if (node.op !== "input") continue;
      const { name, role } = node.attributes as { name: string; role: { kind: string } };
      inputs[name] = weights[name] ?? (role.kind === "scalar" ? [0.1] : [0, 1, 2, 3]);
    }
    for (const [name, { dims }] of step.parameters)
      parameters[name] = Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1));
    const tables = Object.fromEntries(
      [...model.tables.values()].map(({ name, width }) => [
        name,
        Array.from({ length: 4 * width }, (_, i) => Math.cos(i)),
      ]),
    );
    const layout = exampleLayout({
      examples: 4,
      lengths: {},
      tables: Object.fromEntries(Object.keys(tables).map((name) => [name, 4])),
    });
    const { outputs } = evaluate(step, { inputs, parameters, tables }, layout);
    return (name: string) => outputs.get(name)![0]!;
  };
  const labels = { [inputNames.label("click")]: [1, 0, 1, 0], [inputNames.label("buy")]: [1, 1, 0, 0] };

  test("is the mean over so many rows as the examples count as", () => {
    const each = [0, 1, 2, 3].map((row) => {
      const alone = [0, 0, 0, 0].with(row, 1);
      return lossOf("label buy : binary(weight: dwell)", { ...labels, "weight/buy": alone })("loss.buy");
    });
    const weights = [0.5, 0, 2, 3];
    const found = lossOf("label buy : binary(weight: dwell)", { ...labels, "weight/buy": weights });
    const sum = weights.reduce((total, w, i) => total + w * each[i]!, 0);
    expect(found("loss.buy")).toBeCloseTo(sum / 5.5, 12);
    const doubled = lossOf("label buy : binary(weight: dwell)", {
      ...labels,
      "weight/buy": weights.map((w) => 2 * w),
    });
    expect(doubled("loss.buy")).toBeCloseTo(found("loss.buy"), 12);
  });

  test("is 0 where no row of a batch counts", () => {
    const found = lossOf("label buy : binary(missing: none)", { ...labels, "present/buy": [0, 0, 0, 0] });
    expect(found("loss.buy")).toBe(0);
    expect(Number.isFinite(found(outputNames.loss))).toBe(true);
  });

  test("of a loss that reads it is over the rows that have it", () => {
    const loss = "loss far(weight: click) = (buy - 0.25) * (buy - 0.25)";
    const present = { ...labels, "present/buy": [1, 0, 1, 0] };
    // Rows 0 and 2 have it, and are clicked: (0.75² + 0.25²) / 2.
    expect(lossOf("label buy : binary(missing: none)", present, loss)("loss.far")).toBeCloseTo(0.3125, 12);
    // Without a mask, over all four: rows 0 and 2 are clicked.
    expect(lossOf("label buy : binary", labels, loss)("loss.far")).toBeCloseTo(0.3125 / 2, 12);
  });
});

describe("a training", () => {
  test("has the same weights, bit by bit, by a mask, by missing labels, and by weights of 0 and 1", async () => {
    const missing = rows.map((row) => ({ ...row, buy: row["click"] === 1 ? row["buy"]! : null }));
    const [masked, without] = [
      await trained(spec("label buy : binary(weight: click)"), rows),
      await trained(spec("label buy : binary(missing: none)"), missing),
    ];
    expect(bitsOf(masked.trained())).toEqual(bitsOf(without.trained()));
    const all = await trained(spec("label buy : binary"), rows);
    expect(bitsOf(all.trained())).not.toEqual(bitsOf(masked.trained()));
    const [a, b] = [masked.evaluate(rows), without.evaluate(missing)].map(async (found) =>
      (await found).map(({ label, values }) => [label, values]),
    );
    expect(await a).toEqual(await b);
  });

  test("learns with the column, and scores with what is served", async () => {
    const training = await trained(spec("label buy : binary(weight: dwell)"), rows);
    const scored = async (some: readonly Row[]) => [
      ...(await training.predict([...some])).logits.get("click")!,
    ];
    const bare = rows.map(({ user_id, item_id }) => ({ user_id: user_id!, item_id: item_id! }));
    expect(await scored(bare)).toEqual(await scored(rows));
    const elsewhere = rows.map((row) => ({ ...row, place: 1 + (Number(row["place"]) % 5) }));
    const other = await trained(spec("label buy : binary(weight: dwell)"), elsewhere);
    expect(bitsOf(other.trained())).not.toEqual(bitsOf(training.trained()));
  });

  test.each([
    ["DIN0888", spec("label buy : binary(weight: dwell)"), rows.map((row) => ({ ...row, dwell: -1 }))],
    ["DIN0889", spec("label buy : binary(missing: none)"), rows.map((row) => ({ ...row, buy: null }))],
    ["DIN0889", spec("label buy : binary(weight: dwell)"), rows.map((row) => ({ ...row, dwell: 0 }))],
  ])("refuses rows: %s", async (code, text, some) => {
    const failed = trained(text, some);
    await expect(failed).rejects.toThrow(DiagnosticError);
    await failed.catch((error: DiagnosticError) =>
      expect(error.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]),
    );
  });
});

test("what only losses read is in no prediction", () => {
  const model = modelOf(
    spec("label buy : binary", "slot : int(1..9)  embed 6", "loss slots = total(slot) * (total(slot) - buy)"),
  );
  const { nodes } = predictionProgram(lower(model), model);
  const names = nodes.flatMap(({ attributes }) => ("name" in attributes ? [attributes.name] : []));
  expect(names).toContain("place");
  expect(names.filter((name) => /slot|label|dwell/.test(String(name)))).toEqual([]);
});
