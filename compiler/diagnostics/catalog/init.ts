// Catalogue: files that `dinc init` cannot draft from. Codes DIN0615–DIN0622, DIN0594, DIN0631, DIN0632.

import { option, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineKind } from "./define.ts";

/** Why a table can't be one of items or users. Rows are numbered from 0. */
export type TableMisfit =
  | { readonly kind: "no_key_in_rows" }
  | { readonly kind: "no_key"; readonly key: string; readonly columns: readonly string[] }
  | { readonly kind: "empty_key"; readonly key: string; readonly row: number }
  | { readonly kind: "key_twice"; readonly key: string; readonly value: string; readonly row: number }
  | {
      readonly kind: "no_common_id";
      readonly key: string;
      readonly ids: readonly [own: string, rows: string];
    }
  | { readonly kind: "other_key"; readonly key: string; readonly rows: string }
  | { readonly kind: "format" };

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
  help: ({ columns }) => `put a line with the names of the ${columns} columns at the top`,
  explanation:
    "The first line of a CSV names its columns, and a draft takes its names from there. A number in it is most likely a value of the first row. It would be taken for a name, and the row would never be trained on.",
});

export const withoutLabel = defineKind<{ binary: readonly string[]; noLog: string | null }>({
  code: "DIN0617",
  name: "no-label-found",
  severity: "error",
  message: ({ binary }) =>
    binary.length === 0
      ? "no column can be the label: none has 0 or 1 in every row and contains both values"
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
    "`dinc init DIR --data FILE` writes model.din and dinc.yaml into the folder DIR, and only reads FILE. Neither of the two may be the data file, under whatever name, and DIR must not be that file or be inside it.",
});

export const draftNotFolder = defineKind<{ path: string; folder: string; data: string }>({
  code: "DIN0633",
  name: "draft-not-a-folder",
  severity: "error",
  message: ({ path }) => `a draft is a folder, and ${path} is the name of a file`,
  help: ({ folder, data }) =>
    shellCommand`name a folder: \`dinc init ${folder} --data ${data}\` writes model.din and dinc.yaml into it`,
  explanation:
    "`dinc init DIR --data FILE` writes model.din and dinc.yaml into the folder DIR. The names of these two files are fixed; they can be renamed later, and dinc.yaml names the spec.",
});

const ONE: Readonly<Record<"items" | "users", string>> = { items: "item", users: "user" };

export const tableUnfit = defineKind<{
  role: "items" | "users";
  rows: string;
  misfit: TableMisfit;
}>({
  code: "DIN0631",
  name: "table-unfit",
  severity: "error",
  message: ({ role, rows, misfit }) => {
    const cannot = `it can't be the table of ${role}`;
    switch (misfit.kind) {
      case "no_key_in_rows":
        return `${cannot}: ${rows} has no column that identifies ${role}`;
      case "no_key":
        return `${cannot}: it has no column \`${misfit.key}\`, as ${rows} has`;
      case "empty_key":
        return `${cannot}: this row has no \`${misfit.key}\``;
      case "key_twice":
        return `${cannot}: an earlier row has the \`${misfit.key}\` ${JSON.stringify(misfit.value)}, too`;
      case "no_common_id":
        return `${cannot}: none of its \`${misfit.key}\` occurs in ${rows}`;
      case "other_key":
        return `${cannot}: its \`${misfit.key}\` matches a different column of ${rows} than \`${misfit.rows}\`, which identifies ${role}`;
      case "format":
        return `${cannot}: its values have a different separator than those of ${rows}`;
    }
  },
  help: ({ role, rows, misfit }) => {
    switch (misfit.kind) {
      case "no_key_in_rows":
        return `name that column of ${rows} \`${ONE[role]}_id\``;
      case "no_key":
        return `name its column of ids \`${misfit.key}\`; its columns are ${misfit.columns.slice(0, 12).join(", ")}`;
      case "empty_key":
        return "fill it in, or remove the row";
      case "key_twice":
        return `keep one row for each ${ONE[role]}; if each row is valid from a certain time on, \`as_of\` of docs/impressions.md reads the table`;
      case "no_common_id":
        return `write the same ids in both: ${JSON.stringify(misfit.ids[0])} in this table, ${JSON.stringify(misfit.ids[1])} in ${rows}`;
      case "other_key":
        return `name its column of ids \`${misfit.rows}\``;
      case "format":
        return "write both CSVs with the same separator, or the table as Parquet";
    }
  },
  explanation:
    "`dinc init --items FILE --users FILE` takes tables with one row for each item or user. A table has a column of ids with the name that the rows use, or a typical name (`item_id`, `movie`, `id`). Every row has an id, no two rows have the same id, and some ids occur in the rows. Ids are compared as text.",
});

export const tablesUnjoined = defineKind<{ data: string; reason: string }>({
  code: "DIN0632",
  name: "tables-not-joined",
  severity: "error",
  message: ({ data, reason }) => `dinc.yaml can't join tables to ${data}: ${reason}`,
  help: () =>
    "write the rows and the tables as Parquet files; or join them yourself, by a query of docs/data.md, and draft from its result",
  explanation:
    "For an event log and impressions, settings join the tables. For other rows, a query in dinc.yaml joins them. It names files (CSV, Parquet, JSON), and reads CSVs as UTF-8 with decimal points.",
});
