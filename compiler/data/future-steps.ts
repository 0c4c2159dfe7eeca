// Finds steps of histories that are later than their row's own time. They were unknown then, so a model that
// learns from them fails in serving. Without a time of its own, a row is not checked.

import { stepInTheFuture } from "../diagnostics/catalog/times.ts";
import type { Model } from "../frontend/model/model.ts";
import { ownTimeOf } from "../frontend/model/own-time.ts";
import type { Findings } from "./findings.ts";
import type { RawChunk } from "./raw-values.ts";
import type { ReadPiece } from "./row-stages.ts";
import { declaredIn } from "./values.ts";

const DAY = 86_400;

export class FutureSteps {
  private readonly now: string | null;
  private readonly model: Model;
  private readonly findings: Findings;
  /** The indices of the rows that are checked next. */
  private rows: number[] = [];

  constructor(model: Model, findings: Findings) {
    this.now = ownTimeOf(model)?.name ?? null;
    this.model = model;
    this.findings = findings;
  }

  read({ first, rows }: RawChunk): void {
    if (this.now !== null) for (let row = 0; row < rows; row++) this.rows.push(first + row);
  }

  note({ rows, numbers, histories }: ReadPiece): void {
    const now = this.now === null ? undefined : numbers.get(this.now);
    if (now !== undefined)
      for (const [history, { start, end, numbers: steps }] of histories)
        for (const { name, column, feature } of this.model.histories.get(history)!.fields) {
          const times = feature.kind.kind === "time" ? steps.get(name) : undefined;
          if (times === undefined) continue;
          for (let row = 0; row < rows; row++) {
            const own = secondsAt(now, row);
            let latest = 0;
            for (let step = start[row]!; step < end[row]!; step++)
              latest = Math.max(latest, secondsAt(times, step) - own);
            // NaN, for an unreadable time, is never later.
            if (!(latest > 0)) continue;
            const parameters = { history, now: this.now!, seconds: latest };
            this.findings.add(stepInTheFuture, parameters, this.rows[row]!, column, declaredIn(feature));
          }
        }
    this.rows = [];
  }
}

/** The seconds of a time that is read as days and seconds. */
function secondsAt(times: Float64Array, i: number): number {
  return times[2 * i]! * DAY + times[2 * i + 1]!;
}
