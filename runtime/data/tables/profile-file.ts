// Counts the values of a data file's columns that a model reads, with DuckDB: it reads the whole file once
// without holding it in memory. Counting needs no vocabulary, so it can run while a training reads the same
// file; `profile` then determines which ids are new.

import { COMMA_NUMBER, POINT_NUMBER } from "../../../compiler/data/number-format.ts";
import {
  type Bins,
  type ColumnProfile,
  DECILES,
  type Profile,
  type ProfileKind,
  TOP_VALUES,
} from "../../../compiler/data/profile.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import { columnNamed, isOfTexts } from "../../../compiler/data/table.ts";
import type { Separators } from "../../../compiler/frontend/config/config.ts";
import { type Padding, paddingOf, paddingPattern } from "../../../compiler/frontend/config/padding.ts";
import { WEIGHT_SIGN } from "../../../compiler/frontend/kinds/read-set.ts";
import { hasRawIds, hasRawLists, hasRawValue } from "../../../compiler/frontend/kinds/registry.ts";
import {
  type Fitted,
  type History,
  type HistoryField,
  type Model,
  ownerOf,
} from "../../../compiler/frontend/model/model.ts";
import { typeOfCells } from "../../duckdb/values.ts";
import { type DataFile, type SqlColumn, tableIn } from "../formats/data-file.ts";
import { FileLocations } from "../formats/file-locations.ts";
import type { DataFiles } from "./data-files.ts";

/** A column and how it is counted. */
export interface CountedColumn {
  readonly column: string;
  readonly counted: ProfileKind;
  /** The vocabulary of ids that training knew; null if there is none. */
  readonly vocabulary: string | null;
  readonly inLists: boolean;
  /** Whether each value of a list has its weight beside it. */
  readonly isWeighted?: boolean;
  /** The padding values of a column of steps. */
  readonly padding?: readonly string[];
}

/**
 * The features, histories and labels that a model reads from a file, in the model's order. Times are not
 * counted, because they hardly repeat, and other days have other times.
 */
export function profileColumns(model: Model, padding?: Padding): CountedColumn[] {
  const asked: CountedColumn[] = [];
  const plain = (column: string, counted: ProfileKind) =>
    asked.push({ column, counted, vocabulary: null, inLists: false });
  for (const feature of model.features.values()) {
    const { name, kind, set } = feature;
    if (!hasRawValue(feature)) continue;
    if (kind.kind === "text" || kind.kind === "vector" || set !== null) {
      plain(name, "lengths");
      if (!hasRawLists({ kind, set })) continue;
      const isWeighted = set?.weighted === true && set.weightsColumn === undefined;
      asked.push({ column: name, counted: "ids", vocabulary: ownerOf(feature), inLists: true, isWeighted });
    } else if (kind.kind === "number" || kind.kind === "bins") plain(name, "numbers");
    else if (hasRawIds(kind))
      asked.push({ column: name, counted: "ids", vocabulary: ownerOf(feature), inLists: false });
  }
  for (const history of model.histories.values()) {
    const values = paddingOf(padding, history.name) ?? [];
    const columns = [lengthsOf(history), ...idsOfSteps(history).map(({ asked }) => asked)];
    asked.push(...columns.map((each) => (values.length > 0 ? { ...each, padding: values } : each)));
  }
  for (const { name, type } of model.labels.values()) plain(name, type.kind === "enum" ? "ids" : "label");
  return asked;
}

/** The column with the lengths of a history: that of its first field. */
export function lengthsOf({ fields }: Pick<History, "fields">): CountedColumn {
  return { column: fields[0]!.column, counted: "lengths", vocabulary: null, inLists: false };
}

/** The fields of a history whose values are ids in the rows. */
export function idsOfSteps({
  fields,
}: History): readonly { readonly field: HistoryField; readonly asked: CountedColumn }[] {
  return fields.flatMap((field) => {
    const { feature, column } = field;
    if (!hasRawIds(feature.kind) || feature.set !== null) return [];
    return [{ field, asked: { column, counted: "ids", vocabulary: ownerOf(feature), inLists: true } }];
  });
}

/** The column of the profile that is counted in the same way; null if there is none. */
export function columnAlike(
  { column, counted, inLists }: Pick<CountedColumn, "column" | "counted" | "inLists">,
  { columns }: Profile,
): ColumnProfile | null {
  const isAlike = (each: ColumnProfile) =>
    each.column === column && each.counted === counted && each.inLists === inLists;
  return columns.find(isAlike) ?? null;
}

export interface ProfileOptions {
  readonly separators: Separators;
  /** Provides the bins; without it they are computed. */
  readonly baseline: Profile | null;
  /** Counts only the first rows of the file. */
  readonly limit?: number | undefined;
}

/** Deciles are computed from this many rows; all other counts are of all rows. */
export const SAMPLED_ROWS = 100_000;

/** The counts of a column; for ids, the table of ids with their counts. */
type Counts =
  | { readonly asked: CountedColumn; readonly before: ColumnProfile | null; readonly groups: Source }
  | ColumnProfile;

/** The counts of one file. */
export class FileCounts {
  private readonly files: DataFiles;
  private readonly path: string;
  private readonly rows: number;
  private readonly columns: readonly Counts[];

  private constructor(files: DataFiles, path: string, rows: number, columns: readonly Counts[]) {
    this.files = files;
    this.path = path;
    this.rows = rows;
    this.columns = columns;
  }

  /** Counts those of the columns that the file has. */
  static async of(
    files: DataFiles,
    path: string,
    asked: readonly CountedColumn[],
    { separators, baseline, limit }: ProfileOptions,
  ): Promise<FileCounts> {
    const file = await files.file(path);
    const found = asked.flatMap((each) => {
      const column = columnNamed(file, each.column);
      return column === undefined
        ? []
        : [{ asked: each, form: new ColumnForm(column, separators.separator, each.padding ?? []) }];
    });
    const copy = { file, sql: await copyOf(files, file, found, limit) };
    const [[rows]] = (await rowsOf(files, copy, ["count(*)"])) as [[number]];
    const columns: Counts[] = [];
    for (const [i, { asked, form }] of found.entries()) {
      const { counted } = asked;
      const before = baseline === null ? null : columnAlike(asked, baseline);
      columns.push(
        counted === "ids"
          ? {
              asked,
              before,
              groups: { file, sql: await groupsOf(files, copy, form.idsIn(`n${i}`, asked)) },
            }
          : await countNumbers(files, copy, rows, asked, { at: i, before }),
      );
    }
    await files.drop(copy.sql);
    return new FileCounts(files, file.path, rows, columns);
  }

  async profile({ vocabularies }: Fitted): Promise<Profile> {
    const columns: ColumnProfile[] = [];
    for (const counts of this.columns)
      columns.push("groups" in counts ? await countIds(this.files, counts, vocabularies) : counts);
    return { path: this.path, rows: this.rows, drawn: null, columns };
  }
}

/**
 * Copies the values, because each column needs its own queries and reading the file takes long. Columns n0,
 * n1, … contain the requested values in order. For numbers, g0, g1, … tell whether a value is missing, and
 * values that are not finite are null.
 */
function copyOf(
  files: DataFiles,
  file: DataFile,
  found: readonly { readonly asked: CountedColumn; readonly form: ColumnForm }[],
  limit: number | undefined,
): Promise<string> {
  files.say(`${file.path}: counting what its columns hold`);
  const isNumber = ({ counted }: CountedColumn) => counted !== "ids";
  const raw = found.map(({ asked, form }, i) =>
    isNumber(asked)
      ? `${form.present} IS NULL AS g${i}, ${form.number(asked.counted)} AS n${i}`
      : `${asked.inLists ? form.present : form.id} AS n${i}`,
  );
  const kept = found.map(({ asked }, i) =>
    isNumber(asked) ? `g${i}, CASE WHEN isfinite(n${i}) THEN n${i} END AS n${i}` : `n${i}`,
  );
  const all = limit === undefined ? rowsIn(file) : `(SELECT * FROM ${rowsIn(file)} LIMIT ${limit})`;
  const query =
    raw.length === 0
      ? `SELECT 1 FROM ${all}`
      : `SELECT ${kept.join(", ")} FROM (SELECT ${raw.join(", ")} FROM ${all})`;
  return files.copied(
    file,
    found.map(({ form }) => form.column),
    query,
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
  readonly column: SqlColumn;
  /** Null if it is missing. */
  readonly present: string;
  private readonly isText: boolean;
  private readonly separator: string;
  private readonly padding: readonly string[];

  constructor(column: SqlColumn, separator: string, padding: readonly string[]) {
    this.column = column;
    this.padding = padding;
    this.isText = isOfTexts(column);
    this.separator = separator;
    this.present = this.isText ? `nullif(${column.sql}, '')` : column.sql;
  }

  private get type(): string {
    return typeOfCells(this.column.typeName);
  }

  private get isList(): boolean {
    return this.type.endsWith("]");
  }

  number(counted: ProfileKind): string {
    const { present } = this;
    if (counted === "lengths") return `CAST(len(${this.listIn(present)}) AS DOUBLE)`;
    const number = numberInSql(present, this.column);
    if (!this.isText || counted !== "label") return number;
    return `coalesce(${number}, CASE lower(trim(${present})) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)`;
  }

  get id(): string {
    return this.textOf(this.present);
  }

  /** The ids of a column that has `id`, or those of its lists one after the other. */
  idsIn(copied: string, { inLists, isWeighted = false }: CountedColumn): string {
    if (!inLists) return copied;
    const value = isWeighted ? this.valueOfPair("x") : this.textOf("x");
    return `unnest(list_transform(${this.listIn(copied)}, lambda x: ${value}))`;
  }

  /** The value of a pair, or of a text that ends with a colon and a weight. */
  private valueOfPair(sql: string): string {
    const { type } = this;
    if (type === "JSON[][]") return `json_extract_string(${sql}[1], '$')`;
    if (/^STRUCT.*\]$|\]\[\d*\]$/.test(type)) return `CAST(${sql}[1] AS VARCHAR)`;
    return `regexp_replace(CAST(${sql} AS VARCHAR), '${WEIGHT_SIGN}[^${WEIGHT_SIGN}]*$', '')`;
  }

  /** The text of an id: a whole number has the same text in columns of all types. */
  private textOf(sql: string): string {
    const text = `CAST(${sql} AS VARCHAR)`;
    return /^(FLOAT|DOUBLE)/.test(this.column.typeName)
      ? `regexp_replace(${text}, '^(-?\\d+)\\.0$', '\\1')`
      : text;
  }

  private listIn(sql: string): string {
    const list = this.isList ? sql : `string_split(${sql}, ${quoted(this.separator)})`;
    if (this.padding.length === 0) return list;
    const pattern = quoted(paddingPattern(this.padding));
    const isOwn = `list_transform(${list}, lambda x: NOT regexp_matches(coalesce(CAST(x AS VARCHAR), ''), ${pattern}))`;
    const from = `coalesce(list_position(${isOwn}, true), 0)`;
    const after = `coalesce(list_position(list_reverse(${isOwn}), true), 0)`;
    return `list_slice(${list}, CASE WHEN ${from} > 0 THEN ${from} ELSE len(${list}) + 1 END, len(${list}) + 1 - ${after})`;
  }
}

async function countNumbers(
  files: DataFiles,
  copy: Source,
  rows: number,
  { column, counted, inLists }: CountedColumn,
  { at, before }: { readonly at: number; readonly before: ColumnProfile | null },
): Promise<ColumnProfile> {
  const x = `n${at}`;
  const deciles = `quantile_disc(${x}, [${DECILES.join(", ")}]) FILTER (${isSampled(rows)})`;
  const facts = [
    ...[`count(*) FILTER (g${at})`, `count(${x})`, ...["min", "max", "avg"].map((of) => `${of}(${x})`)],
    before === null ? deciles : "NULL",
  ];
  const aggregates = facts.map((each, i) => `${each} AS f${i}`).join(", ");
  const [[missing, present, least, largest, mean, ...bounds]] = (await rowsOf(
    files,
    { ...copy, sql: `(SELECT ${aggregates} FROM ${copy.sql})` },
    ["f0", "f1", "f2", "f3", "f4", ...(before === null ? DECILES.map((_, i) => `f5[${i + 1}]`) : [])],
  )) as [[number, number, number | null, number | null, number | null, ...(number | null)[]]];
  const edges =
    before?.bins.by === "bounds" ? before.bins.bounds : [...new Set(bounds.filter((edge) => edge !== null))];
  const inBin = edges.map((edge, i) => {
    const above = i === 0 ? "" : ` AND ${x} > ${edges[i - 1]}`;
    return `count(*) FILTER (${x} <= ${edge}${above})`;
  });
  const [counts] = inBin.length === 0 ? [[]] : ((await rowsOf(files, copy, inBin)) as [number[]]);
  const last = present - counts!.reduce((sum, count) => sum + count, 0);
  return {
    ...{ column, counted, inLists, present, missing, unreadable: rows - missing - present },
    numbers: present === 0 ? null : { least: least!, largest: largest!, mean: mean! },
    ...{ distinct: null, fresh: null },
    bins: { by: "bounds", bounds: edges, counts: [...counts!, last] },
  };
}

/**
 * Whether a row belongs to the sample, which is spread evenly. Steps of the golden ratio avoid any rhythm of
 * the rows, such as one click after every three rows without.
 */
function isSampled(rows: number): string {
  if (rows <= SAMPLED_ROWS) return "true";
  const [step, circle] = [1_327_217_885, 2 ** 31];
  return `(rowid % ${circle}) * ${step} % ${circle} < ${Math.ceil((circle / rows) * SAMPLED_ROWS)}`;
}

/** A table of the values with their counts. */
function groupsOf(files: DataFiles, { file, sql }: Source, value: string): Promise<string> {
  return files.copied(
    file,
    [],
    `SELECT v, CAST(count(*) AS DOUBLE) AS n FROM (SELECT ${value} AS v FROM ${sql}) GROUP BY v`,
  );
}

async function countIds(
  files: DataFiles,
  {
    asked: { column, counted, vocabulary, inLists },
    before,
    groups,
  }: Extract<Counts, { readonly groups: Source }>,
  vocabularies: Fitted["vocabularies"],
): Promise<ColumnProfile> {
  const listed = vocabulary === null ? undefined : vocabularies.get(vocabulary);
  const known = listed === undefined ? null : new Set(listed);
  const wanted = before?.bins.by === "values" ? new Map(before.bins.values.map((value) => [value, 0])) : null;
  const top = new MostFrequent();
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
    if (known !== null && !known.has(text)) fresh += n;
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
    ...{ fresh: known === null ? null : fresh, bins },
  };
}

/** Keeps the most frequent values; of equally frequent ones, the first in the order of their texts. */
export class MostFrequent {
  private kept: (readonly [string, number])[] = [];

  /** Whether a value that occurs `count` times may be among them. */
  takes(count: number): boolean {
    return this.kept.length < TOP_VALUES || count >= this.kept.at(-1)![1];
  }

  add(value: string, count: number): void {
    const last = this.kept.at(-1);
    const isFull = this.kept.length === TOP_VALUES && last !== undefined;
    if (isFull && (count < last[1] || (count === last[1] && value > last[0]))) return;
    this.kept.push([value, count]);
    this.kept.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    this.kept = this.kept.slice(0, TOP_VALUES);
  }

  get values(): readonly (readonly [string, number])[] {
    return this.kept;
  }
}

/** The number of rows that repeat the values of an earlier row in all of these columns. */
export async function repeatedRows(
  files: DataFiles,
  path: string,
  columns: readonly SqlColumn[],
): Promise<number> {
  const file = await files.file(path);
  const sql = `(SELECT count(*) AS n FROM ${rowsIn(file)} GROUP BY ${columns.map(({ sql, exact = sql }) => exact).join(", ")})`;
  const [[repeated]] = (await rowsOf(files, { file, sql }, ["coalesce(sum(n - 1), 0)"])) as [[number]];
  return repeated;
}

/** The number of users by the number of their rows; null if the file lacks the column. */
export async function usersBySize(
  files: DataFiles,
  path: string,
  user: string,
): Promise<ReadonlyMap<number, number> | null> {
  const file = await files.file(path);
  const column = columnNamed(file, user);
  if (column === undefined) return null;
  const { present } = new ColumnForm(column, "", []);
  const ofUsers = `SELECT count(*) AS n FROM ${rowsIn(file)} WHERE ${present} IS NOT NULL GROUP BY ${present}`;
  const sizes = `(SELECT n, count(*) AS users FROM (${ofUsers}) GROUP BY n)`;
  return new Map((await rowsOf(files, { file, sql: sizes }, ["n", "users"])) as [number, number][]);
}

/** The largest value of a column, as a number or as seconds since 1970; null if it is neither. */
export async function latestOf(
  files: DataFiles,
  path: string,
  column: SqlColumn,
): Promise<{ readonly number: number | null; readonly seconds: number | null }> {
  const file = await files.file(path);
  const asked = [
    `max(${numberInSql(column.sql, column)})`,
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

/** For example `0x1F`, which every reader of cells accepts. */
const WHOLE_OF_OTHER_BASE = "\\s*0([xX][0-9a-fA-F]+|[bB][01]+)\\s*";

/** A column's value as a number; null if it is not one. */
function numberInSql(value: string, { hasDecimalComma = false, typeName }: SqlColumn): string {
  const isOfText = /^(text|VARCHAR)/.test(typeName);
  if (!hasDecimalComma) {
    if (!isOfText) return `TRY_CAST(${value} AS DOUBLE)`;
    // DuckDB also accepts `1_000` and `nan` as numbers; readers of cells do not.
    return `CASE WHEN regexp_full_match(${value}, ${quoted(POINT_NUMBER.source)}) THEN TRY_CAST(${value} AS DOUBLE) WHEN regexp_full_match(${value}, ${quoted(WHOLE_OF_OTHER_BASE)}) THEN CAST(TRY_CAST(trim(${value}) AS BIGINT) AS DOUBLE) END`;
  }
  const pointed = `replace(replace(${value}, '.', ''), ',', '.')`;
  return `CASE WHEN regexp_full_match(${value}, ${quoted(COMMA_NUMBER.source)}) THEN TRY_CAST(${pointed} AS DOUBLE) END`;
}

/** The values of the expressions for the whole file, as numbers. */
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
  const places = new FileLocations([file.path], [null]);
  await files.scan({ ...file, parts: [result], rows: null, places }, columns, (chunk) => {
    for (let row = 0; row < chunk.rows; row++) each(chunk.columns.map(({ cells }) => cells[row]!));
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
