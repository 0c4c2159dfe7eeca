// Batches hold what the rows hold, packed: the same built in place and by a worker.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, it, test } from "vitest";
import { type Batch, RoomArrays } from "../../compiler/backends/contract/batch.ts";
import { type BatchPlan, planBatches } from "../../compiler/data/batch-plan.ts";
import { buffersOf } from "../../compiler/data/batches.ts";
import { float32s, int32s } from "../../compiler/data/columns.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import type * as prefetch from "../../runtime/data/batches/prefetch.ts";
import { inlineBatches, openBatches, type workerBatches } from "../../runtime/data/batches/prefetch.ts";
import { SourceBatches } from "../../runtime/data/batches/source-batches.ts";
import { root } from "../cli/spawn.ts";
import { zoo } from "../serve/wasm/zoo.ts";
import { randomRows } from "../support/random-rows.ts";
import { madeOf } from "../support/random-training.ts";
import { dinModel, modelOf } from "./models.ts";

const tableOf = (name: string, feature: string, rows: number): TableSpec => ({
  ...{ name, feature, rows, width: 2, options: { init: { kind: "zeros" }, frozen: false, vectors: null } },
});
const TABLES = [
  tableOf("item_id", "item_id", 9),
  tableOf("item_id.weight", "item_id", 9),
  tableOf("cate_id", "cate_id", 5),
  tableOf("unused", "unused", 7),
];

const CLICKS = { axis: "clicks", histories: ["clicks"] };
const CLICK = { input: "label/click", label: "click" };
const PLAN: BatchPlan = {
  ids: [],
  batches: [],
  requests: null,
  vocabularies: [
    {
      rows: 9,
      drawn: [],
      isWhole: false,
      inputs: [
        { input: "item_id", feature: "item_id", history: null, owner: null, weights: null },
        { input: "clicks.item_id", feature: "item_id", history: "clicks", owner: null, weights: null },
      ],
      tables: [
        { name: "item_id", inputs: null },
        { name: "item_id.weight", inputs: ["clicks.item_id"] },
      ],
    },
    {
      rows: 5,
      drawn: [],
      isWhole: false,
      inputs: [{ input: "cate_id", feature: "cate_id", history: null, owner: null, weights: null }],
      tables: [{ name: "cate_id", inputs: null }],
    },
  ],
  numbers: [
    { input: "price", feature: "price", history: null, width: 1 },
    { input: "clicks.dwell", feature: "dwell", history: "clicks", width: 1 },
  ],
  axes: [CLICKS, { axis: "clicks + 1", histories: ["clicks"] }],
  labels: [CLICK],
  draws: [],
  noise: [
    { input: "noise/net.x.dropout_1", kind: "noise", rows: { kind: "each", per: "example" }, size: 3 },
    {
      input: "order/net.next.shuffled_1",
      kind: "permutation",
      rows: { kind: "steps", per: "example", history: "clicks" },
      size: 1,
    },
    {
      input: "noise/net.x.dropout_2",
      kind: "noise",
      rows: { kind: "steps", per: "example", history: "clicks + 1" },
      size: 2,
    },
  ],
  parts: null,
};

interface Row {
  readonly item: number;
  readonly cate: number;
  readonly price: number;
  readonly clicks: readonly number[];
  readonly click: number;
}

const rowOf = fc.record({
  item: fc.integer({ min: 0, max: 8 }),
  cate: fc.integer({ min: 0, max: 4 }),
  price: fc.integer({ min: -3, max: 3 }),
  clicks: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 5 }),
  click: fc.constantFrom(0, 1),
});

/** A number for each step. */
function dwellOf({ clicks, price }: Row): number[] {
  return clicks.map((item, i) => item + 10 * price + i / 8);
}

function dataOf(rows: readonly Row[]): MemoryRows {
  const ints = (values: readonly number[]) => {
    const column = int32s(values.length);
    column.set(values);
    return column;
  };
  const floats = (values: readonly number[]) => {
    const column = float32s(values.length);
    column.set(values);
    return column;
  };
  const ends = rows.map((_, i) => rows.slice(0, i + 1).reduce((sum, row) => sum + row.clicks.length, 0));
  return {
    kind: "memory",
    rows: rows.length,
    ids: new Map([
      ["item_id", ints(rows.map(({ item }) => item))],
      ["cate_id", ints(rows.map(({ cate }) => cate))],
    ]),
    numbers: new Map([["price", floats(rows.map(({ price }) => price))]]),
    histories: new Map([
      [
        "clicks",
        {
          sets: new Map(),
          steps: new Map([["item_id", ints(rows.flatMap(({ clicks }) => clicks))]]),
          numbers: new Map([["dwell", floats(rows.flatMap(dwellOf))]]),
          start: ints(rows.map(({ clicks }, i) => ends[i]! - clicks.length)),
          end: ints(ends),
        },
      ],
    ]),
    labels: new Map([["click", floats(rows.map(({ click }) => click))]]),
    groups: new Map(),
    sets: new Map(),
  };
}

/** The same batch, said plainly: one row after the other. */
function naive(rows: readonly Row[]): Batch {
  const items = [...rows.map(({ item }) => item), ...rows.flatMap(({ clicks }) => clicks)];
  const distinctItems = [...new Set(items)];
  const distinctCates = [...new Set(rows.map(({ cate }) => cate))];
  const places = items.map((item) => distinctItems.indexOf(item));
  return {
    size: rows.length,
    segments: new Map([
      ["clicks", Int32Array.from(rows.flatMap(({ clicks }, i) => clicks.map(() => i)))],
      ["clicks + 1", Int32Array.from(rows.flatMap(({ clicks }, i) => [...clicks, null].map(() => i)))],
    ]),
    tables: new Map([
      ["item_id", Int32Array.from(distinctItems)],
      ["item_id.weight", Int32Array.from(distinctItems)],
      ["cate_id", Int32Array.from(distinctCates)],
    ]),
    own: new Map([["item_id.weight", Int32Array.from(new Set(places.slice(rows.length))).sort()]]),
    inputs: new Map<string, Int32Array | Float32Array>([
      ["item_id", Int32Array.from(places.slice(0, rows.length))],
      ["clicks.item_id", Int32Array.from(places.slice(rows.length))],
      ["cate_id", Int32Array.from(rows.map(({ cate }) => distinctCates.indexOf(cate)))],
      ["price", Float32Array.from(rows.map(({ price }) => price))],
      ["clicks.dwell", Float32Array.from(rows.flatMap(dwellOf))],
      ["label/click", Float32Array.from(rows.map(({ click }) => click))],
    ]),
    parts: [],
    isInRoom: false,
  };
}

/** What was drawn for it. */
function noiseOf({ inputs }: Batch): Map<string, Float32Array | Int32Array> {
  const names = PLAN.noise.map(({ input }) => input);
  return new Map([...inputs].filter(([name]) => names.includes(name)));
}

function withoutNoise(batch: Batch): Batch {
  const drawn = noiseOf(batch);
  return { ...batch, inputs: new Map([...batch.inputs].filter(([name]) => !drawn.has(name))) };
}

async function collected(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe("a batch", () => {
  it("holds each table row once, the positions of ids, packed steps, numbers and labels, batch after batch", () => {
    fc.assert(
      fc.property(fc.array(rowOf, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (rows, size) => {
        const data = dataOf(rows);
        const builder = new SourceBatches(PLAN);
        const order = Int32Array.from(rows.keys()).reverse();
        const batches = [...builder.batches(data, order, size)];
        expect(batches).toHaveLength(Math.ceil(rows.length / size));
        for (const [i, batch] of batches.entries()) {
          const taken = [...order.subarray(i * size, (i + 1) * size)].map((row) => rows[row]!);
          expect(batch).toEqual(naive(taken));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the same in a room, whatever lay there, and beside it where the room is full", () => {
    const rows = Array.from({ length: 9 }, (_, i) => ({
      ...{ item: i % 4, cate: i % 3, price: i, click: i % 2 },
      clicks: Array.from({ length: i }, (_, step) => step % 5),
    }));
    const order = Int32Array.from(rows.keys());
    const streams = { seed: 5, step: 1 };
    const wanted = [...new SourceBatches(PLAN).batches(dataOf(rows), order, 2, streams)];
    for (const bytes of [64, 640, 6_400]) {
      const memory = new SharedArrayBuffer(64 + 3 * bytes);
      const words = new Int32Array(memory).fill(0x7fc00000);
      const builder = new SourceBatches(PLAN);
      const arrays = new RoomArrays({ memory, from: 64, bytes, batches: 3 });
      builder.arrays = arrays;
      const found: Batch[] = [];
      for (const batch of builder.batches(dataOf(rows), order, 2, streams)) {
        found.push(batch);
        arrays.nextBatch();
        // Those before it are still there: three have room.
        for (const [i, each] of found.entries())
          if (i > found.length - 3) expect({ ...each, isInRoom: false }).toEqual(wanted[i]);
      }
      expect(found.length).toBe(wanted.length);
      expect(words.subarray(0, 16).every((word) => word === 0x7fc00000)).toBe(true);
      expect(buffersOf(found[0]!).every((buffer) => buffer instanceof ArrayBuffer)).toBe(true);
      const isShared = ({ buffer }: Int32Array | Float32Array) => buffer instanceof SharedArrayBuffer;
      expect([...found.at(-1)!.inputs.values()].some(isShared)).toBe(bytes > 64);
      expect([...found.at(-1)!.inputs.values()].every(isShared)).toBe(bytes > 640);
    }
  });

  it("has random numbers of its own for each layer and step when it is for training", async () => {
    const rows = Array.from({ length: 7 }, (_, i) => ({
      item: i,
      cate: 0,
      price: 0,
      clicks: [1, 2],
      click: 0,
    }));
    const source = inlineBatches(PLAN);
    const order = Int32Array.from(rows.keys());
    const streamed = (seed: number, step: number) =>
      collected(source.stream(dataOf(rows), order, 3, { seed, step }));
    const batches = await streamed(5, 1);
    expect(batches.map((batch) => [...noiseOf(batch).values()].map((values) => values.length))).toEqual([
      [9, 6, 18],
      [9, 6, 18],
      [3, 2, 6],
    ]);
    for (const { inputs } of batches) {
      for (const value of inputs.get("noise/net.x.dropout_1")!) expect(value >= 0 && value < 1).toBe(true);
      const swapped = inputs.get("order/net.next.shuffled_1")!;
      expect([...swapped].sort((a, b) => a - b)).toEqual([...swapped.keys()]);
    }
    const drawn = (each: readonly Batch[]) => each.map(noiseOf);
    expect(drawn(await streamed(5, 1))).toEqual(drawn(batches));
    // What a step draws does not depend on the steps before it.
    expect(noiseOf((await streamed(5, 2))[0]!)).toEqual(noiseOf(batches[1]!));
    expect(noiseOf(batches[0]!)).not.toEqual(noiseOf(batches[1]!));
    expect(noiseOf((await streamed(6, 1))[0]!)).not.toEqual(noiseOf(batches[0]!));
  });

  it("has no labels where the rows have none", () => {
    const data = { ...dataOf([{ item: 1, cate: 1, price: 0, clicks: [], click: 1 }]), labels: new Map() };
    const [batch] = new SourceBatches(PLAN).batches(data, Int32Array.of(0), 1);
    expect([...batch!.inputs.keys()]).toEqual([
      "item_id",
      "clicks.item_id",
      "cate_id",
      "price",
      "clicks.dwell",
    ]);
  });
});

describe("the plan of a Graph", () => {
  it("names the columns that its inputs read, and no table without a lookup", () => {
    const model = dinModel();
    const { step, predict } = trainingProgram(lower(model), model);
    const plan = planBatches(step, TABLES);
    expect(
      plan.vocabularies.map(({ rows, inputs, tables }) => [
        rows,
        inputs.map(({ input }) => input).sort(),
        tables,
      ]),
    ).toEqual([
      [9, ["clicks.item_id", "item_id"], [{ name: "item_id", inputs: null }]],
      [5, ["cate_id", "clicks.cate_id"], [{ name: "cate_id", inputs: null }]],
    ]);
    expect({ ...plan, vocabularies: [] }).toEqual({
      vocabularies: [],
      ids: [],
      numbers: [],
      axes: [CLICKS],
      batches: [],
      labels: [CLICK],
      noise: [],
      draws: [],
      parts: null,
      requests: null,
    });
    expect(planBatches(predict, TABLES)).toEqual({ ...plan, labels: [] });
  });

  it("names numbers of examples and of steps, and not the optimizer's scalars", () => {
    const model = modelOf(`model numbers
features item { price : number }
history clicks(max: 5) {
  price <-> paid
  dwell : number
}
label click : binary
net { predict click = concat(price, mean(clicks)) |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 0.1)
  batch 4 epochs 1
  metrics auc
}
`);
    const { step } = trainingProgram(lower(model), model);
    expect(planBatches(step, [])).toEqual({
      vocabularies: [],
      ids: [],
      numbers: [
        { input: "price", feature: "price", history: null, width: 1 },
        { input: "clicks.price", feature: "price", history: "clicks", width: 1 },
        { input: "clicks.dwell", feature: "dwell", history: "clicks", width: 1 },
      ],
      axes: [CLICKS],
      batches: [],
      labels: [CLICK],
      noise: [],
      draws: [],
      parts: null,
      requests: null,
    });
  });
});

/** A batch gives its arrays to another thread, which takes them from whatever else has them. */
test.each(zoo)("no two batches of %s have an array in common", async (_, spec) => {
  const { program, tables } = madeOf(modelOf(spec), 30);
  const rows = randomRows(program, tables, { rows: 12 });
  const { stream } = inlineBatches(planBatches(program.step, tables, 1, program.settings));
  for (const streams of [null, { seed: 1, step: 1 }]) {
    const batches = await collected(
      stream(
        rows,
        Int32Array.from({ length: 12 }, (_, row) => row),
        4,
        streams,
      ),
    );
    const buffers = batches.flatMap(buffersOf);
    expect(new Set(buffers).size).toBe(buffers.length);
  }
});

describe("batches from a worker thread", () => {
  // The worker is compiled JavaScript.
  let open: typeof openBatches;
  let openWorker: typeof workerBatches;

  beforeAll(async () => {
    const module = pathToFileURL(join(root, "dist/runtime/data/batches/prefetch.js")).href;
    ({ openBatches: open, workerBatches: openWorker } = (await import(
      /* @vite-ignore */ module
    )) as typeof prefetch);
  });

  const rows = fc.sample(rowOf, 103);
  const data = dataOf(rows);
  const order = Int32Array.from(rows.keys(), (row) => (row * 17) % 103);

  it("are equal to those built in place, stream after stream", async () => {
    const chance = { seed: 3, step: 12 };
    const expected = await collected(inlineBatches(PLAN).stream(data, order, 10, chance));
    expect(expected.map(({ size }) => size)).toEqual([...new Array<number>(10).fill(10), 3]);
    const source = open(PLAN);
    for (let epoch = 0; epoch < 3; epoch++)
      expect(await collected(source.stream(data, order, 10, chance))).toEqual(expected);
    const plain = expected.map(withoutNoise);
    expect(await collected(source.stream(data, order, 10))).toEqual(plain);
    expect(await collected(source.stream(data, new Int32Array(0), 10))).toEqual([]);
    await source.close();
  });

  it("give each batch to score an array of its own for ids that are drawn in training alone", async () => {
    const [items, ...others] = PLAN.vocabularies;
    const draw = { input: "drawn", count: 4, rows: 9, ids: "drawn ids", probabilities: "drawn shares" };
    const plan = { ...PLAN, draws: [draw], vocabularies: [{ ...items!, drawn: [draw.input] }, ...others] };
    const source = open(plan);
    for (const streams of [null, { seed: 3, step: 0 }]) {
      const expected = await collected(inlineBatches(plan).stream(data, order, 10, streams));
      expect(await collected(source.stream(data, order, 10, streams))).toEqual(expected);
      for (const { inputs } of expected)
        expect(inputs.get("drawn ids")).toHaveLength(streams === null ? 0 : 4);
    }
    await source.close();
  });

  it("wait while the thread that takes them is busy", async () => {
    const source = open(PLAN);
    const sizes: number[] = [];
    for await (const { size } of source.stream(data, order, 25)) {
      const until = performance.now() + 20;
      while (performance.now() < until);
      sizes.push(size);
    }
    expect(sizes).toEqual([25, 25, 25, 25, 3]);
    await source.close();
  });

  it("can be left in the middle", async () => {
    const source = open(PLAN);
    for await (const batch of source.stream(data, order, 1)) if (batch.size === 1) break;
    const [first] = await collected(source.stream(data, order, 103));
    expect(first!.size).toBe(103);
    await source.close();
  });

  it("throw the worker's error, and the next stream works", async () => {
    const source = open(PLAN);
    const broken = { ...data, ids: new Map() };
    await expect(collected(source.stream(broken, order, 10))).rejects.toThrow(TypeError);
    expect((await collected(source.stream(data, order, 103))).length).toBe(1);
    await source.close();
  });

  it("end with an error when the source is closed or the worker cannot start", async () => {
    const source = open(PLAN);
    await source.close();
    await expect(collected(source.stream(data, order, 10))).rejects.toThrow("closed");
    const without = openWorker(PLAN, new URL("file:///absent/batch-worker.js"));
    await expect(collected(without.stream(data, order, 10))).rejects.toThrow("absent");
    await without.close();
  });

  it("are built in place from TypeScript source", async () => {
    const source = openBatches(PLAN);
    expect(await collected(source.stream(data, order, 10))).toEqual(
      await collected(inlineBatches(PLAN).stream(data, order, 10)),
    );
    await source.close();
  });
});
