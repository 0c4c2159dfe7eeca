// Catalogue: files that `dinc init` cannot draft from. Codes DIN0615–DIN0624, DIN0594.

import { option, wording } from "../../common/option-text.ts";
import { defineKind } from "./define.ts";

export const draftExists = defineKind<{ paths: readonly string[] }>({
  code: "DIN0615",
  name: "draft-exists",
  severity: "error",
  message: ({ paths }) => `${paths.join(" and ")} ${paths.length === 1 ? "exists" : "exist"} already`,
  help: () => wording`name another folder, or replace them with ${option("force", true)}`,
  explanation:
    "`dinc init` writes model.din and dinc.yaml into a folder and replaces neither of them unasked, because they may be your work. Name another folder, or use --force.",
});

export const withoutHeader = defineKind<{ values: string; columns: number }>({
  code: "DIN0616",
  name: "no-column-names",
  severity: "error",
  message: ({ values }) => `the first line seems to be a row: ${values} are not names of columns`,
  help: ({ columns }) => `put a line with the names of the ${columns} columns above the others`,
  explanation:
    "The first line of a CSV names its columns, and a draft takes its names from there. A number in it is most likely a value of the first row. It would be taken for a name, and the row would never be trained on.",
});

export const withoutLabel = defineKind<{ binary: readonly string[]; noLog: string | null }>({
  code: "DIN0617",
  name: "no-label-found",
  severity: "error",
  message: ({ binary }) =>
    binary.length === 0
      ? "no column can be the label: none has 0 or 1 in every row, and both values"
      : `several columns could be the label: ${binary.map((name) => `\`${name}\``).join(", ")}`,
  help: ({ binary, noLog }) =>
    binary.length > 0
      ? wording`say which one it is with ${option("label")}`
      : noLog === null
        ? "add a column of 0 and 1; a rating becomes one by a threshold, such as 4 stars or more"
        : `${noLog}; with times like 2026-03-04 09:05:06 in every row it is a log of events, which needs no label`,
  explanation:
    "A label is a column with 1 for an event that happened (a click, a sale) and 0 for one that did not, in every row. `dinc init` finds it by its name (label, click, is_click, target, conversion and the like), or because it is the only such column. A log of user actions needs no label: it has a user id, an item id and a time, and no lists.",
});

export const unfitLabel = defineKind<{ column: string; reason: string; columns: readonly string[] }>({
  code: "DIN0618",
  name: "unfit-label",
  severity: "error",
  message: ({ column, reason }) => `\`${column}\` cannot be the label: ${reason}`,
  help: ({ columns }) =>
    `the columns are ${columns
      .slice(0, 12)
      .map((name) => `\`${name}\``)
      .join(", ")}`,
  explanation: "--label names a column of the file that is 0 or 1 in every row, with both values.",
});

export const nothingToLearn = defineKind<{
  leftOut: readonly { readonly column: string; readonly reason: string }[];
}>({
  code: "DIN0619",
  name: "nothing-to-learn-from",
  severity: "error",
  message: ({ leftOut }) =>
    leftOut.length === 0
      ? "it has no column other than the label"
      : "none of its columns other than the label is useful",
  help: ({ leftOut }) =>
    leftOut.length === 0 ? null : leftOut.map(({ column, reason }) => `\`${column}\`: ${reason}`).join("; "),
  explanation:
    "A model needs inputs that are known before the label: ids, numbers, texts, a history. Columns with a single value, columns with a different value in every row, and columns that give the label away were left out.",
});

export const draftOverData = defineKind<{ data: string; out: string; isInside: boolean }>({
  code: "DIN0594",
  name: "draft-over-data",
  severity: "error",
  message: ({ data, out, isInside }) =>
    isInside
      ? `the draft cannot be written to ${out}: ${data} is the data file`
      : `${out} is the data file, and the draft would replace it`,
  help: () => "name a folder for the draft, such as `dinc init mine --data FILE`",
  explanation:
    "`dinc init DIR --data FILE` writes model.din and dinc.yaml into the folder DIR, and only reads FILE. Neither of the two may be the data file, under whatever name, and DIR may neither be that file nor lie in it.",
});
