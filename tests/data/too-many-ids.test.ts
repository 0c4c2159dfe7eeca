// More values than a map of JavaScript has room for are a mistake that is named, before their texts are made.

import { expect, test } from "vitest";
import { type FitSource, fit, MOST_VALUES } from "../../compiler/data/fit-rows.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { FittingEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import { FIRST_ID } from "../../compiler/frontend/model/model.ts";
import { textOf } from "../../playground/workers/problem-text.ts";
import { refusalOf } from "../../runtime/cli/system-refusal.ts";
import { modelOf } from "./models.ts";

const SIZE = MOST_VALUES + 1;

function fitting(kind: string, counts: Float64Array) {
  const model = modelOf(`model large
features item { item_id : ${kind}  embed 2 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
`);
  const at = () => {
    throw new Error("a text is made");
  };
  const { given } = new FittingEncoders();
  const encoders = { given, collected: new Map([["item_id", { size: SIZE, at }]]) };
  const rows: FitSource = {
    occurrences: () => counts,
    renumber: () => {},
    numbersOf: () => () => {},
  };
  return () => fit(model, encoders, rows);
}

test("a vocabulary that no map holds is refused", () => {
  const once = new Float64Array(FIRST_ID + SIZE).fill(1);
  const refused = fitting("id", once);
  expect(refused).toThrow(DiagnosticError);
  expect(refused).toThrow(/`item_id` has more than 16,777,216 values/);
  // All of them are rare: then nothing is too many, and none becomes a text.
  expect(fitting("id(min_count: 2)", once)).not.toThrow();
});

test("a map that is full elsewhere is told as well, and only that", () => {
  expect(refusalOf(new RangeError("Set maximum size exceeded"))!.diagnostics[0]!.name).toBe("too-many-ids");
  expect(refusalOf(new RangeError("Invalid array length"))).toBeNull();
});

test.each([
  ["an array", () => new Float32Array(2 ** 40)],
  ["a buffer", () => new ArrayBuffer(2 ** 52)],
])("%s that is larger than memory is told, in the command line and on the page", (_, take) => {
  const error = thrownBy(take);
  expect(refusalOf(error)!.diagnostics[0]!.name).toBe("out-of-memory");
  expect(textOf(error)).toContain("DIN0626");
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
