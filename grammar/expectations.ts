// What a reader should have written, in the field's words: for each rule of the grammar, and for the tokens in it
// that deserve better than their own sign.

import type { TokenType } from "chevrotain";
import type { Expectation } from "./parser.ts";
import * as t from "./tokens.ts";

const expression = 'an expression such as a name, a number, a call or a list in "[ ]"';
const afterExpression = 'an operator, "|>" or the end of the expression';

const byRule = new Map<string, { readonly any: string; readonly tokens?: readonly [TokenType, string][] }>([
  ["item", { any: "the end of the item" }],
  ["model", { any: "the end of the line", tokens: [[t.DeclaredName, 'the model\'s name after "model"']] }],
  [
    "features",
    {
      any: "a feature",
      tokens: [
        [t.DeclaredName, 'the scope "user", "item" or "context" after "features"'],
        [t.LeftBrace, '"{" before the features'],
        [t.RightBrace, 'the next feature, as "name : kind", or "}"'],
      ],
    },
  ],
  [
    "declaration",
    {
      any: "a feature",
      tokens: [
        [t.Identifier, "a feature's name"],
        [t.Colon, '":" between the feature\'s name and its kind'],
      ],
    },
  ],
  [
    "kind",
    {
      any: "a kind",
      tokens: [
        [t.Identifier, 'a kind such as id, enum, int or number after ":"'],
        [t.RightParenthesis, '"," or ")" after an argument'],
      ],
    },
  ],
  ["labelKind", { any: "a kind", tokens: [[t.Identifier, 'the kind binary after ":"']] }],
  [
    "transform",
    {
      any: "a transform",
      tokens: [
        [t.Identifier, 'a transform such as log1p or standardize after "|>"'],
        [t.RightParenthesis, '"," or ")" after an argument'],
      ],
    },
  ],
  ["embed", { any: 'a width after "embed"' }],
  [
    "history",
    {
      any: "a binding",
      tokens: [
        [t.DeclaredName, 'the history\'s name after "history"'],
        [t.RightParenthesis, '"," or ")" after an argument'],
        [t.LeftBrace, '"{" before the bindings'],
        [t.RightBrace, 'the next binding, as "item_id <-> hist_item_id", or "}"'],
      ],
    },
  ],
  [
    "binding",
    {
      any: "a binding",
      tokens: [
        [t.Identifier, "the name of the data's column"],
        [t.BindingArrow, '"<->" between the feature and the column of its history'],
      ],
    },
  ],
  [
    "label",
    {
      any: "a label",
      tokens: [
        [t.DeclaredName, 'the label\'s name after "label"'],
        [t.Colon, '":" between the label\'s name and its kind'],
      ],
    },
  ],
  [
    "block",
    {
      any: "a block",
      tokens: [
        [t.DeclaredName, 'the block\'s name after "block"'],
        [t.OpenParenthesis, '"(" and the block\'s parameters after its name'],
        [t.RightParenthesis, '"," or ")" after a parameter'],
        [t.LeftBrace, '"->" and a type, or "{" before the block\'s body'],
        [t.RightBrace, '"let", an expression, or "}" after the block\'s value'],
      ],
    },
  ],
  ["parameter", { any: "a parameter", tokens: [[t.Identifier, "a parameter's name"]] }],
  [
    "type",
    {
      any: "a type",
      tokens: [
        [t.Identifier, "a type such as Vec[d], Seq[h, d] or Int"],
        [t.RightBracket, '"," or "]" after a width'],
      ],
    },
  ],
  [
    "let",
    {
      any: "a statement",
      tokens: [
        [t.DeclaredName, 'a name after "let"'],
        [t.Equals, '"=" between the name and its value'],
      ],
    },
  ],
  [
    "predict",
    {
      any: "a statement",
      tokens: [
        [t.DeclaredName, 'the label\'s name after "predict"'],
        [t.Equals, '"=" between the label and its prediction'],
      ],
    },
  ],
  [
    "net",
    {
      any: '"let" or "predict"',
      tokens: [
        [t.LeftBrace, '"{" before the network'],
        [t.RightBrace, '"let", "predict" or "}"'],
      ],
    },
  ],
  [
    "train",
    {
      any: "a setting",
      tokens: [
        [t.LeftBrace, '"{" before the settings'],
        [t.RightBrace, 'the next setting, as "batch 256", or "}"'],
      ],
    },
  ],
  ["setting", { any: "a setting" }],
  ["expression", { any: afterExpression }],
  [
    "stage",
    {
      any: "a function",
      tokens: [
        [t.Identifier, 'the name of a function or block after "|>"'],
        [t.RightParenthesis, '"," or ")" after an argument'],
      ],
    },
  ],
  [
    "operand",
    {
      any: expression,
      tokens: [
        [t.Identifier, 'a field\'s name after "."'],
        [t.RightParenthesis, '")"'],
      ],
    },
  ],
  ["list", { any: "a list", tokens: [[t.RightBracket, '"," or "]" after an element']] }],
  [
    "lambda",
    {
      any: "a function",
      tokens: [
        [t.Identifier, "a parameter's name"],
        [t.RightParenthesis, '"," or ")" after a parameter'],
      ],
    },
  ],
  ["argument", { any: "an argument" }],
]);

/** Completes "expected …". */
export function describeExpectation({ rule, token }: Expectation): string {
  const words = byRule.get(rule);
  const ofToken = words?.tokens?.find(([type]) => type === token)?.[1];
  if (ofToken !== undefined) return ofToken;
  if (token !== null) return token.LABEL ?? token.name;
  return words?.any ?? expression;
}
