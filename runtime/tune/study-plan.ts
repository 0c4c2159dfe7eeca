// The plan of a search for settings, and its result: what its report, its table and its caller read.

import type { Search } from "../../compiler/tune/searches.ts";
import type { Assignment } from "../../compiler/tune/space.ts";
import type { RunSummary } from "../run/run-summary.ts";
import type { StudyLine } from "./study.ts";

export interface StudyPlan {
  readonly folder: string;
  /** By name, as ranges are written. */
  readonly space: Readonly<Record<string, string>>;
  /** By name what the spec and dinc.yaml themselves say, which the first trial has. */
  readonly own: Assignment;
  /** The metric on validation rows by which trials are compared. */
  readonly metric: string;
  readonly better: "higher" | "lower";
  /** How many settings are tried; null where time alone ends the search. */
  readonly trials: number | null;
  readonly minutes: number | null;
  /** After how many epochs trials are compared; the last is the whole training. */
  readonly rungs: readonly number[];
  readonly reduction: number;
  readonly search: Search;
  readonly seed: number;
  readonly parallel: number;
  /** Trainings that are known from before. */
  readonly known: number;
}

export interface TunedStudy extends StudyPlan {
  /** Every training that ended, in their order. */
  readonly lines: readonly StudyLine[];
  readonly chosen: StudyLine;
  /** The folder of the run of the chosen settings, and what that says of itself, metrics on test rows included. */
  readonly run: string;
  readonly best: RunSummary;
  /** Whether time ended the search before all trials were tried. */
  readonly isCutShort: boolean;
  readonly report: string;
  readonly seconds: number;
}
