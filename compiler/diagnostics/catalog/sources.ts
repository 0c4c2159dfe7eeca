// Catalogue: rows of several files, and rows that are in no file of this machine. Codes DIN0559, DIN0670–DIN0679,
// DIN0586 and DIN0587.

import { type Wording, wording } from "../../common/option-text.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";

export const fileInTwoSplits = defineWarning<{ setting: string; other: string; path: string }>({
  code: "DIN0670",
  name: "file-in-two-splits",
  message: ({ setting, other, path }) => `\`${setting}\` and \`${other}\` both contain the file ${path}`,
  explanation:
    "A folder or a pattern of one setting also contains a file of the other. A model has learned the labels of its training rows, so a metric on these rows says nothing about new ones. Name the files of each split so that none is in both, for example by day: `train: day-0*.csv` and `test: day-10.csv`.",
});

export const columnNotInEveryFile = defineError<{ column: string; use: Wording }>({
  code: "DIN0671",
  name: "column-not-in-every-file",
  message: ({ column, use }) =>
    wording`this file has no column \`${column}\`, which ${use}; other files of these rows have it`,
  help: () => "name only files that have the same columns, or write this one again with all of them",
  explanation:
    "Rows of several files are read as one table, so each column that the spec reads must be in every one of them. The order of columns may differ. A JSON file may lack a column; its rows then have null there, as in a row without the name.",
});

export const columnTypesDiffer = defineError<{ column: string; here: string; there: string; path: string }>({
  code: "DIN0672",
  name: "column-types-differ",
  message: ({ column, here, there, path }) =>
    `the column \`${column}\` is ${here} here, but ${there} in ${path}`,
  help: () => "write these files again with one type for the column",
  explanation:
    "A column must have one value per row in all files, or a list in all files, so that each row is read in the same way.",
});

export const formatsDiffer = defineError<{
  first: string;
  path: string;
  address: string;
  /** Whether they are the rows of all splits, as for a log that `data.impressions` does not name. */
  isUnnamedLog: boolean;
}>({
  code: "DIN0673",
  name: "formats-differ",
  message: ({ first, path, address, isUnnamedLog }) =>
    isUnnamedLog
      ? `\`data.impressions\` names no log, and the rows of all splits cannot serve as one, because they have two formats: ${first} and ${path}`
      : `${address} has files of two formats: ${first} and ${path}`,
  help: ({ isUnnamedLog }) =>
    isUnnamedLog
      ? "name a log: `log: { path: … }`, or write all splits in one format"
      : "name the files of one format by a pattern, as `rows/*.parquet`",
  explanation:
    "An empty text is a missing value in a CSV, but not in Parquet or JSON. Rows of several files are read in one way, so all of them are CSV or TSV, or all Parquet, or all JSON.",
});

export const notInPlan = defineError<{ what: string; instead?: Wording }>({
  code: "DIN0674",
  name: "not-in-a-plan",
  message: ({ what }) => `a plan for Spark cannot read ${what}`,
  help: ({ instead }) =>
    instead ?? "let Spark write the rows as Parquet first: numbers as numbers, and the label as 0 and 1",
  explanation:
    "`dinc prepare --plan spark` writes SQL, in which texts become numbers by Spark's own rules: there, `1,5` is not a number, and `1.234` is between one and two. A label must be 0 or 1, and a time without a UTC offset is taken as UTC.",
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
    "`data.label` says from which column a label is made, and which of its values are 1. If a spec has several labels, `name` says which of them is meant; the others are columns of 0 and 1.",
});

export const labelByNoRule = defineError<{ label: string; column: string; value: string; rule: string }>({
  code: "DIN0676",
  name: "label-by-no-rule",
  message: ({ label, column, value, rule }) =>
    `\`${column}\` is ${value}, for which \`${label}\` is neither 1 nor 0: \`data.label\` gives 1 for ${rule}`,
  explanation:
    "A comparison needs a number in every row. If `data.label` lists `negative` in addition to `positive`, every value must be in one of the two lists. So an unexpected value does not become 0 without a message.",
});

export const fileTwice = defineWarning<{ path: string }>({
  code: "DIN0587",
  name: "file-named-twice",
  message: ({ path }) => `${path} is named more than once, but read only once`,
  explanation:
    "Several names or patterns of an address lead to one file. Its rows are read once, at the first of these names. Leave out the others; to let rows count more than once, give them a weight.",
});

export const inexactNumber = defineError<{ column: string; value: string; rule: string }>({
  code: "DIN0586",
  name: "inexact-number",
  message: ({ column, value, rule }) =>
    `\`${column}\` is ${value} as a double, which may stand for several whole numbers: it cannot be compared with ${rule}`,
  help: ({ column }) => `write \`${column}\` as whole numbers throughout (BIGINT) or as text`,
  explanation:
    "A double has 53 bits, so above 9007199254740992 one double represents several whole numbers. A column is read as doubles if it is FLOAT or DOUBLE in Parquet, or if JSON has fractions among its whole numbers. Two ids could be the same value for `data.label` or `where`.",
});

export const queryRefused = withHelps(
  defineError<{ reason: string }>({
    code: "DIN0677",
    name: "query-refused",
    message: ({ reason }) => `cannot run this query: ${reason}`,
    explanation:
      "Rows may be the result of a query: one SELECT in the SQL of DuckDB, or of SQLite if it reads such a database. It can read the tables of one database, and files of this machine that it names as texts. dinc does not run a statement that could change a database, write a file or fetch something.",
  }),
  {
    select: () =>
      "write one SELECT; write or install everything else beforehand with the database's own program",
    reads: () =>
      "name files directly, as in `FROM 'clicks/*.parquet'`, or with read_csv, read_parquet and read_json",
    asText: () => "write the name of each file as a text, as in `FROM 'clicks/*.parquet'`",
    otherFormat: () => "write it as Parquet first; dinc itself reads it where no query is",
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
      "The database cannot run this query, or cannot finish it: for example, a table or a column does not exist, or a value cannot be converted to the requested type. A query also fails if a text in SQLite has bytes that are invalid in the encoding of the database, because two such texts could otherwise become one id.",
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
      "Rows may be in a file of DuckDB or of SQLite; name a table of it after a slash: `shop.duckdb/clicks`. dinc opens the file read-only. While DuckDB reads it, no other process can write; Node itself reads SQLite, from version 22.5 on.",
  }),
  {
    tables: (database: string, names: readonly string[]) =>
      `name one of its tables: ${names.map((name) => `\`${database}/${name}\``).join(", ")}`,
    closeOther: () => "end the program that has the file open, or copy the file and name the copy",
    newerNode: () =>
      "use Node 22.5 or later, or write the table as CSV once: `sqlite3 -header -csv FILE 'SELECT * FROM TABLE' > rows.csv`",
  },
);

export const storeRefuses = withHelps(
  defineError<{ path: string; reason: string }>({
    code: "DIN0559",
    name: "store-refuses",
    message: ({ path, reason }) => `cannot read ${path}: ${reason}`,
    explanation:
      "Rows may be in an object store: `s3://BUCKET/KEY` or `gs://BUCKET/KEY`. dinc signs its requests with keys of the environment, and takes nothing from files of other programs. For S3 these are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION and AWS_ENDPOINT_URL; for Google Cloud Storage GOOGLE_OAUTH_ACCESS_TOKEN, or GS_ACCESS_KEY_ID and GS_SECRET_ACCESS_KEY. Without keys a bucket must be public.",
  }),
  {
    region: (region: string) => `name its region: \`export AWS_REGION=${region}\``,
    keys: (store: "s3" | "gs") =>
      store === "s3"
        ? 'put keys into the environment: `eval "$(aws configure export-credentials --format env)"`'
        : 'put a token into the environment: `export GOOGLE_OAUTH_ACCESS_TOKEN="$(gcloud auth print-access-token)"`',
    rights: (store: "s3" | "gs") =>
      store === "s3"
        ? "its owner must allow `s3:GetObject`, and `s3:ListBucket` for a folder or a pattern"
        : "its owner must allow `storage.objects.get`, and `storage.objects.list` for a folder or a pattern",
    clock: () => "set the clock of this machine: a signature is valid for a few minutes",
    names: () => "names distinguish upper and lower case; a folder ends with a slash, and `*` is a pattern",
  },
);
