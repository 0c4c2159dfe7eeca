// A package's own metrics are dinc's, of rows that count once and of rows that count more or not at all, of
// all rows and of those of a value.

import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outcome } from "../../compiler/middle/metrics/outcome.ts";
import { type Metric, measure } from "../../compiler/middle/metrics/registry.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import { root } from "../cli/spawn.ts";
import { asked, askedOfOthers, rowsUpTo, USER } from "../metrics/rows.ts";
import { ran } from "./forks.ts";
import { MISSING, torchPython } from "./python.ts";

const PAGE = "page";
const HOME = 2;

/** Rows, and how many each counts as. */
const drawn = fc.sample(
  fc.record({
    rows: rowsUpTo(30, 4),
    counts: fc.array(fc.constantFrom(0, 0, 1, 2, 0.25, 3.5), { minLength: 30, maxLength: 30 }),
    pages: fc.array(fc.constantFrom(HOME, HOME + 1), { minLength: 30, maxLength: 30 }),
    isCounted: fc.boolean(),
  }),
  { numRuns: 60 },
);

const ofHome = (metric: Metric): Metric => ({ ...metric, per: PAGE, value: "home", id: HOME });
const ofOutcome = (outcome: Outcome, metrics: readonly Metric[]) => ({
  outcome,
  metrics: [...metrics, ...metrics.map(ofHome)],
});
const all = [
  ofOutcome("binary", asked),
  ...(["class", "number"] as const).map((outcome) =>
    ofOutcome(
      outcome,
      askedOfOthers.flatMap(([metric, of]) => (of === outcome ? [metric] : [])),
    ),
  ),
];

const cases = drawn.flatMap(({ rows, counts, pages, isCounted }) =>
  all.map(({ outcome, metrics }) => ({
    ...{ outcome, metrics },
    // Of classes there are two, the logit being that of the second.
    logits: rows.flatMap(({ logit }) => (outcome === "class" ? [0, logit] : [logit])),
    labels: rows.map(({ label }) => label),
    groups: { [USER]: rows.map(({ user }) => user + 2), [PAGE]: pages.slice(0, rows.length) },
    counts: isCounted ? counts.slice(0, rows.length) : null,
  })),
);

test.skipIf(torchPython() === null)(`metrics of packages are dinc's (${MISSING})`, async () => {
  const package_ = join(root, "runtime", "torchrec");
  const found = (await ran(join(import.meta.dirname, "metrics.py"), { package: package_, cases })) as (
    | number
    | null
  )[][];
  cases.forEach(({ outcome, metrics, logits, labels, groups, counts }, i) => {
    const scored = new LabelledScores(
      Float32Array.from(logits),
      Float32Array.from(labels),
      new Map(Object.entries(groups).map(([name, column]) => [name, Int32Array.from(column)])),
      outcome,
      counts && Float32Array.from(counts),
    );
    metrics.forEach((metric, j) => {
      const { value } = measure(metric, scored);
      const words = `case ${i}: ${JSON.stringify({ outcome, metric })}`;
      if (Number.isNaN(value)) expect(found[i]![j], words).toBeNull();
      else expect(found[i]![j], words).toBeCloseTo(value, 9);
    });
  });
});
