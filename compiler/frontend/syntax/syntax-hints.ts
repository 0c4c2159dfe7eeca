// Signs that users of other languages write in the wrong place, with their message and fix.

import type { IToken, TokenType } from "../../../grammar/chevrotain.mjs";
import * as t from "../../../grammar/tokens.ts";
import type { MisplacedSign } from "../../diagnostics/catalog/syntax.ts";
import { type Hint, replacing, type Stop } from "./other-notations.ts";

interface Sign {
  readonly sign: MisplacedSign;
  /** The replacement of the sign; absent if it alone does not fix the mistake. */
  readonly replacement?: string;
}

/** The parser's rule, the sign that it found, and the hint. */
const table: readonly (readonly [rule: string, found: TokenType, hint: Sign])[] = [
  ["options", t.Equals, { sign: "argument", replacement: ":" }],
  ["call", t.Equals, { sign: "argument", replacement: ":" }],
  ["declaration", t.Equals, { sign: "kind", replacement: ":" }],
  ["labelKind", t.Equals, { sign: "kind", replacement: ":" }],
  ["label", t.Equals, { sign: "kind", replacement: ":" }],
  ["block", t.Colon, { sign: "blockType", replacement: "->" }],
  ["block", t.LambdaArrow, { sign: "blockBody" }],
  ["let", t.Colon, { sign: "letType" }],
  ["predict", t.Colon, { sign: "prediction", replacement: "=" }],
  ["output", t.Colon, { sign: "letType" }],
  ["loss", t.Colon, { sign: "loss", replacement: "=" }],
  ["features", t.Comma, { sign: "separator", replacement: "" }],
  ["history", t.Comma, { sign: "separator", replacement: "" }],
  ["net", t.Comma, { sign: "separator", replacement: "" }],
  ["net", t.Equals, { sign: "comparison" }],
  ["net", t.Identifier, { sign: "statement" }],
  ...["features", "declaration", "history", "binding"].flatMap((rule) =>
    t.comparisons.map((sign) => [rule, sign, { sign: "comparisonOfFeature" }] as const),
  ),
  ["net", t.LeftBracket, { sign: "indexing" }],
  ...["features", "history", "declaration"].map((rule) => [rule, t.Pipe, { sign: "transforms" }] as const),
  ["train", t.LeftBracket, { sign: "severalValues" }],
  ["train", t.Equals, { sign: "setting", replacement: "" }],
  ["train", t.Colon, { sign: "setting", replacement: "" }],
];

export function hintFor({ file, expected, found, tokens, at }: Stop): Hint | null {
  const { rule, token } = expected;
  const type = found.tokenType;
  if (type === t.Comma && token !== t.RightBrace) return null;
  const isSign = type === t.Equals || type === t.Colon;
  // A setting's value is an expression: the mistake is only known from the item.
  const place = rule === "operand" && tokens[0]?.tokenType === t.TrainKeyword && isSign ? "train" : rule;
  if (place === "train" && !isSurelyTrain(tokens)) return null;
  const hint = table.find(([ofRule, ofFound]) => ofRule === place && ofFound === type)?.[2];
  if (hint === undefined) return null;
  if (hint.sign === "transforms" && tokens[at + 1]?.image === "count") return { sign: "countOfIds" };
  const { sign, replacement } = hint;
  if (replacement === undefined) return { sign };
  const fix = replacing(file, found, found, replacement);
  // Before another name, the comma may be one of a list of names.
  const isOfList = sign === "separator" && tokens[at + 1]?.startLine === found.startLine;
  return { sign, fix: isOfList ? { ...fix, isGuess: true } : fix };
}

/**
 * Whether the item certainly has settings: its keyword is right, and no other item, without a keyword, is
 * part of it.
 */
function isSurelyTrain([keyword, ...rest]: readonly IToken[]): boolean {
  return keyword?.image === "train" && rest.filter(({ tokenType }) => tokenType === t.LeftBrace).length === 1;
}
