// Habits from Python, Keras, PyTorch and DeepCTR in a spec: each mistake has one message, which says how dinc writes
// it, and a fix that leaves a spec without an error.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { applyFixes } from "../../compiler/diagnostics/apply-fixes.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";

const model = readFileSync(resolve(import.meta.dirname, "../../examples/din-simulated/model.din"), "utf8");
const LET = "let target    =";
const BINDING = /item_id <-> hist_item_id.*/;
const HEAD = "mlp([64, 32], dice) |> dense(1) |> sigmoid";

interface Mistake {
  readonly name: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** A part of the help. */
  readonly help: string;
  /** The text after the fix; null if only the author can know the meaning. */
  readonly fixed: string | null;
  readonly isGuess?: true;
}

const mistakes: readonly Mistake[] = [
  {
    ...{ name: "the feature on the right of a binding", from: BINDING, to: "hist_item_id <-> item_id" },
    ...{ help: "the feature comes first", fixed: "item_id <-> hist_item_id" },
  },
  {
    ...{ name: "a binding as an assignment, turned", from: BINDING, to: "hist_item_id = item_id" },
    ...{ help: "`<->` binds a column to a feature", fixed: "item_id <-> hist_item_id" },
  },
  {
    ...{ name: "a binding as an assignment", from: BINDING, to: "item_id = hist_item_id" },
    ...{ help: "`<->` binds a column to a feature", fixed: "item_id <-> hist_item_id" },
  },
  {
    ...{ name: "early stopping", from: "epochs 3", to: "epochs 3  early_stopping(patience: 2)" },
    ...{ help: "`stop early(patience: 2)`", fixed: "stop early(patience: 2)" },
  },
  {
    ...{ name: "early stopping as in Python", from: "epochs 3", to: "epochs 3  EarlyStopping(patience=2)" },
    ...{ help: "`stop early(patience: 2)`", fixed: "stop early(patience: 2)" },
  },
  {
    ...{ name: "an optimizer as in Python", from: "optimizer adam(", to: "adam(lr=1e-3, " },
    ...{ help: "`optimizer adam(learning_rate: 1e-3)`", fixed: null },
  },
  {
    ...{ name: "a position as a kind", from: "item_id : id", to: "rank : position\n  item_id : id" },
    ...{ help: "`position(clicks, 8)`", fixed: null },
  },
  {
    ...{ name: "an optimizer without its setting", from: "optimizer adam(", to: "adam(" },
    ...{ help: "`optimizer adam(learning_rate: 1e-3)`", fixed: null },
  },
  {
    ...{ name: "embedding", from: "id(min_count: 2)  embed 16", to: "id(min_count: 2)  embedding 16" },
    ...{ help: "`item_id : id  embed 16`", fixed: "id(min_count: 2)  embed 16" },
  },
  {
    ...{ name: "a width on a line of its own", from: "item_id : id", to: "embed_dim: 16\n  item_id : id" },
    ...{ help: "`item_id : id  embed 16`", fixed: null },
  },
  {
    ...{ name: "embed behind a pipe", from: /id +embed 16/, to: "id |> embed(16)" },
    ...{ help: "a table needs no pipe", fixed: "id embed 16" },
  },
  {
    ...{ name: "a softmax of two classes", from: HEAD, to: "dense(2) |> softmax" },
    ...{ help: "instead of a `softmax`", fixed: null },
  },
  {
    ...{ name: "a wide sigmoid", from: HEAD, to: "mlp([64, 32]) |> sigmoid", isGuess: true },
    ...{ help: "put `dense(1)` before the sigmoid", fixed: "mlp([64, 32]) |> dense(1) |> sigmoid" },
  },
  {
    ...{ name: "arguments in place of a list", from: LET, to: `let f = fm(item_id, cate_id)\n  ${LET}` },
    ...{ help: "`fm([item_id, cate_id])`", fixed: "let f = fm([item_id, cate_id])", isGuess: true },
  },
  {
    ...{ name: "lambda", from: LET, to: `let f = each([item_id, cate_id], lambda c: relu(c))\n  ${LET}` },
    ...{ help: "`c => …`", fixed: "each([item_id, cate_id], c => relu(c))" },
  },
  {
    ...{
      name: "lambda of two",
      from: LET,
      to: `let f = fold([4], item_id, lambda h, n: dense(h, n))\n  ${LET}`,
    },
    ...{ help: "`(h, n) => …`", fixed: "fold([4], item_id, (h, n) => dense(h, n))" },
  },
  {
    ...{ name: "a power behind a pipe", from: LET, to: `let f = price |> abs ** 2\n  ${LET}` },
    ...{ help: "`pow(x, 2)`", fixed: null },
  },
  {
    ...{ name: "a label without a kind", from: "label click : binary", to: "label click", isGuess: true },
    ...{ help: "`label click : binary`", fixed: "label click : binary" },
  },
  {
    ...{ name: "one prediction of two labels", from: "predict click =", to: "predict click, buy =" },
    ...{ help: "one `predict` for each label", fixed: null },
  },
  {
    ...{ name: "missing commas", from: "concat(gender, hour, price,", to: "concat(gender hour price," },
    ...{ help: "separate arguments", fixed: "concat(gender, hour, price,", isGuess: true },
  },
  {
    ...{ name: "a history of the user", from: "history clicks(", to: "history user.clicks(" },
    ...{ help: "it always belongs to the user", fixed: "history clicks(" },
  },
  {
    ...{ name: "the embedding of a feature", from: "concat(item_id,", to: "concat(item_id.embedding," },
    ...{ help: "a feature's name is its embedding: `item_id`", fixed: "concat(item_id," },
  },
  {
    ...{ name: "a method", from: LET, to: `let f = clicks.mean()\n  ${LET}`, isGuess: true },
    ...{ help: "values have no methods; write `mean(clicks)`", fixed: "let f = mean(clicks)" },
  },
  {
    ...{ name: "return", from: "concat(query,", to: "return concat(query," },
    ...{ help: "without `return`", fixed: "concat(query," },
  },
  {
    ...{
      name: "the sequence first",
      from: LET,
      to: `let f = attend(clicks, concat(item_id, cate_id))\n  ${LET}`,
    },
    ...{ help: "`attend(query, keys, units, activation)`", isGuess: true },
    fixed: "attend(concat(item_id, cate_id), clicks)",
  },
  {
    ...{ name: "a comment of Python", from: "/// What the user clicked", to: "# What the user clicked" },
    ...{ help: "begin comments with `//`", fixed: "// What the user clicked" },
  },
  {
    ...{ name: "a semicolon", from: "concat(item_id, cate_id)", to: "concat(item_id, cate_id);" },
    ...{ help: "lines need no separator", fixed: "concat(item_id, cate_id)" },
  },
];

function errorsOf(file: SourceFile): readonly Diagnostic[] {
  return check(file).diagnostics.filter(({ severity }) => severity === "error");
}

describe.each(mistakes)("$name", ({ from, to, help, fixed, isGuess }) => {
  const file = sourceFile(
    "model.din",
    model.replace(from, () => to),
  );
  const errors = errorsOf(file);

  test("has one message, which says what to write", () => {
    expect(file.text).not.toBe(model);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.help).toContain(help);
  });

  test("has a fix that leaves no error, or none", () => {
    const [fix] = errors[0]!.fixes;
    if (fixed === null || fix === undefined) return expect([fix, fixed]).toEqual([undefined, null]);
    expect(fix.isGuess).toBe(isGuess);
    const { isGuess: _, ...certain } = fix;
    const { text } = applyFixes(file, [{ ...errors[0]!, fixes: [certain] }]);
    expect(text).toContain(fixed);
    expect(errorsOf(sourceFile("model.din", text))).toEqual([]);
  });
});

test("the model itself has no error", () => {
  expect(errorsOf(sourceFile("model.din", model))).toEqual([]);
});
