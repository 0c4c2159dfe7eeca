// Going on from a checkpoint ends where an uninterrupted training ends, to the last bit, wherever it was cut off; and a
// checkpoint that is not sound, or of another training, is refused with its reason.

import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { columnsOf } from "../../compiler/data/row-stages.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import { type Checkpoints, positionText } from "../../compiler/train/state.ts";
import { inlineBatches } from "../../runtime/data/batches/prefetch.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import {
  type Checkpoint,
  identityOf,
  readCheckpoint,
  requireSame,
  writeCheckpoint,
} from "../../runtime/run/checkpoint.ts";
import { type RunTrainerOptions, runTrainer } from "../../runtime/train/run-trainer.ts";
import { rowsOf } from "../data/files.ts";
import { everyBit, someBits } from "../support/bits.ts";
import { clickPrediction } from "../support/click-prediction.ts";

/** Dropout, noise, a rising reversal, moving statistics, a table with slots: everything that a state or a step's number decides. */
const spec = (train: string) => `model small
features item {
  item_id : id(size: 20)  embed 4
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let taste     = mean(clicks)
  predict click = concat(item_id, taste) |> dense(6, dice) |> batch_norm |> dropout(0.3) |> dense(1) |> sigmoid
  loss near     = mean(log_loss(dot(item_id, clicks), 1), where: masked(clicks, 0.5))
  loss noisy    = total(reverse_gradient(taste, progress) * random(normal, like: taste))
}
train { batch 8  epochs 3  ${train} }
`;
const ADAM = "optimizer adam(learning_rate: 0.01)  regularize mini_batch_aware(0.1)";
/** Each epoch makes it worse, so that the first is the best and no third is begun. */
const STOP = "optimizer sgd(learning_rate: 3)  stop early(metric: log_loss, patience: 1)";
/** Weights, their averages, and what two optimizers remember. */
const AVERAGED =
  "optimizer sgd(learning_rate: 3), adam(0.1, for: [taste, tables])  average ema(0.7)  stop early(metric: log_loss, patience: 1)";
/** Every row moves in every step, whatever its batch has. */
const ALL_ROWS =
  "optimizer adam(0.1, rows: all)  regularize l2(tables: 0.1, rows: all)  clip norm(0.5)  average ema(0.7)";
/** The rate falls after the first epoch, which is the best. */
const PLATEAU = "optimizer sgd(learning_rate: 3)  schedule plateau(metric: log_loss, factor: 0.1, warmup: 2)";
/** The tables begin anew in each epoch, with the optimizer's state and the average. */
const ANEW = `${ADAM}  tables anew  average ema(0.7)`;
const ROWS = 30;

function modelOf(settings: string): Model {
  const { value, diagnostics } = check(sourceFile("small.din", spec(settings)));
  expect(diagnostics).toEqual([]);
  return value!;
}

function dataset(): MemoryRows {
  const random = new Random(1);
  const ids = (count: number) => Int32Array.from({ length: count }, () => 2 + random.integer(20));
  const start = Int32Array.from({ length: ROWS }, () => random.integer(20));
  return {
    kind: "memory",
    rows: ROWS,
    ids: new Map([["item_id", ids(ROWS)]]),
    numbers: new Map(),
    histories: new Map([
      [
        "clicks",
        {
          steps: new Map([["item_id", ids(30)]]),
          numbers: new Map(),
          sets: new Map(),
          start,
          end: start.map((at) => at + random.integer(6)),
        },
      ],
    ]),
    labels: new Map([["click", Float32Array.from({ length: ROWS }, () => random.integer(2))]]),
    groups: new Map(),
    sets: new Map(),
  };
}

const data = dataset();
/** It does not define an AUC. */
const oneClass: MemoryRows = { ...data, labels: new Map([["click", new Float32Array(ROWS).fill(1)]]) };

function trainingOf(model: Model) {
  const program = trainingProgram(lower(model), model);
  const tables = tablesOf(model, { vocabularies: new Map(), transforms: new Map() });
  const fingerprint = {
    trainRows: ROWS,
    validRows: 0,
    testRows: 0,
    validate: null,
    files: [{ path: "a.csv", bytes: 3, hash: "x" }],
  };
  return { program, tables, data: fingerprint, backend: "wasm", compiler: "1" };
}

const held: Pick<RunTrainerOptions, "train" | "evaluate"> = {
  train: data,
  evaluate: [
    { split: "valid", data },
    { split: "test", data: oneClass },
  ],
};

async function run(
  model: Model,
  checkpoints: Checkpoints,
  rows: Pick<RunTrainerOptions, "train" | "evaluate" | "orders"> = held,
): Promise<TrainResult> {
  const { program, tables } = trainingOf(model);
  return runTrainer({
    program,
    backend: await chooseBackend("wasm"),
    tables,
    ...rows,
    predictions: [clickPrediction],
    batches: inlineBatches(planBatches(program.step, tables, 1, program.settings)).stream,
    checkpoints,
  });
}

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-checkpoint-"));
  path = join(folder, "run.checkpoint");
});
afterEach(() => rm(folder, { recursive: true }));

const keeping = (identity: Checkpoint["identity"], over: Partial<Checkpoints>): Checkpoints => ({
  from: null,
  due: () => false,
  stopping: () => false,
  save: (state) => writeCheckpoint(path, { identity, state }),
  ...over,
});

/** Everything but what a clock says. */
const numbersOf = ({ tables, parameters, epochs, kept, stopped }: TrainResult) => ({
  kept,
  stopped,
  tables: [...tables].map(([name, { values, slots }]) => [name, values, slots]),
  parameters,
  epochs: epochs.map(({ seconds: _, samplesPerSecond: __, ...rest }) => rest),
});

test.each([
  ["adam with mini-batch aware regularisation", ADAM],
  ["adagrad", "optimizer adagrad(learning_rate: 0.1)"],
  ["an early stop whose best epoch is not the last", STOP],
  ["a plateau, which lowers the rate", PLATEAU],
  ["tables that begin anew", ANEW],
  ["parts, and averages that an early stop compares", AVERAGED],
  ["all rows of tables, and their averages", ALL_ROWS],
])("from every step: %s", async (_name, settings) => {
  const model = modelOf(settings);
  const identity = identityOf(trainingOf(model));
  let kept = 0;
  const whole = await run(
    model,
    keeping(identity, {
      due: () => true,
      save: async (state) => {
        await writeCheckpoint(path, { identity, state });
        await copyFile(path, `${path}-${kept++}`);
      },
    }),
  );
  // One after each step, one after each epoch.
  expect(kept).toBe(whole.epochs.length * (Math.ceil(ROWS / 8) + 1));
  expect(whole.kept < whole.epochs.length).toBe(settings.includes("stop early"));
  for (let i = 0; i < kept; i++) {
    const { state } = (await readCheckpoint(`${path}-${i}`))!;
    expect(numbersOf(await run(model, keeping(identity, { from: state })))).toEqual(numbersOf(whole));
  }
});

/** Example rows, in a file. */
async function writtenRows(): Promise<string> {
  const random = new Random(2);
  const item = () => random.integer(20);
  const steps = () => Array.from({ length: random.integer(6) }, item).join("|");
  const lines = Array.from({ length: ROWS }, (_, i) => `${item()},${steps()},${i % 2}`);
  await writeFile(join(folder, "rows.csv"), `item_id,clicked,click\n${lines.join("\n")}\n`);
  return join(folder, "rows.csv");
}

test.each([
  ["", [null]],
  [", each time with another budget for its data", [1e9, 0, 300]],
])("stopped in every step and in every evaluation, it ends where it would have%s", async (_name, budgets) => {
  // Evaluations have other weights in the session than steps.
  const model = modelOf(`${ADAM}  average ema(0.7)`);
  const identity = identityOf(trainingOf(model));
  const csv = await writtenRows();
  const rowsUnder = async (memory: number | null) => {
    if (memory === null) return held;
    const { train, test, orders } = await readTraining(model, rowsOf(csv, { test: csv, memory }));
    expect(columnsOf(train.stored).some(({ kind }) => kind === "file")).toBe(memory < 1e9);
    return { train, orders, evaluate: [{ split: "test", data: test! }] as const };
  };
  const whole = await run(model, keeping(identity, {}), await rowsUnder(budgets[0]!));
  await rm(path);
  const places: string[] = [];
  for (let sittings = 0; ; sittings++) {
    expect(sittings).toBeLessThan(100);
    const from = (await readCheckpoint(path))?.state ?? null;
    let asked = 0;
    // Every other sitting gets on by a step.
    const stopping = () => asked++ >= sittings % 3;
    const rows = await rowsUnder(budgets[sittings % budgets.length]!);
    const result = await run(model, keeping(identity, { from, stopping }), rows);
    if (result.interrupted === null) {
      expect(numbersOf(result)).toEqual(numbersOf(whole));
      break;
    }
    places.push(positionText(result.interrupted));
  }
  expect(new Set(places).size).toBeGreaterThan(7);
});

describe("a checkpoint is refused", () => {
  const model = modelOf(ADAM);
  const training = trainingOf(model);
  const identity = identityOf(training);

  async function keep(): Promise<Checkpoint> {
    await run(model, keeping(identity, {}));
    return (await readCheckpoint(path))!;
  }

  const said = (act: () => void): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof DiagnosticError) return error.diagnostics[0]!.message;
      throw error;
    }
    return "accepted";
  };

  test("not where a slot has one number a row, or weights are averaged", async () => {
    const settings = "optimizer adagrad(0.1, row_wise: true)  average ema(0.9)";
    const own = trainingOf(modelOf(settings));
    await run(modelOf(settings), keeping(identityOf(own), {}));
    const kept = (await readCheckpoint(path))!;
    expect(said(() => requireSame(path, kept, identityOf(own), own.program))).toBe("accepted");
  });

  test("where anything that its result depends on is another", async () => {
    const kept = await keep();
    const against = (over: Partial<typeof training>) =>
      said(() => requireSame(path, kept, identityOf({ ...training, ...over }), training.program));
    expect(against({})).toBe("accepted");
    const files = training.data.files;
    expect(against({ data: { ...training.data, files: [{ ...files[0]!, path: "moved/a.csv" }] } })).toBe(
      "accepted",
    );
    expect(against({ data: { ...training.data, files: [{ ...files[0]!, hash: "y" }] } })).toMatch(
      /its data are others/,
    );
    expect(against({ data: { ...training.data, trainRows: 29 } })).toMatch(/its data are others/);
    expect(against({ backend: "node" })).toMatch(/its back end, or how that rounds, is another/);
    expect(against({ compiler: "2" })).toMatch(/another version of dinc began it/);
    expect(against({ tables: training.tables.map((each) => ({ ...each, rows: 5 })) })).toMatch(
      /its tables are others/,
    );
    const other = trainingOf(modelOf("optimizer adam(learning_rate: 0.02)"));
    expect(against({ program: other.program })).toMatch(/its train settings are others/);
    const network = trainingOf(modelOf("optimizer sgd(learning_rate: 0.02)"));
    expect(against({ program: network.program })).toMatch(/its network is another/);
  });

  test("where it was cut short, changed, or is something else", async () => {
    await keep();
    const whole = await readFile(path);
    const reading = async (bytes: Uint8Array) => {
      await writeFile(path, bytes);
      return readCheckpoint(path).then(
        () => "accepted",
        (error: unknown) => (error instanceof DiagnosticError ? error.diagnostics[0]!.name : String(error)),
      );
    };
    for (const size of [0, 7, 100, whole.length / 2, whole.length - 1])
      expect(await reading(whole.subarray(0, size))).toBe("checkpoint-damaged");
    expect(
      await reading(Buffer.from(whole.toString("latin1").replace('"steps\\":', '"stops\\":'), "latin1")),
    ).toBe("checkpoint-damaged");
    expect(await reading(whole)).toBe("accepted");
    await rm(path);
    expect(await readCheckpoint(path)).toBeNull();
  });

  test("where any bit of any part is another", async () => {
    await run(modelOf(STOP), keeping(identity, {}));
    const whole = await readFile(path);
    const header = 8 + Number(whole.readBigUInt64LE(0));
    const layout = JSON.parse(whole.toString("utf8", 8, header)) as Record<
      string,
      { data_offsets: number[] }
    >;
    const tensors = Object.entries(layout).filter(([name]) => name !== "__metadata__");
    const kinds = new Set(tensors.map(([name]) => name.slice(0, name.indexOf(":"))));
    expect([...kinds].sort()).toEqual(["best parameter", "best table", "parameter", "table"]);
    const flips = [
      ...everyBit(whole.subarray(0, 8)),
      ...someBits(whole, 600, 8, header),
      ...tensors.flatMap(
        ([
          ,
          {
            data_offsets: [from, to],
          },
        ]) => someBits(whole, 10, header + from!, header + to!),
      ),
    ];
    for (const [at, bit] of flips) {
      whole[at]! ^= bit;
      await writeFile(path, whole);
      await expect(readCheckpoint(path), `bit ${bit} of byte ${at}`).rejects.toMatchObject({
        diagnostics: [{ name: "checkpoint-damaged" }],
      });
      whole[at]! ^= bit;
    }
    await writeFile(path, whole);
    expect(await readCheckpoint(path)).not.toBeNull();
  });

  test("and where it cannot be written, the one before stays", async () => {
    const kept = await keep();
    const before = await readFile(path);
    const full = { ...kept, state: { ...kept.state, parameters: null as never } };
    await expect(writeCheckpoint(path, full)).rejects.toThrow();
    expect(await readFile(path)).toEqual(before);
  });
});
