// Describes the tokens that the grammar expects in authors' words, by rule of the grammar, if a token's own
// text would say too little.

import type { TokenType } from "./chevrotain.mjs";
import type { Expectation } from "./parser.ts";
import * as t from "./tokens.ts";

const afterArgument = '"," or ")" after an argument';
const afterParameter = '"," or ")" after a parameter';

/** The rule, the expected token (null: any of several), and the text that completes "expected …". */
const table: readonly (readonly [rule: string, token: TokenType | null, words: string])[] = [
  ["item", null, "the end of the item"],
  ["model", t.DeclaredName, 'the model\'s name after "model"'],

  ["features", t.DeclaredName, 'the scope "user", "item", "context" or "training" after "features"'],
  ["features", t.LeftBrace, '"{" before the features'],
  ["features", t.RightBrace, 'the next feature, as "name : kind", or "}"'],
  ["declaration", t.Colon, '":" between the feature\'s name and its kind'],
  ["kind", t.Identifier, 'a kind such as id, enum, int or number after ":"'],
  ["transform", t.Identifier, 'a transform such as log1p or standardize after "|>"'],

  ["history", t.DeclaredName, 'the history\'s name after "history"'],
  ["history", t.LeftBrace, '"{" before the fields'],
  ["history", t.RightBrace, 'the next field, as "item_id <-> hist_item_id" or "dwell : number", or "}"'],
  ["binding", null, '"<->" between the feature and the column of its history, or ":" and a kind'],
  ["binding", t.Identifier, 'the name of the data\'s column after "<->"'],

  ["label", t.DeclaredName, 'the label\'s name after "label"'],
  ["label", t.Colon, '":" between the label\'s name and its kind'],
  ["labelKind", t.Identifier, 'the kind binary after ":"'],

  ["block", t.DeclaredName, 'the block\'s name after "block"'],
  ["block", t.OpenParenthesis, '"(" and the block\'s parameters after its name'],
  ["block", t.RightParenthesis, afterParameter],
  ["block", t.LeftBrace, '"->" and a type, or "{" before the block\'s body'],
  ["block", t.RightBrace, '"let", "layer", an expression, or "}" after the block\'s value'],
  ["body", t.RightBrace, '"let", "layer", an expression, or "}" after the function\'s value'],
  ["parameter", t.Identifier, "a parameter's name"],
  ["type", t.Identifier, "a type such as Vec[d], Seq[h, d] or Int"],
  ["type", t.RightBracket, '"," or "]" after a width'],

  ["net", t.LeftBrace, '"{" before the network'],
  ["net", t.RightBrace, '"let", "layer", "predict", "output", "loss" or "}"'],
  ["let", t.DeclaredName, 'a name after "let"'],
  ["let", t.Equals, '"=" between the name and its value'],
  ["names", t.Identifier, "the name of an element"],
  ["names", t.RightParenthesis, '"," or ")" after a name'],
  ["layer", t.DeclaredName, 'a name after "layer"'],
  ["layer", t.Equals, '"=" between the layer\'s name and what it is'],
  ["predict", t.DeclaredName, 'the label\'s name after "predict"'],
  ["predict", t.Equals, '"=" between the label and its prediction'],
  ["output", t.DeclaredName, 'a name after "output"'],
  ["output", t.Equals, '"=" between the output\'s name and its value'],
  ["loss", t.DeclaredName, 'a name after "loss"'],
  ["loss", t.Equals, '"=" between the loss\'s name and its value'],

  ["train", t.LeftBrace, '"{" before the settings'],
  ["train", t.RightBrace, 'the next setting, as "batch 256", or "}"'],

  ["tune", t.LeftBrace, '"{" before the ranges'],
  ["tune", t.RightBrace, 'the next range, as "rate: log(1e-4..1e-2)", or "}"'],
  ["range", t.Identifier, 'batch, epochs or learning_rate after "train."'],
  ["range", t.Colon, '":" between the name and its range'],

  ["import", t.StringLiteral, 'the path of a file, as "blocks.din", after "import"'],
  ["param", t.DeclaredName, 'the param\'s name after "param"'],
  ["param", t.Equals, '"=" between the param and its default'],
  ["variant", t.DeclaredName, "a name"],
  ["variant", t.FromKeyword, '"from" and the model that it is a variant of'],
  ["variant", t.LeftBrace, '"{" before what is different'],
  ["variant", t.RightBrace, 'the next item, or "}"'],

  ["stage", t.Identifier, 'the name of a function or block after "|>"'],
  ["call", t.RightParenthesis, afterArgument],
  ["options", t.RightParenthesis, afterArgument],
  ["operand", null, 'an expression such as a name, a number, a call or a list in "[ ]"'],
  ["operand", t.Identifier, 'a field\'s name after "."'],
  ["operand", t.RightParenthesis, 'an operator or ")"'],
  ["index", t.RightBracket, '"]" after the number of an element'],
  ["list", t.RightBracket, '"," or "]" after an element'],
  ["lambda", t.Identifier, "a parameter's name"],
  ["lambda", t.RightParenthesis, afterParameter],
];

/** Completes "expected …". */
export function describeExpectation({ rule, token }: Expectation): string {
  const row = table.find(([ofRule, ofToken]) => ofRule === rule && ofToken === token);
  return row?.[2] ?? token?.LABEL ?? `the rest of the ${rule}`;
}
