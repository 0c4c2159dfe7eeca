// Catalogue: expressions, that is, names, calls, types, widths and axes. Codes DIN0260–DIN0299 and DIN0467.

import { defineError, withHelps } from "./define.ts";

// ---- Names and calls

export const unknownName = withHelps(
  defineError<{ name: string }>({
    code: "DIN0260",
    name: "unknown-name",
    message: ({ name }) => `nothing is called \`${name}\` here`,
    explanation:
      "The network sees features, histories, blocks and the `let`s above. A block sees its parameters and the `let`s above.",
  }),
  {
    column: (field: string) => `its values are \`${field}\``,
    label: () => "a block cannot read a label; give its value as an argument",
  },
);

export const unknownFunction = defineError<{ name: string }>({
  code: "DIN0261",
  name: "unknown-function",
  message: ({ name }) => `there is no function or block \`${name}\``,
  explanation:
    "A call names a built-in function, a block of the standard library, a block of the spec, or a parameter that is a function.",
});

export const unknownField = withHelps(
  defineError<{ object: string; field: string }>({
    code: "DIN0262",
    name: "unknown-field",
    message: ({ object, field }) => `the history \`${object}\` has no field \`${field}\``,
    explanation:
      "The fields of a history have the names of the features that they are bound to: `clicks.item_id`, not the name of the column.",
  }),
  {
    byFeature: (field: string) => `a field has the name of its feature: \`${field}\``,
  },
);

export const noFields = withHelps(
  defineError<{ type: string }>({
    code: "DIN0263",
    name: "value-has-no-fields",
    message: ({ type }) => `${type} has no fields`,
    help: () => "only a history has fields, such as `clicks.item_id`",
    explanation: "Only histories have fields: `clicks.item_id` is the sequence of embedded item ids.",
  }),
  { embedding: (name: string) => `a feature's name is its embedding: \`${name}\`` },
);

export const notInBlock = defineError<{ name: string; what: string; block: string }>({
  code: "DIN0264",
  name: "not-visible-in-block",
  message: ({ name, what, block }) => `\`${block}\` cannot see the ${what} \`${name}\``,
  help: () => "add a parameter and pass it where the block is used",
  explanation: "A block sees only its parameters, so that it means the same everywhere.",
});

export const usedBeforeDefined = withHelps(
  defineError<{ name: string }>({
    code: "DIN0265",
    name: "used-before-defined",
    message: ({ name }) => `\`${name}\` is used before it is defined`,
    help: ({ name }) => `move this below the \`let\` of \`${name}\``,
    explanation: "`let`s and layers are read from top to bottom. A value can only use those above it.",
  }),
  {
    itself: () => "a layer does not call itself: repeat a step with `fold`",
  },
);

export const notEmbedded = defineError<{ name: string; declared: string }>({
  code: "DIN0266",
  name: "feature-not-embedded",
  message: ({ name }) => `\`${name}\` has ids but no embedding, so it has no value in the network`,
  help: ({ declared }) => `give it a width: \`${declared} embed 16\``,
  explanation:
    "In the network, the name of a feature is its embedded vector. Ids themselves are not numbers to compute with.",
});

export const notAFunction = defineError<{ name: string; type: string }>({
  code: "DIN0267",
  name: "not-a-function",
  message: ({ name, type }) => `\`${name}\` is ${type}, not a function`,
  explanation: "Only functions, blocks, and parameters that hold them can be called, or used after `|>`.",
});

export const missingArgument = withHelps(
  defineError<{ callee: string; parameter: string }>({
    code: "DIN0268",
    name: "missing-argument",
    message: ({ callee, parameter }) => `\`${callee}\` needs \`${parameter}\``,
    explanation: "A parameter without a default needs an argument.",
  }),
  {
    group: (example: string) => `name the feature that identifies the user: \`${example}\``,
  },
);

export const tooManyArguments = withHelps(
  defineError<{ callee: string; most: number; got: number }>({
    code: "DIN0269",
    name: "too-many-arguments",
    message: ({ callee, most, got }) =>
      `\`${callee}\` takes ${most === 0 ? "no arguments" : most === 1 ? "one argument" : `at most ${most} arguments`}, not ${got}`,
    explanation: "The piped value counts: in `x |> f(a)` the first argument is `x`.",
  }),
  { asList: (call: string) => `write one list: \`${call}\`` },
);

export const unknownArgument = withHelps(
  defineError<{ callee: string; name: string }>({
    code: "DIN0270",
    name: "unknown-argument",
    message: ({ callee, name }) => `\`${callee}\` has no parameter \`${name}\``,
    explanation: "An argument given by name must be spelt like the parameter.",
  }),
  {
    byPosition: () => "give it by position",
  },
);

export const argumentTwice = defineError<{ callee: string; name: string }>({
  code: "DIN0271",
  name: "argument-given-twice",
  message: ({ callee, name }) => `\`${name}\` of \`${callee}\` is given twice`,
  help: () => "remove one of them",
  explanation: "An argument is given once, by position or by name.",
});

export const wrongType = withHelps(
  defineError<{ what: string; expected: string; got: string }>({
    code: "DIN0272",
    name: "wrong-type",
    message: ({ what, expected, got }) => `${what} must be ${expected}, not ${got}`,
    explanation:
      "Vec and Seq are values of the network. Int, Float, List and functions are known when compiling.",
  }),
  {
    listOrScan: (callee: string) =>
      `\`${callee}\` runs over a list that is known when compiling, such as \`[80, 40]\` or \`1..3\`; \`scan\` runs over the steps of a history: \`scan(gru_cell, clicks, width: 8)\``,
    elements: (callee: string, length: string) =>
      `\`${callee}\` runs over numbers and written lists; write the vectors as \`[a, b]\`, or take them one by one: \`each(1..${length}, i => x[i])\``,
    withoutQuotes: (text: string) => `write the name without quotes: \`${text.replace(/^["']|["']$/g, "")}\``,
    chosenSteps: (text: string) =>
      `the steps for which a condition holds are \`mean(${text}, where: …)\`, or \`top(${text}, 20, where: …)\` as an axis`,
    anActivation: () => "name one, like `relu`",
    severalLayers: (callee: string, units: readonly number[]) =>
      `\`${callee}\` is one layer; several are \`mlp([${units.slice(0, -1).join(", ")}]) |> dense(${units.at(-1)})\``,
    oneNumber: (number: number) => `write the number alone: \`${number}\``,
    listOfNumbers: (number: string) => `write a list of numbers: \`[${number}]\``,
    splitNumbers: (vector: string, width: number) =>
      `\`split(${vector}, ${width})\` is the list of its ${width} numbers`,
    aFunction: () => "name a block or function, or write one: `(a, b) => dot(a, b)`",
    eachFeature: (call: string, list: string) =>
      `apply it to each feature in the list: \`each(${list}, ${call})\``,
    listOfFeatures: (feature: string) => `write a list of features: \`[${feature}]\``,
    aFeature: () => "name a feature, or a field of a history: a computed value has no ids",
    lossOfAYesOrNo: () => "for a binary label, use `log_loss(p, y)`, its default loss",
    otherOrder: (callee: string, parameters: string) =>
      `the arguments are in another order: \`${callee}(${parameters})\``,
    openArgument: (callee: string) =>
      `after \`|>\` and in a \`layer\`, the first argument is left out: \`${callee}(16)\`; a width is a whole number`,
  },
);

export const recursion = defineError<{ name: string }>({
  code: "DIN0273",
  name: "recursive-block",
  message: ({ name }) => `the block \`${name}\` uses itself`,
  help: () => "repeat a step with `fold` instead",
  explanation:
    "A block is a template that is copied where it is used, so a block that uses itself would never end. `fold` repeats a step.",
});

// ---- Widths and axes

export const widthMismatch = withHelps(
  defineError<{ operation: string; left: string; right: string }>({
    code: "DIN0274",
    name: "width-mismatch",
    message: ({ operation, left, right }) =>
      `${operation} needs equal widths, but they are ${left} and ${right}`,
    help: ({ left }) => `bring both to one width, for example with \`dense(x, ${left})\``,
    explanation:
      "Both sides of an element-wise operation must have the same width. Only a width of 1 is stretched to that of the other side.",
  }),
  {
    split: (parts: string, part: string, whole: string) =>
      `for ${parts} parts of ${part}, the vector must be ${whole} wide`,
    elements: (vector: string, list: string) =>
      `to combine each number of \`${vector}\` with one of the ${list} elements, write \`split(${vector}, ${list})\``,
  },
);

export const axisMismatch = defineError<{
  operation: string;
  left: string;
  right: string;
  sameHistory: boolean;
}>({
  code: "DIN0275",
  name: "axis-mismatch",
  message: ({ operation, left, right }) =>
    `${operation} would mix the steps of \`${left}\` with those of \`${right}\``,
  help: ({ sameHistory }) =>
    sameHistory
      ? "bring both to the same number of steps, with `append`, `before_last` or `after_first`"
      : "reduce one of them first, with `sum`, `mean` or `max`",
  explanation:
    "Two histories have different lengths and no common order: step 3 of one is not related to step 3 of the other.",
});

const noAxisHelps: Readonly<Record<string, string>> = {
  sum: "to add up the numbers of a vector, use `total`",
  max: "to compare with another value, give both: `max(x, 0)`",
  min: "to compare with another value, give both: `min(x, 1)`",
  softmax: "the softmax of one number is always 1: give it a history, a list, or a wider vector",
};

export const noAxis = defineError<{ operation: string; type: string }>({
  code: "DIN0276",
  name: "no-axis-to-reduce",
  message: ({ operation, type }) =>
    `\`${operation}\` works over the steps of a history, but its argument is ${type}`,
  help: ({ operation }) =>
    noAxisHelps[operation] ?? "give it a history, a list, or something computed from one",
  explanation:
    "`sum`, `mean`, `max`, `min`, `all` and `any` work along the axis of a Seq. `total` adds up the numbers of a vector, and `max(x, 0)` compares each number with another. `softmax` takes a vector too, but the softmax of one number is always 1.",
});

export const probabilityAsVector = withHelps(
  defineError<{ operation: string }>({
    code: "DIN0277",
    name: "probability-used-as-vector",
    message: ({ operation }) => `${operation} takes a vector, but this is a probability`,
    help: () =>
      "use the value before its `sigmoid`; a probability can only be multiplied, subtracted from 1 as `1 - p`, or mixed: `p * q + (1 - p) * r`; as a plain number it is `1 * p`",
    explanation:
      "A Prob may be predicted. It may be multiplied with another Prob (both happen), subtracted from 1 (it does not happen) or mixed with others (`p * q + (1 - p) * r`, `where(c, p, q)`); the result is a Prob with a logit again. It may be multiplied with a vector or number as a gate, and the result is a plain vector. Everything else is computed before the `sigmoid`, where numbers do not saturate and the loss has its logit.",
  }),
  {
    bothOrNone: (other: string) =>
      `\`where\` takes two probabilities or none, and \`${other}\` is not a probability: choose between the values before their \`sigmoid\``,
  },
);

export const blockResult = defineError<{ block: string; declared: string; got: string }>({
  code: "DIN0278",
  name: "block-result-differs",
  message: ({ block, declared, got }) => `\`${block}\` declares ${declared}, but computes ${got}`,
  help: () => "change the signature or the last expression",
  explanation:
    "Callers rely on the signature, so the last expression of the block must have exactly this type, for all widths.",
});

export const notInferable = defineError<{ variable: string; block: string }>({
  code: "DIN0279",
  name: "width-not-inferable",
  message: ({ variable, block }) => `no argument of \`${block}\` determines \`${variable}\``,
  help: ({ variable }) => `add a parameter \`${variable}: Int\`, or one of type \`Vec[${variable}]\``,
  explanation:
    "A width variable is found by matching an argument with `Vec[d]`, `Vec[2*d + 1]` and the like, or given as an `Int` parameter of that name.",
});

export const argumentWidth = defineError<{
  parameter: string;
  block: string;
  pattern: string;
  got: string;
  unsolvable: string | null;
}>({
  code: "DIN0280",
  name: "argument-width-mismatch",
  message: ({ parameter, block, pattern, got }) =>
    `\`${parameter}\` of \`${block}\` is ${pattern} wide, but the argument is ${got} wide`,
  help: ({ unsolvable, got }) =>
    unsolvable === null ? null : `no whole number makes ${unsolvable} equal to ${got}`,
  explanation: "A width variable has one value in a call: all arguments must fit the signature together.",
});

export const cannotLift = defineError<{ block: string; parameter: string; axis: string }>({
  code: "DIN0281",
  name: "cannot-apply-per-step",
  message: ({ block, parameter, axis }) =>
    `\`${parameter}\` of \`${block}\` takes a Vec, and \`${block}\` cannot be applied to each step of \`${axis}\` because it takes a Seq too`,
  help: () => "reduce it first, with `sum`, `mean` or `max`",
  explanation:
    "A block of Vecs is applied to each step of a Seq. A block that takes a Seq works on whole histories, not on steps.",
});

export const unknownType = defineError<{ name: string }>({
  code: "DIN0282",
  name: "unknown-type",
  message: ({ name }) => `there is no type \`${name}\``,
  explanation:
    "Types are Vec[width], Seq[axis, width], Prob, Int, Float, List[Int], List[Float], Activation and Block.",
});

export const badTypeArguments = withHelps(
  defineError<{ type: string; expected: string }>({
    code: "DIN0283",
    name: "bad-type-arguments",
    message: ({ type, expected }) => `\`${type}\` is written ${expected}`,
    explanation: "Widths are whole numbers, variables, and sums, differences and products of them.",
  }),
  {
    notPolynomial: (got: string) =>
      `${got} is not a polynomial of width variables with whole-number coefficients`,
  },
);

export const notPositive = defineError<{ what: string; got: string }>({
  code: "DIN0284",
  name: "width-not-positive",
  message: ({ what, got }) => `${what} must be a whole number of at least 1, not ${got}`,
  explanation: "A layer without a unit computes nothing.",
});

export const foldNotStable = defineError<{ before: string; after: string }>({
  code: "DIN0285",
  name: "fold-changes-type",
  message: ({ before, after }) =>
    `one step of this \`fold\` turns ${before} into ${after}, and the list is not known here`,
  help: () => "leave out the block's result type, so that it is checked where it is used",
  explanation:
    "A block with a full signature is checked once for all lists. So a step of a `fold` may change the width of its value, but not its axis, and a probability must stay one. A block without a result type is checked where it is used, with the list given there.",
});

export const divisionByZero = defineError<Record<never, never>>({
  code: "DIN0286",
  name: "division-by-zero",
  message: () => "this divides by zero",
  explanation: "The divisor is the constant 0.",
});

export const functionArity = defineError<{
  callee: string;
  /** The name by which its caller knows it. */
  role: string;
  expected: number;
  given: string;
  takes: string;
  /** Whether it is written inline and gets more arguments than it takes. */
  isTooMany: boolean;
}>({
  code: "DIN0287",
  name: "function-parameter-count",
  message: ({ callee, role, expected, given, takes }) =>
    `\`${callee}\` calls ${role} with ${expected} ${expected === 1 ? "argument" : "arguments"}, but ${given} takes ${takes}`,
  help: ({ expected, isTooMany }) =>
    isTooMany
      ? "write `_` for a parameter that it does not need"
      : `give a function of ${expected} ${expected === 1 ? "argument" : "arguments"}`,
  explanation:
    "If a function is an argument, its caller determines how many arguments it gets. A function written in place uses `_` for an argument that it does not need.",
});

export const mixedList = defineError<{ first: string; other: string }>({
  code: "DIN0288",
  name: "mixed-list",
  message: ({ first, other }) => `a list holds values of one type, but this one has ${first} and ${other}`,
  explanation: "A loop over a list treats all elements in the same way.",
});

export const listTooLong = defineError<{ length: number; most: number }>({
  code: "DIN0289",
  name: "list-too-long",
  message: ({ length, most }) => `a range of ${length} numbers is longer than ${most}, the limit for lists`,
  explanation: "Lists are unrolled when compiling: one layer for each element.",
});

export const misplaced = defineError<{ what: string; where: string }>({
  code: "DIN0290",
  name: "misplaced-expression",
  message: ({ what, where }) => `${what} cannot be used ${where}`,
  explanation: "Ranges and functions are arguments; the values of the network are vectors and sequences.",
});

export const emptyConcat = defineError<{ callee: string }>({
  code: "DIN0291",
  name: "nothing-to-combine",
  message: ({ callee }) => `\`${callee}\` needs at least one argument`,
  help: ({ callee }) => `write \`${callee}(a, b)\``,
  explanation: "There is no vector of width 0.",
});

export const unfoldsTooFar = defineError<{ most: number }>({
  code: "DIN0292",
  name: "unfolds-too-far",
  message: ({ most }) => `this unfolds to more than ${most} expressions`,
  help: () => "use fewer levels, or name what is used twice with `let`",
  explanation:
    "Blocks are copied where they are used, and `fold` copies its step for every element. So blocks that use other blocks several times multiply the size, and so do folds within folds.",
});

export const tooWide = defineError<{ width: number; most: number }>({
  code: "DIN0293",
  name: "too-wide",
  message: ({ width, most }) => `this is ${width} wide; the limit is ${most}`,
  explanation:
    "Widths are those of embeddings and layers: tens to thousands. A wider value is most likely a mistake, such as the size of a vocabulary given as a width, and its layers would not fit in memory.",
});

export const tooLarge = defineError<Record<never, never>>({
  code: "DIN0294",
  name: "number-too-large",
  message: () => "this number is beyond ±3.4e38, the range of 32-bit floats",
  explanation:
    "Networks are computed in 32-bit floating point. Such a number would be infinite there, and would turn every result into NaN.",
});

/** `written`: the call with its numbers. */
export const noValueThere = defineError<{ written: string }>({
  code: "DIN0467",
  name: "function-without-value",
  message: ({ written }) => `\`${written}\` is not a number`,
  help: () => "`log` needs a number above 0; `sqrt`, and `pow` with a fraction, one of at least 0",
  explanation:
    "Functions of numbers alone are computed when compiling: `log(2)`, `sqrt(d)`. The logarithm of 0 and the root of a negative number do not exist.",
});

export const emptyList = defineError<{ operation: string }>({
  code: "DIN0295",
  name: "nothing-to-go-through",
  message: ({ operation }) => `\`${operation}\` needs at least one element, but this list is empty`,
  help: () => "give it at least one element",
  explanation:
    "`each` gives a list of the results of its function, and a list without elements has no width. `fold` over an empty list is allowed: it gives its start.",
});

export const rangeBackwards = defineError<{ low: number; high: number }>({
  code: "DIN0296",
  name: "range-backwards",
  message: ({ low, high }) =>
    `the range \`${low}..${high}\` is empty, because its end is below its beginning`,
  help: ({ low, high }) =>
    `a range counts upwards: \`${high}..${low}\`; to count down, subtract: \`each(${high}..${low}, i => ${low + high} - i)\``,
  explanation:
    "A range counts upwards and includes both ends: `1..3` is 1, 2 and 3. `1..0` is the range without numbers; `1..layers` is that range if there are no layers.",
});
