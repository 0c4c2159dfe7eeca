// A folder of prepared rows: encoded rows as Parquet, what was fitted on them, and `prepared.json`, which
// describes them. Complete or absent. docs/prepared-rows.md describes it to those who read it with other
// tools.

import type { RowsDescription } from "../../compiler/frontend/config/rows-description.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import type { Truth } from "../files/truth.ts";
import { fittedFiles } from "../fitted/fitted-texts.ts";

/** Version of `prepared.json`. */
export const PREPARED_VERSION = 1;

/** Names of the files in a folder. */
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

/** The column of `counts` and `met`: one row an id. */
export const COUNT = "count";

export const preparedSplits = ["train", "valid", "test"] as const;
export type PreparedSplit = (typeof preparedSplits)[number];

/** How training rows are stored: at random by the seed of `train`, or as the first epoch of `dinc train` reads them. */
export const storedOrders = ["shuffled", "trained"] as const;
export type StoredOrder = (typeof storedOrders)[number];

/** `prepared.json`. */
export interface PreparedDescription {
  readonly version: number;
  /** The seal of the file itself. */
  readonly checksum: string;
  /** The version of dinc that wrote it. */
  readonly compiler: string;
  readonly model: string;
  readonly order: StoredOrder;
  /** Those of the training that the order is of. */
  readonly seed: number;
  readonly batch: number;
  readonly splits: { readonly train: SplitDescription } & {
    readonly [Split in Exclude<PreparedSplit, "train">]?: SplitDescription;
  };
  readonly columns: readonly PreparedColumn[];
  /** By history: its longest length, and the columns that have a list of its steps. */
  readonly histories: Readonly<Record<string, { readonly max: number; readonly columns: readonly string[] }>>;
  readonly tables: readonly {
    readonly name: string;
    readonly feature: string;
    readonly rows: number;
    readonly width: number;
  }[];
  /** By table: how often its ids occur in the training rows; only where a regularisation or `frequency` asks for it. */
  readonly counts: Readonly<Record<string, FileDescription>>;
  /**
   * By vocabulary: how often each id was met in the training rows, for trainings that go on later; absent
   * where Spark wrote the rows.
   */
  readonly met?: Readonly<Record<string, FileDescription>>;
  /** By name: the files beside those. */
  readonly files: Readonly<Record<string, Recorded>>;
  /** What the rows depend on in the spec and in dinc.yaml. */
  readonly reads: RowsDescription;
  /** What they were read from, as a run keeps it. */
  readonly data: DataFingerprint;
  /** How good the best model is on the test rows, where that is known. */
  readonly truth: Truth | null;
}

export interface Recorded {
  readonly bytes: number;
  readonly sha256: string;
}

export interface FileDescription extends Recorded {
  /** Its name in the folder. */
  readonly file: string;
}

export interface SplitDescription {
  readonly rows: number;
  readonly shards: readonly Shard[];
}

export interface Shard extends FileDescription {
  readonly rows: number;
}

/** Types of columns, as Arrow calls them. */
export type ArrowColumnType = Value | `list<${Value}>` | `list<list<${Value}>>`;
type Value = "int32" | "float";

/** A type of a column as DuckDB calls it. */
export function typeNameOf(type: string): string {
  const element = /^list<(.*)>$/.exec(type)?.[1];
  if (element !== undefined) return `${typeNameOf(element)}[]`;
  return type === "int32" ? "INTEGER" : "FLOAT";
}

/** A column of shards. No value is null. */
export interface PreparedColumn {
  /** As the input of a Graph that it feeds is called, where it feeds one. */
  readonly name: string;
  readonly type: ArrowColumnType;
  /** `row`: the number of a training row in the order in which dinc reads rows; the other splits are in that order. */
  readonly role: "feature" | "label" | "group" | "row";
  /** The feature, field of a history, label, or feature that metrics group by. */
  readonly of: string;
  /** The history of whose steps it has a list; null where it has a value of the row. */
  readonly history: string | null;
  /** How many numbers a vector has; otherwise 1. */
  readonly width: number;
}

export const columnNames = {
  group: (feature: string): string => `group/${feature}`,
  row: "row/number",
} as const;
