// The checked model: names resolved, bindings joined, settings read. It describes a model completely, except
// for the location of its data and the values fitted to them (see `Fitted`). Only the checker makes one.

import { invariant } from "../../common/internal-error.ts";
import type { SourceFile, Span } from "../../common/source-file.ts";
import type { NamedOutput } from "../../middle/training/channels.ts";
import type { AuxiliaryLoss, TrainSettings } from "../../middle/training/settings.ts";
import type { BlockItem, Expression, FeatureScope, Identifier, NetItem } from "../syntax/nodes.ts";
import type { Assembly, ParamData } from "./assembly.ts";

export interface Model {
  readonly name: string;
  readonly doc: string;
  readonly file: SourceFile;
  readonly features: ReadonlyMap<string, DeclaredFeature>;
  readonly groups: ReadonlyMap<string, FeatureGroup>;
  readonly histories: ReadonlyMap<string, History>;
  readonly labels: ReadonlyMap<string, Label>;
  /** The spec's own blocks; those of the standard library are looked up after them. */
  readonly blocks: ReadonlyMap<string, BlockItem>;
  readonly net: NetItem;
  /** Embedding tables that the network reads, by name, in the order of their first use. */
  readonly tables: ReadonlyMap<string, Table>;
  /** The features whose ids the network compares; they may have no table. */
  readonly compared: ReadonlySet<string>;
  /** In the order of their `predict` statements. */
  readonly predictions: readonly Prediction[];
  /** In the order of their `output` statements. */
  readonly outputs: readonly NamedOutput[];
  /** Auxiliary losses, in the order of their `loss` statements. */
  readonly losses: readonly AuxiliaryLoss[];
  /** The feature whose rows batches keep together; null if there is none. */
  readonly batchBy: string | null;
  /** The requests whose candidates predictions see; null if a prediction sees its own row only. */
  readonly requests: Requests | null;
  readonly train: TrainSettings;
  /** The values of its params. */
  readonly params: ReadonlyMap<string, ParamData>;
  /** The model that it is a variant of, or null. */
  readonly parent: string | null;
  /** The items that it was assembled from, if the text of `file` alone does not contain them; else null. */
  readonly assembly: Assembly | null;
}

/** A request is the rows with one value of the feature `by`, at most `max`: a list of candidates. */
export interface Requests {
  readonly by: string;
  readonly max: number;
}

export interface Feature {
  readonly name: string;
  /** `history`: an unbound field of a history. Its name is `clicks.dwell`. */
  readonly scope: FeatureScope | "history";
  /** The kind of one value. */
  readonly kind: FeatureKind;
  /** Set if a row has several values; null if it has one. */
  readonly set: SetOptions | null;
  /**
   * True if a missing value is the unknown id. Otherwise it is an error, except for numbers that state a
   * replacement.
   */
  readonly missingIsUnknown: boolean;
  /**
   * For the scope `training`: the id or number that predictions use instead; null if they may not read it.
   */
  readonly served: number | null;
  /** The width of its embedding; null if none is declared (always for numbers). */
  readonly embed: number | null;
  /** The options of its own table. */
  readonly table: TableOptions;
  /** The feature whose ids and tables it shares; null if it has its own. */
  readonly shares: string | null;
  /** The feature of the same scope whose raw values it is computed from; null if it has raw values of its own. */
  readonly source: string | null;
  readonly doc: string;
  readonly span: Span;
}

/** The name of the raw value of a feature, or of a history's field, in rows and in requests. */
export function rawNameOf({ name, source }: Pick<Feature, "name" | "source">): string {
  return source ?? name;
}

/**
 * The fields of a history that its item writes. Features computed from a bound one give it further fields, which are
 * read by their names alone.
 */
export function writtenFields({ fields }: Pick<History, "fields">): readonly HistoryField[] {
  return fields.filter(({ source, feature }) => source === null || feature.scope === "history");
}

/** The fields of a history with raw values of their own: those of a step in a request. */
export function rawFields({ fields }: Pick<History, "fields">): readonly HistoryField[] {
  return fields.filter(({ source }) => source === null);
}

/** A feature that is declared in a `features` item. */
export interface DeclaredFeature extends Feature {
  readonly scope: FeatureScope;
}

/** Features with a group name: `features user profile { … }`. */
export interface FeatureGroup {
  readonly name: string;
  readonly features: readonly string[];
  readonly span: Span;
}

/** Ways to combine the vectors of several values into one. */
export type Pooling = "sum" | "mean" | "max";

/** A set: its first `max` different values count, each once. */
export interface SetOptions {
  readonly max: number;
  /** `none`: the vectors of the values remain a list. */
  readonly pool: Pooling | "none";
  /**
   * Whether each value has a weight, a finite number. For a mean, weights are shares: none is negative, and an encoder
   * divides them by their sum.
   */
  readonly weighted: boolean;
  /** The column of rows with the weights; absent if each is beside its value. Requests have pairs in either case. */
  readonly weightsColumn?: string;
}

/**
 * The ways in which a raw value becomes an id or a number; `frontend/kinds/*.kind.ts` define them. Ids: 0 is
 * padding,
 * 1 an unknown value, 2 the first known one.
 */
export type FeatureKind =
  /**
   * Any text or whole number; the vocabulary is learned from the training rows, and values rarer than
   * `minCount` are unknown.
   */
  | { readonly kind: "id"; readonly minCount: number }
  /** Whole numbers 0 … size − 1. A training row with another value is an error. */
  | { readonly kind: "sized_id"; readonly size: number }
  /** Any text or whole number, hashed into `size` buckets; `seed` is that of the hash. */
  | { readonly kind: "hashed_id"; readonly size: number; readonly seed: number }
  /** The values that a file lists, one a line. */
  | { readonly kind: "listed_id"; readonly file: FileReference }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** A word, hashed into `size` buckets. Only in a set: a text is the set of its words. */
  | { readonly kind: "text"; readonly size: number }
  /** Whole numbers low … high, both included. */
  | { readonly kind: "int"; readonly low: number; readonly high: number }
  /** A part of a time, shown by the clock of a time zone. */
  | { readonly kind: "hour"; readonly zone: string }
  | { readonly kind: "weekday"; readonly zone: string }
  | { readonly kind: "hour_of_week"; readonly zone: string }
  | { readonly kind: "month"; readonly zone: string }
  /** Computed from the ids of other features, hashed into `size` ids. */
  | { readonly kind: "cross"; readonly parts: readonly Identifier[]; readonly size: number }
  | {
      readonly kind: "number";
      readonly transforms: readonly NumberTransform[];
      readonly missing: number | null;
    }
  /** A fixed number of numbers, unchanged; `missing` replaces each of them if the value is missing. */
  | { readonly kind: "vector"; readonly width: number; readonly missing: number | null }
  /**
   * The codes of a vector, each in one of `of` clusters of its level, or hashed with those before it into
   * `prefixes` buckets. Only in a set, of one id for each level.
   */
  | {
      readonly kind: "codes";
      readonly width: number;
      readonly missing: number | null;
      readonly levels: number;
      readonly of: number;
      readonly prefixes: number | null;
    }
  /** An instant, as two numbers that fit into 32 bits: the day from 2000 on, and the second of the day. */
  | { readonly kind: "time" }
  /** A number whose buckets are ids. */
  | {
      readonly kind: "bins";
      readonly transforms: readonly NumberTransform[];
      readonly binning: Binning;
      readonly missing: number | null;
    };

/** The ways to prepare a number; `frontend/kinds/*.transform.ts` define them. */
export type NumberTransform =
  | { readonly kind: "log1p" }
  | { readonly kind: "standardize" }
  | { readonly kind: "min_max" }
  | { readonly kind: "clip"; readonly low: number; readonly high: number };

/**
 * The ways in which a prepared number becomes the id of a bucket; `frontend/kinds/*.binning.ts` define them.
 */
export type Binning =
  /** Ascending. */
  | { readonly kind: "buckets"; readonly bounds: readonly number[] }
  | { readonly kind: "quantiles"; readonly count: number };

/** An axis: the past actions of a user, latest last; only the latest `max` steps count. */
export interface History {
  readonly name: string;
  readonly max: number;
  readonly fields: readonly HistoryField[];
  readonly doc: string;
  readonly span: Span;
}

/** A value that each step of a history has: `item_id <-> hist_item_id`, `dwell : number`. */
export interface HistoryField {
  /**
   * Its name in the network, in requests and in rows: its feature's name. It is its column's name if the
   * field is unbound, or if several columns of the history are bound to that feature.
   */
  readonly name: string;
  /**
   * The feature with its ids, tables and transforms: the item feature that it is bound to, or one of its own.
   */
  readonly feature: Feature;
  /**
   * The field of the history whose raw values it is computed from; null if it has a column of its own. It is then not
   * in requests.
   */
  readonly source: string | null;
  /** The column in the data from which it is read, with a sequence per row. */
  readonly column: string;
  readonly span: Span;
}

/** The values that a label may have; `frontend/labels/*.label.ts` define how each is read and predicted. */
export type LabelType =
  | { readonly kind: "binary" }
  /** Any share from 0 to 1. */
  | { readonly kind: "share" }
  /** The network predicts transformed values, and predictions are in the unit of the column. */
  | { readonly kind: "number"; readonly transforms: readonly NumberTransform[] }
  /** One of several classes, in their order. */
  | { readonly kind: "enum"; readonly classes: readonly string[] }
  /** One of the whole numbers from `low` on, as ordered classes. */
  | { readonly kind: "int"; readonly low: number; readonly classes: readonly string[] };

export interface Label {
  readonly name: string;
  readonly type: LabelType;
  /** True if a row may lack it; the row then counts in no loss and no metric of the label. */
  readonly mayBeMissing: boolean;
  /**
   * The name of the row's weight: another label, or a number of the scope `training`; null if each row counts
   * once.
   */
  readonly weight: Identifier | null;
  readonly doc: string;
  readonly span: Span;
}

export interface Prediction {
  readonly label: string;
  /** The number of outputs of the network per row: one, or one for each class. */
  readonly width: number;
  /** The factor of the mean of its loss. */
  readonly weight: number;
  readonly value: Expression;
  readonly span: Span;
}

/** Everything learned from the training rows except the weights. Stored with the run; the same for every back end. */
export interface Fitted {
  /**
   * The values of each feature whose values are learned or listed by a file, in the order of their ids; the
   * first has the id 2.
   */
  readonly vocabularies: ReadonlyMap<string, readonly string[]>;
  /**
   * The learned numbers of each number with transforms that learn, by index in its pipe (empty if nothing);
   * those of buckets come last. For codes, the centroids of each level.
   */
  readonly transforms: ReadonlyMap<string, readonly (readonly number[])[]>;
}

/** The id of all unknown values. The id 0 is padding: no value has it, and its row of a table stays zero. */
export const UNKNOWN_ID = 1;
export const FIRST_ID = 2;

/** The initial rows of a table; those of padding and of unknown values are zero. */
export type TableInit =
  | { readonly kind: "zeros" }
  | { readonly kind: "normal"; readonly deviation: number }
  /** Between −limit and limit. */
  | { readonly kind: "uniform"; readonly limit: number }
  /** A one-hot vector for each value; equal parts for an unknown one. The width is the number of values. */
  | { readonly kind: "identity" }
  /** The share of training rows that have each id; the width is 1. */
  | { readonly kind: "frequency" };

/** The initial values that a spec can write. */
export type WrittenInit = Exclude<TableInit, { readonly kind: "identity" | "frequency" }>;

/** A file that the spec names. */
export interface FileReference {
  /** As written, relative to the folder of the spec. */
  readonly path: string;
  readonly span: Span;
}

export interface TableOptions {
  readonly init: TableInit;
  /** True if it never changes. */
  readonly frozen: boolean;
  /** The file with the initial vectors by id. */
  readonly vectors: FileReference | null;
}

/** An embedding table of the network. */
export interface Table {
  /** See `tableNames`. */
  readonly name: string;
  /** The feature whose ids are its rows; bound history columns, and features that share it, read it too. */
  readonly feature: string;
  readonly width: number;
  readonly options: TableOptions;
}

/** A table with its size: one row per id, padding and the unknown value included. */
export interface TableSpec extends Table {
  readonly rows: number;
}

/** The owner of the ids and tables of `feature`: itself, or the feature that it shares. */
export function ownerOf({ name, shares }: Pick<Feature, "name" | "shares">): string {
  return shares ?? name;
}

/**
 * Names of tables. No name of a spec has a `.`, so tables made by a use never have the name of a feature. A
 * history's own field has one, `clicks.dwell`, but no feature has the name of a history.
 */
export const tableNames = {
  /** The feature's own table, which `embed` after its kind declares. */
  own: (feature: string): string => feature,
  weight: (feature: string): string => `${feature}.weight`,
  frequency: (feature: string): string => `${feature}.frequency`,
  /** The one-hot vectors of the values. */
  values: (feature: string): string => `${feature}.values`,
  /** `name` distinguishes tables of the same width. */
  embed: (feature: string, width: number, name: string | null): string =>
    `${feature}.embed_${width}${name === null ? "" : `.${name}`}`,
  /** The table of `parameter(…, by: feature)`, named after its position in the spec. */
  parameter: (feature: string, place: string): string => `${feature}.${place}`,
} as const;

/** The declarations of a model's features. */
type Declaring = Pick<Model, "features" | "histories">;

/** The unbound fields of histories, as features of their own. */
export function ownFields({ histories }: Declaring): Feature[] {
  return [...histories.values()].flatMap(({ fields }) =>
    fields.flatMap(({ feature }) => (feature.scope === "history" ? [feature] : [])),
  );
}

/** Everything with ids or numbers of its own: the features, and the unbound fields of histories. */
export function allFeatures(model: Declaring): Feature[] {
  return [...model.features.values(), ...ownFields(model)];
}

/** The feature with this name among `allFeatures`. */
export function featureNamed(model: Declaring, name: string): Feature {
  const [history] = name.split(".");
  const fields = name === history ? undefined : model.histories.get(history!)?.fields;
  const field = fields?.find(({ feature }) => feature.name === name);
  const feature = field?.feature ?? model.features.get(name);
  invariant(feature, `there is no feature ${name}`);
  return feature;
}
