// A folder of prepared rows: encoded rows as Parquet, the values that were fitted on them, and their
// description `prepared.json`. The folder is complete or absent. docs/prepared-rows.md documents it for other
// tools.

import type { RowsDescription } from "../../compiler/frontend/config/rows-description.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import type { Truth } from "../files/truth.ts";
import { fittedFiles } from "../fitted/fitted-texts.ts";

/** The version of `prepared.json`. */
export const PREPARED_VERSION = 1;

/** The names of the files in a folder. */
export const preparedFiles = {
  ...fittedFiles,
  description: "prepared.json",
  titles: "titles.json",
  baseline: "baseline.json",
  shard: (split: PreparedSplit, shard: number): string =>
    `${split}/part-${String(shard).padStart(5, "0")}.parquet`,
  counts: (table: string): string => `counts/${table}.parquet`,
  met: (vocabulary: string): string => `met/${vocabulary}.parquet`,
} as const;

/** The column in the files of `counts` and `met`, which have one row per id. */
export const COUNT = "count";

export const preparedSplits = ["train", "valid", "test"] as const;
export type PreparedSplit = (typeof preparedSplits)[number];

/**
 * The order of stored training rows: random by the seed of `train`, or that of the first epoch of `dinc
 * train`.
 */
export const storedOrders = ["shuffled", "trained"] as const;
export type StoredOrder = (typeof storedOrders)[number];

/** The content of `prepared.json`. */
export interface PreparedDescription {
  readonly version: number;
  /** The checksum of the file itself. */
  readonly checksum: string;
  /** The version of dinc that wrote it. */
  readonly compiler: string;
  readonly model: string;
  readonly order: StoredOrder;
  /** The seed and batch size of the training whose order is stored. */
  readonly seed: number;
  readonly batch: number;
  /** The feature whose groups of training rows lie whole in a shard; null if rows are stored one by one. */
  readonly groupedBy: string | null;
  readonly splits: { readonly train: SplitDescription } & {
    readonly [Split in Exclude<PreparedSplit, "train">]?: SplitDescription;
  };
  readonly columns: readonly PreparedColumn[];
  /** By history: its largest length, and the columns with lists of its steps. */
  readonly histories: Readonly<Record<string, { readonly max: number; readonly columns: readonly string[] }>>;
  readonly tables: readonly {
    readonly name: string;
    readonly feature: string;
    readonly rows: number;
    readonly width: number;
  }[];
  /**
   * By table: the number of occurrences of its ids in the training rows; only if a regularisation or
   * `frequency` needs it.
   */
  readonly counts: Readonly<Record<string, FileDescription>>;
  /**
   * By vocabulary: the number of occurrences of each id in the training rows, for trainings that continue
   * later; absent if Spark wrote the rows.
   */
  readonly met?: Readonly<Record<string, FileDescription>>;
  /** Further files, by name. */
  readonly files: Readonly<Record<string, Recorded>>;
  /** The parts of the spec and of dinc.yaml on which the rows depend. */
  readonly reads: RowsDescription;
  /** The record of the source data, as in a run. */
  readonly data: DataFingerprint;
  /** The quality of the best possible model on the test rows, if known. */
  readonly truth: Truth | null;
}

export interface Recorded {
  readonly bytes: number;
  readonly sha256: string;
}

export interface FileDescription extends Recorded {
  /** The file's name in the folder. */
  readonly file: string;
}

export interface SplitDescription {
  readonly rows: number;
  readonly shards: readonly Shard[];
  /** For each batch, the number of rows before its end: in the order `trained`, if batches keep groups whole. */
  readonly ends?: readonly number[];
}

export interface Shard extends FileDescription {
  readonly rows: number;
}

/** Types of columns, by their Arrow names. */
export type ArrowColumnType = Value | `list<${Value}>` | `list<list<${Value}>>`;
type Value = "int32" | "float";

/** DuckDB's name of a column type. */
export function typeNameOf(type: string): string {
  const element = /^list<(.*)>$/.exec(type)?.[1];
  if (element !== undefined) return `${typeNameOf(element)}[]`;
  return type === "int32" ? "INTEGER" : "FLOAT";
}

/** A column of the Parquet files. It contains no nulls. */
export interface PreparedColumn {
  /** The name of the Graph input that it feeds, if any. */
  readonly name: string;
  readonly type: ArrowColumnType;
  /**
   * `row`: the number of a training row in the order in which dinc reads rows; other splits are stored in
   * that order.
   */
  readonly role: "feature" | "weight" | "label" | "group" | "row";
  /** The feature or history field, also of the weights of its values; the label, or the feature for grouping metrics. */
  readonly of: string;
  /** The history whose steps it lists; null if it has one value per row. */
  readonly history: string | null;
  /** The width of a vector; otherwise 1. */
  readonly width: number;
}

export const columnNames = {
  group: (feature: string): string => `group/${feature}`,
  row: "row/number",
} as const;
