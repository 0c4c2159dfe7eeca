// The types of a search's plan and result, which its report, its table and its caller read.

import type { Search } from "../../compiler/tune/searches.ts";
import type { Assignment } from "../../compiler/tune/space.ts";
import type { RunSummary } from "../run/run-summary.ts";
import type { StudyLine } from "./study.ts";

export interface StudyPlan {
  readonly folder: string;
  /** By name: the ranges as they were written. */
  readonly space: Readonly<Record<string, string>>;
  /** By name: the values of the spec and of dinc.yaml, which the first trial uses. */
  readonly own: Assignment;
  /** The metric on validation rows for comparing trials. */
  readonly metric: string;
  readonly better: "higher" | "lower";
  /** The number of trials; null if only time ends the search. */
  readonly trials: number | null;
  readonly minutes: number | null;
  /** The numbers of epochs after which trials are compared; the last is the whole training. */
  readonly rungs: readonly number[];
  readonly reduction: number;
  readonly search: Search;
  readonly seed: number;
  readonly parallel: number;
  /** The number of trainings from earlier sessions. */
  readonly known: number;
}

/** How much the metric of a search moves by seeds alone. */
export interface StudyNoise {
  /** The folder of `trainSeeds`, and the number of runs in it. */
  readonly folder: string;
  readonly seeds: number;
  /** 19 of 20 differences of two trainings with other seeds are smaller; null if the runs don't tell. */
  readonly noise: number | null;
  readonly isOfOtherRows: boolean;
}

export interface TunedStudy extends StudyPlan {
  /** Every finished training, in order. */
  readonly lines: readonly StudyLine[];
  readonly chosen: StudyLine;
  /** The folder of the run with the chosen settings, and its summary, including metrics on test rows. */
  readonly run: string;
  readonly best: RunSummary;
  /** Whether time ran out before all trials were done. */
  readonly isCutShort: boolean;
  /** The noise of seeds; null if it was not requested. */
  readonly noise: StudyNoise | null;
  readonly report: string;
  readonly seconds: number;
}
