// Kinds of labels: what a column may hold, and that the object is what the checker, editors and generated code go by.

import { describe, expect, test } from "vitest";
import type { LabelKind } from "../../compiler/frontend/labels/define-label-kind.ts";
import { labelKinds, labelTypeText } from "../../compiler/frontend/labels/registry.ts";
import type { LabelType } from "../../compiler/frontend/model/model.ts";
import { metricOf } from "../../compiler/middle/metrics/registry.ts";
import * as kernels from "../../compiler/serve/kernels.ts";
import { labelKindEntries } from "../../compiler/tools/lsp/language/words.ts";

const types: { readonly [K in LabelType["kind"]]: LabelType } = {
  binary: { kind: "binary" },
  share: { kind: "share" },
  number: { kind: "number", transforms: [] },
  enum: { kind: "enum", classes: ["low", "7"] },
  int: { kind: "int", low: -1, classes: ["-1", "0", "1"] },
};

function read(kind: LabelType["kind"], value: string | number | bigint | boolean): number | null {
  return (labelKinds[kind] as unknown as LabelKind).read(value, types[kind]);
}

describe.each(Object.values(labelKinds) as unknown as LabelKind[])("$form", (kind) => {
  test("is documented, and known to editors", () => {
    expect(kind.doc).toMatch(/\S\.$/);
    expect(labelKindEntries.find((entry) => entry.form === kind.form)?.doc).toBe(kind.doc);
    if (kind.kernel !== null) expect(kernels).toHaveProperty(kind.kernel);
  });

  test("is measured by metrics that fit it where the spec names none", () => {
    for (const metric of kind.metrics) expect(metricOf(metric).fits).toContain(kind.outcome);
  });
});

test("is written as in a spec", () => {
  expect(Object.values(types).map(labelTypeText)).toEqual([
    "binary",
    "binary(soft)",
    "number",
    'enum("low", "7")',
    "int(-1..1)",
  ]);
});

test.each([
  [0, 0],
  [1, 1],
  [1n, 1],
  [true, 1],
  [false, 0],
  ["1", 1],
  [" 0.0 ", 0],
  ["TRUE", 1],
  ["false", 0],
  ["", null],
  [" ", null],
  ["yes", null],
  [0.5, null],
  [2, null],
  [-1, null],
  [Number.NaN, null],
] as const)("binary reads %s", (value, found) => {
  expect(read("binary", value)).toBe(found);
});

test.each([
  ["share", 0.25, 0.25],
  ["share", " 0.25 ", 0.25],
  ["share", true, 1],
  ["share", 1.01, null],
  ["share", "", null],
  ["number", -3.5, -3.5],
  ["number", "1e3", 1000],
  ["number", 12n, 12],
  ["number", true, null],
  ["number", 1e39, null],
  ["number", "many", null],
  ["number", "", null],
  ["enum", "low", 0],
  ["enum", 7, 1],
  ["enum", "high", null],
  ["int", -1, 0],
  ["int", "1", 2],
  ["int", 1n, 2],
  ["int", 0.5, null],
  ["int", 2, null],
  ["int", "", null],
] as const)("%s reads %s", (kind, value, found) => {
  expect(read(kind, value)).toBe(found);
});
