// dinc importance RUN: measures how much the run relies on each input, by permuting it.

import {
  type ImportanceOptions,
  importance as importanceOf,
  type PartImportance,
  type Verdict,
} from "../../driver/importance.ts";
import { thousands } from "../../driver/text-table.ts";
import { differencesText } from "../differences-text.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import type { RowsCommandOptions } from "../rows-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface ImportanceCommandOptions
  extends RowsCommandOptions,
    Pick<ImportanceOptions, "repeats" | "sample" | "resamples" | "metric" | "seed" | "report"> {
  readonly format: "pretty" | "json";
}

const notes: Readonly<Record<Verdict, string>> = {
  helps: "",
  nothing: "the difference may be chance",
  harms: "better without it",
  unknown: "",
};

export async function importance(
  folder: string,
  options: ImportanceCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { warnings, ...found } = await importanceOf(folder, { ...options, ...terminalWatch(terminal) });
  const { metric, rows, of, repeats, seed, predictions, unread } = found;
  if (options.format === "json") {
    terminal.out(`${JSON.stringify({ version: 1, ...found }, null, 2)}\n`);
    return exitCodes.clean;
  }
  const which = rows === of ? `${thousands(rows)} rows` : `${thousands(rows)} of ${thousands(of)} rows`;
  terminal.out(
    predictions
      .map(
        ({ label, parts }) =>
          `${label}, ${which}: the loss if each is permuted (mean of ${repeats}, seed ${seed})\n${differencesText("permuted", metric, parts.map(shown))}`,
      )
      .join("\n"),
  );
  const by = predictions[0]?.parts[0]?.differences.find((each) => each.metric === metric)?.interval;
  if (by != null)
    terminal.say(`interval: the middle 95 % of ${thousands(by.resamples)} resamples of the users (${by.by})`);
  else if (options.resamples !== 0)
    terminal.say(
      "no interval: it needs several users, and a metric that names them, such as gauc(by: user_id) for a binary label",
    );
  printDiagnostics(warnings, terminal);
  if (unread.length > 0) terminal.say(`The network does not read ${unread.join(", ")}.`);
  if (options.report !== undefined) terminal.say(`plot: ${options.report}`);
  return exitCodes.clean;
}

function shown({ name, differences, verdict }: PartImportance) {
  return { name, differences, note: notes[verdict] };
}
