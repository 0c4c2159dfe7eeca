// Decides which periods of a log to train, from its current rows and the existing runs: each row belongs to a
// run, to a period to be trained, or to one that is still open, or is reported as being in no run.

import { firstIndex } from "../../compiler/common/arrays.ts";
import { Calendar, type CalendarPeriod } from "../../compiler/common/calendar.ts";
import { instantText } from "../../compiler/common/epoch-units.ts";
import { lateRows, otherRows, rowsBetween, valuesChanged } from "../../compiler/diagnostics/catalog/from.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import {
  logState,
  NO_ROWS,
  type RowDigest,
  type RowVisitor,
  readLogRows,
  type TimesOfFile,
  withRow,
} from "../data/read-data.ts";
import { BadRowReport, type KnownFiles } from "../data/tables.ts";
import { tellDiagnostics, throwIfStopped } from "./events.ts";
import { type PeriodRequest, type PeriodRun, type TrainedWindow, trainedWindows } from "./period-runs.ts";
import type { TrainOptions } from "./train-run.ts";

/** The times that a call trains, period by period. */
export interface PeriodSpan {
  /** In seconds since 1970: earlier rows are not trained on. */
  readonly since: number;
  /** Later rows, from this time on, are not trained on; null if all are. */
  readonly until: number | null;
  /** Whether the log has all rows before `until`, so that its last period is over. */
  readonly isComplete: boolean;
}

/** The rows of a period that is not in any run yet. */
export interface PlannedPeriod extends CalendarPeriod {
  readonly log: RowDigest;
}

export interface PeriodPlan {
  readonly trained: readonly TrainedWindow[];
  /** To be trained, in this order. */
  readonly due: readonly PlannedPeriod[];
  /** The open period, for which more rows may come. */
  readonly open: PlannedPeriod | null;
  /** The number of rows before `since`, and from `until` on, that no run has. */
  readonly outside: { readonly before: number; readonly after: number };
  /** The state of the files when they were read. */
  readonly state: string;
  /** The times of each file; empty if a training must read all files to read any of them. */
  readonly files: readonly TimesOfFile[];
}

/**
 * Reads the times of the log. Late rows give warnings. Throws DiagnosticError if the runs belong to another
 * log, or if rows between the runs and `since` would be lost.
 */
export async function planPeriods(
  now: PeriodRequest,
  span: PeriodSpan,
  runs: readonly PeriodRun[],
  options: Pick<TrainOptions, "onBadRow" | "onEvent" | "signal">,
  knownFiles: KnownFiles,
): Promise<PeriodPlan> {
  const { model, data, each, timeZone } = now;
  const trained = trainedWindows(runs);
  const state = await logState(data);
  const calendar = new Calendar(each, timeZone);
  const policy = options.onBadRow ?? data.onBadRow ?? "fail";
  const visitor = () => new RowsByPeriod(calendar, trained, span);
  const { rows, files } = await readLogRows(model, data, data.window!, visitor, {
    badRows: new BadRowReport(policy),
    knownFiles,
    report: (text) => options.onEvent?.({ kind: "activity", text }),
    check: () => throwIfStopped(options),
  });
  const last = runs.at(-1);
  if (last !== undefined) requireLog(rows, span, last);
  tellDiagnostics(changesOf(rows), options);
  const isOver = ({ until }: CalendarPeriod) =>
    (span.until === null || until <= span.until) && (span.isComplete || rows.latest >= until);
  const periods = rows.inOrder();
  // The periods after an open one are not over either.
  const open = periods.find((period) => !isOver(period)) ?? null;
  const due = periods.filter(isOver);
  return { trained, due, open, outside: rows.outside, state, files };
}

/** The rows of a log by their period. */
class RowsByPeriod implements RowVisitor {
  readonly outside = { before: 0, after: 0 };
  /** By index of the window in `trained`. */
  readonly now: RowDigest[];
  /** Rows of periods without a run that have a later run. */
  readonly missed = new Map<CalendarPeriod, number>();
  /** The number of rows between the last run and `since`. */
  between = 0;
  latest = Number.NEGATIVE_INFINITY;
  readonly trained: readonly TrainedWindow[];
  private readonly planned = new Map<CalendarPeriod, RowDigest>();
  private readonly calendar: Calendar;
  private readonly span: PeriodSpan;
  private readonly begin: number;
  private readonly end: number;

  constructor(calendar: Calendar, trained: readonly TrainedWindow[], span: PeriodSpan) {
    this.calendar = calendar;
    this.trained = trained;
    this.span = span;
    this.now = trained.map(() => NO_ROWS);
    this.begin = Math.min(span.since, trained[0]?.since ?? span.since);
    this.end = trained.at(-1)?.until ?? Number.NEGATIVE_INFINITY;
  }

  readonly add: RowVisitor["add"] = (instant, row) => {
    const { span, end, outside } = this;
    this.latest = Math.max(this.latest, instant);
    if (instant < this.begin) outside.before += 1;
    else if (instant < end) this.addTrained(instant, row);
    else if (instant < span.since && end > Number.NEGATIVE_INFINITY) this.between += 1;
    else if (span.until !== null && instant >= span.until) outside.after += 1;
    else {
      const period = this.calendar.at(instant);
      this.planned.set(period, withRow(this.planned.get(period) ?? NO_ROWS, row));
    }
  };

  /** The periods with rows that are in no run, earliest first. */
  inOrder(): readonly PlannedPeriod[] {
    return [...this.planned]
      .map(([{ name, since, until }, log]) => ({ name, since: Math.max(since, this.span.since), until, log }))
      .sort((a, b) => a.since - b.since);
  }

  private addTrained(instant: number, row: Parameters<RowVisitor["add"]>[1]): void {
    const place = firstIndex(this.trained.length, (i) => this.trained[i]!.until > instant);
    if (this.trained[place]!.since <= instant) this.now[place] = withRow(this.now[place]!, row);
    else {
      const period = this.calendar.at(instant);
      this.missed.set(period, (this.missed.get(period) ?? 0) + 1);
    }
  }
}

function requireLog({ trained, now, between }: RowsByPeriod, { since }: PeriodSpan, last: PeriodRun): void {
  for (const [i, window] of trained.entries()) {
    const { rows, times } = now[i]!;
    // A log may drop all rows of an old period; those before `since` are not checked.
    if (window.since < since || rows === 0 || rows > window.log.rows) continue;
    if (rows === window.log.rows && times === window.log.times) continue;
    const bounds = { since: instantText(window.since), until: instantText(window.until) };
    const parameters = { name: window.name, trained: window.log.rows, rows, ...bounds };
    throw new DiagnosticError([diagnose(otherRows, parameters, noLocation)]);
  }
  if (between > 0) {
    const bounds = { until: instantText(last.until), since: instantText(since) };
    throw new DiagnosticError([
      diagnose(rowsBetween, { rows: between, path: last.folder, ...bounds }, noLocation),
    ]);
  }
}

/** The changes of the log since the runs. */
function changesOf({ trained, now, missed }: RowsByPeriod) {
  const more = trained.flatMap(({ name, since, log }, i) => {
    const rows = now[i]!.rows - log.rows;
    return rows > 0 ? [{ name, since, rows, trained: log.rows }] : [];
  });
  const without = [...missed].map(([{ name, since }, rows]) => ({ name, since, rows, trained: null }));
  const late = [...more, ...without].sort((a, b) => a.since - b.since);
  const changed = trained.filter(
    ({ log }, i) => now[i]!.rows === log.rows && now[i]!.times === log.times && now[i]!.values !== log.values,
  );
  return [
    ...(late.length === 0
      ? []
      : [diagnose(lateRows, { periods: late, since: instantText(late[0]!.since) }, noLocation)]),
    ...(changed.length === 0
      ? []
      : [
          diagnose(
            valuesChanged,
            { names: changed.map(({ name }) => name), since: instantText(changed[0]!.since) },
            noLocation,
          ),
        ]),
  ];
}
