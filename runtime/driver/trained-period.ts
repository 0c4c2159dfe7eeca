// A period of `dinc train --each`, after its training or without one.

import type { ChainLink } from "../run/run-folder.ts";

export interface TrainedPeriod {
  /** `2026-11-26`; an hour `2026-11-26T06`, a week `2026-W48`, a month `2026-11`. */
  readonly name: string;
  readonly folder: string;
  /** Its first instant, and the first instant after it. */
  readonly since: string;
  readonly until: string;
  /**
   * `trained` by this call or `kept` from an earlier one; `open` if more of its rows may come, so it is not
   * trained yet; `passed` if it has no rows to train on.
   */
  readonly state: "trained" | "kept" | "open" | "passed";
  /** The number of rows that were trained on; for an open period, its rows so far. */
  readonly rows: number;
  /** An open period waits for a later row in the log, or for a later `data.until`. */
  readonly waitsFor?: "later_rows" | "until";
  /**
   * The metrics of the earlier weights, by split; `train` is measured on its own rows. Absent in a first
   * training.
   */
  readonly before?: ChainLink["before"];
  /** The seconds of the call; 0 if the run existed already. */
  readonly seconds: number;
}
