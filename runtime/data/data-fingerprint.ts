// What a run keeps of the data that it was trained on: rows, how they were made, and the content of every file.

import type { BadRowPolicy, KeptRows } from "../../compiler/frontend/config/choices.ts";
import type { EventsConfig, ListFormat } from "../../compiler/frontend/config/config.ts";
import type { LeftOut } from "./bad-rows.ts";

export interface DataFingerprint {
  readonly trainRows: number;
  readonly validRows: number;
  readonly testRows: number;
  /** How validation rows were taken from the training rows; null where they were not. */
  readonly validate: {
    readonly fraction: number;
    readonly seed: number;
    /** The feature that users are told apart by; null in an event log, which names them, and where rows were taken. */
    readonly by: string | null;
    /** Which rows were taken, where not those of users. */
    readonly rows?: KeptRows;
  } | null;
  /** What was done with rows that could not be read; runs of earlier versions lack both and failed. */
  readonly onBadRow?: BadRowPolicy;
  /** By file that had any. */
  readonly leftOut?: readonly LeftOut[];
  /** How rows were made from an event log; absent where they lay ready. */
  readonly events?: EventsAsked;
  /** How histories stood in the training rows; absent where these were made from an event log. */
  readonly lists?: ListFormat;
  /** Of every file read, those that the spec names for vectors and vocabularies among them: path, bytes, and a hash of its content. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly hash: string }[];
}

export interface EventsAsked extends Pick<EventsConfig, "examples" | "separator"> {
  /** Of the log, and the keys of its tables. */
  readonly columns: Readonly<Record<string, string>>;
  /** Whose clocks wrote its times without a UTC offset; null, or absent in runs of earlier versions, for UTC's. */
  readonly timeZone?: string | null;
  /** What put the events in order, for people; runs of earlier versions lack it. */
  readonly orderedBy?: string;
}
