// Rows of an event log that are built on demand. Only the log is stored: one item number per event, ordered
// by user, so that a history is a range of it, shared by all rows; the features of items and users are stored
// once. It is plain data for a worker, and columns of events may be in files.

import type { Column, NumberArray } from "../../../compiler/data/columns.ts";
import type { FeatureColumns } from "../../../compiler/data/feature-columns.ts";
import type { WideValues } from "../storage/wide-columns.ts";

/** The columns that all splits share. 64-bit numbers are not yet transformed. */
export interface StoredEvents<Values extends NumberArray = Float32Array> {
  /** The features by item, by user, and by sorted event. */
  readonly items: FeatureColumns<Values>;
  readonly users: FeatureColumns<Values>;
  readonly events: EventColumns<Values>;
  /** By sorted event: the item's number. */
  readonly item: Column<Int32Array>;
  /** The events of user u are first[u] … first[u + 1] − 1. */
  readonly first: Int32Array;
  readonly histories: readonly StoredHistory[];
  /** Features of events that only steps have. */
  readonly own: readonly string[];
  /** The width of each vector feature and field. */
  readonly widths: ReadonlyMap<string, number>;
}

export interface EventColumns<Values extends NumberArray> extends WideValues {
  readonly ids: ReadonlyMap<string, Column<Int32Array>>;
  readonly numbers: ReadonlyMap<string, Column<Values>>;
  readonly groups: ReadonlyMap<string, Column<Int32Array>>;
  /** Labels from the log, by their names in rows. */
  readonly labels: ReadonlyMap<string, Column<Float32Array>>;
  /** The event's row in the file; null if no column needs it. */
  readonly row: Column<Int32Array> | null;
}

export interface StoredHistory {
  readonly name: string;
  readonly max: number;
  /** The feature of each field, of the item or of the event. */
  readonly fields: readonly { readonly name: string; readonly feature: string }[];
}

/** The rows of a split: for each target event the positive, followed by its negatives. */
export interface EventExamples {
  readonly rows: number;
  /** Rows per target. The last one may have fewer. */
  readonly each: number;
  /** By user: the first target, as a sorted event; the others follow it. */
  readonly target: Int32Array;
  /** By user: the number of earlier targets; the total is at the end. */
  readonly before: Int32Array;
  /** The items of the negatives, in the order of the rows. */
  readonly negatives: Column<Int32Array>;
  /** By cross: its id, by row. */
  readonly crosses: ReadonlyMap<string, Column<Int32Array>>;
  /** The factors of each label, by its name in rows. */
  readonly labels: ReadonlyMap<string, readonly LabelFactor[]>;
}

export type LabelFactor =
  /** 1 for an event, 0 for a drawn item. */
  | { readonly of: "happening" }
  /** A column of `EventColumns.labels`; 0 for a drawn item. */
  | { readonly of: "log"; readonly column: string }
  /** A feature's number; a drawn item has that of its event. */
  | { readonly of: "feature"; readonly feature: string };

/** The rows of a split. */
export interface EventRows {
  readonly kind: "events";
  readonly rows: number;
  readonly events: StoredEvents;
  readonly split: EventExamples;
  /** As in `MemoryRows` if the rows are measured; otherwise empty. */
  readonly labels: ReadonlyMap<string, Float32Array>;
  readonly groups: ReadonlyMap<string, Int32Array>;
}
