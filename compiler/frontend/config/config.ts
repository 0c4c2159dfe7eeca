// The checked content of `dinc.yaml`: the data files, the way rows are made from them, and the overrides of
// the spec's `train`. Paths are ready to open.

import type { SourceFile } from "../../common/source-file.ts";
import type { Location } from "../../diagnostics/diagnostic.ts";
import type { ParamOverride } from "../modules/params.ts";
import type { BadRowPolicy, KeptRows } from "./choices.ts";
import type { CsvFormat } from "./csv-format.ts";
import type { Expectations } from "./expect.ts";
import type { Fold } from "./folds.ts";
import type { Impressions } from "./impressions.ts";
import type { LabelRule } from "./label-rule.ts";
import type { Moment } from "./moments.ts";
import type { Padding } from "./padding.ts";
import { settings } from "./settings.ts";

export interface Config {
  /** null where there is no file, only `--set`. */
  readonly file: SourceFile | null;
  readonly spec: string | null;
  /**
   * Where it says what the spec is, what rows there are (the key `events`, or that of `data`), what fills
   * histories up, what is expected, and how many epochs.
   */
  readonly locations: {
    readonly spec: Location;
    readonly data: Location;
    readonly padding: Location;
    readonly expect: Location;
    readonly epochs: Location;
  };
  /** What paths are relative to: that of the file, and what `data.dir` says. */
  readonly folders: { readonly own: string; readonly data: string };
  /** null where the file says nothing about data (a spec alone). */
  readonly data: DataConfig | null;
  readonly train: TrainOverrides;
  /** What is expected of data; null where it says nothing. */
  readonly expect: Expectations | null;
  /** Values for params of the spec. */
  readonly params: readonly ParamOverride[];
  /** By name the range that `dinc tune` searches, as a text. */
  readonly tune: readonly ParamOverride[];
  /** The variant of the spec that is meant; null is its own model. */
  readonly variant: { readonly name: string; readonly location: Location } | null;
}

export type DataConfig = RowsConfig | EventsConfig;

export interface AnyData {
  /** What is done with rows that cannot be read; null: it does not say. */
  readonly onBadRow: BadRowPolicy | null;
  /** Bytes that reading data and their columns may take; what is more lies in files. */
  readonly memory: number;
  /** How CSVs are written; as their endings say where it is not given. */
  readonly csv?: CsvFormat;
  /** Which values of a column are the label 1, and where that is written; absent where the label is 0 and 1 itself. */
  readonly label?: LabelRule & { readonly location: Location };
}

/** Example rows: one file a split. */
export interface RowsConfig extends ListFormat, AnyData {
  readonly kind: "rows";
  readonly train: string | null;
  readonly valid: string | null;
  readonly test: string | null;
  /** Takes validation rows from `train`; null: there are those of `valid`, or none. */
  readonly validate: PartOfRows | null;
  /** Takes test rows from `train`; null: there are those of `test`, or none. */
  readonly holdOut: PartOfRows | null;
  /** How histories are made of a log; absent where they stand in the rows. */
  readonly impressions?: Impressions;
  /** Which rows of `train` are read; null: all. */
  readonly window: WindowConfig | null;
}

/** The rows from `since` on and before `until`, one of which there is. */
export interface WindowConfig {
  /** The column of times; null where none is named, which `windowProblems` reports. */
  readonly time: string | null;
  readonly since: Moment | null;
  readonly until: Moment | null;
  /** Of times without a UTC offset; null, the default, is UTC. */
  readonly timeZone: string | null;
  /** Where the bounds are written. */
  readonly location: Location;
}

/** How histories and sets stand in example rows. */
export interface ListFormat extends Separators {
  /** Lists of steps begin with the latest; otherwise they end with it. */
  readonly latestFirst: boolean;
  /** The values that fill histories up to one length; absent where none are known. */
  readonly padding?: Padding;
}

/** What stands between the parts of a text in a column of a CSV. */
export interface Separators {
  /** The steps of a history, the values of a set. */
  readonly separator: string;
  /** The values of a set that a step of a history has. */
  readonly innerSeparator: string;
}

/** An event log, from which rows are made. */
export interface EventsConfig extends AnyData {
  readonly kind: "events";
  /** Columns: who, what, and what puts one user's events in order. */
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
  /** Which events are training targets; null: all. */
  readonly window: WindowConfig | null;
  /** Takes the last training target of these users for validation; null: there are no validation rows. */
  readonly validate: HeldOutPart | null;
  /** In a CSV column between the values of a set. */
  readonly separator: string;
}

/** The default of `memory`. */
export const DEFAULT_MEMORY = settings.settings.data.settings.memory.absent;

/** What is not said is `|`, and inside it `;`; where that is taken, the other of the two. */
export function separatorsOf(
  separator = settings.settings.data.settings.separator.absent,
  innerSeparator = separator === ";" ? "|" : ";",
): Separators {
  return { separator, innerSeparator };
}

/** A part of users, or of rows, that is kept aside. */
export interface HeldOutPart {
  /** Between 0 and 1: of all rows of the training file, or of users. Of a fold that is drawn it is one in so many. */
  readonly share: number;
  /** Which of several parts it is; absent where it is the only one. */
  readonly fold?: Fold;
  readonly seed: number;
  /** Where it is written. */
  readonly location: Location;
}

/** Of example rows. */
export type PartOfRows = PartByColumn | PartByRow | PartLatest;

/** The rows with some values of a column, by a hash of each. */
export interface PartByColumn extends HeldOutPart {
  readonly by: string;
}

/** Some rows, whoever they are of. */
export interface PartByRow extends HeldOutPart {
  readonly rows: KeptRows;
}

/**
 * The latest rows. A fold has those of a span of time: what is before the span is learned from, what is after
 * it is left out.
 */
export interface PartLatest extends HeldOutPart {
  /** The column that says when: numbers or times. */
  readonly latestBy: string;
}

/** Whether the rows of a split are some of those that `train` names: then they are known only when all are read. */
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
  /** null: as many as the labels ask for (`labelsOfEvents`). */
  readonly perPositive: number | null;
  readonly sample: "uniform";
  /** Items that the user touched at any time are never drawn. */
  readonly exclude: "seen";
  readonly seed: number;
}

/** null: as the spec says. */
export interface TrainOverrides {
  readonly epochs: number | null;
  readonly batch: number | null;
  readonly seed: number | null;
  readonly learningRate: number | null;
}

export function listFormatOf({ separator, innerSeparator, latestFirst, padding }: ListFormat): ListFormat {
  return { separator, innerSeparator, latestFirst, ...(padding === undefined ? {} : { padding }) };
}
