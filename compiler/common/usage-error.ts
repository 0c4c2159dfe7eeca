// The error for a contradictory or impossible call, independent of specs and data: conflicting options, or options that name
// something unknown.

import { codeWords, type Wording, worded } from "./option-text.ts";

export class UsageError extends Error {
  override readonly name = "UsageError";
  /** @internal */
  readonly wording: Wording;

  /**
   * A text made by `wording` mentions options. The error's `message` has them in the words for callers in
   * TypeScript. @internal
   */
  constructor(wording: Wording) {
    super(worded(wording, codeWords));
    this.wording = wording;
  }
}
