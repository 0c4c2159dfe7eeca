// scikit-learn's numbers for the same rows, where it means the same: ties of AUC, average precision and NDCG among them.
// `scikit-learn/generate.py` makes them.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Metric, titlesOf } from "../../compiler/middle/metrics/registry.ts";
import { USER, valueFor } from "./rows.ts";

interface Fixture {
  readonly made_by: string;
  readonly cases: readonly {
    readonly logits: readonly number[];
    readonly labels: readonly (0 | 1)[];
    readonly users: readonly number[];
    readonly expected: Readonly<Record<string, number>>;
  }[];
}

const path = new URL("scikit-learn/fixture.generated.json", import.meta.url);
const { made_by, cases } = JSON.parse(readFileSync(path, "utf8")) as Fixture;

const metrics: readonly Metric[] = [
  { kind: "auc" },
  { kind: "gauc", by: USER, weight: "impressions" },
  { kind: "pr_auc" },
  { kind: "log_loss" },
  { kind: "accuracy", threshold: 0.5 },
  { kind: "ndcg", by: USER, at: 5 },
];
const titles = titlesOf(metrics);

describe(made_by, () => {
  test.each(cases.map((each, i) => [i, each] as const))(
    "case %i",
    (_, { logits, labels, users, expected }) => {
      expect(Object.keys(expected)).toEqual(titles);
      const rows = logits.map((logit, i) => ({ logit, label: labels[i]!, user: users[i]! }));
      for (const [i, metric] of metrics.entries())
        expect(valueFor(metric, rows), titles[i]).toBeCloseTo(expected[titles[i]!]!, 12);
    },
  );

  test("has cases with and without ties", () => {
    const distinct = cases.map(({ logits }) => new Set(logits).size / logits.length);
    expect(Math.min(...distinct)).toBeLessThan(0.1);
    expect(Math.max(...distinct)).toBeGreaterThan(0.9);
  });
});
