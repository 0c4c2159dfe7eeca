// Catalogue: rows of several files. Codes DIN0670–DIN0679, DIN0586 and DIN0587.

import { type Wording, wording } from "../../common/option-text.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";

export const fileInTwoSplits = defineWarning<{ setting: string; other: string; path: string }>({
  code: "DIN0670",
  name: "file-in-two-splits",
  message: ({ setting, other, path }) => `\`${setting}\` and \`${other}\` both have the file ${path}`,
  explanation:
    "A folder or a pattern of the one also has a file of the other. A model has learned the labels of its training rows, so a metric on these rows says nothing about new ones. Name the files of each split so that none is in both, as days: `train: day-0*.csv` and `test: day-10.csv`.",
});

export const columnNotInEveryFile = defineError<{ column: string; use: Wording }>({
  code: "DIN0671",
  name: "column-not-in-every-file",
  message: ({ column, use }) =>
    wording`this file has no column \`${column}\`, which ${use}; other files of these rows have it`,
  help: () => "name only files that have the same columns, or write this one again with all of them",
  explanation:
    "Rows of several files are read as if they stood in one, so each column that the spec reads must be in every one of them. The order of columns may differ. Files of JSON may lack a column; then it is null there, as in a row that lacks the name.",
});

export const columnTypesDiffer = defineError<{ column: string; here: string; there: string; path: string }>({
  code: "DIN0672",
  name: "column-types-differ",
  message: ({ column, here, there, path }) =>
    `the column \`${column}\` is ${here} here, but ${there} in ${path}`,
  help: () => "write these files again with one type for the column",
  explanation:
    "A column of rows in several files holds one value a row in all of them, or a list in all of them, so that each row is read in the same way.",
});

export const formatsDiffer = defineError<{
  first: string;
  path: string;
  address: string;
  /** Whether they are the rows of all splits, as the log that `data.impressions` does not name. */
  isUnnamedLog: boolean;
}>({
  code: "DIN0673",
  name: "formats-differ",
  message: ({ first, path, address, isUnnamedLog }) =>
    isUnnamedLog
      ? `\`data.impressions\` names no log, and the rows of all splits cannot be one, because they are of two formats: ${first} and ${path}`
      : `${address} has files of two formats: ${first} and ${path}`,
  help: ({ isUnnamedLog }) =>
    isUnnamedLog
      ? "name a log: `log: { path: … }`, or write all splits in one format"
      : "name the files of one format by a pattern, as `rows/*.parquet`",
  explanation:
    "A text is missing where it is empty in a CSV, but not in Parquet or JSON. Rows of several files are read in one way, so all of them are CSV or TSV, or all Parquet, or all JSON.",
});

export const notInPlan = defineError<{ what: string; instead?: Wording }>({
  code: "DIN0674",
  name: "not-in-a-plan",
  message: ({ what }) => `a plan for Spark cannot read ${what}`,
  help: ({ instead }) =>
    instead ?? "let Spark write the rows as Parquet first: numbers as numbers, and the label as 0 and 1",
  explanation:
    "`dinc prepare --plan spark` writes SQL, in which texts become numbers by Spark's own rules: by these, `1,5` is no number, and `1.234` is one point two. A label is read there as 0 and 1, and a time without a UTC offset as UTC's.",
});

export const labelUnclear = defineError<{ name: string | null; labels: readonly string[] }>({
  code: "DIN0675",
  name: "label-unclear",
  message: ({ name }) =>
    name === null
      ? "`data.label` does not say which of several labels it is for"
      : `the spec has no label \`${name}\`, which \`data.label.name\` names`,
  help: ({ labels }) => `the labels are ${labels.map((label) => `\`${label}\``).join(", ")}`,
  explanation:
    "`data.label` says of which column a label is made, and which of its values are 1. Where a spec has several labels, `name` says which one that is; the others are columns of 0 and 1.",
});

export const labelByNoRule = defineError<{ label: string; column: string; value: string; rule: string }>({
  code: "DIN0676",
  name: "label-by-no-rule",
  message: ({ label, column, value, rule }) =>
    `\`${column}\` is ${value}, which makes \`${label}\` neither 1 nor 0: \`data.label\` says 1 for ${rule}`,
  explanation:
    "A comparison needs a number in every row. Where `data.label` lists `negative` beside `positive`, every value must be in one of the two lists. So a value that nobody thought of is no silent 0.",
});

export const fileTwice = defineWarning<{ path: string }>({
  code: "DIN0587",
  name: "file-named-twice",
  message: ({ path }) => `${path} is named more than once, and read once`,
  explanation:
    "Several names or patterns of an address lead to one file. Its rows are read at its first place. Leave out the others; to let rows count more than once, give them a weight.",
});

export const inexactNumber = defineError<{ column: string; value: string; rule: string }>({
  code: "DIN0586",
  name: "inexact-number",
  message: ({ column, value, rule }) =>
    `\`${column}\` is ${value} as a double, which stands for several whole numbers: it cannot be compared with ${rule}`,
  help: ({ column }) => `write \`${column}\` as whole numbers throughout (BIGINT) or as text`,
  explanation:
    "A double has 53 bits, so that above 9007199254740992 it is one for several whole numbers. A column is read as doubles where it is FLOAT or DOUBLE in Parquet, or where JSON has fractions among its whole numbers. Two ids would be the same value for `data.label` or `where`.",
});

export const queryRefused = withHelps(
  defineError<{ reason: string }>({
    code: "DIN0677",
    name: "query-refused",
    message: ({ reason }) => `this query is not run: ${reason}`,
    explanation:
      "Rows may be what a query gives: one SELECT in the SQL of DuckDB, or of SQLite where it reads such a database. It reads the tables of one database and files of this machine that it names as texts. dinc does not run what could change a database, write a file or fetch something.",
  }),
  {
    select: () =>
      "write one SELECT; what has to be written or installed before, do once by the database's own program",
    reads: () =>
      "files are read by their names, as `FROM 'clicks/*.parquet'`, or by read_csv, read_parquet and read_json",
    asText: () => "write the name of each file as a text, as `FROM 'clicks/*.parquet'`",
    parameter: () =>
      `write the value into the query; \`\${DAY}\` in dinc.yaml is filled in from the environment`,
    ownName: (name: string) => `give one of them another name: \`${name} AS other\``,
  },
);

export const queryFailed = withHelps(
  defineError<{ reason: string }>({
    code: "DIN0678",
    name: "query-failed",
    message: ({ reason }) => `this query fails: ${reason}`,
    explanation:
      "The database's words about a query that it cannot run, or not to its end: a table or a column that is not there, or a value that does not become what the query asks for. So is a text of SQLite whose bytes are no text in the encoding of the database: read on, two of them could become one id.",
  }),
  {
    asHex: (column: string) =>
      `correct it in the database, or read its bytes, as \`{ sql: "SELECT hex(${column}) AS ${column}, …" }\``,
  },
);

export const databaseUnreadable = withHelps(
  defineError<{ database: string; reason: string }>({
    code: "DIN0679",
    name: "database-unreadable",
    message: ({ database, reason }) => `the database ${database} cannot be read: ${reason}`,
    explanation:
      "Rows may lie in a file of DuckDB or of SQLite, of which a table is named after a slash: `shop.duckdb/clicks`. dinc opens it only to read. DuckDB lets no other process write meanwhile; SQLite is read by Node itself, from version 22.5 on.",
  }),
  {
    tables: (database: string, names: readonly string[]) =>
      `name one of its tables: ${names.map((name) => `\`${database}/${name}\``).join(", ")}`,
    closeOther: () => "end the program that has it open, or copy the file and name the copy",
    newerNode: () =>
      "use Node 22.5 or later, or write the table as CSV once: `sqlite3 -header -csv FILE 'SELECT * FROM TABLE' > rows.csv`",
  },
);
