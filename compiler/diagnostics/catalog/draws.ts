// Catalogue: ids that a training step draws for a loss. Codes DIN0484–DIN0487.

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
