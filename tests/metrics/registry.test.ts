// What every metric must be, whatever it measures.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allMetrics, metricOf, printMetric, titlesOf } from "../../compiler/middle/metrics/registry.ts";
import { asked, askedOfOthers, rowsUpTo, USER, valueFor } from "./rows.ts";

const all = [...asked.map((metric) => [metric, "binary"] as const), ...askedOfOthers];

test("every metric is asked for here", () => {
  const kinds = all.map(([{ kind }]) => kind);
  expect([...new Set(kinds)].sort()).toEqual(allMetrics.map(({ name }) => name).sort());
  for (const [metric, outcome] of all) expect(metricOf(metric).fits).toContain(outcome);
});

describe.each(
  all.map(([metric, outcome]) => [`${printMetric(metric)} of ${outcome}`, metric, outcome] as const),
)("%s", (_, metric, outcome) => {
  const valueIn = (rows: Parameters<typeof valueFor>[1]) => valueFor(metric, rows, outcome);
  const definition = metricOf(metric);

  test("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(
        rowsUpTo(40).chain((rows) =>
          fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
        ),
        ([rows, shuffled]) => {
          const value = valueIn(rows);
          if (Number.isNaN(value)) expect(valueIn(shuffled)).toBeNaN();
          else expect(valueIn(shuffled)).toBeCloseTo(value, 12);
        },
      ),
    );
  });

  // Of classes scores are compared with those of other classes.
  if (definition.judges === "order" && outcome !== "class")
    test("goes by the order of scores alone", () => {
      fc.assert(
        fc.property(rowsUpTo(40), (rows) => {
          // Exact for multiples of a quarter, so that what tied ties and nothing else does.
          const raised = rows.map((row) => ({ ...row, logit: row.logit ** 3 + row.logit - 8 }));
          expect(valueIn(raised)).toBe(valueIn(rows));
        }),
      );
    });

  test("is best where every row is told surely and right, and says in which direction that lies", () => {
    fc.assert(
      fc.property(rowsUpTo(40), (rows) => {
        const value = valueIn(rows);
        fc.pre(!Number.isNaN(value));
        const best = valueIn(
          rows.map((row) => ({
            ...row,
            logit: outcome === "number" ? row.label : row.label === 1 ? 50 : -50,
          })),
        );
        if (definition.better === "higher") expect(best).toBeGreaterThanOrEqual(value - 1e-12);
        else expect(best).toBeLessThanOrEqual(value + 1e-12);
        expect(best).toBeCloseTo(definition.better === "higher" ? 1 : 0, 12);
      }),
    );
  });

  test("of scores that are not numbers is not a number", () => {
    const rows = [Number.NaN, 1, 2, 0].map(
      (logit, i) => ({ logit, label: i % 2 === 0 ? 1 : 0, user: 0 }) as const,
    );
    expect(valueIn(rows)).toBeNaN();
  });

  test("of no rows is not a number", () => {
    expect(valueIn([])).toBeNaN();
  });

  test("stands in the reference as its object says", () => {
    const parameters = Object.keys(definition.parameters).join(", ");
    const call = parameters === "" ? definition.name : `${definition.name}(${parameters})`;
    const reference = readFileSync("grammar/SPEC.md", "utf8");
    const lines = reference.split("\n").map((line) => line.replaceAll("\\|", "|").replaceAll(/ +/g, " "));
    expect(lines).toContain(`| \`${call}\` | ${definition.better} | ${definition.doc} |`);
  });
});

test("titles are short, and in full where two would be the same", () => {
  expect(
    titlesOf([
      { kind: "auc" },
      { kind: "ndcg", by: USER, at: 5 },
      { kind: "ndcg", by: USER, at: 10 },
      { kind: "gauc", by: USER, weight: "none" },
      { kind: "gauc", by: USER, weight: "clicks" },
    ]),
  ).toEqual([
    "auc",
    "ndcg@5",
    "ndcg@10",
    "gauc(by: user_id, weight: none)",
    "gauc(by: user_id, weight: clicks)",
  ]);
});
