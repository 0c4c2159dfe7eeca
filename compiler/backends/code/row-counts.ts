// The numbers of rows inside a function of a program. They follow from its parameters: the candidates of a
// block, and the steps of each history.

import { InternalError, unreachable } from "../../common/internal-error.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { lengthOf } from "../../middle/graph/derived-axes.ts";
import { type Rows, rowsKey } from "../../middle/graph/types.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { I32 } from "./code.ts";
import { i32 } from "./expressions.ts";

/** The steps of a history that a function computes: those from `first` on. */
export interface NewSteps {
  readonly history: string;
  readonly first: I32;
}

/** Functions of a program take the number of candidates, then that of each history's steps. */
export class RowCounts {
  readonly candidates: I32;
  private readonly f: FunctionBuilder;
  private readonly histories: readonly string[];
  private readonly news: NewSteps | null;
  /** Each is computed once, so that equal counts are the same expression. */
  private readonly known = new Map<string, I32>();

  /** With `news`, the steps of that history are the new ones alone. */
  constructor(f: FunctionBuilder, histories: readonly string[], news: NewSteps | null = null) {
    this.f = f;
    this.news = news;
    this.histories = histories;
    this.candidates = f.parameter(0);
  }

  of(rows: Rows): I32 {
    const key = rowsKey(rows);
    const count = this.known.get(key) ?? (this.isNew(rows) ? this.countNew(rows) : this.count(rows));
    this.known.set(key, count);
    return count;
  }

  /** Tells whether values with these rows have a row for each new step. */
  isNew(rows: Rows): boolean {
    return rows.kind === "steps" && rows.per === "request" && rows.history === this.news?.history;
  }

  private countNew(rows: Rows): I32 {
    return this.f.local(i32.sub(this.count(rows), this.news!.first));
  }

  private count(rows: Rows): I32 {
    switch (rows.kind) {
      case "once":
        return i32.const(1);
      case "each":
        return rows.per === "candidate" ? this.candidates : i32.const(1);
      case "steps": {
        if (rows.per === "candidate") {
          const each = this.of({ ...rows, per: "request" });
          return this.f.local(i32.mul(this.candidates, each));
        }
        return lengthOf<I32>(rows.history, {
          history: (name) =>
            isCandidateAxis(name) ? this.candidates : this.f.parameter(1 + this.histories.indexOf(name)),
          sum: (parts, more) => {
            const terms = more === 0 ? parts : [...parts, i32.const(more)];
            const sum = this.f.local(terms.reduce((a, b) => i32.add(a, b)));
            if (more >= 0) return sum;
            return this.f.local(i32.select(i32.gt(sum, i32.const(0)), sum, i32.const(0)));
          },
          every: (of, steps) => {
            const above = i32.add(of, i32.const(steps - 1));
            return this.f.local(i32.div(above, i32.const(steps)));
          },
        });
      }
      case "elements":
      case "table":
        throw new InternalError(`code works on no rows ${rowsKey(rows)}`);
      default:
        return unreachable(rows, "rows");
    }
  }
}
