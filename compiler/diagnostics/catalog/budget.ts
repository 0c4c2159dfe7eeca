// Catalogue: specs that unfold beyond any real network (frontend/elaborate/budget.ts). Codes DIN0252–DIN0258;
// older ones of the family are DIN0289 list-too-long, DIN0292 unfolds-too-far and DIN0293 too-wide.

import { defineError, withHelps } from "./define.ts";

const number = (count: number) => (Number.isFinite(count) ? count.toLocaleString("en-US") : "endlessly many");

export const tooManyElements = withHelps(
  defineError<{ operation: string; length: number; most: number }>({
    code: "DIN0252",
    name: "too-many-elements",
    message: ({ operation, length, most }) =>
      `${operation} makes a list of ${number(length)}, and the limit is ${number(most)}`,
    explanation:
      "Joining a list to itself doubles it at every step, and the pairs of a list grow with its square. Each element of an unrolled list has layers of its own. Each row of a batch has all pairs of its list: 124,750 pairs for 500 columns. Take fewer steps, or a shorter list.",
  }),
  {
    pairs: () =>
      "make the list shorter first: `mix(fields, 40)`; the sum of all pairwise products needs no list: `fm(fields)`",
  },
);

export const tooManyElementsTogether = defineError<{ most: number }>({
  code: "DIN0253",
  name: "too-many-elements-together",
  message: ({ most }) => `up to here, the lists have more than ${number(most)} elements in total`,
  explanation:
    "Lists are made when compiling. A list that grows by one element at each step of a `fold` is copied at each step, so n steps make n² / 2 elements. Lists within lists multiply. Take fewer steps, or begin with the whole list.",
});

export const tooManyOperations = defineError<{ most: number }>({
  code: "DIN0254",
  name: "too-many-operations",
  message: ({ most }) => `the network has more than ${number(most)} operations up to here`,
  explanation:
    "Every use of a block and every step of a `fold` adds its operations to the network. A network of 500 columns and hundreds of layers has some thousands. Use fewer layers or steps. To apply one operation to many vectors, use `each` on a list of vectors: it is done once for all of them.",
});

export const unfoldsTooDeep = defineError<{ most: number }>({
  code: "DIN0255",
  name: "unfolds-too-deep",
  message: ({ most }) => `calls are nested more than ${number(most)} levels deep here`,
  help: () => "repeat a step with `fold` instead",
  explanation:
    "A function that gets itself as an argument, like `f(f)`, calls itself forever, because the language has no condition that would end a recursion. Repeat a step with `fold` instead.",
});

export const widthTooComplex = defineError<{ terms: number; degree: number }>({
  code: "DIN0256",
  name: "width-too-complex",
  message: ({ terms, degree }) =>
    `written out, this width has more than ${terms} terms, or one of more than ${degree} factors`,
  explanation:
    "Widths are compared as polynomials. A product of sums like `(a + 1)*(b + 1)*(c + 1)` doubles its terms with each factor. Give the width a name of its own, as a parameter `n: Int`.",
});

export const tooManyNumbers = defineError<{ what: string; numbers: number; most: number }>({
  code: "DIN0257",
  name: "too-many-numbers",
  message: ({ what, numbers, most }) =>
    `${what} ${number(numbers)} numbers, and the limit is ${number(most)}`,
  explanation:
    "Each row of a batch and each candidate of a request has all numbers of a list of vectors, and all weights are in memory. The pairs of 500 columns of width 32 are 4 million numbers; a layer of 1,024 on 500 columns of width 64 has 33 million weights. Make the list shorter, or the vectors narrower with `dense` or `linear`.",
});

export const tooManyParts = defineError<{ what: string; most: number }>({
  code: "DIN0258",
  name: "too-many-parts",
  message: ({ what, most }) => `${what}: the limit is ${number(most)}`,
  explanation:
    "Every variant is assembled and checked as a model of its own, and a param is replaced by its whole value wherever it is read. Move variants to files of their own, make the list shorter, or import the files where they are needed.",
});
