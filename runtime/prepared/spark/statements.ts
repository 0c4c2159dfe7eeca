// Statements in both kinds of plan: they read sources, and write splits.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { invariant } from "../../../compiler/common/internal-error.ts";
import { alternatives } from "../../../compiler/frontend/config/addresses.ts";
import { type CsvFormat, plainCsv } from "../../../compiler/frontend/config/csv-format.ts";
import type { DataFormat, FormatFacts } from "../../../compiler/frontend/config/data-format-list.ts";
import { formatOf } from "../../../compiler/frontend/config/data-formats.ts";
import { hasScheme } from "../../../compiler/frontend/config/elsewhere.ts";
import { groupingFeatures } from "../../../compiler/frontend/kinds/model-queries.ts";
import { type Feature, FIRST_ID, type Model, UNKNOWN_ID } from "../../../compiler/frontend/model/model.ts";
import { fileFormats, MOST_DRAWN, type SparkSource } from "../../data/tables.ts";
import { filesAt } from "../../files/data-paths.ts";
import { columnNames, type PreparedSplit } from "../prepared-folder.ts";
import { literalPath, spark } from "./encode.ts";
import { knownId, name, text } from "./values.ts";

export interface PlanOptions {
  /** The path of the folder: absolute, or an address that Spark understands. */
  readonly out: string;
  readonly shards: number;
}

/** Null if Spark does not read files of this format. */
export function sparkSourceOf(path: string, csv: CsvFormat = plainCsv): SparkSource | null {
  return fileFormats[formatAt(path)?.name ?? "parquet"].spark(csv);
}

/** A view of a file of the data. */
export function sourceView(view: string, path: string, csv: CsvFormat = plainCsv): string {
  const read = sparkSourceOf(path, csv);
  invariant(read !== null, `Spark does not read ${path}`);
  const { source, options } = read;
  // An address with a scheme is already complete.
  const location = hasScheme(path) ? path : inHadoop(resolve(path));
  const all = [
    `path ${text(location)}`,
    ...Object.entries(options).map(([name, value]) => `${name} ${optionText(value)}`),
  ];
  return `CREATE OR REPLACE TEMPORARY VIEW ${view} USING ${source} OPTIONS (${all.join(", ")})`;
}

/** A text in Spark's SQL; a tab is written as \t. */
function optionText(value: string): string {
  return value === "\t" ? "'\\t'" : text(value);
}

/**
 * The path of an existing file is not a pattern, whatever its name. Spark would take braces without a comma
 * for a pattern.
 */
function inHadoop(path: string): string {
  if (existsSync(path)) return literalPath(path);
  return alternatives(path).length > 1 ? path : path.replaceAll(/(?<!\\)[{}]/g, "\\$&");
}

/** The format of a folder or a pattern is that of its first file, which may be elsewhere. */
function formatAt(address: string): FormatFacts<DataFormat> | undefined {
  const [ending] = alternatives(address);
  return formatOf(filesAt(address)[0]!) ?? formatOf(ending!);
}

export function isTextFile(path: string): boolean {
  return formatAt(path)?.delimiter != null;
}

export function groupedFeatures(model: Model): Feature[] {
  const grouped = groupingFeatures(model);
  return [...model.features.values()].filter((feature) => grouped.has(feature.name));
}

/** Columns of a table with one row per key, which a row of a sample gets by its own key. */
export interface SampledTable {
  readonly view: string;
  /** The expressions of the key in a row of the sample, and in the table. */
  readonly of: string;
  readonly key: string;
  readonly columns: readonly string[];
}

/**
 * Writes a sample of a view's rows, drawn by hash, with the given `columns` and those of tables; each row has the total number of
 * rows.
 */
export function sampled(
  out: string,
  view: string,
  columns: Iterable<string>,
  where: string | null,
  tables: readonly SampledTable[] = [],
): string {
  const own = [...new Set(columns)].map(name).join(", ");
  const rows = `${view}${where === null ? "" : ` WHERE ${where}`}`;
  const [key, all] = [name("dinc key"), name(ALL_ROWS)];
  const drawn = `SELECT ${own}, (SELECT count(*) FROM ${rows}) AS ${all} FROM (
  SELECT ${own}, monotonically_increasing_id() AS ${key} FROM ${rows}
) ORDER BY xxhash64(${key}, 7) LIMIT ${MOST_DRAWN}`;
  const keyed = tables.filter((table) => table.columns.length > 0);
  const found = keyed.flatMap((table, i) => table.columns.map((column) => `, t${i}.${name(column)}`));
  const joins = keyed.map((table, i) => {
    const wanted = [`${table.key} AS ${key}`, ...table.columns.map(name)].join(", ");
    return `\nLEFT JOIN (SELECT ${wanted} FROM ${table.view}) AS t${i} ON t${i}.${key} = ${table.of}`;
  });
  const joined = `SELECT s.*${found.join("")} FROM (${drawn}) AS s${joins.join("")}`;
  return `INSERT OVERWRITE DIRECTORY ${text(spark.sample(out))} USING parquet
${keyed.length === 0 ? drawn : joined}`;
}

/** The column of a sample with the total number of rows. */
export const ALL_ROWS = "dinc rows";

/** Each value in a column of values, of lists, or of lists of lists. */
export function valuesIn(column: string, lists: number, view: string, times = "1"): string {
  const values = lists === 0 ? column : `explode(${lists === 1 ? column : `flatten(${column})`})`;
  return `SELECT ${values} AS value, ${times} AS times FROM ${view}`;
}

export interface WrittenSplit extends PlanOptions {
  readonly split: PreparedSplit;
  /** A query with the columns, the groups as texts, and a unique key. */
  readonly view: string;
  readonly kept: readonly string[];
  readonly groups: readonly Feature[];
  /** The feature whose groups batches keep whole. */
  readonly batchBy: string | null;
  readonly key: string;
  /** Whether rows are numbered in the order of their keys, which come from `monotonically_increasing_id`. */
  readonly isNumbered: boolean;
}

/**
 * The number of a group: the value's id if the spec lists the values, otherwise its place among the values by their first rows, as
 * dinc counts them, so that a training visits groups in the same order.
 */
function numberOfGroup(feature: Feature): string {
  switch (feature.kind.kind) {
    case "int":
    case "sized_id":
    case "enum":
      return `coalesce(${knownId(feature, "value", () => "")}, ${UNKNOWN_ID})`;
    default:
      return `CASE WHEN value IS NULL THEN ${UNKNOWN_ID} ELSE row_number() OVER (ORDER BY value IS NULL, first) + ${FIRST_ID - 1} END`;
  }
}

/** Writes a split: training rows in random order, others in the order of their keys. */
export function writeSplit({
  out,
  shards,
  split,
  view,
  kept,
  groups,
  batchBy,
  key,
  isNumbered,
}: WrittenSplit): string {
  // A file has all rows with one value of `stored`, so groups are whole.
  const whole = split === "train" ? groups.findIndex(({ name: of }) => of === batchBy) : -1;
  const drawn = whole < 0 ? `r.${key}` : `g${whole}.number`;
  const order = split === "train" ? `xxhash64(${drawn}, 7)` : `r.${key}`;
  const columnsOfGroups = groups.map(({ name: of }) => columnNames.group(of));
  const joins = columnsOfGroups.map(
    (group, i) => `LEFT JOIN (SELECT value, CAST(${numberOfGroup(groups[i]!)} AS INT) AS number
    FROM (SELECT ${name(group)} AS value, min(${key}) AS first FROM rows GROUP BY 1)) AS g${i} ON g${i}.value <=> r.${name(group)}`,
  );
  const numbers = isNumbered
    ? [
        `parts AS (SELECT shiftright(${key}, 33) AS part, count(*) AS rows FROM rows GROUP BY 1)`,
        `starts AS (SELECT part, coalesce(sum(rows) OVER (ORDER BY part ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS start FROM parts)`,
      ]
    : [];
  const selected = [
    ...kept.map((column) => `r.${name(column)}`),
    ...columnsOfGroups.map((group, i) => `g${i}.number AS ${name(group)}`),
    ...(isNumbered ? [`CAST(n.start + (r.${key} & 8589934591) AS INT) AS ${name(columnNames.row)}`] : []),
  ];
  const last = isNumbered ? `\n  JOIN starts AS n ON n.part = shiftright(r.${key}, 33)` : "";
  const columns = [...kept, ...columnsOfGroups, ...(isNumbered ? [columnNames.row] : [])]
    .map(name)
    .join(", ");
  return `INSERT OVERWRITE DIRECTORY ${text(spark.split(out, split))} USING parquet
WITH rows AS (
${view}
)${numbers.map((part) => `,\n${part}`).join("")}
SELECT ${columns} FROM (
  SELECT /*+ REPARTITION_BY_RANGE(${shards}, stored) */ * FROM (
  SELECT ${selected.join(",\n    ")},
    ${order} AS stored
  FROM rows AS r${joins.map((join) => `\n  ${join}`).join("")}${last})
) SORT BY stored${whole < 0 ? "" : `, ${name(columnsOfGroups[whole]!)}`}`;
}
