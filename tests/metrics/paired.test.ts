// The paired test of two models: the same users for both in each draw, a p-value that is below 5 % in one of
// twenty comparisons of equal models, and nothing that depends on which model is named first.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import { LANES } from "../../compiler/middle/metrics/resampling.ts";
import { middle } from "../../compiler/train/metrics/bootstrap.ts";
import { usersOf } from "../../compiler/train/metrics/differences.ts";
import {
  type PairedDifference,
  type PairedRequest,
  pairedInSlices,
} from "../../compiler/train/metrics/paired.ts";
import { asked, type Row, rowsUpTo, USER, valueFor } from "./rows.ts";

type Both = readonly [a: readonly Row[], b: readonly Row[]];

function tested([a, b]: Both, more: Partial<PairedRequest> = {}): readonly PairedDifference[] {
  const floats = (rows: readonly Row[], of: (row: Row) => number) => Float32Array.from(rows, of);
  const slices = pairedInSlices({
    metrics: asked,
    outcome: "binary",
    weights: null,
    logits: [floats(a, ({ logit }) => logit), floats(b, ({ logit }) => logit)],
    labels: floats(a, ({ label }) => label),
    groups: new Map([[USER, Int32Array.from(a, ({ user }) => user)]]),
    users: USER,
    resampling: { seed: 1, resamples: 80 },
    ...more,
  });
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}

/** The same rows with other scores. */
const both = rowsUpTo(40).chain((a) =>
  fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: a.length, maxLength: a.length })
    .map((logits): Both => [a, a.map((row, i) => ({ ...row, logit: logits[i]! / 4 }))]),
);

/** Two models that know the same of users' tastes, and one of them `more`. */
function simulated(users: number, seed: number, more = 0): Both {
  const random = new Random(seed);
  const pairs = Array.from({ length: users }, (_, user) =>
    Array.from({ length: 6 }, () => {
      const taste = random.normal();
      const label = random.next() < 1 / (1 + Math.exp(-taste)) ? 1 : 0;
      const row = (noise: number): Row => ({ logit: Math.fround(taste + noise), label, user });
      return [row(random.normal()), row((1 - more) * random.normal())] as const;
    }),
  ).flat();
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
}

const log: Metric = { kind: "log_loss" };
const auc: Metric = { kind: "auc" };

describe("a paired test", () => {
  test("looks at the difference of the metric in the rows of the users that were drawn", () => {
    const resamples = LANES;
    fc.assert(
      fc.property(both, ([a, b]) => {
        const users = [...new Set(a.map(({ user }) => user))];
        fc.pre(users.length >= 2);
        const random = Random.of(1, `bootstrap ${USER}`);
        const drawn = Array.from({ length: resamples }, () => [
          ...random.integers(new Uint32Array(users.length), users.length),
        ]);
        // A user who is drawn twice is two users.
        const expanded = (rows: readonly Row[], who: readonly number[]) =>
          who.flatMap((number, copy) =>
            rows.filter(({ user }) => user === users[number]).map((row) => ({ ...row, user: copy })),
          );
        const found = tested([a, b], { resampling: { seed: 1, resamples } });
        for (const { metric, interval } of found) {
          const differences = drawn.map(
            (who) => valueFor(metric, expanded(b, who)) - valueFor(metric, expanded(a, who)),
          );
          if (metric.kind === "ece") expect(interval).toBeNull();
          if (interval === null) continue;
          const expected = middle(Float64Array.from(differences), USER)!;
          expect(interval.low).toBeCloseTo(expected.low, 9);
          expect(interval.high).toBeCloseTo(expected.high, 9);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("of a model with itself finds nothing", () => {
    fc.assert(
      fc.property(rowsUpTo(40), (rows) => {
        for (const { a, b, interval, p } of tested([rows, rows])) {
          expect(Object.is(a, b)).toBe(true);
          if (interval === null) expect(p).toBeNull();
          else expect([interval.low, interval.high, p]).toEqual([0, 0, 1]);
        }
      }),
    );
  });

  test("does not depend on which model is named first", () => {
    fc.assert(
      fc.property(both, ([a, b]) => {
        const [forth, back] = [tested([a, b]), tested([b, a])];
        for (const [i, { interval, p }] of forth.entries()) {
          expect(back[i]!.p).toBe(p);
          expect(back[i]!.interval === null).toBe(interval === null);
          if (interval === null) continue;
          expect(back[i]!.interval!.low).toBeCloseTo(-interval.high, 12);
          expect(back[i]!.interval!.high).toBeCloseTo(-interval.low, 12);
        }
      }),
    );
  });

  test("says by its p-value what its interval says", () => {
    const resampling = { seed: 3, resamples: 400 };
    for (let seed = 0; seed < 60; seed++)
      for (const { interval, p } of tested(simulated(40, seed, (seed % 4) / 5), { resampling })) {
        if (interval === null || p === null) continue;
        const excludesZero = interval.low > 0 || interval.high < 0;
        // Where the end of the interval is next to 0, the two round differently.
        if (p < 0.04) expect(excludesZero).toBe(true);
        if (p > 0.06) expect(excludesZero).toBe(false);
      }
  });

  test("finds a difference between equal models about as often as it says: once in twenty comparisons", () => {
    const all = 400;
    let found = 0;
    for (let seed = 0; seed < all; seed++) {
      const metrics = [log];
      const [{ p }] = tested(simulated(60, 1000 + seed), {
        metrics,
        resampling: { seed, resamples: 200 },
      }) as [PairedDifference];
      if (p! < 0.05) found += 1;
    }
    expect(found / all).toBeGreaterThan(0.02);
    expect(found / all).toBeLessThan(0.09);
  });

  test("finds a difference that the intervals of both models do not show", () => {
    const random = new Random(4);
    const [a] = simulated(200, 5);
    // What both see of a row, one of them with more noise.
    const b = a.map((row): Row => ({ ...row, logit: Math.fround(row.logit + 0.9 * random.normal()) }));
    const resampling = { seed: 1, resamples: 1000 };
    const [difference] = tested([a, b], { metrics: [auc], resampling }) as [PairedDifference];
    expect(difference.a).toBeGreaterThan(difference.b);
    expect(difference.p).toBeLessThan(0.05);
    const alone = (rows: readonly Row[]) => {
      // A model against one that knows nothing: its own interval.
      const nothing = rows.map((row): Row => ({ ...row, logit: 0 }));
      const [own] = tested([nothing, rows], { metrics: [auc], resampling }) as [PairedDifference];
      return own.interval!;
    };
    expect(alone(b).high).toBeGreaterThan(alone(a).low);
  });

  test("the same seed draws the same users, another one others", () => {
    const models = simulated(30, 9);
    const once = tested(models);
    expect(tested(models)).toEqual(once);
    const other = tested(models, { resampling: { seed: 2, resamples: 80 } });
    expect(other.map(({ interval }) => interval)).not.toEqual(once.map(({ interval }) => interval));
    expect(other.map(({ a, b }) => [a, b])).toEqual(once.map(({ a, b }) => [a, b]));
  });

  test("draws rows where no metric knows users, and tests nothing where nobody is drawn", () => {
    const models = simulated(30, 9);
    const [byRow] = tested(models, { metrics: [auc], users: null }) as [PairedDifference];
    expect(byRow.interval!.by).toBe("row");
    const [without] = tested(models, { metrics: [auc], resampling: { seed: 1, resamples: 0 } }) as [
      PairedDifference,
    ];
    expect(without).toMatchObject({ interval: null, p: null, better: "higher" });
    const [ece] = tested(models, { metrics: [{ kind: "ece", bins: 10, equal: "width" }] }) as [
      PairedDifference,
    ];
    expect(ece.p).toBeNull();
  });

  test("users are those of the first metric that groups rows", () => {
    expect(usersOf([auc, { kind: "mrr", by: "member" }, { kind: "mrr", by: "session" }])).toBe("member");
    expect(usersOf([auc, log])).toBeNull();
  });
});
