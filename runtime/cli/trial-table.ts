// The table of a running search: a line at the end of each training, with the best marked. On a terminal, a
// line below shows the running trainings.

import { duration } from "../driver/text-table.ts";
import type { StudyLine } from "../tune/study.ts";
import type { StudyPlan } from "../tune/study-plan.ts";
import { valueText } from "../tune/study-words.ts";
import type { TuneEvent } from "../tune/tune.ts";
import type { Terminal } from "./terminal.ts";

type Trial = Extract<TuneEvent, { kind: "trial" }>;

/** Narrower columns would change their width; wider ones would not fit on the screen. */
const NARROWEST = 8;
const WIDEST = 24;

export class TrialTable {
  private readonly terminal: Terminal;
  private plan: StudyPlan | null = null;
  private isBegun = false;
  private columns: readonly { readonly name: string; readonly width: number }[] = [];

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  begin(plan: StudyPlan): void {
    this.plan = plan;
    const { trials, minutes, rungs, reduction, parallel, metric, better, known } = plan;
    const budget = [
      ...(trials === null ? [] : [`${trials} trials`]),
      ...(minutes === null ? [] : [`${minutes} minutes`]),
    ].join(" or ");
    const epochs =
      rungs.length === 1
        ? `of ${rungs[0]} epochs`
        : `compared after ${rungs.join(", ")} epochs (one in ${reduction} continues)`;
    this.terminal.say(
      `${budget}, ${epochs}, ${parallel} at a time; the ${better === "higher" ? "highest" : "lowest"} ${metric} on the validation rows is the best`,
    );
    if (known > 0) this.terminal.say(`${known} trainings are known from before`);
    const values = Object.entries(plan.space).map(([name, range]) => ({
      name,
      width: Math.min(WIDEST, Math.max(name.length, NARROWEST, longestValue(range))),
    }));
    this.columns = [
      { name: "trial", width: 5 },
      { name: "epochs", width: 6 },
      { name: metric, width: Math.max(8, metric.length) },
      ...values,
      { name: "seconds", width: 7 },
    ];
  }

  add({ line, best, progress }: Trial): void {
    const { trial, epochs, value, settings, seconds, problem } = line;
    if (!this.isBegun) this.terminal.say(this.lineOf(this.columns.map(({ name }) => name)));
    this.isBegun = true;
    const names = Object.keys(this.plan!.space);
    const cells = [
      String(trial + 1),
      String(epochs),
      valueText(value),
      ...names.map((name) => (settings ?? this.plan!.own)[name]!),
      seconds.toFixed(1),
    ];
    const isBest = best !== null && best.trial === trial && best.rung === line.rung;
    this.terminal.say(`${this.lineOf(cells)}${problem === null ? (isBest ? "  best" : "") : `  ${problem}`}`);
    this.terminal.progress(this.progressOf(best, progress));
  }

  end({ trial }: StudyLine): void {
    this.terminal.say(`chosen: trial ${trial + 1}; it is trained once more, now with the test rows`);
  }

  private progressOf(best: StudyLine | null, { trials, running, seconds }: Trial["progress"]): string {
    const { trials: all, metric } = this.plan!;
    const found = best === null ? "" : `, best ${metric} ${valueText(best.value)} (trial ${best.trial + 1})`;
    return `${trials}${all === null ? "" : ` of ${all}`} trials, ${running} running, ${duration(seconds)}${found}`;
  }

  private lineOf(cells: readonly string[]): string {
    return cells
      .map((cell, i) => cell.padStart(this.columns[i]!.width))
      .join("  ")
      .trimEnd();
  }
}

/** The width of the longest value of a range; drawn numbers have three digits. */
function longestValue(range: string): number {
  if (!range.startsWith("choice(")) return NARROWEST;
  return Math.max(
    ...range
      .slice("choice(".length, -1)
      .split(/, (?![^[]*\])/)
      .map(({ length }) => length),
  );
}
