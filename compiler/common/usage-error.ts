// The error for a contradictory or impossible call, independent of specs and data: conflicting options, or options that name
// something unknown.

import { codeWords, type OptionWords, worded } from "./option-text.ts";

export class UsageError extends Error {
  override readonly name = "UsageError";
  private readonly marked: string;

  /** Options in the text are marked by `option`. The error's `message` has them as callers in TypeScript write them. */
  constructor(text: string) {
    super(worded(text, codeWords));
    this.marked = text;
  }

  /** The message with options as a surface words them. @internal */
  messageIn(words: OptionWords): string {
    return worded(this.marked, words);
  }
}
