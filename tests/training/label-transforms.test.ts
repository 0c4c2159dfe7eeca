// Transforms of labels: what is learned is the network of rows that were transformed by hand, and its
// predictions and metrics are in the label's own unit.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Cell, DiagnosticError, openTraining, type Training } from "../../compiler/train/index.ts";
import { openRun, train } from "../../runtime/index.ts";
import { TestFolder } from "../data/files.ts";
import { modelOf } from "../data/models.ts";

type Row = Readonly<Record<string, Cell>>;

const spec = (label: string, loss = "") => `model seconds
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label watch : ${label}
net {
  let x         = concat(user_id, item_id) |> dense(1)
  predict watch = x
  ${loss}
}
train { optimizer adam(1e-2)  batch 8  epochs 3  metrics rmse, mae }`;

/** The second of every five rows has no label. */
const seconds = Array.from({ length: 60 }, (_, i) => (i % 5 === 1 ? null : Math.exp((i % 7) / 2 + (i % 3))));
const rowsOf = (watch: readonly (number | null)[]): Row[] =>
  watch.map((each, i) => ({ user_id: `u${i % 5}`, item_id: `i${(i * 3) % 7}`, watch: each }));

const known = seconds.flatMap((each) => each ?? []);
const logarithms = known.map(Math.log1p);
const mean = logarithms.reduce((sum, x) => sum + x, 0) / logarithms.length;
const deviation = Math.sqrt(logarithms.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logarithms.length);
const [least, largest] = [Math.min(...known), Math.max(...known)];

async function trained(text: string, rows: readonly Row[], seed = 3): Promise<Training> {
  const training = await openTraining(modelOf(text), { train: [...rows], seed, portable: true });
  onTestFinished(() => training.close());
  await training.run();
  return training;
}

const numbersOf = async (training: Training, rows: readonly Row[]) =>
  Array.from((await training.predict([...rows])).numbers.get("watch")!);

/** A pipe, the same by hand, and back. */
const pipes: readonly (readonly [
  pipe: string,
  of: (x: number) => number,
  back: (z: number) => number,
  learned: Readonly<Record<string, number>>,
])[] = [
  ["log1p", Math.log1p, Math.expm1, {}],
  [
    "log1p |> standardize",
    (x) => (Math.log1p(x) - mean) / deviation,
    (z) => Math.expm1(z * deviation + mean),
    { "label.watch.standardize.mean": mean, "label.watch.standardize.deviation": deviation },
  ],
  [
    "min_max",
    (x) => (x - least) / (largest - least),
    (z) => z * (largest - least) + least,
    { "label.watch.min_max.least": least, "label.watch.min_max.range": largest - least },
  ],
  ["clip(2, 30)", (x) => Math.min(Math.max(x, 2), 30), (z) => z, {}],
];

describe.each(pipes)("number |> %s", (pipe, of, back, learned) => {
  const text = spec(`number(missing: none) |> ${pipe}`);
  const loss = "loss again = absolute(x, watch)";

  test("learns what rows that were transformed by hand teach, and predicts in the label's own unit", async () => {
    const rows = rowsOf(seconds);
    const own = await trained(spec(`number(missing: none) |> ${pipe}`, loss), rows);
    const byHand = await trained(
      spec("number(missing: none)", loss),
      rowsOf(seconds.map((each) => (each === null ? null : of(each)))),
    );
    const found = await numbersOf(own, rows);
    for (const [i, z] of (await numbersOf(byHand, rows)).entries())
      expect(Math.abs(found[i]! / back(z) - 1), `${i}`).toBeLessThan(2e-3);
  });

  test("learns its numbers from the rows that have the label, and keeps them", async () => {
    const { parameters } = (await trained(text, rowsOf(seconds))).trained();
    const names = [...parameters.keys()].filter((name) => name.startsWith("label."));
    expect(names.toSorted()).toEqual(Object.keys(learned).toSorted());
    for (const [name, number] of Object.entries(learned))
      expect(parameters.get(name)![0]).toBeCloseTo(number, 4);
  });

  test("is measured in the label's own unit", async () => {
    const training = await trained(text, rowsOf(seconds));
    const [evaluation] = await training.evaluate(rowsOf(seconds));
    const found = await numbersOf(training, rowsOf(seconds));
    const errors = seconds.flatMap((each, i) => (each === null ? [] : [found[i]! - each]));
    const rmse = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length);
    expect(evaluation!.values.rmse).toBeCloseTo(rmse, 4);
  });
});

test("a run keeps the numbers of its training rows, also for a training that continues", async () => {
  const folder = new TestFolder();
  const write = (name: string, rows: readonly Row[]) => {
    writeFileSync(join(folder.path, name), rows.map((row) => JSON.stringify(row)).join("\n"));
    return join(folder.path, name);
  };
  const model = modelOf(spec("number(missing: none) |> log1p |> standardize"));
  const trainOn = async (file: string, out: string, from?: string) => {
    const options = { set: [`data.train=${file}`], out: join(folder.path, out), seed: 3 };
    await train(model.file, { ...options, backend: "wasm", ...(from === undefined ? {} : { from }) });
    return await openRun(join(folder.path, out));
  };
  const run = await trainOn(write("rows.jsonl", rowsOf(seconds)), "run");
  const scale = ({ parameters }: typeof run) =>
    ["mean", "deviation"].map((each) => parameters.get(`label.watch.standardize.${each}`)![0]);
  expect(scale(run)[0]).toBeCloseTo(mean, 4);
  const later = rowsOf(seconds.map((each) => (each === null ? null : each * 10)));
  const next = await trainOn(write("later.jsonl", later), "next", join(folder.path, "run"));
  expect(scale(next)).toEqual(scale(run));
});

test("log1p asks for numbers that are not negative", async () => {
  const rows = rowsOf(seconds.map((each, i) => (i === 2 ? -1 : each)));
  const error = await trained(spec("number(missing: none) |> log1p"), rows).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  expect((error as DiagnosticError).diagnostics[0]!.message).toContain("at least 0");
});
