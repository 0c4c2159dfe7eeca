// Calibration curves by their definitions: the isotonic step function has the least squares, Platt's line the
// largest likelihood of his targets, no fitted curve is worse on its rows than none, and the Graph computes
// them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { type Curve, calibrated, IDENTITY } from "../../compiler/middle/calibration/curve.ts";
import {
  calibratedRows,
  expectedRows,
  fitCurve,
  fitSegments,
  LEAST_OF_A_CLASS,
  lossOf,
} from "../../compiler/middle/calibration/fit.ts";
import { isotonicBlocks, isotonicCurve, rateOf } from "../../compiler/middle/calibration/isotonic.ts";
import { plattLine, smoothedLoss } from "../../compiler/middle/calibration/platt.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import {
  calibrationName,
  calibrationValues,
  withCalibration,
} from "../../compiler/middle/programs/calibrated.ts";
import { inputOf } from "../../compiler/middle/programs/program.ts";

interface Rows {
  readonly logits: Float32Array;
  readonly labels: Float32Array;
}

const rowsOf = (pairs: readonly (readonly [number, number])[]): Rows => ({
  logits: Float32Array.from(pairs, ([logit]) => logit),
  labels: Float32Array.from(pairs, ([, label]) => label),
});

/** Logits of quarters, so that many tie. */
const anyRows = (maxLength: number) =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: -12, max: 12 }).map((x) => x / 4),
        fc.constantFrom(0, 1),
      ),
      { minLength: 2, maxLength },
    )
    .map(rowsOf);
const ofBothClasses = (maxLength: number) =>
  anyRows(maxLength).filter(({ labels }) => labels.includes(0) && labels.includes(1));

/** Rows whose logits are too sure, or too low, by much. */
function simulated(count: number, seed: number, slope: number, shift: number): Rows {
  const random = new Random(seed);
  return rowsOf(
    Array.from({ length: count }, () => {
      const logit = Math.fround(2 * random.normal());
      return [logit, random.next() < 1 / (1 + Math.exp(-(slope * logit + shift))) ? 1 : 0];
    }),
  );
}

describe("isotonic blocks", () => {
  /** max over i ≤ k of min over j ≥ k of the mean of distinct logits i … j: the solution in closed form. */
  function closedForm({ logits, labels }: Rows): number[] {
    const distinct = [...new Set(logits)].sort((a, b) => a - b);
    const of = distinct.map((logit) => {
      const own = [...labels].filter((_, row) => logits[row] === logit);
      return { rows: own.length, clicks: own.reduce((a, b) => a + b, 0) };
    });
    const mean = (from: number, to: number) => {
      const part = of.slice(from, to + 1);
      return part.reduce((s, { clicks }) => s + clicks, 0) / part.reduce((s, { rows }) => s + rows, 0);
    };
    return distinct.map((_, k) =>
      Math.max(
        ...distinct
          .slice(0, k + 1)
          .map((__, i) => Math.min(...distinct.slice(k).map((___, j) => mean(i, k + j)))),
      ),
    );
  }

  test("are those of the non-decreasing function with the least squares, and their rates rise", () => {
    fc.assert(
      fc.property(anyRows(30), (rows) => {
        const blocks = isotonicBlocks(rows.logits, rows.labels);
        const rates = blocks.map(rateOf);
        for (let i = 1; i < rates.length; i++) expect(rates[i]!).toBeGreaterThan(rates[i - 1]!);
        const expected = closedForm(rows);
        const distinct = [...new Set(rows.logits)].sort((a, b) => a - b);
        let [at, left] = [0, blocks[0]!.rows];
        for (const [k, logit] of distinct.entries()) {
          expect(rates[at]).toBeCloseTo(expected[k]!, 12);
          left -= rows.logits.filter((each) => each === logit).length;
          if (left === 0) left = blocks[++at]?.rows ?? 0;
        }
        expect(blocks.reduce((sum, block) => sum + block.rows, 0)).toBe(rows.logits.length);
      }),
    );
  });

  test("become a curve that rises, neither steeply nor flatly, with few points", () => {
    fc.assert(
      fc.property(anyRows(200), (rows) => {
        const curve = isotonicCurve(rows.logits, rows.labels, 12);
        if (curve?.kind !== "knots") return;
        expect(curve.x.length).toBeLessThanOrEqual(12);
        for (let i = 1; i < curve.x.length; i++) {
          const slope = (curve.y[i]! - curve.y[i - 1]!) / (curve.x[i]! - curve.x[i - 1]!);
          expect(slope).toBeGreaterThan(0.0199);
          expect(slope).toBeLessThan(4.0001);
        }
      }),
    );
  });

  test("of rows that fall with the logit say one rate, which is no curve", () => {
    expect(
      isotonicCurve(
        ...columns(
          rowsOf([
            [0, 1],
            [1, 0],
            [2, 0],
          ]),
        ),
        64,
      ),
    ).toBeNull();
  });
});

function columns({ logits, labels }: Rows): [Float32Array, Float32Array] {
  return [logits, labels];
}

describe("Platt's line", () => {
  test("has the largest likelihood of the smoothed targets", () => {
    fc.assert(
      fc.property(
        ofBothClasses(60),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (rows, slope, shift) => {
          const best = smoothedLoss(plattLine(...columns(rows)), ...columns(rows));
          expect(best).toBeLessThanOrEqual(
            smoothedLoss({ kind: "line", slope, shift }, ...columns(rows)) + 1e-7 * rows.logits.length,
          );
        },
      ),
    );
  });

  test("finds what spoiled the logits", () => {
    const line = plattLine(...columns(simulated(40_000, 1, 0.5, -1)));
    expect(line.slope).toBeCloseTo(0.5, 1);
    expect(line.shift).toBeCloseTo(-1, 1);
  });
});

describe.each(["platt", "isotonic"] as const)("a curve by %s", (method) => {
  test("is never worse in log loss on the rows that it is fitted on", () => {
    fc.assert(
      fc.property(ofBothClasses(80), (rows) => {
        const curve = fitCurve(method, ...columns(rows));
        expect(lossOf(curve, ...columns(rows))).toBeLessThanOrEqual(lossOf(IDENTITY, ...columns(rows)));
      }),
    );
  });

  test("rises, so that no order of scores changes", () => {
    const logit = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(ofBothClasses(80), logit, logit, (rows, a, b) => {
        fc.pre(Math.abs(a - b) > 1e-9);
        const curve = fitCurve(method, ...columns(rows));
        expect(Math.sign(calibrated(curve, a) - calibrated(curve, b))).toBe(Math.sign(a - b));
      }),
    );
  });

  test("is right on rows that it has not seen", () => {
    const curve = fitCurve(method, ...columns(simulated(20_000, 2, 0.6, -0.7)));
    const others = simulated(20_000, 3, 0.6, -0.7);
    const best = lossOf({ kind: "line", slope: 0.6, shift: -0.7 }, ...columns(others));
    const before = lossOf(IDENTITY, ...columns(others));
    expect(lossOf(curve, ...columns(others)) - best).toBeLessThan((before - best) / 20);
  });

  test("is made of each segment that has rows enough, and of all rows for the others", () => {
    const [much, low] = [simulated(5000, 4, 1, 2), simulated(5000, 5, 1, -2)];
    const few = simulated(LEAST_OF_A_CLASS, 6, 1, 0);
    const logits = Float32Array.from([much, low, few].flatMap((rows) => [...rows.logits]));
    const labels = Float32Array.from([much, low, few].flatMap((rows) => [...rows.labels]));
    const segments = Int32Array.from(
      [much, low, few].flatMap((rows, id) => [...rows.logits].map(() => id + 2)),
    );
    const curves = fitSegments(method, logits, labels, segments);
    expect([...curves.byId.keys()]).toEqual([2, 3]);
    expect(calibrated(curves.byId.get(2)!, 0)).toBeCloseTo(2, 0);
    expect(calibrated(curves.byId.get(3)!, 0)).toBeCloseTo(-2, 0);
    const found = calibratedRows(curves, logits, segments);
    expect(found[0]).toBeCloseTo(calibrated(curves.byId.get(2)!, logits[0]!), 5);
    expect(found.at(-1)).toBeCloseTo(calibrated(curves.all, logits.at(-1)!), 5);
  });

  test("is expected to do on new rows what rows of other users say", () => {
    const rows = simulated(4000, 7, 0.5, 0);
    // A segment for each user, whom nobody else knows anything of.
    const users = Int32Array.from(rows.logits, (_, row) => row % 20);
    const expected = expectedRows(method, ...columns(rows), users, users, 1);
    const [own, all] = [
      calibratedRows(fitSegments(method, ...columns(rows), users), rows.logits, users),
      calibratedRows(fitSegments(method, ...columns(rows), null), rows.logits, null),
    ];
    const loss = (logits: Float32Array) => lossOf(IDENTITY, logits, rows.labels);
    expect(loss(own)).toBeLessThan(loss(all));
    expect(loss(expected)).toBeGreaterThan(loss(all));
  });
});

describe("a Graph", () => {
  const anyCurve: fc.Arbitrary<Curve> = fc.oneof(
    fc.record({
      kind: fc.constant("line" as const),
      slope: fc.double({ min: 0.02, max: 4, noNaN: true }),
      shift: fc.double({ min: -4, max: 4, noNaN: true }),
    }),
    ofBothClasses(60)
      .map((rows) => isotonicCurve(...columns(rows), 16))
      .filter((curve) => curve !== null),
  );
  const logits = Float32Array.from({ length: 61 }, (_, i) => (i - 30) / 4);

  function forward() {
    const graph = new GraphBuilder();
    const rows = { kind: "each", per: "example" } as const;
    const logit = graph.add(
      "input",
      [],
      inputOf({ kind: "feature", feature: "x", history: null }, { rows, dims: [1], dtype: "f32" }),
    );
    graph.output({ kind: "logit", of: "click" }, logit);
    return graph.finish();
  }
  const layout = exampleLayout({ examples: logits.length, lengths: {}, tables: { "calibration/click": 4 } });

  test("computes a curve", () => {
    fc.assert(
      fc.property(anyCurve, (all) => {
        const values = calibrationValues("isotonic", { all, byId: new Map() }, null);
        const graph = validate(withCalibration(forward(), new Map([["click", values]]), null));
        const parameters = { [calibrationName("click")]: values.values };
        const { outputs } = evaluate(graph, { inputs: { x: logits }, parameters, tables: {} }, layout);
        for (const [i, found] of outputs.get(outputNames.logit("click"))!.entries())
          expect(found).toBeCloseTo(calibrated(all, logits[i]!), 4);
      }),
    );
  });

  test("computes a line as a slope and a shift", () => {
    const values = calibrationValues(
      "platt",
      { all: { kind: "line", slope: 2, shift: -1 }, byId: new Map() },
      null,
    );
    expect([...values.values]).toEqual([2, -1]);
    const graph = validate(withCalibration(forward(), new Map([["click", values]]), null));
    const parameters = { [calibrationName("click")]: values.values };
    const { outputs } = evaluate(graph, { inputs: { x: logits }, parameters, tables: {} }, layout);
    expect([...outputs.get(outputNames.logit("click"))!]).toEqual([...logits].map((z) => 2 * z - 1));
  });

  test("computes the curve of each row's segment", () => {
    fc.assert(
      fc.property(anyCurve, anyCurve, (all, own) => {
        const values = calibrationValues("isotonic", { all, byId: new Map([[2, own]]) }, 4);
        const graph = validate(withCalibration(forward(), new Map([["click", values]]), "tab"));
        const tab = Int32Array.from(logits, (_, i) => i % 4);
        const tables = { [calibrationName("click")]: values.values };
        const { outputs } = evaluate(graph, { inputs: { x: logits, tab }, parameters: {}, tables }, layout);
        for (const [i, found] of outputs.get(outputNames.logit("click"))!.entries())
          expect(found).toBeCloseTo(calibrated(tab[i] === 2 ? own : all, logits[i]!), 4);
      }),
    );
  });
});
