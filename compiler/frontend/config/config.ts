// The checked content of `dinc.yaml`: the data files, the way rows are made from them, and the overrides of
// the spec's `train`. Paths are ready to open.

import type { SourceFile } from "../../common/source-file.ts";
import type { Location } from "../../diagnostics/diagnostic.ts";
import type { ParamOverride } from "../modules/params.ts";
import type { BadRowPolicy, SplitChoice } from "./choices.ts";
import type { CsvFormat } from "./csv-format.ts";
import type { Expectations } from "./expect.ts";
import type { Fold } from "./folds.ts";
import type { Impressions } from "./impressions.ts";
import type { LabelRule } from "./label-rule.ts";
import type { Padding } from "./padding.ts";
import { settings } from "./settings.ts";
import type { TimePoint } from "./time-points.ts";

export interface Config {
  /** Null if there is no file, only `--set`. */
  readonly file: SourceFile | null;
  readonly spec: string | null;
  /**
   * Where the file names the spec, the rows (the key `events`, or that of `data`), the padding, the
   * expectations, and the number of epochs.
   */
  readonly locations: {
    readonly spec: Location;
    readonly data: Location;
    readonly padding: Location;
    readonly expect: Location;
    readonly epochs: Location;
  };
  /** The folders that paths are relative to: that of the file, and `data.dir`. */
  readonly folders: { readonly own: string; readonly data: string };
  /** Null if the file has no `data` (a spec alone). */
  readonly data: DataConfig | null;
  readonly train: TrainOverrides;
  /** The expectations of data; null if there are none. */
  readonly expect: Expectations | null;
  /** Values for params of the spec. */
  readonly params: readonly ParamOverride[];
  /** The ranges that `dinc tune` searches, by name, as texts. */
  readonly tune: readonly ParamOverride[];
  /** The chosen variant of the spec; null is the spec's own model. */
  readonly variant: { readonly name: string; readonly location: Location } | null;
}

export type DataConfig = RowsConfig | EventsConfig;

export interface AnyData {
  /** The policy for rows that cannot be read; null if not set. */
  readonly onBadRow: BadRowPolicy | null;
  /** The bytes that reading data and their columns may take; the rest is kept in files. */
  readonly memory: number;
  /** The format of CSV files; without it, their ending decides. */
  readonly csv?: CsvFormat;
  /**
   * The values of a column that make the label 1, with their location; absent if the column already holds 0
   * and 1.
   */
  readonly label?: LabelRule & { readonly location: Location };
}

/** Example rows: one file per split. */
export interface RowsConfig extends ListFormat, AnyData {
  readonly kind: "rows";
  readonly train: string | null;
  readonly valid: string | null;
  readonly test: string | null;
  /** Takes validation rows from `train`; null: the rows of `valid`, or none. */
  readonly validate: ExamplePart | null;
  /** Takes test rows from `train`; null: the rows of `test`, or none. */
  readonly holdOut: ExamplePart | null;
  /** How to make histories from a log; absent if the rows contain them. */
  readonly impressions?: Impressions;
  /** The rows of `train` to read; null: all. */
  readonly window: WindowConfig | null;
}

/** The rows from `since` until before `until`; at least one of the two is set. */
export interface WindowConfig {
  /** The column of times; null if none is named, which `windowProblems` reports. */
  readonly time: string | null;
  readonly since: TimePoint | null;
  readonly until: TimePoint | null;
  /** The time zone of times without a UTC offset; null, the default, is UTC. */
  readonly timeZone: string | null;
  /** The location of the bounds. */
  readonly location: Location;
}

/** The form of histories and sets in example rows. */
export interface ListFormat extends Separators {
  /** True if lists of steps begin with the latest step, false if they end with it. */
  readonly latestFirst: boolean;
  /** The values that pad histories to one length; absent if none are known. */
  readonly padding?: Padding;
}

/** The separators within a text in a column of a CSV. */
export interface Separators {
  /** Separates the steps of a history, and the values of a set. */
  readonly separator: string;
  /** Separates the values of a set within a step of a history. */
  readonly innerSeparator: string;
}

/** An event log, from which rows are made. */
export interface EventsConfig extends AnyData {
  readonly kind: "events";
  /** Columns of the user, the item, and the order of a user's events. */
  readonly events: {
    readonly path: string;
    readonly user: string;
    readonly item: string;
    readonly order: string;
    /** The time zone of times without a UTC offset; null, the default, is UTC. */
    readonly timeZone: string | null;
  };
  readonly items: KeyedTable | null;
  readonly users: KeyedTable | null;
  readonly examples: Examples;
  /** The events that are training targets; null: all. */
  readonly window: WindowConfig | null;
  /** Takes the last training target of these users for validation; null: no validation rows. */
  readonly validate: HeldOutPart | null;
  /** Separates the values of a set in a CSV column. */
  readonly separator: string;
}

/** The default of `memory`. */
export const DEFAULT_MEMORY = settings.settings.data.settings.memory.absent;

/** The default separator is `|`, and `;` inside it; if one is already used, the default is the other. */
export function separatorsOf(
  separator = settings.settings.data.settings.separator.absent,
  innerSeparator = separator === ";" ? "|" : ";",
): Separators {
  return { separator, innerSeparator };
}

/** A part of the users, or of the rows, that is kept aside. */
export interface HeldOutPart {
  /**
   * Between 0 and 1: the share of all rows of the training file, or of users. For k folds that are drawn, it
   * is 1/k.
   */
  readonly share: number;
  /** The number of this part among several; absent if it is the only one. */
  readonly fold?: Fold;
  readonly seed: number;
  /** Its location in the settings. */
  readonly location: Location;
}

/** A part of example rows. */
export type ExamplePart = PartByColumn | PartByRow | PartLatest;

/** The rows with some values of a column, chosen by a hash of each value. */
export interface PartByColumn extends HeldOutPart {
  readonly by: string;
}

/** Some rows, of any users. */
export interface PartByRow extends HeldOutPart {
  readonly rows: SplitChoice;
}

/**
 * The latest rows. A fold has the rows of a time span: training uses rows before the span, and rows after it
 * are left out.
 */
export interface PartLatest extends HeldOutPart {
  /** The column of the time, which holds numbers or times. */
  readonly latestBy: string;
}

/** Tells whether the rows of a split are taken from `train`, and so are known only when all are read. */
export function isTaken(
  { validate, holdOut }: Pick<RowsConfig, "validate" | "holdOut">,
  split: "train" | "valid" | "test",
): boolean {
  if (split === "train") return validate !== null || holdOut !== null;
  return (split === "valid" ? validate : holdOut) !== null;
}

/** A table with one row for each value of its column `key`. */
export interface KeyedTable {
  readonly path: string;
  readonly key: string;
}

/** Which targets are test rows: each user's last event, or none. */
export type EventSplit = "leave_last_out" | "none";

export interface Examples {
  readonly positives: "each_event";
  readonly negatives: Negatives;
  readonly split: EventSplit;
}

export interface Negatives {
  /** Null: as many as the labels need (`labelsOfEvents`). */
  readonly perPositive: number | null;
  readonly sample: "uniform";
  /** Items that the user touched at any time are never drawn. */
  readonly exclude: "seen";
  readonly seed: number;
}

/** Null: as in the spec. */
export interface TrainOverrides {
  readonly epochs: number | null;
  readonly batch: number | null;
  readonly seed: number | null;
  readonly learningRate: number | null;
}

export function listFormatOf({ separator, innerSeparator, latestFirst, padding }: ListFormat): ListFormat {
  return { separator, innerSeparator, latestFirst, ...(padding === undefined ? {} : { padding }) };
}
