// Intervals: a resample is the rows of the users that were drawn, as often as they were; and which are drawn follows from
// the seed.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { groupedBy, measure, printMetric } from "../../compiler/middle/metrics/registry.ts";
import { LANES } from "../../compiler/middle/metrics/resampling.ts";
import { usersOf } from "../../compiler/train/metrics/differences.ts";
import { evaluateInSlices, type MeasureRequest, measureHere } from "../../compiler/train/metrics/evaluate.ts";
import { asked, askedOfOthers, type Row, rowsUpTo, scoredOf, USER, valueFor } from "./rows.ts";

const withIntervals = [
  ...asked.filter(({ kind }) => kind !== "ece").map((metric) => [metric, "binary"] as const),
  ...askedOfOthers,
];

describe.each(withIntervals.map(([metric, outcome]) => [printMetric(metric), outcome, metric] as const))(
  "a resample of %s of %s labels",
  (_, outcome, metric) => {
    test("is the metric of the rows that it stands for", () => {
      const drawn = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }), {
        minLength: LANES,
        maxLength: LANES,
      });
      fc.assert(
        fc.property(rowsUpTo(40), drawn, (rows, timesByLane) => {
          const scored = scoredOf(rows, outcome);
          const units = scored.groups(USER);
          const weights = new Uint8Array(LANES * units.count);
          for (const [row, { user }] of rows.entries())
            for (let lane = 0; lane < LANES; lane++)
              weights[LANES * units.of[row]! + lane] = timesByLane[lane]![user]!;
          const out = new Float64Array(LANES);
          const { resampled } = measure(metric, scored);
          resampled!(units)(weights, out);
          for (const [lane, times] of timesByLane.entries()) {
            // A user who is drawn twice is two users.
            const expanded = rows.flatMap((row) =>
              Array.from(
                { length: times[row.user]! },
                (__, copy): Row => ({ ...row, user: row.user + 10 * copy }),
              ),
            );
            const expected = valueFor(metric, expanded, outcome);
            if (Number.isNaN(expected)) expect(out[lane]).toBeNaN();
            else expect(out[lane]).toBeCloseTo(expected, 10);
          }
        }),
      );
    });
  },
);

/** Users who click with a chance of their own, and scores that know something of it. */
function simulated(users: number, seed: number): Row[] {
  const random = new Random(seed);
  return Array.from({ length: users }, (_, user) => {
    const taste = random.normal();
    return Array.from({ length: 8 }, (): Row => {
      const logit = Math.fround(taste + random.normal());
      return { logit, label: logit + 2 * random.normal() > 0 ? 1 : 0, user };
    });
  }).flat();
}

function requestOf(rows: readonly Row[], seed: number, resamples = 400, metrics = asked): MeasureRequest {
  return {
    metrics,
    outcome: "binary",
    users: usersOf(metrics),
    logits: Float32Array.from(rows, ({ logit }) => logit),
    labels: Float32Array.from(rows, ({ label }) => label),
    weights: null,
    groups: new Map([[USER, Int32Array.from(rows, ({ user }) => user)]]),
    resampling: { seed, resamples },
  };
}

describe("intervals", () => {
  const rows = simulated(100, 1);

  test("lie around the value, name their users, and are there for every metric but ECE", async () => {
    const { values, details } = await measureHere(requestOf(rows, 7));
    for (const [title, { metric, interval }] of Object.entries(details)) {
      if (metric.kind === "ece") {
        expect(interval).toBeNull();
        continue;
      }
      expect(interval).toMatchObject({ by: USER, resamples: 400 });
      expect(interval!.low).toBeLessThan(values[title]!);
      expect(interval!.high).toBeGreaterThan(values[title]!);
    }
  });

  test("are the same for the same seed, others for another, and no part of the values", async () => {
    const [first, again, other] = await Promise.all(
      [7, 7, 8].map((seed) => measureHere(requestOf(rows, seed))),
    );
    expect(again).toEqual(first);
    expect(other!.values).toEqual(first!.values);
    expect(other!.details["auc"]!.interval).not.toEqual(first!.details["auc"]!.interval);
  });

  test("cover what they estimate about as often as they say", async () => {
    const { values } = await measureHere(requestOf(simulated(20_000, 2), 0, 0));
    const covered = { auc: 0, gauc: 0 };
    const samples = 100;
    const metrics = asked.filter(
      (metric) => metric.kind === "auc" || (metric.kind === "gauc" && metric.weight === "clicks"),
    );
    for (let seed = 0; seed < samples; seed++) {
      const { details } = await measureHere(requestOf(simulated(100, 100 + seed), seed, 200, metrics));
      for (const title of ["auc", "gauc"] as const) {
        const truth = values[title] ?? values["gauc(by: user_id, weight: clicks)"]!;
        const { low, high } = details[title]!.interval!;
        if (low <= truth && truth <= high) covered[title] += 1;
      }
    }
    // 95 of 100, with a standard deviation of 2; of 100 users the bootstrap is a little narrow.
    for (const count of Object.values(covered)) expect(count).toBeGreaterThan(86);
    for (const count of Object.values(covered)) expect(count).toBeLessThan(100);
  });

  test("are none where no metric names the users, there is one, or none were asked for", async () => {
    const overall = asked.filter((metric) => groupedBy(metric) === null);
    const alone = rows.filter(({ user }) => user === 3);
    for (const request of [requestOf(rows, 1, 8, overall), requestOf(alone, 1), requestOf(rows, 1, 0)]) {
      const { details } = await measureHere(request);
      expect(Object.values(details).map(({ interval }) => interval)).toEqual(request.metrics.map(() => null));
    }
  });

  test("are computed in slices, and say how far they are", () => {
    const slices = [...evaluateInSlices(requestOf(rows, 1, 24))];
    expect(slices.slice(0, 2)).toEqual([
      { kind: "metric", title: "auc" },
      { kind: "metric", title: "gauc(by: user_id, weight: impressions)" },
    ]);
    expect(slices.slice(-3)).toEqual(
      [0, 8, 16].map((resamples) => ({ kind: "intervals", resamples, of: 24 })),
    );
  });
});
