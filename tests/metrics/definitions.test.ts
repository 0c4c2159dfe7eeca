// Every metric against its definition, computed another way: over all pairs, over all thresholds, over all orders of what
// ties, bin by bin.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import { measure } from "../../compiler/middle/metrics/registry.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import { measured, type Row, rowsUpTo, USER, valueFor } from "./rows.ts";

function expectSame(actual: number, expected: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(actual).toBeCloseTo(expected, 12);
}

const clicksOf = (rows: readonly Row[]) => rows.filter(({ label }) => label === 1).length;
const usersOf = (rows: readonly Row[]) =>
  [...new Set(rows.map(({ user }) => user))].map((user) => rows.filter((row) => row.user === user));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

/** Right pairs plus half the ties, over all pairs of a click and a row that is none. */
function pairwise(rows: readonly Row[]): number {
  let right = 0;
  let pairs = 0;
  for (const click of rows.filter(({ label }) => label === 1))
    for (const other of rows.filter(({ label }) => label === 0)) {
      pairs += 1;
      right += click.logit > other.logit ? 1 : click.logit === other.logit ? 0.5 : 0;
    }
  return pairs === 0 ? Number.NaN : right / pairs;
}

test("AUC is the share of pairs in the right order, ties counting one half", () => {
  fc.assert(fc.property(rowsUpTo(60), (rows) => expectSame(valueFor({ kind: "auc" }, rows), pairwise(rows))));
});

test.each<Extract<Metric, { kind: "gauc" }>["weight"]>(["impressions", "clicks", "none"])(
  "GAUC weighted by %s is the weighted mean of users' AUC, users of one class skipped",
  (weight) => {
    fc.assert(
      fc.property(rowsUpTo(60), (rows) => {
        const users = usersOf(rows);
        const used = users.filter((own) => !Number.isNaN(pairwise(own)));
        const weights = used.map(
          (own) => ({ impressions: own.length, clicks: clicksOf(own), none: 1 })[weight],
        );
        const total = weights.reduce((sum, each) => sum + each, 0);
        const sum = used.reduce((all, own, i) => all + weights[i]! * pairwise(own), 0);
        const { value, groups } = measured({ kind: "gauc", by: USER, weight }, rows);
        expectSame(value, sum / total);
        expect(groups).toEqual({ count: users.length, skipped: users.length - used.length });
      }),
    );
  },
);

test("PR-AUC is average precision: at each threshold, precision times what recall gains", () => {
  fc.assert(
    fc.property(rowsUpTo(60), (rows) => {
      let [area, recallBefore] = [0, 0];
      const thresholds = [...new Set(rows.map(({ logit }) => logit))].sort((a, b) => b - a);
      for (const threshold of thresholds) {
        const predicted = rows.filter(({ logit }) => logit >= threshold);
        const recall = clicksOf(predicted) / clicksOf(rows);
        area += (recall - recallBefore) * (clicksOf(predicted) / predicted.length);
        recallBefore = recall;
      }
      expectSame(valueFor({ kind: "pr_auc" }, rows), area);
    }),
  );
});

describe("log loss", () => {
  test("is the mean of −log of the label's probability", () => {
    fc.assert(
      fc.property(rowsUpTo(60), (rows) => {
        const losses = rows.map(({ logit, label }) => -Math.log(sigmoid(label === 1 ? logit : -logit)));
        expect(valueFor({ kind: "log_loss" }, rows)).toBeCloseTo(mean(losses), 12);
      }),
    );
  });

  test("grows linearly for confident mistakes instead of overflowing", () => {
    const loss = (...pairs: readonly [number, 0 | 1][]) =>
      valueFor(
        { kind: "log_loss" },
        pairs.map(([logit, label]) => ({ logit, label, user: 0 })),
      );
    expect(loss([800, 0])).toBe(800);
    expect(loss([Number.POSITIVE_INFINITY, 1], [-800, 0])).toBe(0);
    expect(loss([Number.NEGATIVE_INFINITY, 1])).toBe(1e4);
  });
});

describe("normalised entropy", () => {
  test("is the log loss over that of the click rate, and undefined where rows have one class", () => {
    fc.assert(
      fc.property(rowsUpTo(60), (rows) => {
        const rate = clicksOf(rows) / rows.length;
        const constant = rows.map((row) => ({ ...row, logit: Math.log(rate / (1 - rate)) }));
        const expected =
          rate === 0 || rate === 1
            ? Number.NaN
            : valueFor({ kind: "log_loss" }, rows) / valueFor({ kind: "log_loss" }, constant);
        const value = valueFor({ kind: "ne" }, rows);
        if (Number.isNaN(expected)) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(expected, 6);
      }),
    );
  });

  test("is 1 where all rows have the click rate", () => {
    const rows = [1, 0, 0, 0].map((label): Row => ({ logit: -Math.log(3), label: label as 0 | 1, user: 0 }));
    expect(valueFor({ kind: "ne" }, rows)).toBeCloseTo(1, 6);
  });
});

test("accuracy is the share of rows on their side of the threshold, which belongs to clicks", () => {
  fc.assert(
    fc.property(rowsUpTo(60), fc.constantFrom(0.2, 0.5, 0.61), (rows, threshold) => {
      const right = rows.filter(({ logit, label }) => (sigmoid(logit) >= threshold ? 1 : 0) === label);
      expect(valueFor({ kind: "accuracy", threshold }, rows)).toBe(right.length / rows.length);
    }),
  );
});

describe("ECE", () => {
  /** By bin: |mean probability − click rate|, weighted by rows. */
  function errorOf(rows: readonly Row[], binOf: (row: Row) => number): number {
    const bins = new Map<number, Row[]>();
    for (const row of rows) bins.set(binOf(row), [...(bins.get(binOf(row)) ?? []), row]);
    return [...bins.values()].reduce((sum, bin) => {
      const gap = mean(bin.map(({ logit }) => sigmoid(logit))) - clicksOf(bin) / bin.length;
      return sum + (bin.length / rows.length) * Math.abs(gap);
    }, 0);
  }

  test("of bins of equal width", () => {
    fc.assert(
      fc.property(rowsUpTo(60), fc.integer({ min: 1, max: 20 }), (rows, bins) => {
        const binOf = ({ logit }: Row) => Math.floor(sigmoid(logit) * bins);
        expectSame(valueFor({ kind: "ece", bins, equal: "width" }, rows), errorOf(rows, binOf));
      }),
    );
  });

  test("of bins of equally many rows: a tie goes where its middle lies", () => {
    fc.assert(
      fc.property(rowsUpTo(60), fc.integer({ min: 1, max: 20 }), (rows, bins) => {
        const binOf = ({ logit }: Row) => {
          const below = rows.filter((row) => row.logit < logit).length;
          const tied = rows.filter((row) => row.logit === logit).length;
          return Math.floor((bins * (below + tied / 2)) / rows.length);
        };
        expectSame(valueFor({ kind: "ece", bins, equal: "rows" }, rows), errorOf(rows, binOf));
      }),
    );
  });

  test("has a table of the bins that have rows, and 1 belongs to the last", () => {
    const rows: Row[] = [
      { logit: -1, label: 0, user: 0 },
      { logit: -1.25, label: 1, user: 0 },
      { logit: 100, label: 1, user: 0 },
    ];
    const { table } = measured({ kind: "ece", bins: 4, equal: "width" }, rows);
    expect(table).toEqual([
      { rows: 1, lowest: sigmoid(-1.25), highest: sigmoid(-1.25), predicted: sigmoid(-1.25), observed: 1 },
      { rows: 1, lowest: sigmoid(-1), highest: sigmoid(-1), predicted: sigmoid(-1), observed: 0 },
      { rows: 1, lowest: 1, highest: 1, predicted: 1, observed: 1 },
    ]);
  });
});

describe("metrics of a ranking are the mean over users of the mean over all orders of tied rows", () => {
  /** All orders of `rows`, highest score first. */
  function* orders(rows: readonly Row[]): Generator<readonly Row[]> {
    if (rows.length === 0) yield [];
    const highest = Math.max(...rows.map(({ logit }) => logit));
    for (const [i, row] of rows.entries())
      if (row.logit === highest) for (const rest of orders(rows.toSpliced(i, 1))) yield [row, ...rest];
  }

  const gain = (labels: readonly number[], at: number) =>
    labels.slice(0, at).reduce((sum, label, i) => sum + label / Math.log2(i + 2), 0);
  const ofOneOrder: Record<"ndcg" | "hit_rate" | "mrr", (labels: readonly number[], at: number) => number> = {
    ndcg: (labels, at) =>
      gain(labels, at) /
      gain(
        labels.toSorted((a, b) => b - a),
        at,
      ),
    hit_rate: (labels, at) => (labels.slice(0, at).includes(1) ? 1 : 0),
    mrr: (labels) => 1 / (1 + labels.indexOf(1)),
  };

  test.each(["ndcg", "hit_rate", "mrr"] as const)("%s", (kind) => {
    fc.assert(
      fc.property(rowsUpTo(12, 3), fc.integer({ min: 1, max: 7 }), (rows, at) => {
        const users = usersOf(rows).map((own) => own.slice(0, 6));
        const clicked = users.filter((own) => clicksOf(own) > 0);
        const expected = mean(
          clicked.map((own) =>
            mean(
              [...orders(own)].map((order) =>
                ofOneOrder[kind](
                  order.map(({ label }) => label),
                  at,
                ),
              ),
            ),
          ),
        );
        const metric: Metric = kind === "mrr" ? { kind, by: USER } : { kind, by: USER, at };
        const { value, groups } = measured(metric, users.flat());
        expectSame(value, expected);
        expect(groups).toEqual({ count: users.length, skipped: users.length - clicked.length });
      }),
    );
  });
});

const other = (metric: Metric, rows: readonly Row[], outcome: "number" | "class") =>
  valueFor(metric, rows, outcome);

test("RMSE, MAE and R² are sums over rows", () => {
  fc.assert(
    fc.property(rowsUpTo(60), (rows) => {
      const squares = mean(rows.map(({ logit, label }) => (logit - label) ** 2));
      const centre = mean(rows.map(({ label }) => label));
      const variance = mean(rows.map(({ label }) => (label - centre) ** 2));
      expectSame(other({ kind: "rmse" }, rows, "number"), Math.sqrt(squares));
      expectSame(
        other({ kind: "mae" }, rows, "number"),
        mean(rows.map(({ logit, label }) => Math.abs(logit - label))),
      );
      expectSame(
        other({ kind: "r2" }, rows, "number"),
        variance < 1e-9 ? Number.NaN : 1 - squares / variance,
      );
    }),
  );
});

test("R² of labels far from 0 is not swallowed by their squares", () => {
  const rows = [0, 1, 2, 3].map((i) => ({ logit: 4096 + i, label: (4096 + (i % 2)) as 0 | 1, user: 0 }));
  expect(other({ kind: "r2" }, rows, "number")).toBeCloseTo(1 - 8 / 4 / 0.25, 9);
});

test("xAUC goes over all pairs whose labels differ", () => {
  fc.assert(
    fc.property(rowsUpTo(40), (rows) => {
      // Labels of several sizes.
      const sized = rows.map((row) => ({ ...row, label: (row.label * row.user) as 0 | 1 }));
      let [right, pairs] = [0, 0];
      for (const a of sized)
        for (const b of sized) {
          if (a.label <= b.label) continue;
          pairs += 1;
          right += a.logit > b.logit ? 1 : a.logit === b.logit ? 0.5 : 0;
        }
      expectSame(other({ kind: "xauc" }, sized, "number"), pairs === 0 ? Number.NaN : right / pairs);
    }),
  );
});

test("calibration compares sums of predictions and labels", () => {
  fc.assert(
    fc.property(rowsUpTo(60), (rows) => {
      const of = rows.reduce((sum, { label }) => sum + label, 0);
      const distance = (sum: number) => (of === 0 ? Number.NaN : Math.abs(sum / of - 1));
      const sums = [(x: number) => x, sigmoid].map((link) =>
        rows.reduce((sum, { logit }) => sum + link(logit), 0),
      );
      expectSame(other({ kind: "calibration" }, rows, "number"), distance(sums[0]!));
      expectSame(valueFor({ kind: "calibration" }, rows), distance(sums[1]!));
    }),
  );
});

describe("metrics of classes", () => {
  /** Three classes, whose logits are multiples of a quarter. */
  const classRows = fc.array(
    fc.record({
      logits: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -3, max: 3 }).map((x) => x / 4))),
      label: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 40 },
  );
  type ClassRow = typeof classRows extends fc.Arbitrary<(infer R)[]> ? R : never;
  const value = (metric: Metric, rows: readonly ClassRow[]) =>
    measure(
      metric,
      new LabelledScores(
        Float32Array.from(rows.flatMap(({ logits }) => logits)),
        Float32Array.from(rows, ({ label }) => label),
        new Map(),
        "class",
      ),
    ).value;
  const shares = ({ logits }: ClassRow) => {
    const powers = logits.map(Math.exp);
    return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0));
  };
  /** Rounded, so that what is equal ties. */
  const areaOf = (scored: readonly { readonly share: number; readonly is: boolean }[]) =>
    pairwise(
      scored.map(({ share, is }) => ({ logit: Number(share.toFixed(9)), label: is ? 1 : 0, user: 0 })),
    );

  test("are means over rows, and areas of each class and of all", () => {
    fc.assert(
      fc.property(classRows, (rows) => {
        const all = rows.map(shares);
        expectSame(
          value({ kind: "log_loss" }, rows),
          mean(rows.map(({ label }, i) => -Math.log(all[i]![label]!))),
        );
        const best = rows.map(({ logits }) => logits.indexOf(Math.max(...logits)));
        expectSame(
          value({ kind: "accuracy", threshold: 0.5 }, rows),
          mean(rows.map(({ label }, i) => (best[i] === label ? 1 : 0))),
        );
        const areas = [0, 1, 2]
          .map((place) =>
            areaOf(rows.map(({ label }, i) => ({ share: all[i]![place]!, is: label === place }))),
          )
          .filter((area) => !Number.isNaN(area));
        expectSame(value({ kind: "macro_auc" }, rows), mean(areas));
        const pooled = rows.flatMap(({ label }, i) =>
          [0, 1, 2].map((place) => ({ share: all[i]![place]!, is: label === place })),
        );
        expectSame(value({ kind: "micro_auc" }, rows), areaOf(pooled));
      }),
    );
  });
});
