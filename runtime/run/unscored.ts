// Handles rows without a score like rows that cannot be read: they end the command, are left out and counted,
// or are only counted.

import { Findings, nothingLeft } from "../../compiler/data/findings.ts";
import { rowWithoutScore } from "../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { isScore } from "../../compiler/serve/scores.ts";
import { type RowSource, selected } from "../data/batches.ts";
import type { BadRowReport } from "../data/tables.ts";
import type { Logits } from "./scorer.ts";

export class Unscored {
  private readonly badRows: BadRowReport;
  private readonly path: string;
  private findings: Findings | null = null;
  private count = 0;

  /** `path` is the name of the rows in messages. */
  constructor(badRows: BadRowReport, path: string) {
    this.badRows = badRows;
    this.path = path;
  }

  /**
   * Checks the logits of rows, of which the first has the number `first`, and returns the indices of those
   * without a score. Throws DiagnosticError for the first one unless bad rows are left out.
   */
  check(logits: Logits, data: RowSource, first: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (const [label, values] of logits)
      for (let at = 0; at < values.length; at++) {
        if (isScore(values[at]!)) continue;
        const i = Math.floor((at * data.rows) / values.length);
        if (found.has(i)) continue;
        found.add(i);
        const parameters = { label, logit: String(values[at]) };
        this.noted().add(rowWithoutScore, parameters, first + i, hugeColumn(data, i));
        if (this.badRows.policy === "fail") this.noted().throwIfAny();
      }
    this.count += found.size;
    return found;
  }

  /**
   * Called with the number of rows after all are scored. Throws DiagnosticError if bad rows are counted and
   * there are any.
   */
  finish(rows: number): void {
    const { badRows, findings, count } = this;
    const all = rows + badRows.rowsLeftOut(this.path).length;
    if (findings !== null) {
      if (count === rows) throw new DiagnosticError([nothingLeft(findings, all)]);
      badRows.noteFurther(findings, all, count);
    }
    badRows.throwIfCounted();
  }

  private noted(): Findings {
    return (this.findings ??= new Findings(this.path, {
      ...this.badRows.placed(this.path),
      collects: this.badRows.policy !== "fail",
    }));
  }
}

/** A number of at least this size may be the reason why its row has no score. */
const HUGE = 1e4;

/** The column with the number furthest from 0 in a row, if that is far. */
function hugeColumn(data: RowSource, row: number): string | null {
  const { numbers } = selected(data, Int32Array.of(row));
  let [column, largest]: [string | null, number] = [null, HUGE];
  for (const [name, values] of numbers)
    for (const x of values) if (Math.abs(x) > largest) [column, largest] = [name, Math.abs(x)];
  return column;
}
