// The content of a draft as plain data, before it becomes text.

import { formatCount } from "../../common/format-count.ts";
import type { Wording } from "../../common/option-text.ts";

export type DraftScope = "user" | "item" | "context" | "training";

/** The declaration of a value: `id(min_count: 2)`, `number |> standardize`. */
export interface DraftKind {
  readonly kind: "id" | "number" | "text" | "vector" | "set";
  /**
   * With its options and transforms, and the feature whose table it shares. Describes only values in the
   * rows.
   */
  readonly text: string;
  /** Width of its table; null if it has none. */
  readonly embed: number | null;
  /** The reason, as a clause. */
  readonly reason: string;
  /** How to change it, as a clause. */
  readonly change: string;
}

export interface DraftFeature {
  readonly name: string;
  readonly header: string;
  readonly scope: DraftScope;
  readonly kind: DraftKind;
  /** Whether the network reads it; otherwise it only identifies users for metrics. */
  readonly isRead: boolean;
  readonly scopeReason: string;
}

export interface DraftField {
  readonly column: string;
  readonly header: string;
  /** The item feature that it is bound to; null for a field that belongs to the history itself. */
  readonly target: string | null;
  readonly kind: DraftKind;
  readonly reason: string;
}

export interface DraftHistory {
  readonly name: string;
  readonly max: number;
  /** The reason for the number of steps. */
  readonly reason: string;
  readonly fields: readonly DraftField[];
  /** The padding in the file, and how it was recognised; absent if there is none. */
  readonly padding?: { readonly values: readonly string[]; readonly reason: string };
}

/** A column, its role in the draft, the reason, and how to change it. */
export interface Guess {
  readonly column: string;
  readonly is: string;
  readonly reason: string;
  readonly change: Wording;
}

/** Cells or rows that are unlike the others; the draft ignores them. */
export interface Exception extends Guess {
  /** Row indices in the sampled table, ascending. */
  readonly rows: readonly number[];
  /** Whether training refuses such rows, so that the draft skips them. */
  readonly isRefused: boolean;
}

/** Rows as impressions, with the names of the file's columns. */
export interface DraftImpressions {
  readonly user: string;
  readonly time: string;
  /** The history of the plan that is made from them. */
  readonly history: string;
  /** Which rows are steps; the value in YAML. */
  readonly where: { readonly column: string; readonly value: string };
}

export type DraftData =
  | {
      readonly kind: "rows";
      readonly validation: DraftValidation;
      readonly separator: string | null;
      /** Null if no history is made from the rows. */
      readonly impressions: DraftImpressions | null;
    }
  | {
      readonly kind: "events";
      readonly user: string;
      readonly item: string;
      readonly order: string;
      /** Whether negatives are drawn: items without an event. */
      readonly draws: boolean;
      /** Whether times lack a UTC offset, so that their time zone is unknown. */
      readonly isLocal: boolean;
      readonly separator: string | null;
    };

/** The training rows that are held out for validation, and why. */
export type DraftValidation = (
  | { readonly kind: "none" }
  /** All rows of some users, identified by the feature `by`. */
  | { readonly kind: "users"; readonly by: string }
  /** The latest rows by the times in this column. */
  | { readonly kind: "latest"; readonly by: string }
  | { readonly kind: "random"; readonly share: number }
  /** All rows of another file. */
  | { readonly kind: "file"; readonly path: string }
) & { readonly reason: string };

export function out({ header }: { readonly header: string }, reason: string, change: Wording): Guess {
  return { column: header, is: "left out", reason, change };
}

export function describeFeature({ header, name, kind, scopeReason }: DraftFeature): Guess {
  const embed = kind.embed === null ? "" : ` embed ${kind.embed}`;
  const as = name === header ? "" : `\`${name}\`: `;
  return {
    column: header,
    is: `${as}${kind.text}${embed}`,
    reason: `${kind.reason}; ${scopeReason}`,
    change: kind.change,
  };
}

export interface DraftTraining {
  readonly learningRate: string;
  /**
   * The settings of tables, and the decay of the average of weights; null if one optimizer trains all, without an
   * average. `pull` is how strongly vectors are pulled towards 0; null for not at all.
   */
  readonly tables: {
    readonly learningRate: string;
    readonly pull: string | null;
    readonly average: string;
  } | null;
  /** The smoothing of labels; null for none. */
  readonly smoothing: string | null;
  readonly batch: number;
  readonly epochs: number;
  /** The patience of the early stop, if there are validation rows. */
  readonly patience: number;
}

/** With fewer rows, a network needs more epochs, and wide layers learn the rows by heart. */
const FEW_ROWS = 20_000;

/**
 * Settings of training. Few rows make few steps, but a network needs some thousand, or larger ones. An early
 * stop (`stops`) prevents harm by more epochs.
 */
export function trainingFor(rows: number, stops: boolean): DraftTraining {
  const plain = { tables: null, smoothing: null };
  if (rows < FEW_ROWS)
    return { ...plain, learningRate: "5e-3", batch: 64, epochs: stops ? 20 : 5, patience: 4 };
  if (rows < 200_000)
    return { ...plain, learningRate: "3e-3", batch: 256, epochs: stops ? 10 : 3, patience: 2 };
  const batch = rows < 2_000_000 ? 256 : 1024;
  return { ...plain, learningRate: "1e-3", batch, epochs: stops ? 5 : 2, patience: 1 };
}

/** Smoothing moves a mean by less than this share of it, and so does that of the opposite labels. */
const LEAST_MEAN = 0.2;

/**
 * The same for a network that crosses fields. The vectors of rare ids need large steps to learn what pairs have in
 * common, and a pull towards 0, the stronger the rarer they are; smoothed labels keep probabilities from becoming too
 * certain. Where every id occurs often, the pull only slows learning, certain probabilities are right, and larger
 * steps need fewer epochs. `mean` is the mean of the labels: smoothing would change the level of rare ones.
 */
export function crossedTrainingFor(
  rows: number,
  stops: boolean,
  hasRareIds: boolean,
  mean: number,
): DraftTraining {
  const usual = trainingFor(rows, stops);
  const isSmall = rows < 10_000;
  const isLarge = rows >= 200_000;
  const tables = {
    learningRate: !isLarge && hasRareIds ? "1e-2" : isSmall ? "3e-3" : "1e-3",
    pull: "1e-1",
    average: isSmall ? "0.99" : "0.999",
  };
  if (isSmall) return { ...usual, learningRate: "3e-3", tables };
  if (isLarge) return { ...usual, tables };
  if (!hasRareIds) {
    const [average, epochs] = rows < FEW_ROWS ? ["0.998", 10] : ["0.995", 6];
    const usualIds = { learningRate: "3e-3", pull: null, average };
    return { learningRate: "3e-3", tables: usualIds, smoothing: null, batch: 256, epochs, patience: 3 };
  }
  const smoothing = Math.min(mean, 1 - mean) >= LEAST_MEAN ? "0.02" : null;
  return { learningRate: "1e-3", tables, smoothing, batch: 256, epochs: stops ? 20 : 5, patience: 3 };
}

export function trainingGuess(training: DraftTraining, rows: number): Guess {
  const { learningRate, tables, smoothing, batch, epochs } = training;
  const own = tables !== null && tables.learningRate !== learningRate;
  const ofTables = own ? `; ${tables.learningRate} for vectors` : "";
  const pulled =
    tables?.pull == null ? "" : "vectors are pulled towards 0, the stronger the rarer their values; ";
  const widths =
    tables === null
      ? `widths of \`embed\` go by the number of values: ${WIDTHS}`
      : `${pulled}weights are averaged over the last steps${smoothing === null ? "" : ", and labels are smoothed so that no probability becomes too certain"}`;
  return {
    column: "training",
    is: `adam(learning_rate: ${learningRate}${ofTables}), batch ${batch}, at most ${epochs} epochs`,
    reason: `usual for ${formatCount(rows)} rows; ${widths}`,
    change: "as in `train` and after `embed`",
  };
}

/** The type of a label, as the spec writes it: `binary`, `number`, `int(1..5)`. */
export interface DraftLabelType {
  readonly text: string;
  /** The number of classes of `int(1..5)`: 5. */
  readonly classes: number | null;
}

export interface DraftPlan {
  readonly label: {
    readonly name: string;
    readonly type: DraftLabelType;
    /** The column of row weights; null if each row counts once. */
    readonly weight: string | null;
    readonly reason: string;
  };
  readonly features: readonly DraftFeature[];
  readonly histories: readonly DraftHistory[];
  /** The user id by which GAUC groups. */
  readonly user: string | null;
  readonly rows: DraftData;
  /** Whether the network crosses the features that have vectors. */
  readonly isCrossed: boolean;
  /** The widths of the network's layers. */
  readonly units: readonly number[];
  readonly training: DraftTraining;
  /** All guesses in the order of printing. */
  readonly guesses: readonly Guess[];
  readonly leftOut: readonly Guess[];
  readonly exceptions: readonly Exception[];
}

/** The width of all crossed vectors: a product needs two of one width. Less is enough where no id is rare. */
export const CROSSED_WIDTH = 16;
export const FEW_IDS_WIDTH = 8;

/** The widths of the network's layers: with few rows and no rare ids, wider layers learn the rows by heart. */
export function unitsFor(rows: number, hasRareIds: boolean): readonly number[] {
  return rows < FEW_ROWS && !hasRareIds ? [32, 16] : [64, 32];
}

/** Ids with vectors of this width or more have more than 1,000 values. */
export const RARE_IDS_WIDTH = 16;

export const WIDTHS = "2 up to 4 values, 4 up to 20, 8 up to 1,000, 16 up to 100,000, 32 beyond";

/** The width of a table with this number of ids. */
export function widthFor(values: number): number {
  if (values <= 4) return 2;
  if (values <= 20) return 4;
  if (values <= 1000) return 8;
  return values <= 100_000 ? 16 : 32;
}
