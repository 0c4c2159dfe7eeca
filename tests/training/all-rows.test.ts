// Steps that change all rows of tables, and Adam with ε before the bias correction: against PyTorch's own optimizers on an
// nn.Embedding (pytorch/all_rows.py), on every engine.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { initialTable, RowGatherer, updateTables } from "../../compiler/train/tables.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { modelOf } from "../data/models.ts";
import { farthest } from "../support/everywhere.ts";
import { batchesOf, madeOf } from "../support/random-training.ts";

interface Case {
  readonly train: string;
  /** After all steps. */
  readonly table: readonly number[];
  readonly kernel: readonly number[];
  readonly bias: readonly number[];
}

interface Fixture {
  readonly ids: number;
  readonly width: number;
  /** By step; encoded ids. */
  readonly rows: readonly (readonly {
    readonly item: number;
    readonly clicked: readonly number[];
    readonly click: number;
  }[])[];
  readonly table: readonly number[];
  readonly kernel: readonly number[];
  readonly bias: readonly number[];
  readonly cases: readonly Case[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "pytorch", "all-rows.json"), "utf8"),
);
const BATCH = fixture.rows[0]!.length;
const LAYER = "net.click.dense_1";

const spec = (train: string) => `model seen
features item { item_id : id(size: ${fixture.ids - 2})  embed ${fixture.width} }
history clicks(max: 3) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, sum(clicks)) |> dense(1) |> sigmoid }
train { ${train}  batch ${BATCH} }`;

function memoryRows(): MemoryRows {
  const rows = fixture.rows.flat();
  const ends: number[] = [];
  for (const { clicked } of rows) ends.push((ends.at(-1) ?? 0) + clicked.length);
  const steps = new Map([["item_id", Int32Array.from(rows.flatMap(({ clicked }) => clicked))]]);
  const [start, end] = [Int32Array.from([0, ...ends.slice(0, -1)]), Int32Array.from(ends)];
  return {
    ...{ kind: "memory", rows: rows.length, sets: new Map(), numbers: new Map(), groups: new Map() },
    ids: new Map([["item_id", Int32Array.from(rows, ({ item }) => item)]]),
    histories: new Map([["clicks", { steps, start, end, numbers: new Map(), sets: new Map() }]]),
    labels: new Map([["click", Float32Array.from(rows, ({ click }) => click)]]),
  };
}

const engines = (["wasm", "native", "node"] as const).filter((name) => name !== "node" || nativeAvailable());

interface Trained {
  readonly table: Float32Array;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

async function trainedBy(engine: (typeof engines)[number], train: string, threads = 1): Promise<Trained> {
  const model = modelOf(spec(train));
  const { program, tables: specs } = madeOf(model, 1);
  const { settings } = program;
  const begun = { ...initialTable(specs[0]!, settings, null), values: Float32Array.from(fixture.table) };
  const parameters = new Map(initialParameters(program.step, 1));
  parameters.set(`${LAYER}.kernel`, Float32Array.from(fixture.kernel));
  parameters.set(`${LAYER}.bias`, Float32Array.from(fixture.bias));
  const backend = await chooseBackend(engine, { threads });
  const session = await backend.open(program, parameters, new Map([["item_id", begun]]));
  const held = session.holds?.get("item_id");
  const tables = new Map([["item_id", { ...begun, ...held }]]);
  const batches = await batchesOf(memoryRows(), BATCH, { program, tables: specs }, backend.parts);
  expect(batches).toHaveLength(fixture.rows.length);
  batches.forEach((batch, i) => {
    const scalars = scalarsAt(settings, i + 1, batches.length);
    const rows = held === undefined ? new RowGatherer(tables).gather(batch) : {};
    const { gradients } = session.step({ batch, rows, scalars });
    if (held === undefined) updateTables(tables, settings, batch, gradients, scalars);
  });
  const after = session.read();
  const [kernel, bias] = [after.get(`${LAYER}.kernel`)!, after.get(`${LAYER}.bias`)!];
  const found = { table: tables.get("item_id")!.values.slice(), kernel, bias };
  session.dispose();
  return found;
}

describe.each(engines)("%s", (engine) => {
  test.each(fixture.cases)("$train", async ({ train, ...expected }) => {
    const found = await trainedBy(engine, train);
    for (const part of ["table", "kernel", "bias"] as const)
      expect(farthest(found[part], expected[part]), part).toBeLessThan(2e-6);
  });
});

test("WebAssembly and native code end with the same bits, on one thread and on two", async () => {
  const { train } = fixture.cases.find(({ train }) => train.includes("clip"))!;
  const first = await trainedBy("wasm", train);
  for (const [engine, threads] of [
    ["wasm", 2],
    ["native", 1],
    ["native", 2],
  ] as const)
    expect(await trainedBy(engine, train, threads), `${engine} ${threads}`).toEqual(first);
});
