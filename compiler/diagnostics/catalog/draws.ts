// Catalogue: ids that a training step draws for a loss, and softmax over all of them. Codes DIN0484–DIN0490 and DIN0492.

import { defineError } from "./define.ts";

export const drawnOfIds = defineError<{ name: string; is: string }>({
  code: "DIN0484",
  name: "drawn-of-ids",
  message: ({ name, is }) =>
    `\`drawn\` draws ids of a row's feature with \`embed\`, and \`${name}\` is ${is}`,
  help: () => "name a feature with ids and vectors, most often the item: `drawn(item_id, 512)`",
  explanation:
    "`drawn(f, n)` draws n of the ids that the training rows have for f, and gives their vectors. Numbers have no ids, sets have several per row, and the ids of a history's field are those of the feature that it is bound to: draw from that feature.",
});

export const drawnTooMany = defineError<{ count: number; most: number }>({
  code: "DIN0485",
  name: "drawn-too-many",
  message: ({ count, most }) => `a step draws at most ${most} ids, not ${count}`,
  help: ({ most }) => `draw ${most} or fewer; each row is multiplied by every one`,
  explanation:
    "The rows of a batch share the drawn ids, and each row has a product with each of them, so memory and time grow with their number. The samplers of published models draw some hundreds to thousands.",
});

export const drawnPower = defineError<{ got: string }>({
  code: "DIN0486",
  name: "drawn-power",
  message: ({ got }) => `\`power\` of \`drawn\` is a number from 0 to 1, not ${got}`,
  help: () => "write 1 to draw ids as often as the training rows have them, 0 to draw all alike",
  explanation:
    "An id is drawn with a probability proportional to its number of training rows to the `power`: 1 is their frequency, 0 is uniform, and 0.5 or 0.75 lies between (GRU4Rec, word2vec).",
});

export const probabilityOfDraws = defineError<Record<string, never>>({
  code: "DIN0487",
  name: "probability-of-draws",
  message: () => "`draw_probability` takes ids of `drawn`, and this is none of them",
  help: () => "name the draws with a `let`: `let negatives = drawn(item_id, 512)`",
  explanation:
    "Only ids that a step draws have a probability of being drawn. `draw_probability(x)` gives it for each id of `let x = drawn(…)`, to correct a softmax for the sampling.",
});

export const rowsOfIds = defineError<{ name: string; is: string }>({
  code: "DIN0488",
  name: "rows-of-ids",
  message: ({ name, is }) => `\`rows\` takes a feature with ids, and \`${name}\` is ${is}`,
  help: () => "name the feature whose values are told apart, most often the item: `rows(item_id)`",
  explanation:
    "`rows(f)` is all rows of the table of f, one for each of its ids. Numbers, vectors and times have no ids, so they have no table.",
});

export const rowsElsewhere = defineError<{ axis: string }>({
  code: "DIN0489",
  name: "rows-elsewhere",
  message: ({ axis }) =>
    `only \`log_partition\` reads \`${axis}\`, since a step never holds a product with every row`,
  help: ({ axis }) =>
    `write \`log_partition(x, ${axis})\` for the softmax over all rows, or take a sample: \`drawn(…, 512)\``,
  explanation:
    "A table may have millions of rows, and each row of a batch has a product with every one. `log_partition(x, rows(f))` computes log Σ exp(x · row) tile by tile and keeps no product. Other functions would need all of them at once. `drawn(f, n)` is a list of n rows that any function takes.",
});

export const partitionKeys = defineError<{ what: string; got: string }>({
  code: "DIN0490",
  name: "partition-keys",
  message: ({ what, got }) =>
    what === "x"
      ? `\`x\` of \`log_partition\` is one vector for each row or step, not ${got}`
      : `\`${what}\` of \`log_partition\` ${what === "keys" ? "are" : "is of"} all rows of a table or of the batch, not ${got}`,
  help: ({ what }) =>
    what === "x"
      ? "give it a value that depends on the row, one vector at a time"
      : "write `rows(item_id)` or `batch(item)`; over any other sequence it is `log_sum_exp(dot(x, keys))`",
  explanation:
    "`log_partition(x, keys)` is for keys that are too many for a product with each to be kept: all rows of a table, `rows(f)`, or of the batch, `batch(x)`. Over the steps of a history, a list or `drawn(f, n)`, write `log_sum_exp(dot(x, keys))`.",
});

export const partitionBias = defineError<{ axis: string; got: string; width: string }>({
  code: "DIN0492",
  name: "partition-bias",
  message: ({ axis, got, width }) =>
    `\`bias\` of \`log_partition\` has one number for each key of \`${axis}\`, but ${got} has ${width} for its own rows`,
  help: () =>
    "name the same rows as the keys: `log_partition(x, rows(item_id), bias: weight(rows(item_id)))`",
  explanation:
    "`log_partition(x, keys, bias: b)` adds b to the product with each key. Keys and bias are rows of tables of one feature, or values of the same rows or steps of the batch, and b is one number wide.",
});
