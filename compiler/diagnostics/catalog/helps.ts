// Helps that several diagnostics share.

import { type Wording, wording } from "../../common/option-text.ts";
import { helps } from "./define.ts";

/** Functions that need statistics of the batch. */
export const OF_THE_BATCH: ReadonlySet<string> = new Set(["batch_norm", "dice"]);

export const shared = helps({
  didYouMean: (name: string) => `did you mean \`${name}\`?`,
  available: (names: readonly string[]) => `available: ${names.join(", ")}`,
  /** `instead` is the note of compiler/diagnostics/field-words about a word that dinc does not have. */
  fieldWord: (instead: string) => instead,
  decimalPoint: (number: string) => `if one number is meant, write a decimal point: \`${number}\``,
  write: (text: string) => `write \`${text}\``,
  writeOne: () => "write one value",
  withoutStatistics: () =>
    "use a function that needs no statistics of the batch: `layer_norm`, or an activation such as `prelu`",
  remove: () => "remove it",
  /** `then` is the help for the file that standard input is saved as. */
  saveFirst: (name: string, then: Wording) => wording`save it as ${name}, then ${then}`,
  makeRoom: (checkpoint: string, kept: string, again: Wording) =>
    wording`${checkpoint} holds the training after ${kept}: make room, then continue with ${again}`,
  /** For a block that is checked for all lists at once. */
  leaveOutResultType: () => "leave out the block's result type, so that it is checked where it is used",
});
