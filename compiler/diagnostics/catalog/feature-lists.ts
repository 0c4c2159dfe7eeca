// Catalogue: ranges, groups and lists of features. Codes DIN0460–DIN0469.

import { defineError, defineWarning } from "./define.ts";

export const rangeOfTwoNames = defineError<{ first: string; last: string }>({
  code: "DIN0460",
  name: "range-of-two-names",
  message: ({ first, last }) => `\`${first}..${last}\` is not a range of features`,
  help: () =>
    "give both ends the same text before their numbers, and the same leading zeros: `c1..c26`, `f01..f99`",
  explanation:
    "A range of features counts up from the number at the end of a name: `c1..c26` is c1, c2, …, c26. Leading zeros count, so that `f01..f99` is f01, f02, …, f99.",
});

export const featureRangeBackwards = defineError<{ first: string; last: string }>({
  code: "DIN0461",
  name: "feature-range-backwards",
  message: ({ first, last }) => `\`${first}..${last}\` is empty: a range counts upwards`,
  help: ({ first, last }) => `write \`${last}..${first}\``,
  explanation: "A range of features counts upwards and includes both ends: `c1..c3` is c1, c2 and c3.",
});

export const featureRangeTooLong = defineError<{ first: string; last: string; length: number; most: number }>(
  {
    code: "DIN0462",
    name: "feature-range-too-long",
    message: ({ first, last, length, most }) =>
      `\`${first}..${last}\` is ${length.toLocaleString("en-US")} features, and the limit is ${most.toLocaleString("en-US")}`,
    explanation:
      "Each feature of a range is a column of the data, with a vocabulary and tables of its own. For many numbers in one column, use `vector(n)`; for many values in one column, a `set`.",
  },
);

export const unknownInRange = defineError<{ first: string; last: string; missing: string; more: number }>({
  code: "DIN0463",
  name: "unknown-in-range",
  message: ({ first, last, missing, more }) =>
    `\`${first}..${last}\` contains \`${missing}\`${more === 0 ? "" : ` and ${more} more`}, but there is no such feature`,
  help: () => "end the range earlier, or declare them in `features`",
  explanation:
    "In an expression, a range of names is the list of the features with these names. Each of them is declared in a `features` item, alone or in a range.",
});

export const featureTwice = defineWarning<{ name: string; by: string }>({
  code: "DIN0464",
  name: "feature-twice",
  message: ({ name, by }) => `\`${name}\` occurs here twice: ${by}`,
  help: () => "leave one of them out",
  explanation:
    "A group or a range stands for its features, as if each of them were written out. A feature that occurs twice gets weights twice, and adds no information.",
});

export const featureWidths = defineError<{ name: string; width: string; others: string; number: number }>({
  code: "DIN0465",
  name: "features-of-different-widths",
  message: ({ name, width, others, number }) =>
    `\`${name}\` is ${width} wide, and the ${number === 1 ? "feature" : `${number} features`} before it in this list ${number === 1 ? "is" : "are"} ${others} wide`,
  help: ({ name, others }) =>
    others === "1"
      ? `leave \`${name}\` out of the list`
      : `give \`${name}\` a width of ${others}, leave it out of the list, or read each in a table of one width: \`each(list, f => embed(f, ${others}))\``,
  explanation:
    "A list of features that is used as a sequence needs vectors of one width, like the fields of a factorization machine. `concat` puts features of any width side by side; `weight` and `embed` read tables of their own.",
});

export const unusedGroup = defineWarning<{ name: string; metricsRead: string | null }>({
  code: "DIN0466",
  name: "unused-group",
  message: ({ name }) => `the network reads no feature of \`${name}\``,
  help: ({ metricsRead }) =>
    metricsRead === null
      ? "use some in `net`, or remove them"
      : `use some in \`net\`, or remove those other than \`${metricsRead}\``,
  explanation:
    "The network reads none of these features, and no history is bound to them. So they have no effect, apart from one that a metric groups by or that weighs a label.",
});
