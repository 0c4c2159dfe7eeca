// Catalogue: the syntax of the text. Codes DIN01xx.

import { defineError, defineWarning, withHelps } from "./define.ts";

/** Words of other notations between or before conditions. */
const CONDITIONS = {
  and: "for `and`, multiply: `(a > 0) * (b > 0)` is 1 if both conditions hold",
  or: "for `or`, take the maximum: `max(a > 0, b > 0)` is 1 if at least one condition holds",
  not: "for `not`, subtract from 1: `1 - (a > b)` is 1 if the condition does not hold",
} as const;

/** The advice for `|> count` of ids. */
export const COUNT_OF_IDS =
  "a count of the training rows would tell a row its own future; count what was before each row in a query of `dinc.yaml`, and declare its column: `item_count : number |> log1p`";
const CHOICE = "`where(condition, a, b)` chooses one of two values";
const POWER = "write a power as `pow(x, 2)`";

/** Advice for a character that begins no token. */
const CHARACTERS = new Map<string, string>([
  ...[..."“”„«»＂"].map((sign): [string, string] => [sign, 'use straight quotes (")']),
  ...[..."‘’'"].map((sign): [string, string] => [sign, 'use double quotes (")']),
  ...[..."−–—"].map((sign): [string, string] => [sign, "use a hyphen (-)"]),
  ...[...";；"].map((sign): [string, string] => [sign, "remove it: lines need no separator"]),
  ["×", "use `*`"],
  ["÷", "use `/`"],
  ["：", "use `:`"],
  ["，", "use `,`"],
  ["#", "begin comments with `//`"],
  ["|", "use `|>` for a pipe"],
  ["≤", "use `<=`"],
  ["≥", "use `>=`"],
  ["≠", "use `!=`"],
  ["!", CONDITIONS.not],
  ["||", CONDITIONS.or],
  ["&", CONDITIONS.and],
  ["?", CHOICE],
  ["^", POWER],
  ["%", "there is no remainder operator; compute it when you write the data"],
  ["@", "a product with weights is `linear(x, 8)`, a product of two vectors `dot(a, b)`"],
  ["\0", "the file seems to be UTF-16; save it as UTF-8"],
]);

export const unexpectedCharacter = defineError<{ text: string }>({
  code: "DIN0101",
  name: "unexpected-character",
  message: ({ text }) =>
    `unexpected ${text.length === 1 ? "character" : "characters"} ${JSON.stringify(text)}`,
  help: ({ text }) =>
    CHARACTERS.get(text) ??
    CHARACTERS.get(text.charAt(0)) ??
    "names consist of a to z, digits and underscores; other characters are allowed in strings and comments only",
  explanation:
    "Names consist of the letters a to z, digits and underscores, and strings are written in straight double quotes. Other characters are allowed in strings and comments only. They often come from a word processor, which replaces quotes and minus signs by typographic ones.",
});

export const unterminatedString = defineError<Record<string, never>>({
  code: "DIN0102",
  name: "unterminated-string",
  message: () => "this string has no closing quote on its line",
  help: () => 'end the string with " on the same line',
  explanation:
    'A string begins and ends with " on one line. A line break inside is written \\n, a quote inside \\".',
});

export const unknownEscape = defineError<{ text: string }>({
  code: "DIN0103",
  name: "unknown-escape",
  message: ({ text }) => `unknown escape \`${text}\` in a string`,
  help: () => 'the escapes are \\n, \\r, \\t, \\\\, \\" and \\u{…}; a backslash itself is written \\\\',
  explanation:
    'A backslash in a string begins one of \\n, \\r, \\t, \\\\, \\" and \\u{…} (a code point in hexadecimal digits). Other escapes would make the text differ from the one in the data.',
});

/** `meant`: the likely number, or null. */
export const malformedNumber = defineError<{ text: string; meant: string | null }>({
  code: "DIN0104",
  name: "malformed-number",
  message: ({ text }) => `\`${text}\` is not a number`,
  help: ({ meant }) => (meant === null ? "write numbers as 42, 10_000, 0.5 or 1e-3" : `write \`${meant}\``),
  explanation:
    "Numbers are decimal: 42, 10_000, 0.5, 1e-3. Underscores must be between digits, and a decimal point has digits on both sides. There are no units and no other bases.",
});

export const numberOutOfRange = defineError<{ text: string }>({
  code: "DIN0105",
  name: "number-out-of-range",
  message: ({ text }) => `the number ${text} cannot be represented exactly`,
  help: () =>
    "whole numbers go up to 9007199254740991; a large vocabulary is learned from the data with `id`",
  explanation:
    "Whole numbers in a spec go up to 9007199254740991 (2^53 − 1), others up to about 1.8e308. A larger one would be rounded silently. Ids in the data have no such limit: they are texts.",
});

export const unclosedBracket = defineError<{ bracket: string }>({
  code: "DIN0106",
  name: "unclosed-bracket",
  message: ({ bracket }) => `this \`${bracket}\` is never closed`,
  help: ({ bracket }) => `close it with \`${bracket === "{" ? "}" : bracket === "[" ? "]" : ")"}\``,
  explanation:
    "Every { ( and [ has its } ) or ]. If one is missing, dinc looks for the location from which the text has no meaning: the next item, the next statement, or the end of the file.",
});

export const unmatchedBracket = defineError<{ bracket: string }>({
  code: "DIN0107",
  name: "unmatched-bracket",
  message: ({ bracket }) => `this \`${bracket}\` has no opening bracket`,
  help: () => "remove it, or look for an item that was closed too early",
  explanation:
    "A closing bracket needs an opening one. Either it is superfluous, or an item was closed too early.",
});

const SETTING = "a setting and its value are written side by side: `batch 256`";

/** Advice for a misplaced sign, by its position. */
const SIGNS = {
  ...CONDITIONS,
  argument: "arguments are written `name: value`",
  kind: "write the kind after `:`",
  binding: "`<->` binds a column to a feature",
  blockType: "write the type of a block after `->`",
  blockBody: "write the body of a block in braces: `block f(x: Vec[d]) -> Vec[d] { … }`",
  letType: "a `let` has no type annotation, because its value determines the type: `let name = …`",
  prediction: "write the prediction after `=`",
  loss: "write the loss after `=`",
  separator: "remove it: no separator is needed here",
  comparison: "`=` gives a name to a value; to compare two values write `a == b`",
  comparisonOfFeature:
    "features are declared here; write a comparison in the network: `let adult = age > 18`",
  statement:
    "a statement begins with `let name =`, `layer name =`, `predict label =`, `output name =` or `loss name =`",
  indexing: "an index follows a name without white space: `x[2]`; a field of a history is `clicks.item_id`",
  elements: "elements are counted from 1, and a range has both ends: `x[1..4]` are the first four",
  names: "write several names in parentheses: `let (a, b) = …`",
  values: "several values are a list: `[a, b]`",
  results: "a block that gives a list declares no result type: `block f(x: Vec[d]) { [a, b] }`",
  choice: CHOICE,
  power: POWER,
  severalValues: "separate several values with commas: `metrics auc, log_loss`",
  setting: SETTING,
  settingWithOptions:
    "a setting begins with its own name, and options follow its value: `optimizer adam(learning_rate: 1e-3)`",
  earlyStop: "early stopping is a setting of two words: `stop early(patience: 2)`",
  transforms:
    "transforms follow the kind, before `from`, `share` and `embed`: `number |> buckets(10, 20)  from price  embed 4`",
  countOfIds: COUNT_OF_IDS,
  embedding: "a feature gets its table with `embed` after the kind: `item_id : id  embed 16`",
  lambda: "write a function as `c => …`, or with several parameters `(h, n) => …`",
  predictions: "write one `predict` for each label",
  historyName: "a history has a name only, because it always belongs to the user: `history clicks { … }`",
  labelKind: "give the label a kind: `label click : binary`",
  commas: "separate arguments and elements with commas: `concat(a, b)`",
} as const;

export type MisplacedSign = keyof typeof SIGNS;

export const unexpectedToken = defineError<{
  expected: string;
  found: string;
  sign: MisplacedSign | null;
}>({
  code: "DIN0108",
  name: "unexpected-token",
  message: ({ expected, found }) => `expected ${expected}, found ${found}`,
  help: ({ sign }) => (sign === null ? null : SIGNS[sign]),
  explanation:
    "Here the text does not follow the grammar (grammar/SPEC.md). Reading continues at the next declaration, statement or item, so one mistake is reported once.",
});

export const unknownItem = defineError<{ found: string }>({
  code: "DIN0109",
  name: "unknown-item",
  message: ({ found }) =>
    `expected an item (model, features, history, label, block, net or train), found ${found}`,
  help: () => "begin each item with its keyword",
  explanation:
    "A spec is a list of items, and each begins with its keyword: model, features, history, label, block, net, train. Only comments may come between them.",
});

export const unknownScope = defineError<{ scope: string }>({
  code: "DIN0110",
  name: "unknown-scope",
  message: ({ scope }) => `\`${scope}\` is not a scope of features`,
  help: () => "the scopes are user, item, context and training",
  explanation:
    "A feature belongs to the user, to the item (the candidate) or to the context of a request. The scope says when its value is known: a computation that depends on the user alone runs once per request, one that depends on the item once per candidate. Columns of the scope `training` are known in training only.",
});

export const nestedTooDeep = defineError<{ limit: number }>({
  code: "DIN0111",
  name: "nested-too-deep",
  message: ({ limit }) => `this is nested deeper than ${limit} levels`,
  help: () => "name the parts with `let`, or make them blocks",
  explanation:
    "Brackets and lambdas may be nested 64 levels deep, and one expression may chain 500 operators, pipes or fields. No model needs more.",
});

export const misplacedLambda = defineError<Record<string, never>>({
  code: "DIN0112",
  name: "misplaced-lambda",
  message: () => "a function can only be the argument of a call",
  help: () =>
    "pass it to a function, as in `f(x => …)` or `f((a, b) => …)`; with a name it is a layer, `layer f = x => …`, or a block",
  explanation:
    "`(h, n) => h |> dense(n)` is an argument of functions such as `fold`, which apply it while the model is compiled. It is not a value of the network. A function with a name is a `layer`, whose calls share their weights, or a block, whose uses have weights of their own.",
});

export const detachedParenthesis = defineError<{ callee: string }>({
  code: "DIN0113",
  name: "detached-parenthesis",
  message: ({ callee }) => `the "(" of a call must follow \`${callee}\` without white space`,
  help: ({ callee }) => `write \`${callee}(\``,
  explanation:
    "Line breaks have no meaning in a spec, so `let a = b` followed by a line `(c + d)` would read as the call `b(c + d)`. Therefore the parenthesis of a call directly follows the name.",
});

export const calledResult = withHelps(
  defineError<Record<string, never>>({
    code: "DIN0114",
    name: "called-result",
    message: () => "only a name can be called, not the result of an expression",
    help: () => "pass it on with a pipe: `x |> f(1) |> g(2)`",
    explanation:
      "Functions are known when the model is compiled. The result of a call is a value of the network, which cannot be called. Several steps are written as a pipe: `x |> f(1) |> g(2)`.",
  }),
  { onValue: (call: string) => `values have no methods; write \`${call}\`` },
);

export const operatorAfterPipe = defineError<{ operator: string }>({
  code: "DIN0115",
  name: "operator-after-pipe",
  message: ({ operator }) => `\`${operator}\` cannot follow a pipe`,
  help: ({ operator }) => `put the pipe in parentheses: \`(a |> f) ${operator} b\``,
  explanation:
    "A pipe binds weaker than all operators: `a + b |> f` is `f(a + b)`. `a |> f + b` could be read in two ways, so it needs parentheses: `(a |> f) + b`.",
});

export const chainedComparison = defineError<{ first: string; second: string }>({
  code: "DIN0125",
  name: "chained-comparison",
  message: () => "a comparison cannot be compared again",
  help: ({ first, second }) => `for both at once write \`(${first}) * (${second})\``,
  explanation:
    "A comparison is 1 or 0. `a < b < c` would compare that with `c`. Write each comparison in parentheses: `(a < b) * (b < c)` is 1 if both hold, `max(a < b, b < c)` if at least one does.",
});

/** `block`: its name; null for an inline function. */
export const blockWithoutValue = withHelps(
  defineError<{ block: string | null }>({
    code: "DIN0116",
    name: "block-without-value",
    message: ({ block }) => `${block === null ? "this function" : `block \`${block}\``} has no value`,
    help: ({ block }) =>
      `end the ${block === null ? "function" : "block"} with the expression for its value, without \`let\``,
    explanation:
      "A block, or a function in braces, ends with an expression without `let`. Its value is the value of the block. A line that begins with `-` continues the line before it, so a negative value is written in parentheses: `(-x)`.",
  }),
  {
    negated: (value: string) =>
      `a line that begins with \`-\` continues the line before it; if it is the value, write \`${value}\``,
  },
);

export const unusedValue = withHelps(
  defineError<{ block: string | null }>({
    code: "DIN0120",
    name: "unused-value",
    message: ({ block }) =>
      block === null
        ? "this expression is neither named nor the function's value"
        : `this expression in block \`${block}\` is neither named nor the block's value`,
    help: () => "name it with `let`, or remove it",
    explanation:
      "A block, or a function in braces, consists of `let`s and, at its end, one expression: its value. Any other expression would be computed for nothing. Often an operator or a pipe is missing at a line break.",
  }),
  { withoutReturn: () => "the last expression is the value, without `return`" },
);

export const retiredForm = defineWarning<{ was: string; instead: string; reason: string }>({
  code: "DIN0126",
  name: "retired-form",
  message: ({ was, instead }) => `\`${was}\` is written \`${instead}\` now`,
  help: ({ reason }) => `write the new form: ${reason}`,
  explanation:
    "The language has a new form for this. The old one keeps its meaning for at least one version, so the spec trains and compiles as before, with the same scores. `dinc fmt` replaces the retired forms of whole folders on request.",
});

export const misplacedModel = defineError<{ name: string; isSecond: boolean }>({
  code: "DIN0117",
  name: "misplaced-model",
  message: ({ name }) => `\`model ${name}\` must be the first item, and the only one of its kind`,
  help: ({ isSecond }) => (isSecond ? "remove one of the two" : "move it to the top of the file"),
  explanation: "A file describes one model, and begins with its name.",
});

export const nestedHistory = defineError<Record<string, never>>({
  code: "DIN0390",
  name: "nested-history",
  message: () => "a history cannot contain another one: histories of histories are not supported",
  help: () =>
    "declare it beside the other; to distinguish sessions in one history, give its steps a field for the session, such as `session : int(0..9)  embed 4`",
  explanation:
    "A history is one axis: a value has one row for each of its steps. Steps that are sequences themselves, such as sessions of clicks, would be a second axis inside the first. The language has no operations for that. Write sessions as one history with a field for the session of each step: `session : int(0..9)  embed 4`, counted from the latest session, so that the current one is 0.",
});

export const danglingDocumentation = defineWarning<Record<string, never>>({
  code: "DIN0119",
  name: "dangling-documentation",
  message: () => "this documentation comment documents nothing",
  help: () => "put it above the thing that it documents, or write a plain comment with `//`",
  explanation:
    "`///` documents what comes next: the model, a feature, a history, a binding, a label or a block. Elsewhere it would be lost; a plain comment begins with `//`.",
});

// ---- `// dinc-ignore CODE: reason`

export const unusedSuppression = defineWarning<{ code: string }>({
  code: "DIN0121",
  name: "unused-suppression",
  message: ({ code }) => `there is no ${code} to ignore here`,
  help: () => "remove the comment",
  explanation:
    "`// dinc-ignore CODE: reason` applies to its own line, or to the next one if it is alone on its line. The finding that it ignored no longer occurs, so the comment would only hide the next one of this kind.",
});

export const unknownSuppression = defineWarning<{ code: string }>({
  code: "DIN0122",
  name: "unknown-suppression",
  message: ({ code }) =>
    code === "" ? "`dinc-ignore` names no code" : `there is no diagnostic \`${code}\` to ignore`,
  help: () => "write `// dinc-ignore CODE: reason`, one comment for each code",
  explanation:
    "A suppression names one code, such as DIN0229, or its name, such as unused-let, and a reason after a colon. If it names an unknown code, it ignores nothing.",
});

export const suppressionWithoutReason = defineWarning<{ code: string }>({
  code: "DIN0123",
  name: "suppression-without-reason",
  message: ({ code }) => `this ignores ${code} without a reason`,
  help: ({ code }) => `say why: \`// dinc-ignore ${code}: reason\``,
  explanation:
    "A reader must be able to tell whether the finding should still be ignored. The reason follows a colon: `// dinc-ignore DIN0227: is filled from March on`.",
});

export const suppressedError = defineWarning<{ code: string }>({
  code: "DIN0124",
  name: "suppressed-error",
  message: ({ code }) => `${code} is an error, and errors cannot be ignored`,
  help: () => "remove the comment",
  explanation:
    "Only warnings and advice can be ignored. A spec with an error describes no model, so there is nothing to train or serve.",
});
