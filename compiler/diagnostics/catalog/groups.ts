// Catalogue: groups of rows that batches keep together. Codes DIN0338–DIN0339.

import { formatCount } from "../../common/format-count.ts";
import { defineWarning } from "./define.ts";

export const groupsCut = defineWarning<{ by: string; large: number; largest: number; batch: number }>({
  code: "DIN0338",
  name: "groups-cut",
  message: ({ by, large, largest, batch }) =>
    `${formatCount(large)} ${large === 1 ? "value" : "values"} of \`${by}\` ${large === 1 ? "has" : "have"} more training rows than a batch of ${formatCount(batch)}, up to ${formatCount(largest)}. They are cut into parts, which differ in each epoch`,
  help: ({ largest }) => `keep them whole with a larger batch: \`batch ${largest}\``,
  explanation:
    "A loss by group compares the rows of a group that are in one batch. The rows of a group that is larger than `batch` are spread over several batches, in parts of about equal size that are drawn again in each epoch. The time for a group grows with the square of its rows, so it is better to cut very large groups.",
});

export const groupsOfOne = defineWarning<{ by: string; alone: number; rows: number }>({
  code: "DIN0339",
  name: "groups-of-one",
  message: ({ by, alone, rows }) =>
    `${Math.round((100 * alone) / rows)} % of the training rows share their value of \`${by}\` with no other row, so nothing compares them with other rows`,
  help: () =>
    "group by a value that several rows share, such as the user, or give this loss a smaller weight",
  explanation:
    "A loss by group learns from rows that share a value: those of one user, one session or one request. A row that is alone in its group cannot be compared with another row, and its softmax over the group is 1 for every score. If most rows are alone, the model learns little from the loss.",
});
