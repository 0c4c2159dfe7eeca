// DIN01xx: what is wrong with the text itself, before any name has a meaning.

import { defineKind } from "./define.ts";

export const unexpectedCharacter = defineKind<{ text: string }>({
  code: "DIN0101",
  name: "unexpected-character",
  severity: "error",
  message: ({ text }) =>
    `unexpected ${text.length === 1 ? "character" : "characters"} ${JSON.stringify(text)}`,
  explanation:
    "Names are made of the letters a to z, digits and underscores; strings stand in straight double quotes. " +
    "Other characters may stand in strings and comments only. They often come from a word processor, which turns " +
    "quotes and minus signs into typographic ones.",
});

export const unterminatedString = defineKind<Record<string, never>>({
  code: "DIN0102",
  name: "unterminated-string",
  severity: "error",
  message: () => "this string has no closing quote on its line",
  explanation:
    'A string begins and ends with " on one line. A line break inside is written \\n, a quote inside \\".',
});

export const unknownEscape = defineKind<{ text: string }>({
  code: "DIN0103",
  name: "unknown-escape",
  severity: "error",
  message: ({ text }) => `unknown escape \`${text}\` in a string`,
  explanation:
    'A backslash in a string begins one of \\n, \\r, \\t, \\\\, \\" and \\u{…} (a code point in hexadecimal digits). ' +
    "Anything else would silently become another text than the one in the data.",
});

export const malformedNumber = defineKind<{ text: string }>({
  code: "DIN0104",
  name: "malformed-number",
  severity: "error",
  message: ({ text }) => `\`${text}\` is not a number`,
  explanation:
    "Numbers are decimal: 42, 10_000, 0.5, 1e-3. Underscores stand between digits, a point has digits on both " +
    "sides, and there are no units or other bases.",
});

export const numberOutOfRange = defineKind<{ text: string }>({
  code: "DIN0105",
  name: "number-out-of-range",
  severity: "error",
  message: ({ text }) => `the number ${text} cannot be held exactly`,
  explanation:
    "Whole numbers in a spec go up to 9007199254740991 (2^53 − 1), others up to about 1.8e308. A larger one would be " +
    "rounded without a word. Ids in the data have no such limit: they are texts.",
});

export const unclosedBracket = defineKind<{ bracket: string }>({
  code: "DIN0106",
  name: "unclosed-bracket",
  severity: "error",
  message: ({ bracket }) => `this \`${bracket}\` is never closed`,
  explanation:
    "Every { ( and [ has its } ) or ]. Where one is missing, dinc looks for the place at which the text stops making " +
    "sense: the next item, the next statement, or the end of the file.",
});

export const unmatchedBracket = defineKind<{ bracket: string }>({
  code: "DIN0107",
  name: "unmatched-bracket",
  severity: "error",
  message: ({ bracket }) => `this \`${bracket}\` closes nothing`,
  explanation: "A closing bracket without an opening one: it is left over, or an item was closed too early.",
});

export const unexpectedToken = defineKind<{ expected: string; found: string }>({
  code: "DIN0108",
  name: "unexpected-token",
  severity: "error",
  message: ({ expected, found }) => `expected ${expected}, found ${found}`,
  explanation:
    "The text departs from the grammar here (grammar/SPEC.md). Reading goes on at the next declaration, statement or " +
    "item, so one mistake is reported once.",
});

export const unknownItem = defineKind<{ found: string }>({
  code: "DIN0109",
  name: "unknown-item",
  severity: "error",
  message: ({ found }) =>
    `expected an item (model, features, history, label, block, net or train), found ${found}`,
  explanation:
    "A spec is a list of items, each of which begins with its keyword: model, features, history, label, block, net, " +
    "train. Nothing else stands between them, comments excepted.",
});

export const unknownScope = defineKind<{ scope: string }>({
  code: "DIN0110",
  name: "unknown-scope",
  severity: "error",
  message: ({ scope }) => `\`${scope}\` is not a scope of features`,
  explanation:
    "Features belong to the user, the item (the candidate to be ranked) or the context of a request. The scope says " +
    "when a value is known: what only needs the user is computed once per request, what needs the item once per " +
    "candidate.",
});

export const nestedTooDeep = defineKind<{ limit: number }>({
  code: "DIN0111",
  name: "nested-too-deep",
  severity: "error",
  message: ({ limit }) => `this is nested deeper than ${limit} levels`,
  explanation:
    "Brackets and lambdas may stand 64 deep in one another, and one expression may chain 500 operators, pipes or " +
    "fields. No model needs as much; name the parts with `let`, or make them blocks.",
});

export const misplacedLambda = defineKind<Record<string, never>>({
  code: "DIN0112",
  name: "misplaced-lambda",
  severity: "error",
  message: () => "a function may stand only where it is the argument of a call",
  explanation:
    "`(h, n) => h |> dense(n)` is given to functions such as `fold` that apply it while the model is compiled. It is " +
    "no value of the network: a function with a name is a block.",
});

export const detachedParenthesis = defineKind<{ callee: string }>({
  code: "DIN0113",
  name: "detached-parenthesis",
  severity: "error",
  message: ({ callee }) => `the "(" of a call must follow \`${callee}\` without white space`,
  explanation:
    "Line breaks mean nothing in a spec, so `let a = b` followed by a line `(c + d)` would read as the call `b(c + " +
    "d)`. Therefore a call's parenthesis stands right after the name.",
});

export const calledResult = defineKind<Record<string, never>>({
  code: "DIN0114",
  name: "called-result",
  severity: "error",
  message: () => "only a name can be called, not the result of an expression",
  explanation:
    "Functions are known when the model is compiled; what a call gives is a value of the network, which cannot be " +
    "called. Several steps are written as a pipe: `x |> f(1) |> g(2)`.",
});

export const operatorAfterPipe = defineKind<{ operator: string }>({
  code: "DIN0115",
  name: "operator-after-pipe",
  severity: "error",
  message: ({ operator }) => `\`${operator}\` cannot follow a pipe`,
  explanation:
    "A pipe binds weaker than + - * /: `a + b |> f` is `f(a + b)`. So that nobody reads `a |> f + b` in two ways, " +
    "parentheses are asked for: `(a |> f) + b`.",
});

export const blockWithoutValue = defineKind<{ block: string }>({
  code: "DIN0116",
  name: "block-without-value",
  severity: "error",
  message: ({ block }) => `block \`${block}\` has no value`,
  explanation:
    "The last thing in a block is an expression without `let`: what the block gives where it is used.",
});

export const unusedValue = defineKind<{ block: string }>({
  code: "DIN0120",
  name: "unused-value",
  severity: "error",
  message: ({ block }) => `this expression in block \`${block}\` is neither named nor the block's value`,
  explanation:
    "A block consists of `let`s and one expression at its end, its value. Another expression would be computed for " +
    "nothing; often a line break stands where an operator or a pipe is missing.",
});

export const misplacedModel = defineKind<{ name: string }>({
  code: "DIN0117",
  name: "misplaced-model",
  severity: "error",
  message: ({ name }) => `\`model ${name}\` must be the first item and stand once`,
  explanation: "One file is one model, and its name opens it.",
});

export const nestedHistory = defineKind<Record<string, never>>({
  code: "DIN0390",
  name: "nested-history",
  severity: "error",
  message: () => "a history cannot stand in another one: histories of histories are not supported",
  explanation:
    "A history is one axis: a value has one row for each of its steps. Steps that are sequences themselves, such as " +
    "sessions of clicks, would be a second axis inside the first, and nothing in the language says how the two meet. " +
    "Sessions are written as one history whose steps say which session they belong to, as a field of their own: " +
    "`session : int(0..9)  embed 4`, counted from the latest session, so that 0 is the one that goes on.",
});

export const danglingDocumentation = defineKind<Record<string, never>>({
  code: "DIN0119",
  name: "dangling-documentation",
  severity: "warning",
  message: () => "this documentation comment documents nothing",
  explanation:
    "`///` documents what comes next: the model, a feature, a history, a binding, a label or a block. Elsewhere it " +
    "would be lost; a plain remark begins with `//`.",
});

// ---- `// dinc-ignore CODE: reason`

export const unusedSuppression = defineKind<{ code: string }>({
  code: "DIN0121",
  name: "unused-suppression",
  severity: "warning",
  message: ({ code }) => `there is no ${code} here to ignore`,
  explanation:
    "`// dinc-ignore CODE: reason` speaks of its own line, or of the next one where it stands alone. What it ignored is " +
    "gone, so the comment would only hide the next such finding.",
});

export const unknownSuppression = defineKind<{ code: string }>({
  code: "DIN0122",
  name: "unknown-suppression",
  severity: "warning",
  message: ({ code }) =>
    code === ""
      ? "`dinc-ignore` does not say what it ignores"
      : `there is no diagnostic \`${code}\` to ignore`,
  explanation:
    "A suppression names one code, such as DIN0229, or its name, such as unused-let, and a reason after a colon. Without " +
    "a code that exists it ignores nothing.",
});

export const suppressionWithoutReason = defineKind<{ code: string }>({
  code: "DIN0123",
  name: "suppression-without-reason",
  severity: "warning",
  message: ({ code }) => `this ignores ${code} without a reason`,
  explanation:
    "Who reads the spec next must be able to tell whether a finding is still to be ignored. The reason stands after a " +
    "colon: `// dinc-ignore DIN0227: is filled from March on`.",
});

export const suppressedError = defineKind<{ code: string }>({
  code: "DIN0124",
  name: "suppressed-error",
  severity: "warning",
  message: ({ code }) => `${code} is an error, and errors cannot be ignored`,
  explanation:
    "Only warnings and advice can be ignored. With an error there is no model: it has no meaning that could be trained " +
    "or served.",
});
