// A drift report of columns of every kind, with the values and names that are given.

import type { Check } from "../../compiler/data/checks.ts";
import { type ColumnProfile, type ComparedColumn, psiOf, shiftOf } from "../../compiler/data/profile.ts";
import { driftReport } from "../../runtime/report/drift-report.ts";

function compared(before: ColumnProfile, now: ColumnProfile): ComparedColumn {
  const psi = psiOf(now, before);
  return {
    ...now,
    ...{ missingShare: now.missing / (now.present + now.missing), before, psi, shift: shiftOf(psi) },
    newShare: now.fresh === null ? null : now.fresh / now.present,
  };
}

function numbers(column: string, counts: readonly number[], missing: number): ColumnProfile {
  const present = counts.reduce((a, b) => a + b, 0);
  return {
    ...{ column, counted: "numbers", inLists: false, present, missing, unreadable: 0 },
    ...{ numbers: { least: -3, largest: 1e6, mean: 12.34567 }, distinct: null, fresh: null },
    bins: { by: "bounds", bounds: [-1, 0, 0.001, 2.5, 1e5], counts },
  };
}

function ids(
  column: string,
  values: readonly string[],
  counts: readonly number[],
  fresh: number,
): ColumnProfile {
  const present = counts.reduce((a, b) => a + b, fresh);
  return {
    ...{ column, counted: "ids", inLists: false, present, missing: 3, unreadable: 0 },
    ...{ numbers: null, distinct: values.length, fresh, bins: { by: "values", values, counts } },
  };
}

export function driftColumns(name: string): ComparedColumn[] {
  const values = [name, `${name}2`, "", "a", "b", ...Array.from({ length: 15 }, (_, i) => `i${i}`)];
  return [
    compared(numbers(name, [10, 10, 10, 10, 10, 10], 0), numbers(name, [1, 2, 30, 4, 5, 60], 12)),
    compared(
      ids("item_id", values, [...values.map((_, i) => 20 - i), 40], 0),
      ids("item_id", values, [...values.map((_, i) => 1 + i), 40], 25),
    ),
    compared(numbers("same", [10, 10, 10, 10, 10, 10], 0), numbers("same", [10, 10, 10, 10, 10, 10], 0)),
    {
      ...compared(ids("added", ["x"], [1, 2], 0), ids("added", ["x"], [1, 2], 0)),
      before: null,
      psi: null,
      shift: null,
    },
  ];
}

export function driftHtml(name: string): string {
  const checks: Check[] = [
    { column: null, expected: "at least 100 rows", found: "93", holds: false },
    { column: name, expected: "missing at most 1 %", found: "0 %", holds: true },
  ];
  return driftReport({ model: name, facts: [["file", name]], columns: driftColumns(name), checks });
}
