// The averages that batch_norm and dice predict by, step by step against plain loops over the rows of all batches: batches of
// unequal size, histories that no row has, values of a feature that come seldom or alone, and unknown ones.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { MANY_ROWS, rowsSlot } from "../../compiler/middle/programs/moving-averages.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { type AveragedRow, averagedFeeds, averagesProgram, VALUES } from "../support/averages.ts";

const usual = averagesProgram(null);

type Parameters = Map<string, ArrayLike<number>>;

/** Every parameter after a step on `rows`. */
function after(program: typeof usual, before: Parameters, rows: readonly AveragedRow[]): Parameters {
  const { feeds, layout } = averagedFeeds(before, rows);
  return new Map([...before, ...evaluate(program.step, feeds, layout).updates]);
}

const begun = (program = usual): Parameters => new Map(initialParameters(program.step, 1));
const through = (batches: readonly (readonly AveragedRow[])[], program = usual) =>
  batches.reduce((parameters, rows) => after(program, parameters, rows), begun(program));

interface Batch {
  readonly numbers: readonly number[];
  /** How much each counts. */
  readonly weights: readonly number[];
  /** What each is normalised around; null for the mean. */
  readonly centres: readonly (number | null)[];
}

const meanOf = (numbers: readonly number[], weights: readonly number[]) =>
  sum(numbers.map((number, i) => number * weights[i]!)) / sum(weights);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const whole = (numbers: readonly number[]): Batch => ({
  numbers,
  weights: numbers.map(() => 1),
  centres: numbers.map(() => null),
});

/** The definition: the mean and variance of all numbers of all batches, each batch counting by how long ago it was. */
function expected(batches: readonly Batch[], momentum: number) {
  const met = batches.map(({ numbers, weights, centres }) => {
    const rows = sum(weights);
    const mean = meanOf(numbers, weights);
    const squares = numbers.map((number, i) => weights[i]! * (number - (centres[i] ?? mean)) ** 2);
    return { rows, mean, squares: sum(squares) };
  });
  const averaged = (
    of: typeof met,
    top: (batch: (typeof met)[0]) => number,
    bottom: (rows: number) => number,
  ) => {
    const ages = of.map((_, i) => momentum ** (of.length - 1 - i));
    return (
      sum(of.map((batch, i) => ages[i]! * top(batch))) / sum(of.map(({ rows }, i) => ages[i]! * bottom(rows)))
    );
  };
  const some = met.filter(({ rows }) => rows > 0.5);
  const several = met.filter(({ rows }) => rows > 1.5);
  return {
    mean:
      some.length === 0
        ? 0
        : averaged(
            some,
            ({ rows, mean }) => rows * mean,
            (rows) => rows,
          ),
    variance:
      several.length === 0
        ? 1
        : averaged(
            several,
            ({ squares }) => squares,
            (rows) => rows - 1,
          ),
  };
}

/** What the layer `name` predicts by, for each value of a feature where it has some. */
function found(parameters: Parameters, name: string) {
  const of = (statistic: string) => [...Array.from(parameters.get(`net.${name}.${statistic}`)!)];
  const share = parameters.has(`net.${name}.share`) ? of("share") : [1];
  const divided = (statistic: string) => of(statistic).map((each, i) => each / share[i]!);
  return { mean: divided("mean"), variance: divided("variance") };
}

function expectAll(parameters: Parameters, batches: readonly (readonly AveragedRow[])[], momentum = 0.9) {
  const near = (name: string, layer: readonly Batch[][]) => {
    const { mean, variance } = found(parameters, name);
    for (const [i, of] of layer.entries()) {
      const wanted = expected(of, momentum);
      expect(mean[i], `${name}, mean ${i}`).toBeCloseTo(wanted.mean, 8);
      expect(variance[i], `${name}, variance ${i}`).toBeCloseTo(wanted.variance, 8);
    }
  };
  const prices = (rows: readonly AveragedRow[]) => rows.map(({ price }) => price);
  near("row.batch_norm_1", [batches.map((rows) => whole(prices(rows)))]);
  near("steps.dice_1", [batches.map((rows) => whole(rows.flatMap(({ worths }) => worths)))]);
  const lists = batches.map((rows) => whole(prices(rows).flatMap((price) => [price, price * price])));
  near("list.batch_norm_1", [lists]);
  const weight = (row: AveragedRow, value: number) =>
    row.domain === null ? 1 / VALUES : Number(row.domain === value);
  const parts = batches.map((rows) => {
    const numbers = prices(rows);
    const weights = [0, 1, 2].map((value) => rows.map((row) => weight(row, value)));
    // An unknown value is normalised by all of them.
    const all = sum(weights.map((own) => meanOf(numbers, own))) / VALUES;
    const centres = rows.map(({ domain }) => (domain === null ? all : null));
    return weights.map((own) => ({ numbers, weights: own, centres }));
  });
  near(
    "own.batch_norm_1",
    [0, 1, 2].map((value) => parts.map((batch) => batch[value]!)),
  );
}

const someRow = fc.record({
  price: fc.integer({ min: -40, max: 40 }).map((n) => n / 8),
  domain: fc.constantFrom(0, 0, 0, 1, 1, 2, null),
  worths: fc.array(
    fc.integer({ min: -40, max: 40 }).map((n) => n / 8),
    { maxLength: 2 },
  ),
});
const someBatches = fc.array(fc.array(someRow, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 6,
});

describe("the averages after some batches", () => {
  test("are those of all their rows, of which the latest batches count most", () => {
    fc.assert(
      fc.property(someBatches, (batches) => expectAll(through(batches), batches)),
      { numRuns: 60 },
    );
  });

  test("follow as `momentum` says", () => {
    const momenta = fc.constantFrom(0.5, 0.75, 0.99, 0.999);
    fc.assert(
      fc.property(momenta, someBatches, (momentum, batches) =>
        expectAll(through(batches, averagesProgram(momentum)), batches, momentum),
      ),
      { numRuns: 20 },
    );
  });

  test("are those of a batch that comes again and again, after the first step already", () => {
    const runs = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.array(someRow, { minLength: 2, maxLength: 6 }), runs, (rows, times) => {
        expectAll(through(Array.from({ length: times }, () => rows)), [rows]);
      }),
      { numRuns: 40 },
    );
  });
});

const row = (price: number, domain: number | null, ...worths: number[]): AveragedRow => ({
  price,
  domain,
  worths,
});

test("a batch in which no row has a history changes nothing of it, and is not counted", () => {
  const batches = [[row(1, 0, 3, 5), row(2, 0)], [row(4, 0), row(7, 0)], [row(0, 0, 10, 12)]];
  const { mean, variance } = found(through(batches), "steps.dice_1");
  expect(mean[0]).toBeCloseTo((0.9 * 8 + 22) / (0.9 * 2 + 2), 12);
  expect(variance[0]).toBeCloseTo((0.9 * 2 + 2) / (0.9 + 1), 12);
});

test("a value that was absent for a thousand batches predicts by its own rows, bit by bit as before", () => {
  const others = [row(1, 0), row(3, 0), row(5, 1)];
  const before = through([[row(20, 2), row(22, 2), row(1, 0)], others]);
  let later = before;
  for (let i = 0; i < 1000; i++) later = after(usual, later, others);
  expect(found(later, "own.batch_norm_1").mean[2]).toBe(found(before, "own.batch_norm_1").mean[2]);
  expect(found(later, "own.batch_norm_1").mean[2]).toBeCloseTo(21, 9);
  expect(found(later, "own.batch_norm_1").variance[2]).toBeCloseTo(2, 9);
});

test("a value with one row in each batch has their mean, and no variance of 0", () => {
  const batches = Array.from({ length: 30 }, (_, i) => [row(10 + (i % 2), 2), row(1, 0), row(2, 0)]);
  const { mean, variance } = found(through(batches), "own.batch_norm_1");
  expect(mean[2]).toBeGreaterThan(10.4);
  expect(mean[2]).toBeLessThan(10.6);
  expect(variance[2]).toBeCloseTo(1, 12);
});

test("a last batch of one row hardly moves them", () => {
  const batch = Array.from({ length: 64 }, (_, i) => row(i / 8, i % 2));
  const parameters = through([batch, batch, [row(100, 1)]]);
  expect(found(parameters, "row.batch_norm_1").mean[0]).toBeLessThan(4.9);
  expect(found(parameters, "row.batch_norm_1").variance[0]).toBeCloseTo(
    found(through([batch]), "row.batch_norm_1").variance[0]!,
    9,
  );
});

test("averages whose rows are not known move as those of many batches", () => {
  const statistics = [...usual.step.parameters.values()].filter(({ name }) => name.startsWith("rows/"));
  expect(statistics.map(({ name }) => name)).toContain(rowsSlot("net.own.batch_norm_1.variance"));
  const before = begun();
  for (const { name } of statistics)
    before.set(name, new Float32Array(before.get(name)!.length).fill(MANY_ROWS));
  const rows = [row(1, 0, 1, 2), row(5, 0, 6), row(9, 1), row(9, 1)];
  const later = after(usual, after(usual, before, rows), rows);
  const { mean, variance } = found(later, "row.batch_norm_1");
  expect(mean[0]).toBeCloseTo(6 * 0.1 * 1.9, 9);
  expect(variance[0]).toBeCloseTo(0.81 + (44 / 3) * 0.19, 9);
  const own = found(later, "own.batch_norm_1");
  expect(own.mean).toEqual([expect.closeTo(3 * 0.19, 9), expect.closeTo(9 * 0.19, 9), 0]);
  expect(own.variance).toEqual([
    expect.closeTo(0.81 + 8 * 0.19, 9),
    expect.closeTo(0.81, 9),
    expect.closeTo(1, 9),
  ]);
  expect(Array.from(later.get(rowsSlot("net.own.batch_norm_1.mean"))!)[2]).toBe(MANY_ROWS);
});
