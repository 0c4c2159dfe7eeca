// Counts the columns of a data file that a model reads, by DuckDB: the file is read as a whole, and never held.

import {
  type Bins,
  type ColumnProfile,
  type Counted,
  DECILES,
  type Profile,
  TOP_VALUES,
} from "../../compiler/data/profile.ts";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import { columnNamed } from "../../compiler/data/table.ts";
import type { Separators } from "../../compiler/frontend/config/config.ts";
import { hasIds, partsOf } from "../../compiler/frontend/kinds/registry.ts";
import { type Feature, type Fitted, type Model, ownerOf } from "../../compiler/frontend/model/model.ts";
import { type DataFile, type SqlColumn, tableIn } from "./data-file.ts";
import type { DataFiles } from "./data-files.ts";
import { Places } from "./places-in-files.ts";

/** What is counted of a column. */
export interface Asked {
  readonly column: string;
  readonly counted: Counted;
  /** Of ids: the values that training knew; null where nothing lists them. */
  readonly known: readonly string[] | null;
  readonly inLists: boolean;
}

/** What a model reads of a file: its features, histories and labels, in its order. */
export function askedOf(model: Model, fitted: Fitted): Asked[] {
  const asked: Asked[] = [];
  const ids = (column: string, feature: Feature, inLists: boolean) =>
    asked.push({ column, counted: "ids", known: fitted.vocabularies.get(ownerOf(feature)) ?? null, inLists });
  const plain = (column: string, counted: Counted) =>
    asked.push({ column, counted, known: null, inLists: false });
  for (const feature of model.features.values()) {
    const { name, kind, set } = feature;
    if (partsOf(feature).length > 0) continue;
    if (kind.kind === "text" || kind.kind === "vector" || set !== null) {
      plain(name, "lengths");
      if (set !== null && kind.kind !== "text") ids(name, feature, true);
    } else if (kind.kind === "number" || kind.kind === "bins") plain(name, "numbers");
    else if (hasIds(kind)) ids(name, feature, false);
  }
  for (const { fields } of model.histories.values())
    for (const [i, { feature, column }] of fields.entries()) {
      if (i === 0) plain(column, "lengths");
      const isNumber = feature.kind.kind === "number" || feature.kind.kind === "bins";
      if (!isNumber && hasIds(feature.kind) && feature.set === null) ids(column, feature, true);
    }
  for (const name of model.labels.keys()) plain(name, "label");
  return asked;
}

export interface ProfileOptions {
  readonly separators: Separators;
  /** Has the bins; without it they are made. */
  readonly baseline: Profile | null;
  /** The first rows of the file only. */
  readonly limit?: number | undefined;
}

/** Those of the columns that the file has. */
export async function profileOf(
  files: DataFiles,
  path: string,
  asked: readonly Asked[],
  { separators, baseline, limit }: ProfileOptions,
): Promise<Profile> {
  const file = await files.file(path);
  const found = new Map(
    asked.flatMap(({ column: name }) => {
      const column = columnNamed(file, name);
      return column === undefined ? [] : [[name, column] as const];
    }),
  );
  const source = { file, sql: await copyOf(files, file, found, limit) };
  const [[rows]] = (await rowsOf(files, source, ["count(*)"])) as [[number]];
  const columns: ColumnProfile[] = [];
  for (const each of asked) {
    const column = found.get(each.column);
    if (column === undefined) continue;
    const form = new ColumnForm(column, file.textOnly, separators.separator);
    const before =
      baseline?.columns.find(
        ({ column: name, counted, inLists }) =>
          name === each.column && counted === each.counted && inLists === each.inLists,
      ) ?? null;
    columns.push(
      each.counted === "ids"
        ? await countIds(files, source, each, form, before)
        : await countNumbers(files, source, each, form, before),
    );
  }
  return { path: file.path, rows, columns };
}

/** Copies the columns, as each has a query of its own, and a file is long to read. Afterwards `found` has them as the copy does. */
async function copyOf(
  files: DataFiles,
  file: DataFile,
  found: Map<string, SqlColumn>,
  limit: number | undefined,
): Promise<string> {
  files.say(`${file.path}: counting what its columns hold`);
  const columns = [...found.values()];
  const selected = columns.map(({ sql }, i) => `${sql} AS n${i}`);
  for (const [i, name] of [...found.keys()].entries()) found.set(name, { ...columns[i]!, sql: `n${i}` });
  const all = limit === undefined ? rowsIn(file) : `(SELECT * FROM ${rowsIn(file)} LIMIT ${limit})`;
  return files.copied(
    file,
    columns,
    `SELECT ${selected.length === 0 ? "1" : selected.join(", ")} FROM ${all}`,
  );
}

/** A query over the rows of a file. */
interface Source {
  readonly file: DataFile;
  readonly sql: string;
}

/** All rows of all files. */
function rowsIn({ parts }: DataFile): string {
  const [only, ...more] = parts.map(tableIn);
  if (more.length === 0) return only!;
  return `(${[only!, ...more].map((each) => `SELECT * FROM ${each}`).join(" UNION ALL BY NAME ")})`;
}

/** A column's values in SQL. */
class ColumnForm {
  /** Null where it is missing. */
  readonly present: string;
  private readonly column: SqlColumn;
  private readonly isText: boolean;
  private readonly separator: string;

  constructor(column: SqlColumn, isText: boolean, separator: string) {
    this.column = column;
    this.isText = isText;
    this.separator = separator;
    this.present = isText ? `nullif(${column.sql}, '')` : column.sql;
  }

  get isList(): boolean {
    return this.column.typeName.endsWith("]");
  }

  number(counted: Counted): string {
    const { present } = this;
    if (counted === "lengths") {
      if (this.isList) return `CAST(len(${present}) AS DOUBLE)`;
      return `CAST(len(string_split(${present}, ${quoted(this.separator)})) AS DOUBLE)`;
    }
    const number = `TRY_CAST(${present} AS DOUBLE)`;
    if (!this.isText || counted !== "label") return number;
    return `coalesce(${number}, CASE lower(trim(${present})) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)`;
  }

  /** Ids, those in lists one after the other. */
  ids(inLists: boolean): string {
    if (!inLists) return `CAST(${this.present} AS VARCHAR)`;
    const list = this.isList ? this.present : `string_split(${this.present}, ${quoted(this.separator)})`;
    return `CAST(unnest(${list}) AS VARCHAR)`;
  }
}

async function countNumbers(
  files: DataFiles,
  source: Source,
  { column, counted, inLists }: Asked,
  form: ColumnForm,
  before: ColumnProfile | null,
): Promise<ColumnProfile> {
  const values = {
    ...source,
    sql: `(SELECT ${form.present} IS NULL AS gone, ${form.number(counted)} AS x FROM ${source.sql})`,
  };
  const good = "x IS NOT NULL AND isfinite(x)";
  const deciles = DECILES.map((part) => `quantile_disc(x, ${part}) FILTER (${good})`);
  const [[rows, missing, present, least, largest, mean, ...bounds]] = (await rowsOf(files, values, [
    ...["count(*)", "count(*) FILTER (gone)", `count(*) FILTER (${good})`],
    ...["min", "max", "avg"].map((of) => `${of}(x) FILTER (${good})`),
    ...(before === null ? deciles : []),
  ])) as [[number, number, number, number | null, number | null, number | null, ...number[]]];
  const edges =
    before?.bins.by === "bounds" ? before.bins.bounds : [...new Set(bounds.filter((x) => x !== null))];
  const inBin = edges.map((edge, i) => {
    const above = i === 0 ? "" : ` AND x > ${edges[i - 1]}`;
    return `count(*) FILTER (${good} AND x <= ${edge}${above})`;
  });
  const [counts] = inBin.length === 0 ? [[]] : ((await rowsOf(files, values, inBin)) as [number[]]);
  const last = present - counts!.reduce((sum, count) => sum + count, 0);
  return {
    ...{ column, counted, inLists, present, missing, unreadable: rows - missing - present },
    numbers: present === 0 ? null : { least: least!, largest: largest!, mean: mean! },
    ...{ distinct: null, fresh: null },
    bins: { by: "bounds", bounds: edges, counts: [...counts!, last] },
  };
}

async function countIds(
  files: DataFiles,
  source: Source,
  { column, counted, known, inLists }: Asked,
  form: ColumnForm,
  before: ColumnProfile | null,
): Promise<ColumnProfile> {
  const vocabulary = known === null ? null : new Set(known);
  const groups = {
    ...source,
    sql: `(SELECT v, CAST(count(*) AS DOUBLE) AS n FROM (SELECT ${form.ids(inLists)} AS v FROM ${source.sql}) GROUP BY v)`,
  };
  const wanted = before?.bins.by === "values" ? new Map(before.bins.values.map((value) => [value, 0])) : null;
  const top = new Top();
  let [present, missing, distinct, fresh] = [0, 0, 0, 0];
  await visit(files, groups, ["v", "n"], ([value, count]) => {
    const n = count as number;
    if (value === null || (inLists && value === "")) {
      if (!inLists) missing += n;
      return;
    }
    const text = String(value);
    present += n;
    distinct++;
    if (vocabulary !== null && !vocabulary.has(text)) fresh += n;
    else if (wanted === null) top.add(text, n);
    else if (wanted.has(text)) wanted.set(text, n);
  });
  const values = wanted === null ? top.values : [...wanted];
  const named = values.reduce((sum, [, n]) => sum + n, 0);
  const bins: Bins = {
    by: "values",
    values: values.map(([value]) => value),
    counts: [...values.map(([, n]) => n), present - fresh - named],
  };
  return {
    ...{ column, counted, inLists, present, missing, unreadable: 0, numbers: null, distinct },
    ...{ fresh: vocabulary === null ? null : fresh, bins },
  };
}

/** The most frequent values; of equally frequent ones the first by their text. */
class Top {
  private kept: (readonly [string, number])[] = [];

  add(value: string, count: number): void {
    const last = this.kept.at(-1);
    if (this.kept.length === TOP_VALUES && last !== undefined && count < last[1]) return;
    this.kept.push([value, count]);
    this.kept.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    this.kept = this.kept.slice(0, TOP_VALUES);
  }

  get values(): readonly (readonly [string, number])[] {
    return this.kept;
  }
}

/** Rows that have the values of an earlier row in all of these columns. */
export async function repeatedRows(
  files: DataFiles,
  path: string,
  columns: readonly SqlColumn[],
): Promise<number> {
  const file = await files.file(path);
  const sql = `(SELECT count(*) AS n FROM ${rowsIn(file)} GROUP BY ${columns.map((column) => column.sql).join(", ")})`;
  const [[repeated]] = (await rowsOf(files, { file, sql }, ["coalesce(sum(n - 1), 0)"])) as [[number]];
  return repeated;
}

/** The largest value of a column, as a number or as seconds since 1970; null where it has neither. */
export async function latestOf(
  files: DataFiles,
  path: string,
  column: SqlColumn,
): Promise<{ readonly number: number | null; readonly seconds: number | null }> {
  const file = await files.file(path);
  const asked = [
    `max(TRY_CAST(${column.sql} AS DOUBLE))`,
    `max(epoch(TRY_CAST(${column.sql} AS TIMESTAMP)))`,
  ];
  const isTime = /^(TIMESTAMP|DATE)/.test(column.typeName);
  const [[number, seconds]] = (await rowsOf(
    files,
    { file, sql: rowsIn(file) },
    isTime ? ["NULL", asked[1]!] : asked,
  )) as [[number | null, number | null]];
  return { number, seconds };
}

/** What the expressions give, as numbers, for the whole file. */
async function rowsOf(
  files: DataFiles,
  { file, sql }: Source,
  expressions: readonly string[],
): Promise<RawCell[][]> {
  const names = expressions.map((_, i) => `a${i}`);
  const selected = expressions.map((each, i) => `CAST(${each} AS DOUBLE) AS ${names[i]}`).join(", ");
  const rows: RawCell[][] = [];
  await visit(files, { file, sql: `(SELECT ${selected} FROM ${sql})` }, names, (row) => rows.push(row));
  return rows;
}

async function visit(
  files: DataFiles,
  { file, sql }: Source,
  names: readonly string[],
  each: (row: RawCell[]) => void,
): Promise<void> {
  const columns = names.map((name): SqlColumn => ({ name, type: "value", typeName: "DOUBLE", sql: name }));
  const { selected: _, ...part } = file.parts[0]!;
  const result = { ...part, sql, rows: null, leftOut: [], columns: new Map<string, SqlColumn>() };
  const places = new Places([file.path], [null]);
  await files.scan({ ...file, parts: [result], rows: null, places }, columns, (chunk) => {
    for (let row = 0; row < chunk.rows; row++) each(chunk.columns.map((column) => column[row]!));
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
