// The error for a contradictory or impossible call, independent of specs and data: conflicting options, or options that name
// something unknown.

import { codeWords, type OptionText, type OptionWords, worded } from "./option-text.ts";

export class UsageError extends Error {
  override readonly name = "UsageError";
  private readonly text: string | OptionText;

  /** A text made by `wording` mentions options. The error's `message` has them as callers in TypeScript write them. @internal */
  constructor(text: string | OptionText) {
    super(worded(text, codeWords));
    this.text = text;
  }

  /** The message with options as a surface words them. @internal */
  messageIn(words: OptionWords): string {
    return worded(this.text, words);
  }
}
