// Catalogue: lists of vectors. Codes DIN0300–DIN0309.

import { defineError, withHelps } from "./define.ts";

export const listLengths = defineError<{ operation: string; left: string; right: string }>({
  code: "DIN0300",
  name: "list-length-mismatch",
  message: ({ operation, left, right }) =>
    `${operation} needs lists of equal length, but they have ${left} and ${right} elements`,
  help: ({ operation }) =>
    operation === "`concat`"
      ? "`concat` combines lists element by element; `join(a, b)` puts one list after the other, and `flatten(a)` puts the elements of one side by side"
      : null,
  explanation: "Lists are combined element by element. A single vector is repeated for each element.",
});

export const sequencesMultiply = defineError<{ operation: string; outer: string; inner: string }>({
  code: "DIN0301",
  name: "sequences-multiply",
  message: ({ operation, outer, inner }) => `${operation} would combine every ${outer} with every ${inner}`,
  help: () => "reduce one of them first, with `sum`, `mean` or `max`",
  explanation:
    "A plain operation never combines every element of one sequence with every element of another: that is nearly always a mistake. Reduce one first. `product` and `pairs` combine all elements of lists; `attention` and `facing` combine steps.",
});

export const listWidths = defineError<{ left: string; right: string }>({
  code: "DIN0302",
  name: "list-of-different-widths",
  message: ({ left, right }) =>
    `a list used as a sequence needs vectors of one width, but these are ${left} and ${right} wide`,
  help: ({ left }) => `bring all to one width, for example with \`dense(x, ${left})\``,
  explanation:
    "[a, b, c] is a Seq[3, d] if a, b and c are all d wide, like the fields of a factorization machine.",
});

export const needsList = withHelps(
  defineError<{ operation: string; history: string }>({
    code: "DIN0303",
    name: "needs-a-list",
    message: ({ operation, history }) =>
      history === ""
        ? `${operation} works on a list of vectors, but this is one vector`
        : `${operation} needs a list, whose length is known when compiling; \`${history}\` is a history`,
    help: () => "reduce it with `sum`, `mean` or `max`, and put the vectors together: `[a, b]`",
    explanation:
      "The number of pairs of a list, the width of its vectors side by side and the size of a layer across it depend on its length. The length of a history differs between users.",
  }),
  {
    attention: (history: string) =>
      `to combine each of its steps with all of them, write \`dot(${history}, facing(${history}))\`, or \`attention(${history}, ${history}, ${history})\`; otherwise reduce it with \`sum\`, \`mean\` or \`max\``,
  },
);

export const noElement = defineError<{ what: "list" | "vector"; index: string; length: string }>({
  code: "DIN0304",
  name: "no-such-element",
  message: ({ what, index, length }) =>
    what === "list"
      ? `a list of ${length} has no element ${index}`
      : `a vector of ${length} numbers has no number ${index}`,
  help: ({ what, index, length }) =>
    what === "list" && index.startsWith("-")
      ? "`last(x)` is the last element"
      : `they are counted from 1, and a range includes both ends: \`x[1..${length}]\` is all of them`,
  explanation: "Elements of a list, and numbers of a vector, are counted from 1: `x[1]` is the first.",
});

export const notDivisible = defineError<{ width: string; parts: string }>({
  code: "DIN0305",
  name: "width-not-divisible",
  message: ({ width, parts }) => `a width of ${width} cannot be cut into ${parts} equal parts`,
  explanation: "`split` gives parts of equal width, such as the heads of attention or the weights of gates.",
});

export const noPairs = defineError<{ operation: string; length: string }>({
  code: "DIN0306",
  name: "no-pairs",
  message: ({ operation, length }) => `${operation} of a list of ${length} has no pairs`,
  explanation: "A pair takes two different elements.",
});

export const argumentLength = defineError<{
  parameter: string;
  block: string;
  pattern: string;
  got: string;
  unsolvable: string | null;
}>({
  code: "DIN0307",
  name: "argument-length-mismatch",
  message: ({ parameter, block, pattern, got }) =>
    `\`${parameter}\` of \`${block}\` has ${pattern} elements, but the argument has ${got}`,
  help: ({ unsolvable, got }) =>
    unsolvable === null ? null : `no whole number makes ${unsolvable} equal to ${got}`,
  explanation: "A length variable has one value in a call: all arguments must fit the signature together.",
});

export const stagesOfAnyList = defineError<Record<never, never>>({
  code: "DIN0308",
  name: "stages-of-any-list",
  message: () => "the list of `stages` is not known here",
  help: () => "leave out the block's result type, so that it is checked where it is used",
  explanation:
    "A block with a full signature is checked once for all lists, and the result of `stages` has as many values as the list has elements.",
});
