// What people write who know other notations, and how dinc says it: help and a fix for signs in the wrong place.

import type { TokenType } from "../../../grammar/chevrotain.mjs";
import type { Expectation } from "../../../grammar/parser.ts";
import * as t from "../../../grammar/tokens.ts";

export interface Hint {
  readonly help: string;
  /** What to write instead of the sign that was found; absent where that alone does not mend it. */
  readonly replacement?: string;
}

const settings = "a setting and its value stand side by side: `batch 256`";
const comparison =
  "the network has no comparisons: what is `a == b` elsewhere is a feature of the data, or a `cross(a, b, hash: 10_000)`";
const separators = "nothing separates one from the next";

/** Rule in which the parser stopped, the sign it found, and the hint. */
const table: readonly (readonly [rule: string, found: TokenType, hint: Hint])[] = [
  ["options", t.Equals, { help: "arguments are given as `name: value`", replacement: ":" }],
  ["call", t.Equals, { help: "arguments are given as `name: value`", replacement: ":" }],
  ["declaration", t.Equals, { help: "a kind follows `:`", replacement: ":" }],
  ["labelKind", t.Equals, { help: "a kind follows `:`", replacement: ":" }],
  ["label", t.Equals, { help: "a kind follows `:`", replacement: ":" }],
  ["binding", t.Equals, { help: "`<->` binds a column to a feature", replacement: "<->" }],
  ["binding", t.ResultArrow, { help: "`<->` binds a column to a feature", replacement: "<->" }],
  ["block", t.Colon, { help: "a block's type follows `->`", replacement: "->" }],
  ["block", t.LambdaArrow, { help: "a block's body stands in braces: `block f(x: Vec[d]) -> Vec[d] { … }`" }],
  ["let", t.Colon, { help: "`let` gives no type, it follows from the value: `let name = …`" }],
  ["predict", t.Colon, { help: "a prediction follows `=`", replacement: "=" }],
  ["loss", t.Colon, { help: "a loss follows `=`", replacement: "=" }],
  ["features", t.Comma, { help: separators, replacement: "" }],
  ["history", t.Comma, { help: separators, replacement: "" }],
  ["net", t.Comma, { help: separators, replacement: "" }],
  ["net", t.Equals, { help: comparison }],
  ["net", t.Identifier, { help: "a statement begins with `let name =`, `predict label =` or `loss name =`" }],
  ["net", t.LeftBracket, { help: "there is no indexing; a field of a history is `clicks.item_id`" }],
  [
    "train",
    t.LeftBracket,
    { help: "several values stand side by side with commas: `metrics auc, log_loss`" },
  ],
  ["train", t.Equals, { help: settings, replacement: "" }],
  ["train", t.Colon, { help: settings, replacement: "" }],
];

export function hintFor(
  { rule, token }: Expectation,
  found: TokenType,
  item: TokenType | undefined,
): Hint | null {
  if (found === t.Comma && token !== t.RightBrace) return null;
  const sign = found === t.Equals || found === t.Colon;
  // A setting's value is an expression: what is wrong is known by the item only.
  const place = rule === "operand" && item === t.TrainKeyword && sign ? "train" : rule;
  return table.find(([ofRule, ofFound]) => ofRule === place && ofFound === found)?.[2] ?? null;
}
