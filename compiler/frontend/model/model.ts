// The checked model: names resolved, bindings joined, settings read. It says everything about a model except
// where its data lies and what was learned from it (see `Fitted`). Only the checker makes one.

import { invariant } from "../../common/internal-error.ts";
import type { SourceFile, Span } from "../../common/source-file.ts";
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
  /** The spec's own blocks; those of the standard library are found after them. */
  readonly blocks: ReadonlyMap<string, BlockItem>;
  readonly net: NetItem;
  /** Embedding tables that the network reads, by name, in the order of their first use. */
  readonly tables: ReadonlyMap<string, Table>;
  /** In the order of their `predict` statements. */
  readonly predictions: readonly Prediction[];
  /** Auxiliary ones, in the order of their `loss` statements. */
  readonly losses: readonly AuxiliaryLoss[];
  /** The feature whose rows batches keep together, as losses compare them; null where none do. */
  readonly batchBy: string | null;
  readonly train: TrainSettings;
  /** The values of its params. */
  readonly params: ReadonlyMap<string, ParamData>;
  /** The model that it is a variant of, or null. */
  readonly parent: string | null;
  /** What it was put together from, where the text of `file` alone does not say it; else null. */
  readonly assembly: Assembly | null;
}

export interface Feature {
  readonly name: string;
  /** `history`: a field of a history that is bound to no other feature. Its name is `clicks.dwell`. */
  readonly scope: FeatureScope | "history";
  /** Of one value. */
  readonly kind: FeatureKind;
  /** Where it has any number of values a row; null where it has one. */
  readonly set: SetOptions | null;
  /** Whether a missing value is the unknown id; otherwise it is an error, but for numbers that say what it counts as. */
  readonly missingIsUnknown: boolean;
  /** Of the scope `training`: the id or number that predictions see in its place; null where they may not read it. */
  readonly served: number | null;
  /** Width of its embedding; null where none is declared (always so for numbers). */
  readonly embed: number | null;
  /** Options of its own table. */
  readonly table: TableOptions;
  /** The feature whose ids and tables it shares; null where it has its own. */
  readonly shares: string | null;
  readonly doc: string;
  readonly span: Span;
}

/** One that stands in a `features` item. */
export interface DeclaredFeature extends Feature {
  readonly scope: FeatureScope;
}

/** Features of one name: `features user profile { … }`. */
export interface FeatureGroup {
  readonly name: string;
  readonly features: readonly string[];
  readonly span: Span;
}

/** How the vectors of several values become one. */
export type Pooling = "sum" | "mean" | "max";

/** A set: its first `max` different values count, each once. */
export interface SetOptions {
  readonly max: number;
  readonly pool: Pooling;
}

/**
 * How a raw value becomes an id or a number; `frontend/kinds/*.kind.ts` say how each does. Ids: 0 is padding,
 * 1 an unknown value, 2 the first known one.
 */
export type FeatureKind =
  /**
   * Any text or whole number; the vocabulary is learned from the training rows, rarer values than `minCount`
   * are unknown.
   */
  | { readonly kind: "id"; readonly minCount: number }
  /** Whole numbers 0 … size − 1. A training row with another value is an error. */
  | { readonly kind: "sized_id"; readonly size: number }
  /** Any text or whole number, hashed into `size` buckets. */
  | { readonly kind: "hashed_id"; readonly size: number }
  /** The values that a file lists, one a line. */
  | { readonly kind: "listed_id"; readonly file: FileReference }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** A word, hashed into `size` buckets. Only in a set: a text is the set of its words. */
  | { readonly kind: "text"; readonly size: number }
  /** Whole numbers low … high, both included. */
  | { readonly kind: "int"; readonly low: number; readonly high: number }
  /** What the clock of a time zone shows of a time. */
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
  /** So many numbers, as they are; `missing` stands for each where there are none. */
  | { readonly kind: "vector"; readonly width: number; readonly missing: number | null }
  /** An instant, as two numbers that 32 bits hold: the day from 2000 on, and the second of the day. */
  | { readonly kind: "time" }
  /** A number whose buckets are ids. */
  | {
      readonly kind: "bins";
      readonly transforms: readonly NumberTransform[];
      readonly binning: Binning;
      readonly missing: number | null;
    };

/** How a number is prepared; `frontend/kinds/*.transform.ts` say what each does. */
export type NumberTransform =
  | { readonly kind: "log1p" }
  | { readonly kind: "standardize" }
  | { readonly kind: "min_max" }
  | { readonly kind: "clip"; readonly low: number; readonly high: number };

/** How a number, prepared, becomes the id of a bucket; `frontend/kinds/*.binning.ts` say how each does. */
export type Binning =
  /** Ascending. */
  | { readonly kind: "buckets"; readonly bounds: readonly number[] }
  | { readonly kind: "quantiles"; readonly count: number };

/** An axis: what a user did, latest last; only the latest `max` steps count. */
export interface History {
  readonly name: string;
  readonly max: number;
  readonly fields: readonly HistoryField[];
  readonly doc: string;
  readonly span: Span;
}

/** What each step of a history has: `item_id <-> hist_item_id`, `dwell : number`. */
export interface HistoryField {
  /**
   * What the network, requests and rows call it: its feature's name. Its column's, where it is bound to none, or where
   * several columns of the history are bound to that feature.
   */
  readonly name: string;
  /** Whose ids, tables and transforms it has: the item feature that it is bound to, or one that is its own. */
  readonly feature: Feature;
  /** Of the data: a sequence a row. */
  readonly column: string;
  readonly span: Span;
}

/** What values a label has; `frontend/labels/*.label.ts` say how each is read and what is predicted of it. */
export type LabelType =
  | { readonly kind: "binary" }
  /** Any share from 0 to 1. */
  | { readonly kind: "share" }
  | { readonly kind: "number" }
  /** One of several classes, in their order. */
  | { readonly kind: "enum"; readonly classes: readonly string[] }
  /** One of the whole numbers from `low` on, which are classes in their order. */
  | { readonly kind: "int"; readonly low: number; readonly classes: readonly string[] };

export interface Label {
  readonly name: string;
  readonly type: LabelType;
  /** A row may lack it: then it counts in no loss and no metric of the label. */
  readonly mayBeMissing: boolean;
  /**
   * What says how many rows a row counts as: another label, or a number of the scope `training`; null where
   * each counts once.
   */
  readonly weight: Identifier | null;
  readonly doc: string;
  readonly span: Span;
}

export interface Prediction {
  readonly label: string;
  /** How many numbers the network gives a row: one, or as many as there are classes. */
  readonly width: number;
  /** What the mean of its loss is multiplied by. */
  readonly weight: number;
  readonly value: Expression;
  readonly span: Span;
}

/** Everything learned from the training rows except the weights. Stored with the run; the same for every back end. */
export interface Fitted {
  /**
   * For each feature whose values are learned or listed by a file: its values in the order of their ids, the
   * first having id 2.
   */
  readonly vocabularies: ReadonlyMap<string, readonly string[]>;
  /**
   * For each number with transforms that learn: by place in its pipe, what the transform learned (empty: nothing);
   * what its buckets learned comes last.
   */
  readonly transforms: ReadonlyMap<string, readonly (readonly number[])[]>;
}

/** The id of every value that is not known. Id 0 is padding: no value has it, and its row of a table stays zero. */
export const UNKNOWN_ID = 1;
export const FIRST_ID = 2;

/** What the rows of a table begin as; those of padding and of unknown values are zero. */
export type TableInit =
  | { readonly kind: "zeros" }
  | { readonly kind: "normal"; readonly deviation: number }
  /** Between −limit and limit. */
  | { readonly kind: "uniform"; readonly limit: number }
  /** Of each value a vector with one 1; of an unknown one equal parts. The width is the number of values. */
  | { readonly kind: "identity" }
  /** Of each id the share of the training rows that have it; the width is 1. */
  | { readonly kind: "frequency" };

/** What a spec can say of that. */
export type WrittenInit = Exclude<TableInit, { readonly kind: "identity" | "frequency" }>;

/** A file that the spec names. */
export interface FileReference {
  /** As it is written: from where the spec lies. */
  readonly path: string;
  readonly span: Span;
}

export interface TableOptions {
  readonly init: TableInit;
  /** It stays as it begins. */
  readonly frozen: boolean;
  /** The file of vectors by id that rows begin as. */
  readonly vectors: FileReference | null;
}

/** An embedding table of the network. */
export interface Table {
  /** See `tableNames`. */
  readonly name: string;
  /** The feature whose ids its rows are for; history columns bound to it, and features that share it, read it too. */
  readonly feature: string;
  readonly width: number;
  readonly options: TableOptions;
}

/** A table at its size: one row an id, padding and the unknown value included. */
export interface TableSpec extends Table {
  readonly rows: number;
}

/** The feature that has the ids and tables of `feature`: itself, or the one that it shares. */
export function ownerOf({ name, shares }: Pick<Feature, "name" | "shares">): string {
  return shares ?? name;
}

/**
 * Names of tables. No name of a spec has a `.`, so that those made by a use differ from those of features. A history's
 * own field has one, `clicks.dwell`, but no feature has the name of a history.
 */
export const tableNames = {
  /** Of the feature's own table, which `embed` after its kind declares. */
  own: (feature: string): string => feature,
  weight: (feature: string): string => `${feature}.weight`,
  frequency: (feature: string): string => `${feature}.frequency`,
  /** Of each value the vector that says which it is. */
  values: (feature: string): string => `${feature}.values`,
  /** `name` tells tables of the same width apart. */
  embed: (feature: string, width: number, name: string | null): string =>
    `${feature}.embed_${width}${name === null ? "" : `.${name}`}`,
  /** Of `parameter(…, by: feature)`, named after its place. */
  parameter: (feature: string, place: string): string => `${feature}.${place}`,
} as const;

/** What declares the features of a model. */
type Declaring = Pick<Model, "features" | "histories">;

/** The fields of histories that are bound to no feature, as features of their own. */
export function ownFields({ histories }: Declaring): Feature[] {
  return [...histories.values()].flatMap(({ fields }) =>
    fields.flatMap(({ feature }) => (feature.scope === "history" ? [feature] : [])),
  );
}

/** Everything that has ids or numbers of its own: the features, and the fields of histories that are bound to none. */
export function allFeatures(model: Declaring): Feature[] {
  return [...model.features.values(), ...ownFields(model)];
}

/** The one of `allFeatures` with a name. */
export function featureNamed(model: Declaring, name: string): Feature {
  const [history] = name.split(".");
  const fields = name === history ? undefined : model.histories.get(history!)?.fields;
  const field = fields?.find(({ feature }) => feature.name === name);
  const feature = field?.feature ?? model.features.get(name);
  invariant(feature, `there is no feature ${name}`);
  return feature;
}
