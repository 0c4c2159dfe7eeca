// Catalogue: rows that `--on-bad-row` leaves out, and truncated rows. Codes DIN0561–DIN0569.

import { formatCount } from "../../common/format-count.ts";
import { defineError, defineWarning } from "./define.ts";

export const rowsLeftOut = defineWarning<{
  what: "row" | "event";
  rows: number;
  code: string;
  message: string;
}>({
  code: "DIN0561",
  name: "rows-left-out",
  message: ({ what, rows, code, message }) =>
    `${formatCount(rows)} ${rows === 1 ? `${what} is` : `${what}s are`} left out (${code}): ${message}`,
  explanation:
    "With `--on-bad-row skip`, rows that cannot be read are left out, and training has the same result as on a file without them. The diagnostic points at the first such row; the manifest and report of the run count them by kind and column. Find out why they are bad. Unless they are a random sample, a model trained on the other rows is biased.",
});

export const noGoodRows = defineError<{ rows: number }>({
  code: "DIN0562",
  name: "all-rows-bad",
  message: ({ rows }) => `none of the ${formatCount(rows)} rows of this file can be used`,
  explanation:
    "`--on-bad-row skip` leaves bad rows out, and no others remain. Most likely the file does not match the spec or dinc.yaml: see the diagnostics of its rows.",
});

export const unreadableRow = defineError<{ reason: string }>({
  code: "DIN0563",
  name: "unreadable-row",
  message: ({ reason }) => `this row cannot be read: ${reason}`,
  explanation:
    "A row of a CSV has as many values as the first line has names, a line of JSON Lines is one object, and all text is UTF-8. With `--on-bad-row skip` or `count`, reading continues after such a row; otherwise it stops there (DIN0541).",
});

export const historyShortened = defineWarning<{ history: string; steps: number; max: number }>({
  code: "DIN0564",
  name: "history-shortened",
  message: ({ history, steps, max }) =>
    `\`${history}\` has ${steps} steps here; its \`max\` keeps only the latest ${max}`,
  explanation:
    "A history longer than its `max` is not a mistake: the latest steps count, in training and in serving alike, and this limits time and memory. But then the order matters. If lists begin with the latest step and dinc.yaml lacks `steps: latest_first`, the wrong end is kept. And if most histories exceed `max`, it may be too small.",
});
