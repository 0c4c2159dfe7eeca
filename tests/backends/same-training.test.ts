// Trainings by WebAssembly that end where others end: as native TensorFlow's for every model of the zoo, and
// with tables that it holds as with tables whose rows JavaScript changes, for every optimizer and all that is
// said of tables.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { Random } from "../../compiler/common/random.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Model, TableSpec } from "../../compiler/frontend/model/model.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { besideTable, stepWithTables } from "../../compiler/middle/programs/table-updates.ts";
import { tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { optimizers } from "../../compiler/middle/training/optimizers/registry.ts";
import { tableSlots } from "../../compiler/middle/training/parts.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { decayOf, type HostTable, initialTable, updateTables } from "../../compiler/train/tables.ts";
import { occurrencesIn } from "../../runtime/data/batches/row-source.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { root } from "../cli/spawn.ts";
import { modelOf } from "../data/models.ts";
import { sweep } from "../support/how-often.ts";
import { randomRows } from "../support/random-rows.ts";
import { batchesOf, evaluated, type Made, madeOf, rowsAt, trainedOn } from "../support/random-training.ts";

const STEPS = 20;
const BATCH = 32;
const KNOWN = 40;

function trained(made: Made, backend: TrainingBackend, seed: number, steps = STEPS): Promise<TrainResult> {
  const { program, tables } = made;
  return trainedOn(randomRows(program, tables, { rows: steps * BATCH, seed }), backend, made);
}

/** Weights and rows as one vector, and so what optimizers remember. */
function vectorsOf(parameters: TrainResult["parameters"], tables: ReadonlyMap<string, HostTable>) {
  // Slots of dense weights have names like `weights/m`: no name of a spec has a `/`.
  const dense = [...parameters].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = [...tables.values()];
  const flat = (arrays: readonly Float32Array[]) => arrays.flatMap((array) => [...array]);
  return {
    weights: flat([
      ...dense.filter(([name]) => !name.includes("/")).map(([, values]) => values),
      ...rows.map(({ values }) => values),
    ]),
    slots: flat([
      ...dense.filter(([name]) => name.includes("/")).map(([, values]) => values),
      ...rows.flatMap(({ slots }) => slots),
    ]),
  };
}

/** How far two trainings ended from each other, of how far they came: ‖a − b‖ / ‖b − beginning‖. */
function apart({ program }: Made, a: TrainResult, b: TrainResult): { weights: number; slots: number } {
  const { seed } = program.settings;
  const beginnings = new Map(
    [...a.tables].map(([name, { spec }]) => [name, initialTable(spec, program.settings, null)]),
  );
  const begun = vectorsOf(initialParameters(program.step, seed), beginnings);
  const [ofA, ofB] = [vectorsOf(a.parameters, a.tables), vectorsOf(b.parameters, b.tables)];
  const ratio = (part: "weights" | "slots") => {
    const far = distance(ofB[part], begun[part]);
    return far === 0 ? 0 : distance(ofA[part], ofB[part]) / far;
  };
  return { weights: ratio("weights"), slots: ratio("slots") };
}

function distance(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
}

/**
 * Twenty steps in f32, each from what the one before left. Measured over 60 trainings of the zoo: 2e-7 to
 * 1e-5 for most; up to 2.4e-4 where FM's weights of rare ids have gradients that cancel to rounding errors,
 * which Adam makes as large as others; and .01 to .02 in 2 of them, where an input of ReLU is 0 within
 * rounding, so that a unit is on in one and off in the other.
 */
const TOLERANCE = 1e-3;
/**
 * Rows on which no unit flips, on the machine where that was measured; elsewhere it may do so on these, but
 * not on all three.
 */
const SEEDS = [2, 3, 1];

/**
 * Models whose trainings part faster. HSTU's `layer_norm` of steps that begin all but zero has large
 * gradients, by which roundings grow: slots are 1e-6 of their way apart after 1 step, 3e-5 after 8, 9e-5
 * after 12, and some .1 after 20.
 */
const FEWER_STEPS: Readonly<Record<string, number>> = { "examples/zoo/hstu.din": 12 };

/**
 * Models whose loss compares the rows of a group, so that what adds the same to all of them changes nothing:
 * its gradients, such as the last bias's, are rounding errors alone, which Adam makes as large as others.
 */
const BY_SGD: ReadonlySet<string> = new Set(["examples/zoo/listnet.din", "examples/zoo/prm.din"]);

function textOf(path: string): string {
  const text = readFileSync(join(root, path), "utf8");
  return BY_SGD.has(path)
    ? text.replace("\ntrain {", "\ntrain {\n  optimizer sgd(learning_rate: 0.1)")
    : text;
}

describe.runIf(nativeAvailable())(`${STEPS} steps end as native TensorFlow's`, () => {
  const zoo = readdirSync(join(root, "examples/zoo")).filter((file) => file.endsWith(".din"));
  test.each(
    sweep([
      ...zoo.map((file) => `examples/zoo/${file}`),
      "examples/amazon-beauty/din.din",
      "tests/good/joined-histories.din",
    ]),
  )("%s", async (path) => {
    const { value: model } = check(sourceFile(path, textOf(path)));
    const made = madeOf({ ...model!, train: { ...model!.train, batch: BATCH, epochs: 1 } }, KNOWN);
    const steps = FEWER_STEPS[path] ?? STEPS;
    const tried: unknown[] = [];
    for (const seed of SEEDS) {
      const [wasm, native] = [
        await trained(made, await chooseBackend("wasm"), seed, steps),
        await trained(made, await chooseBackend("node"), seed, steps),
      ];
      expect(wasm.epochs[0]!.steps).toBe(steps);
      expect(Math.abs(wasm.epochs[0]!.loss - native.epochs[0]!.loss)).toBeLessThan(2e-5);
      const found = apart(made, wasm, native);
      if (found.weights < TOLERANCE && found.slots < TOLERANCE) return;
      tried.push(found);
    }
    expect.fail(`on none of the rows: ${JSON.stringify(tried)}`);
  });
});

test.runIf(nativeAvailable()).each(["draws", "partitions", "ranks"])(
  "losses over other rows than a row's own end as native TensorFlow's, after a smaller last batch: %s",
  async (name) => {
    const path = `tests/good/${name}.din`;
    const { value: model } = check(sourceFile(path, textOf(path)));
    const made = madeOf({ ...model!, train: { ...model!.train, batch: 8, epochs: 2 } }, KNOWN);
    const rows = randomRows(made.program, made.tables, { rows: 8 * 4 + 3, seed: 5 });
    const [wasm, native] = [
      await trainedOn(rows, await chooseBackend("wasm"), made),
      await trainedOn(rows, await chooseBackend("node"), made),
    ];
    expect(wasm.epochs[0]!.steps).toBe(5);
    const found = apart(made, wasm, native);
    expect(found.weights).toBeLessThan(TOLERANCE);
    expect(found.slots).toBeLessThan(TOLERANCE);
  },
);

/** Every optimizer, with what changes its form. */
const optimizing = [
  "sgd(learning_rate: 0.1)",
  "momentum(learning_rate: 0.05)",
  "momentum(learning_rate: 0.05, nesterov: true)",
  "adam(learning_rate: 0.01)",
  "adamw(learning_rate: 0.01, weight_decay: 0.1)",
  "adagrad(learning_rate: 0.05)",
  "adagrad(learning_rate: 0.05, row_wise: true)",
  "ftrl(learning_rate: 0.1, l1: 0.01, l2: 0.1)",
  "grda(learning_rate: 0.1, c: 0.01)",
];
const pulling = [
  "",
  "regularize l2(dense: 0.01, tables: 0.02)",
  "regularize mini_batch_aware(0.1)",
  "clip norm(0.05)",
];
const trainings = [
  ...optimizing.flatMap((optimizer) => pulling.map((pull) => [optimizer, pull] as const)),
  // The layers and `weight` of a prediction, a feature, and the other tables, each with another optimizer than the rest.
  [
    "ftrl(0.1, l1: 0.01, for: click), adagrad(0.05, row_wise: true, for: tags), momentum(0.05, for: tables)",
    "average ema(0.8)",
  ],
  ["sgd(0.1)", "regularize l1(0.02), group_lasso(0.05, for: tags)"],
  ["adam(0.01)", "regularize l1(0.02, for: [interest, item_id])  average ema(0.5)"],
] as const;

/**
 * A table that its features share, a second one of the same ids with rows of its own, one of sets, and one
 * that stays as it is.
 */
function everyTable(optimizer: string, pull: string): Model {
  return modelOf(`model tables
features user { last : id  share item_id }
features item {
  item_id : id                  embed 6
  cate_id : id                  embed(3, freeze, from: "v.txt")
  tags    : set(id, max: 5)     embed 5
  price   : number
}
history clicks(max: 8) {
  item_id <-> clicked
  cate_id <-> clicked_cates
}
label click : binary
net {
  let target   = concat(item_id, cate_id)
  let interest = sum(clicks * softmax(dot(clicks, target)))
  predict click = (concat(target, interest, last, tags, price) |> dense(8, dice) |> dense(1)) + weight(item_id) |> sigmoid
}
train { batch ${BATCH}  epochs 1  optimizer ${optimizer}  ${pull} }`);
}

/** As the loop begins, some steps on: slots hold something. */
function begun({ program }: Made, spec: TableSpec, data: MemoryRows): HostTable {
  const { miniBatchAware: lambda, l2 } = program.settings;
  const uses = tableUses(program.step).filter(({ table }) => table === spec.name);
  const [counts] = occurrencesIn([{ ids: spec.rows, uses }], data);
  const decay = lambda === null ? (l2.tables === 0 ? null : l2.tables) : decayOf(lambda, counts!);
  const table = initialTable(spec, program.settings, decay);
  const random = Random.of(1, `slots of ${spec.name}`);
  return { ...table, slots: table.slots.map((slot) => slot.map((value) => value + 0.01 * random.next())) };
}

/** The same without what it holds: JavaScript changes the rows of tables. */
async function withoutTables(): Promise<TrainingBackend> {
  const wasm = await chooseBackend("wasm");
  return { ...wasm, open: (program, initial) => wasm.open(program, initial) };
}

test("every optimizer is tried", () => {
  const tried = new Set(optimizing.map((text) => text.replace(/\(.*/, "")));
  expect([...tried].sort()).toEqual(Object.keys(optimizers).sort());
});

describe.each(sweep(trainings, 6))("tables with %s %s", (optimizer, pull) => {
  const made = madeOf(everyTable(optimizer, pull), KNOWN);
  const { program, tables } = made;

  test("that are held end as those whose rows JavaScript changes", async () => {
    const held = await trained(made, await chooseBackend("wasm"), 1);
    const changed = await trained(made, await withoutTables(), 1);
    const found = apart(made, held, changed);
    expect(found.weights).toBeLessThan(2e-5);
    expect(found.slots).toBeLessThan(2e-5);
    const frozen = held.tables.get("cate_id")!;
    expect(frozen.values).toEqual(initialTable(frozen.spec, program.settings, null).values);
  });

  test("change in the references' step as in JavaScript", async () => {
    const { settings, step } = program;
    const slotNames = (table: string) => tableSlots(settings, table).map(({ name }) => name);
    const data = randomRows(program, tables, { rows: BATCH });
    const host = new Map(tables.map((spec) => [spec.name, begun(made, spec, data)]));
    const [batch] = await batchesOf(data, BATCH, made);
    // Two tables have the ids, and one reads only some of them.
    expect([...batch!.own.keys()]).toEqual(["item_id.weight"]);
    const trained = [...host.keys()].filter((name) => step.outputs.has(outputNames.gradient(name)));
    const pulls = new Map(
      trained.map((name) => {
        const { decay } = host.get(name)!;
        return [name, decay instanceof Float32Array ? ("by row" as const) : decay];
      }),
    );
    const given: Record<string, number[]> = {};
    for (const [name, { values, slots, decay, spec }] of host) {
      const rows = batch!.tables.get(name)!;
      const take = (of: Float32Array) => rowsAt(of, rows, of.length / spec.rows);
      given[name] = take(values);
      slots.forEach((slot, i) => {
        given[besideTable.slot(name, slotNames(name)[i]!)] = take(slot);
      });
      if (decay instanceof Float32Array) given[besideTable.pull(name)] = take(decay);
    }
    const feeds = {
      parameters: Object.fromEntries(initialParameters(step, settings.seed)),
      tables: given,
    };
    const scalars = scalarsAt(settings, 1, STEPS);
    const { outputs } = evaluated(stepWithTables(program, pulls), batch!, scalars, feeds);
    const gradients = evaluated(step, batch!, scalars, feeds).outputs;
    const rounded = trained.map((name) => [
      name,
      Float32Array.from(gradients.get(outputNames.gradient(name))!),
    ]);
    updateTables(host, settings, batch!, Object.fromEntries(rounded), scalars);
    for (const name of pulls.keys()) {
      const table = host.get(name)!;
      const rows = batch!.tables.get(name)!;
      const own = batch!.own.get(name) ?? rows.map((_, position) => position);
      const compare = (of: Float32Array, found: ArrayLike<number>) => {
        const width = of.length / table.spec.rows;
        for (const position of own)
          for (let i = 0; i < width; i++)
            expect(found[position * width + i]!).toBeCloseTo(of[rows[position]! * width + i]!, 5);
      };
      compare(table.values, outputs.get(outputNames.table(name))!);
      table.slots.forEach((slot, i) => {
        compare(slot, outputs.get(outputNames.table(besideTable.slot(name, slotNames(name)[i]!)))!);
      });
    }
  });
});
