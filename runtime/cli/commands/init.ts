// dinc init [DIR] --data FILE: drafts a spec and a dinc.yaml from the columns of a file, and explains each
// guess.

import { join } from "node:path";
import { formatCount } from "../../../compiler/common/format-count.ts";
import { worded } from "../../../compiler/common/option-text.ts";
import { shellCommand } from "../../../compiler/common/shell.ts";
import type { Guess } from "../../../compiler/tools/init/plan.ts";
import { type Draft, init as draftOf, type InitOptions } from "../../driver/init.ts";
import { exitCodes } from "../exit-codes.ts";
import { shellWords } from "../shell-words.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export type InitCommandOptions = Omit<InitOptions, "folder" | "onEvent" | "signal">;

export async function init(folder: string, options: InitCommandOptions, terminal: Terminal): Promise<number> {
  const [spec, config] = [join(folder, "model.din"), join(folder, "dinc.yaml")];
  terminal.say(draftText(await draftOf({ ...options, folder, ...terminalWatch(terminal) })));
  terminal.say(`\nwrote ${spec} and ${config}`);
  terminal.say(shellCommand`next: dinc train -c ${config} --out run`);
  return exitCodes.clean;
}

function draftText({
  plan: { guesses, leftOut, exceptions },
  rows: { path, looked: rows, total },
}: Draft): string {
  const looked =
    rows === total
      ? `all ${formatCount(total)} rows were read`
      : `${formatCount(rows)} of ${formatCount(total)} rows were read, drawn at random; training will report values of the others that do not fit the draft`;
  const changeOf = ({ change }: Guess) => worded(change, shellWords);
  const line = (column: string, is: string, more: string) => [`  ${column}: ${is}`, `      ${more}`];
  const guessed = (guess: Guess) =>
    line(guess.column, guess.is, `${guess.reason}; otherwise ${changeOf(guess)}`);
  return [
    `${path}: ${looked}`,
    ...guesses.flatMap(guessed),
    ...(exceptions.length === 0 ? [] : ["", "unlike the others, so the draft ignores them:"]),
    ...exceptions.flatMap(guessed),
    ...(leftOut.length === 0 ? [] : ["", "left out:"]),
    ...leftOut.flatMap((guess) => line(guess.column, guess.reason, changeOf(guess))),
  ].join("\n");
}
