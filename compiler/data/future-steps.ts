// Finds steps of histories that lie after their row's own time: nobody knew them then, and a model that
// learns from them fails where they are not there yet. Without a time of its own nothing is looked at.

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
  /** The numbers of the rows that are looked at next. */
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
            // NaN, where a time cannot be read, is no time later.
            if (!(latest > 0)) continue;
            const parameters = { history, now: this.now!, seconds: latest };
            this.findings.add(stepInTheFuture, parameters, this.rows[row]!, column, declaredIn(feature));
          }
        }
    this.rows = [];
  }
}

/** Of the days and seconds that times are read as. */
function secondsAt(times: Float64Array, i: number): number {
  return times[2 * i]! * DAY + times[2 * i + 1]!;
}
