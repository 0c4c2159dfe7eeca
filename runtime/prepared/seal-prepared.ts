// Turns the output of a Spark plan into a folder of prepared rows: reads vocabularies and fitted transforms,
// checks the rows, and writes `prepared.json` last. The rows stay where they are.

import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { columnOfLabel, labelColumns } from "../../compiler/data/label-columns.ts";
import type { HistoryColumns, MemoryRows } from "../../compiler/data/memory-rows.ts";
import { unsealable } from "../../compiler/diagnostics/catalog/prepared.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type DataConfig, separatorsOf } from "../../compiler/frontend/config/config.ts";
import { nameOfAddress } from "../../compiler/frontend/config/elsewhere.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { hasIds, hasLearnedVocabulary, hasLearningPipe } from "../../compiler/frontend/kinds/registry.ts";
import { learnersOf } from "../../compiler/frontend/kinds/transforms.ts";
import {
  allFeatures,
  type Fitted,
  type Label,
  type Model,
  type TableSpec,
} from "../../compiler/frontend/model/model.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import type { TableUse } from "../../compiler/middle/programs/table-uses.ts";
import { howRead } from "../data/data-fingerprint.ts";
import { withSampledHistories } from "../data/read-data.ts";
import { DataFiles, FileCounts, MOST_DRAWN, profileColumns, reasonIn } from "../data/tables.ts";
import { isNoFault } from "../duckdb/errors.ts";
import { duckDbSettings } from "../duckdb/memory-limits.ts";
import { identifier, quoted } from "../duckdb/sql-text.ts";
import { outgoing } from "../duckdb/values.ts";
import { makeFolders, writeAtomically } from "../files/atomic.ts";
import { fingerprint } from "../files/fingerprint.ts";
import { Scratch } from "../files/scratch.ts";
import { unwritable } from "../files/unwritable.ts";
import { fittedTexts } from "../fitted/fitted-texts.ts";
import { type Baseline, baselineText } from "../run/baseline-text.ts";
import { preparedColumns, rowColumn } from "./prepared-columns.ts";
import {
  type PreparedColumn,
  type PreparedDescription,
  type PreparedSplit,
  preparedFiles,
  preparedSplits,
  type Recorded,
  type SplitDescription,
  typeNameOf,
} from "./prepared-folder.ts";
import { isRead, spark } from "./spark/encode.ts";
import { keyedColumns } from "./spark/events.ts";
import { ALL_ROWS } from "./spark/statements.ts";
import { describe, descriptionBytes } from "./write-prepared.ts";

export interface Sealing {
  readonly model: Model;
  /** The data for which the plan was made. */
  readonly source: DataConfig;
  /** The version of dinc. */
  readonly compiler: string;
  /** By table whose ids are counted: the inputs that contain them. */
  readonly counted: (tables: readonly TableSpec[]) => ReadonlyMap<string, readonly TableUse[]>;
  /** Receives a line of progress now and then. */
  readonly report: (line: string) => void;
}

/** Throws DiagnosticError if anything is missing or unsuitable for a training. */
export async function sealPrepared(folder: string, sealing: Sealing): Promise<PreparedDescription> {
  const scratch = new Scratch();
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const limits = { bytes: sealing.source.memory, folder: scratch.path };
  const instance = await DuckDBInstance.create(":memory:", duckDbSettings(limits));
  const connection = await instance.connect();
  try {
    return await new Sealer(folder, sealing, connection).seal();
  } catch (error) {
    throw unwritable(folder, error);
  } finally {
    connection.closeSync();
    instance.closeSync();
    scratch.remove();
  }
}

class Sealer {
  private readonly folder: string;
  private readonly sealing: Sealing;
  private readonly connection: DuckDBConnection;

  constructor(folder: string, sealing: Sealing, connection: DuckDBConnection) {
    this.folder = folder;
    this.sealing = sealing;
    this.connection = connection;
  }

  async seal(): Promise<PreparedDescription> {
    const { folder, sealing } = this;
    const { model } = sealing;
    const fitted = await this.fitted();
    const tables = tablesOf(model, fitted);
    const splits: Partial<Record<PreparedSplit, SplitDescription>> = {};
    let isNumbered = false;
    for (const split of preparedSplits) {
      sealing.report(`${join(folder, split)}: checking rows`);
      const names = await this.parquetIn(split);
      if (names.length === 0) continue;
      const columns = await this.columnsOf(split, names);
      if (split === "train") isNumbered = columns.includes(rowColumn);
      await this.check(split, names, columns, tables);
      splits[split] = await this.described(split, names);
    }
    const { train } = splits;
    if (train === undefined) throw this.refuse(join(folder, "train"), "has no Parquet files");
    const files: Record<string, Recorded> = {};
    for (const [name, text] of fittedTexts(fitted)) {
      await makeFolders(join(folder, "vocab"));
      await writeAtomically(join(folder, name), text);
      files[name] = await this.recorded(name);
    }
    const baseline = await this.baseline(fitted, train);
    if (baseline !== null) {
      await writeAtomically(join(folder, preparedFiles.baseline), baselineText(baseline));
      files[preparedFiles.baseline] = await this.recorded(preparedFiles.baseline);
    }
    const counts = await this.counts(tables, train);
    const shards = Object.values(splits).flatMap((each) => each.shards);
    const description = describe(
      {
        ...sealing,
        tables,
        data: {
          fingerprint: {
            trainRows: train.rows,
            validRows: splits.valid?.rows ?? 0,
            testRows: splits.test?.rows ?? 0,
            ...howRead(sealing.model, sealing.source, null),
            files: shards.map(({ file, bytes, sha256 }) => ({
              path: join(folder, file),
              bytes,
              hash: sha256,
            })),
          },
        },
        truth: null,
        order: "shuffled",
      },
      {
        splits: { train, ...splits },
        columns: [...preparedColumns(model), ...(isNumbered ? [rowColumn] : [])],
        ...{ counts, files },
      },
    );
    await writeAtomically(join(folder, preparedFiles.description), descriptionBytes(description));
    await rm(join(folder, "spark"), { recursive: true, force: true });
    return description;
  }

  /** The statistics of the sampled rows; null if the plan wrote no sample. */
  private async baseline(fitted: Fitted, train: SplitDescription): Promise<Baseline | null> {
    const { model, source, report } = this.sealing;
    const path = spark.sample(this.folder);
    const names = await this.parquetIn(path.slice(this.folder.length + 1));
    if (names.length === 0) return null;
    const [found] = await this.askOf(path, `SELECT max(${identifier(ALL_ROWS)}) FROM ${this.tableOf(names)}`);
    const files = await DataFiles.open({ report, limits: { bytes: source.memory, folder: tmpdir() } });
    try {
      const options = { separators: separatorsOf(source.separator), baseline: null };
      const wanted = profileColumns(model, source.kind === "rows" ? source.padding : undefined);
      const counted = await FileCounts.of(files, join(path, "*.parquet"), wanted, options);
      const { rows: drawn, columns } = await counted.profile(fitted);
      const [rows, of] = [
        Number(found![0]),
        nameOfAddress(source.kind === "rows" ? source.train! : source.events.path),
      ];
      const joined =
        source.kind === "events"
          ? [...keyedColumns(model, source, "items"), ...keyedColumns(model, source, "users")]
          : [];
      const profile = {
        ...{ path: of, rows, drawn: drawn < rows ? drawn : null },
        columns: columns.map((each) =>
          joined.includes(each.column) ? { ...each, isJoined: true as const } : each,
        ),
      };
      const stored = await this.storedHistories(train);
      return { ...withSampledHistories(profile, { model, data: source, fitted }, [stored]), expect: null };
    } finally {
      await files.close();
    }
  }

  /** The histories of some training rows, which are in random order. */
  private async storedHistories({ shards }: SplitDescription): Promise<MemoryRows> {
    const histories = new Map<string, HistoryColumns>();
    let rows = 0;
    for (const { name: history, fields } of this.sealing.model.histories.values()) {
      const ids = fields.filter(({ feature }) => feature.set === null && hasIds(feature.kind));
      const columns = [fields[0]!, ...ids].map((field) => identifier(inputNames.field(history, field.name)));
      const from = this.tableOf(shards.map(({ file }) => file));
      const read = await this.ask(
        `SELECT len(${columns[0]}), ${columns
          .slice(1)
          .map((each) => `to_json(${each})`)
          .concat("0")
          .join(", ")} FROM ${from} LIMIT ${MOST_DRAWN}`,
      );
      rows = read.length;
      const end = new Int32Array(rows);
      for (const [row, [length]] of read.entries()) end[row] = (end[row - 1] ?? 0) + Number(length);
      const steps = ids.map(({ name }, i) => {
        const values = read.flatMap((row) => JSON.parse(String(row[i + 1])) as number[]);
        return [name, Int32Array.from(values)] as const;
      });
      const start = Int32Array.from(end, (_, row) => end[row - 1] ?? 0);
      histories.set(history, { steps: new Map(steps), numbers: new Map(), sets: new Map(), start, end });
    }
    const none = {
      ids: new Map(),
      sets: new Map(),
      numbers: new Map(),
      labels: new Map(),
      groups: new Map(),
    };
    return { kind: "memory", rows, ...none, histories };
  }

  private refuse(path: string, reason: string): DiagnosticError {
    return new DiagnosticError([diagnose(unsealable, { folder: this.folder, path, reason }, noLocation)]);
  }

  private async fitted(): Promise<Fitted> {
    const { model } = this.sealing;
    const vocabularies = new Map<string, readonly string[]>();
    const transforms = new Map<string, readonly (readonly number[])[]>();
    for (const feature of allFeatures(model)) {
      const { name, kind, scope } = feature;
      if (feature.shares !== null) continue;
      if (hasLearnedVocabulary(feature) && (scope === "history" || isRead(model, feature)))
        vocabularies.set(name, await this.vocabulary(name));
      else if (hasLearningPipe(feature)) {
        const learned: number[][] = [];
        for (const [place, learner] of learnersOf(kind).entries())
          learned.push(learner === null ? [] : await this.learned(name, place));
        transforms.set(name, learned);
      }
    }
    return { vocabularies, transforms };
  }

  private async vocabulary(feature: string): Promise<string[]> {
    const path = spark.vocabulary(this.folder, feature);
    const rows = await this.rowsOf(path, `id, ${outgoing("value")}`, " ORDER BY id");
    if (rows.some(([id], i) => id !== i + 2)) throw this.refuse(path, "does not number its values from 2 on");
    return rows.map(([, value]) => String(value));
  }

  private async learned(feature: string, place: number): Promise<number[]> {
    const path = spark.transform(this.folder, feature, place);
    const [row] = await this.rowsOf(path, "to_json(learned)", "");
    if (row === undefined) throw this.refuse(path, "has no row");
    return JSON.parse(String(row[0])) as number[];
  }

  /** The rows of the Parquet files in a folder that must not be empty. */
  private async rowsOf(path: string, columns: string, more: string): Promise<readonly unknown[][]> {
    const names = await this.parquetIn(path.slice(this.folder.length + 1));
    if (names.length === 0) throw this.refuse(path, "has no Parquet files");
    return this.askOf(path, `SELECT ${columns} FROM ${this.tableOf(names)}${more}`);
  }

  private async ask(query: string): Promise<readonly unknown[][]> {
    return (await this.connection.runAndReadAll(query)).getRows() as unknown[][];
  }

  /** Runs a query over files; throws DiagnosticError if DuckDB cannot read them. */
  private async askOf(path: string, query: string): Promise<readonly unknown[][]> {
    try {
      return await this.ask(query);
    } catch (error) {
      if (isNoFault(error)) throw error;
      throw this.refuse(path, `cannot be read: ${reasonIn((error as Error).message)}`);
    }
  }

  /** The names of Parquet files in a folder; Spark writes other files too. */
  private async parquetIn(within: string): Promise<string[]> {
    const entries = await readdir(join(this.folder, within)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return entries
      .filter((entry) => entry.endsWith(".parquet") && !/^[._]/.test(entry))
      .sort()
      .map((entry) => `${within}/${entry}`);
  }

  private tableOf(names: readonly string[]): string {
    const paths = names.map((each) => quoted(join(this.folder, each)));
    return `read_parquet([${paths.join(", ")}], hive_partitioning=false)`;
  }

  /** The columns that a split must have, including row numbers if present. */
  private async columnsOf(split: PreparedSplit, names: readonly string[]): Promise<PreparedColumn[]> {
    const path = join(this.folder, split);
    const described = await this.askOf(path, `DESCRIBE SELECT * FROM ${this.tableOf(names)}`);
    const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
    const wanted = preparedColumns(this.sealing.model);
    const columns = split === "train" && types.has(rowColumn.name) ? [...wanted, rowColumn] : wanted;
    for (const { name, type } of columns) {
      const found = types.get(name);
      if (found === undefined) throw this.refuse(path, `lacks the column \`${name}\``);
      if (found !== typeNameOf(type))
        throw this.refuse(path, `has \`${name}\` as ${found}, not ${typeNameOf(type)}`);
    }
    return columns;
  }

  /** Checks that no value is missing or out of range, and that lists have valid lengths. */
  private async check(
    split: PreparedSplit,
    names: readonly string[],
    columns: readonly PreparedColumn[],
    tables: readonly TableSpec[],
  ): Promise<void> {
    const { model } = this.sealing;
    const rowsOf = (column: PreparedColumn) =>
      column.role === "feature"
        ? (tables.find(({ feature }) => feature === featureOf(model, column))?.rows ?? null)
        : null;
    const conditions = columns.flatMap((column): (readonly [what: string, bad: string])[] => {
      const at = identifier(column.name);
      const lists = column.type.split("list<").length - 1;
      const flat = lists === 2 ? `flatten(${at})` : at;
      const isSteps = column.history !== null;
      const rows = rowsOf(column);
      const values = lists === 0 ? `[${at}]` : flat;
      const history = isSteps ? model.histories.get(column.history!)! : null;
      const first = columns.find(({ history: of }) => of === column.history)!;
      return [
        ["has missing values in", `${at} IS NULL OR len(list_filter(${values}, lambda x: x IS NULL)) > 0`],
        ...(column.type.includes("int32") && rows !== null
          ? [
              [
                "has ids that its vocabulary does not have in",
                `len(list_filter(${values}, lambda x: x < 1 OR x >= ${rows})) > 0`,
              ] as const,
            ]
          : []),
        ...(column.type.includes("float")
          ? [
              [
                "has numbers that are not finite in",
                `len(list_filter(${values}, lambda x: NOT isfinite(x))) > 0`,
              ] as const,
            ]
          : []),
        ...(column.role === "label" ? [wrongOfLabel(model, column.of, at)] : []),
        ...(column.role === "weight" ? [[UNEQUAL, otherLengths(column, columns)] as const] : []),
        ...(history === null
          ? []
          : [
              [
                "has too long or unequal histories in",
                `len(${at}) > ${history.max} OR len(${at}) <> len(${identifier(first.name)})`,
              ] as const,
            ]),
      ].map(([what, bad]) => [`${what} \`${column.name}\``, bad] as const);
    });
    const counted = conditions.map(([, bad]) => `count(*) FILTER (WHERE ${bad})`).join(", ");
    const path = join(this.folder, split);
    const [found] = await this.askOf(path, `SELECT ${counted} FROM ${this.tableOf(names)}`);
    for (const [i, [what]] of conditions.entries())
      if (Number(found![i]) > 0) throw this.refuse(path, `${what} (${found![i]} rows)`);
  }

  private async described(split: PreparedSplit, names: readonly string[]): Promise<SplitDescription> {
    const shards = [];
    for (const [i, file] of names.entries()) {
      this.sealing.report(`${join(this.folder, split)}: ${i} of ${names.length} files read`);
      const [row] = await this.ask(`SELECT count(*) FROM ${this.tableOf([file])}`);
      const rows = Number(row![0]);
      if (rows > 0) shards.push({ file, rows, ...(await this.recorded(file)) });
    }
    return { rows: shards.reduce((sum, { rows }) => sum + rows, 0), shards };
  }

  private async recorded(name: string): Promise<Recorded> {
    const { bytes, hash } = await fingerprint(join(this.folder, name));
    return { bytes, sha256: hash };
  }

  private async counts(
    tables: readonly TableSpec[],
    { shards }: SplitDescription,
  ): Promise<PreparedDescription["counts"]> {
    const counts: Record<string, Recorded & { readonly file: string }> = {};
    const rows = this.tableOf(shards.map(({ file }) => file));
    for (const [table, uses] of this.sealing.counted(tables)) {
      const file = preparedFiles.counts(table);
      await makeFolders(join(this.folder, "counts"));
      const ids = uses.map(({ input, set, history }) => {
        const lists = Number(set) + Number(history !== null);
        const at = identifier(input);
        const values = lists === 0 ? at : `unnest(${lists === 1 ? at : `flatten(${at})`})`;
        return `SELECT ${values} AS id FROM ${rows}`;
      });
      const { rows: known } = tables.find(({ name }) => name === table)!;
      const counted = `SELECT coalesce(n, 0)::DOUBLE AS count FROM range(${known}) AS every(id)
        LEFT JOIN (SELECT id, count(*) AS n FROM (${ids.join(" UNION ALL ")}) GROUP BY id) AS found USING (id) ORDER BY id`;
      const path = join(this.folder, file);
      await this.connection.run(`COPY (${counted}) TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`);
      counts[table] = { file, ...(await this.recorded(file)) };
    }
    return counts;
  }
}

const UNEQUAL = "has other numbers of weights than of values in";

/** The condition that the lists of a column of weights have other lengths than those of the values. */
function otherLengths(weights: PreparedColumn, columns: readonly PreparedColumn[]): string {
  const isValues = ({ role, of, history }: PreparedColumn) =>
    role === "feature" && of === weights.of && history === weights.history;
  const [own, values] = [weights, columns.find(isValues)!].map(({ name }) => identifier(name));
  if (weights.history === null) return `len(${own}) <> len(${values})`;
  const lengths = (lists: string) => `list_transform(${lists}, lambda x: len(x))`;
  return `${lengths(own!)} <> ${lengths(values!)}`;
}

/** The feature of a column's ids. */
function featureOf(model: Model, { of, history }: PreparedColumn): string {
  const fields = history === null ? null : model.histories.get(history)!.fields;
  const feature = fields?.find(({ name }) => name === of)?.feature ?? model.features.get(of)!;
  return feature.shares ?? feature.name;
}

/**
 * Describes invalid values of a label's column, or of a column that says which rows count for a label, with
 * the SQL condition that finds them.
 */
function wrongOfLabel(
  model: Pick<Model, "labels">,
  column: string,
  at: string,
): readonly [what: string, bad: string] {
  const { kind, of } = labelColumns(model).find((role) => columnOfLabel(role) === column)!;
  switch (kind) {
    case "label":
      return wrongLabel(model.labels.get(of)!, at);
    case "present":
      return ["has other values than 0 and 1 in", `${at} NOT IN (0, 1)`];
    case "weight":
      return ["has negative weights in", `NOT (${at} >= 0)`];
  }
}

/** Describes invalid values of a label, with the SQL condition that finds them. */
function wrongLabel({ type }: Label, at: string): readonly [what: string, bad: string] {
  switch (type.kind) {
    case "binary":
      return ["has other values than 0 and 1 in", `${at} NOT IN (0, 1)`];
    case "share":
      return ["has values below 0 or above 1 in", `NOT (${at} >= 0 AND ${at} <= 1)`];
    case "number":
      return ["has numbers that are not finite in", `NOT isfinite(${at})`];
    default:
      return [
        `has other values than the places 0 to ${type.classes.length - 1} of classes in`,
        `${at} <> floor(${at}) OR NOT (${at} >= 0 AND ${at} < ${type.classes.length})`,
      ];
  }
}
