// Batches of any shape, one after the other in the same session: the layout grows and is used again for less,
// held tables stay where they are, and each step gives what the references give from the same weights.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutBlocks, SLICES } from "../../compiler/backends/code/training/blocks.ts";
import { type Batch, RoomArrays } from "../../compiler/backends/contract/batch.ts";
import type { TrainingSession } from "../../compiler/backends/contract/session.ts";
import { bestForm, type SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import { openSession } from "../../compiler/backends/wasm/training/session.ts";
import { Random } from "../../compiler/common/random.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { scalarsAt } from "../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { type HostTable, initialTable, updateTables } from "../../compiler/train/tables.ts";
import { modelOf } from "../data/models.ts";
import { runs, timeout } from "../support/how-often.ts";
import { randomRows } from "../support/random-rows.ts";
import { batchesOf, evaluated, madeOf, rowsAt } from "../support/random-training.ts";
import "../support/webassembly.ts";

/**
 * Every sort of rows: examples, steps of two histories, steps less one, sets of rows and of steps, tables of
 * few rows and of many. Batch statistics are those of an input: a gradient through those of one or two
 * examples is mostly rounding.
 */
const spec = `model shapes
features user { last : id  share item_id }
features item {
  item_id : id                  embed 5
  kind    : int(0..0)           embed 3
  tags    : set(id, max: 300)   embed 4
  price   : number
}
history clicks(max: 300) {
  item_id <-> clicked
  tags    <-> clicked_tags
}
history views(max: 300) { item_id <-> viewed }
label click : binary
net {
  let interest = sum(clicks * softmax(dot(clicks, concat(item_id, tags))))
  let states   = gru(views, width: 4)
  let next     = after_first(views)
  predict click = (concat(item_id, kind, tags, interest, last(states), last, batch_norm(price)) |> dense(6) |> tanh |> dense(1)) + weight(item_id) |> sigmoid
  loss following(weight: 0.1) = sum(log_loss(dot(linear(before_last(states), 5), next), 1))
}
train { batch 8  optimizer adagrad(learning_rate: 0.05) }`;

const made = madeOf(modelOf(spec), 30);

interface Shape {
  readonly size: number;
  readonly steps: (row: number, random: Random) => number;
  readonly values: (random: Random) => number;
  readonly seed: number;
}

const some = (most: number) => (_: number, random: Random) => random.integer(most + 1);

async function batchOf({ size, steps, values, seed }: Shape): Promise<Batch> {
  const rows = randomRows(made.program, made.tables, { rows: size, steps, values, seed });
  return (await batchesOf(rows, size, made))[0]!;
}

/** What each number may be off, relative to numbers above 1: f32, from the same weights. */
const TOLERANCE = 2e-5;

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(found.length, what).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    if (!(Math.abs(found[i]! - wanted[i]!) <= TOLERANCE * Math.max(1, Math.abs(wanted[i]!))))
      expect.fail(`${what} [${i}]: ${found[i]}, not ${wanted[i]}`);
}

/**
 * Not a number, and a place that no memory has: in all that a batch is laid out in, so that what is read
 * before it is written, or beside it, shows.
 */
const POISON = 0x7fc00000;

function poison(session: TrainingSession): void {
  const { trainer } = session as unknown as {
    readonly trainer: { readonly ints: Int32Array; readonly layout: { readonly from: number } };
  };
  trainer.ints.fill(POISON, trainer.layout.from / 4);
}

/** The batch in what room the session has: where that is not enough, beside it. */
function inRoomOf({ room }: TrainingSession, batch: Batch, number: number): Batch {
  if (room === null) return batch;
  const arrays = new RoomArrays(room);
  for (let i = 0; i < number; i++) arrays.nextBatch();
  const moved = <T extends Float32Array | Int32Array>(
    named: ReadonlyMap<string, T>,
  ): ReadonlyMap<string, T> =>
    new Map(
      [...named].map(([name, values]) => {
        const place = (values instanceof Int32Array ? arrays.ints : arrays.floats)(values.length);
        place.set(values);
        return [name, place as T];
      }),
    );
  const { inputs, segments, tables, own } = batch;
  const parts = { inputs: moved(inputs), segments: moved(segments), tables: moved(tables), own: moved(own) };
  return { ...batch, ...parts, isInRoom: true };
}

/**
 * Steps on all the batches in one session, with tables that it holds or that are changed outside, and room
 * for batches of so many bytes.
 */
async function trainOn(
  shapes: readonly Shape[],
  form: SimdForm,
  isHeld: boolean,
  batchBytes: number,
): Promise<void> {
  const { program, tables } = made;
  const { step, settings, tables: names } = program;
  const { seed } = settings;
  const given = new Map(tables.map((each) => [each.name, initialTable(each, settings, null)]));
  const initial = initialParameters(step, seed);
  const session = openSession({ threads: null, form }, program, initial, isHeld ? given : null, batchBytes);
  expect(session.room !== null).toBe(batchBytes > 0);
  const { holds } = session;
  expect(holds !== null).toBe(isHeld);
  // Views that are taken once, as the loop does.
  const host = new Map<string, HostTable>(
    [...given].map(([name, table]) => [name, holds === null ? table : { ...table, ...holds.get(name)! }]),
  );
  for (const [number, shape] of shapes.entries()) {
    const batch = await batchOf(shape);
    const scalars = scalarsAt(settings, number + 1, shapes.length);
    const before = new Map(
      [...host].map(([name, table]) => [
        name,
        { ...table, values: table.values.slice(), slots: table.slots.map((slot) => slot.slice()) },
      ]),
    );
    const rows = Object.fromEntries(
      names.map((name) => [
        name,
        Float32Array.from(rowsAt(host.get(name)!.values, batch.tables.get(name)!, host.get(name)!.width)),
      ]),
    );
    const wanted = evaluated(step, batch, scalars, {
      parameters: Object.fromEntries(session.read()),
      tables: rows,
    });
    const predicted = evaluated(
      program.predict,
      batch,
      {},
      {
        parameters: Object.fromEntries(session.read()),
        tables: rows,
      },
    );
    const where = `in step ${number}, of ${batch.size} examples`;
    const logits = session.predict({ batch, rows, scalars: {} });
    expectClose(logits["click"]!, predicted.outputs.get("logit.click")!, `logits ${where}`);
    poison(session);
    const placed = inRoomOf(session, batch, number);
    const result = session.step({ batch: placed, rows: isHeld ? {} : rows, scalars });
    expectClose([result.loss], wanted.outputs.get("loss")!, `loss ${where}`);
    for (const [name, values] of session.read())
      expectClose(values, wanted.updates.get(name)!, `${name} ${where}`);
    const gradients = Object.fromEntries(
      names.map((name) => [name, Float32Array.from(wanted.outputs.get(outputNames.gradient(name))!)]),
    );
    updateTables(before, settings, batch, gradients, scalars);
    if (!isHeld) {
      for (const name of names)
        expectClose(result.gradients[name]!, gradients[name]!, `gradient of ${name} ${where}`);
      updateTables(host, settings, batch, result.gradients, scalars);
    }
    for (const [name, { values, slots }] of before) {
      expectClose(host.get(name)!.values, values, `table ${name} ${where}`);
      slots.forEach((slot, i) => {
        expectClose(host.get(name)!.slots[i]!, slot, `slot of ${name} ${where}`);
      });
    }
  }
  session.dispose();
}

const forms: readonly SimdForm[] = bestForm() === "plain" ? ["plain"] : ["plain", "relaxed"];
const ways = forms.flatMap((form) => [
  [form, true, 0] as const,
  [form, false, 0] as const,
  // Enough for some of the batches, and for some arrays of others.
  [form, true, 2_000] as const,
]);

describe.each(ways)("%s, with tables held: %s, and %i bytes of room for a batch", (form, isHeld, room) => {
  const shape = (size: number, more: Partial<Shape> = {}): Shape => ({
    ...{ size, steps: some(6), values: (random: Random) => random.integer(4), seed: size },
    ...more,
  });
  const oneLong = shape(5, { steps: (row) => (row === 3 ? 300 : 0), values: () => 1 });

  test.each<readonly [string, readonly Shape[]]>([
    ["a batch of one", [shape(1), shape(1, { steps: some(0) })]],
    ["histories that are all empty", [shape(9, { steps: some(0) })]],
    ["sets without values", [shape(9, { values: () => 0 })]],
    ["neither steps nor values", [shape(3, { steps: some(0), values: () => 0 })]],
    ["one row with the longest history, and none with another", [oneLong]],
    ["a set of many values", [shape(2, { values: () => 60, steps: some(2) })]],
    [
      "as many examples as a slice has, one less and one more",
      [SLICES - 1, SLICES, SLICES + 1].map((n) => shape(n)),
    ],
    [
      "batches that grow and shrink",
      [shape(2), shape(70), shape(1), oneLong, shape(3, { steps: some(0) }), shape(150), shape(4)],
    ],
  ])("%s", async (_, shapes) => {
    await trainOn(shapes, form, isHeld, room);
  });

  test("any shapes one after the other", { timeout }, async () => {
    const anyShape = fc
      .record({
        size: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 90 })),
        most: fc.constantFrom(0, 1, 3, 20),
        share: fc.constantFrom(0.1, 0.5, 1),
        set: fc.constantFrom(0, 1, 5),
        seed: fc.nat(),
      })
      .map(
        ({ size, most, share, set, seed }): Shape => ({
          ...{ size, seed, values: (random) => random.integer(set + 1) },
          steps: (_, random) => (random.next() < share ? random.integer(most + 1) : 0),
        }),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(anyShape, { minLength: 1, maxLength: 4 }), (shapes) =>
        trainOn(shapes, form, isHeld, room),
      ),
      { numRuns: runs(3) },
    );
  });
});

test.each(["examples", "steps"] as const)(
  "every example is in one block of %s, and every block in one slice, in their order",
  (kind) => {
    const lengths = fc.array(fc.oneof(fc.constant(0), fc.nat(4), fc.nat(300)), { maxLength: 200 });
    fc.assert(
      fc.property(lengths, (each) => {
        const starts = new Int32Array(each.length + 1);
        for (const [i, length] of each.entries()) starts[i + 1] = starts[i]! + length;
        const { [kind]: cut, steps } = cutBlocks(each.length, [starts]);
        const { cuts, examples, count } = cut;
        expect([examples[0], examples.at(-1), examples.length]).toEqual([0, each.length, count + 1]);
        expect([cuts[0], cuts[SLICES]]).toEqual([0, count]);
        for (let block = 0; block < count; block++)
          expect(examples[block + 1]).toBeGreaterThanOrEqual(examples[block]!);
        for (let slice = 0; slice < SLICES; slice++) expect(cuts[slice + 1]).toBeGreaterThan(cuts[slice]!);
        // What one run leaves for the next is of the same slice.
        for (let slice = 0; slice <= SLICES; slice++)
          expect(examples[cuts[slice]!]).toBe(steps.examples[steps.cuts[slice]!]);
      }),
    );
  },
);

test("whoever takes slices in whatever order, bits are the same", async () => {
  const { program, tables } = made;
  const { step, settings } = program;
  const sizes = [40, 3, 90, 17];
  const shapes = sizes.map(
    (size): Shape => ({ size, steps: some(9), values: (random) => random.integer(4), seed: size }),
  );
  const batches = await Promise.all(shapes.map(batchOf));
  const trained = (random: Random | null) => {
    const given = new Map(
      tables.map((each) => [each.name, initialTable(each, { ...settings, seed: 1 }, null)]),
    );
    const initial = initialParameters(step, 1);
    const session = openSession({ threads: null, form: "plain" }, program, initial, given);
    const { slices } = (session as unknown as SessionInside).trainer.computer.plain;
    slices.alone = (scratch) => {
      for (const [phase, compute] of slices.slices.entries()) {
        const order = random?.order(SLICES) ?? Array.from({ length: SLICES }, (_, i) => i);
        for (const slice of order) compute(slice, scratch);
        slices.afters[phase]!(scratch);
      }
    };
    for (let number = 1; number <= 20; number++) {
      const batch = batches[number % batches.length]!;
      session.step({ batch, rows: {}, scalars: scalarsAt(settings, number, 20) });
    }
    const held = [...session.holds!.values()].flatMap(({ values, slots }) => [values, ...slots]);
    return [...session.read().values(), ...held].map((values) => values.slice());
  };
  const inOrder = trained(null);
  for (const seed of [1, 2, 3]) expect(trained(Random.of(seed, "order of slices"))).toEqual(inOrder);
});

interface SessionInside {
  readonly trainer: { readonly computer: { readonly plain: { readonly slices: SlicesInside } } };
}

/** What threads call. */
interface SlicesInside {
  readonly slices: readonly ((slice: number, scratch: number) => void)[];
  readonly afters: readonly ((scratch: number) => void)[];
  alone: (scratch: number) => void;
}
