// Catalogue: what is said about rows that are left out, as `--on-bad-row` asks, and about such as are cut. Codes DIN0561–DIN0569.

import { defineError, defineWarning } from "./define.ts";

export const rowsLeftOut = defineWarning<{ rows: number; code: string; message: string }>({
  code: "DIN0561",
  name: "rows-left-out",
  message: ({ rows, code, message }) =>
    `${rows.toLocaleString("en")} ${rows === 1 ? "row is" : "rows are"} left out (${code}): ${message}`,
  explanation:
    "With `--on-bad-row skip` rows that cannot be read are left out, and what is learned is what a file without them would " +
    "teach. The place is the first of them; the run's manifest and report have the numbers by kind and column. Whoever " +
    "leaves rows out should know why they are bad: where they are not bad by chance, a model of the others is biased.",
});

export const noGoodRows = defineError<{ rows: number }>({
  code: "DIN0562",
  name: "all-rows-bad",
  message: ({ rows }) => `none of the ${rows.toLocaleString("en")} rows of this file can be used`,
  explanation:
    "Bad rows are left out, as `--on-bad-row skip` asks, but nothing else is there. Most likely the file is not what the spec " +
    "or dinc.yaml says it is: what is wrong with its rows stands beside this.",
});

export const unreadableRow = defineError<{ reason: string }>({
  code: "DIN0563",
  name: "unreadable-row",
  message: ({ reason }) => `this row cannot be read: ${reason}`,
  explanation:
    "A row of a CSV has as many values as the first line has names, a line of JSON Lines is one object, and all is UTF-8. " +
    "With `--on-bad-row skip` or `count` reading goes on after such a row; otherwise it ends there (DIN0541).",
});

export const historyShortened = defineWarning<{ history: string; steps: number; max: number }>({
  code: "DIN0564",
  name: "history-shortened",
  message: ({ history, steps, max }) =>
    `\`${history}\` has ${steps} steps here, of which its \`max\` lets the latest ${max} count`,
  explanation:
    "A history longer than its `max` is no mistake: the latest steps count, in training and in serving alike, and time and " +
    "memory have a bound. It is said because the order matters then: with lists that begin with the latest step (`steps: " +
    "latest_first` in dinc.yaml) the wrong end would be kept, and a `max` that most histories exceed may be too small.",
});
