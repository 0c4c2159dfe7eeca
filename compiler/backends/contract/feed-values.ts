// Finds what a Graph is fed in the training loop's batch, or in the plain values of a single run.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { Feeds } from "../../middle/build/evaluate.ts";
import type { RowLayout } from "../../middle/graph/define-op.ts";
import { historyOf, shiftedSegments } from "../../middle/graph/shifted-axes.ts";
import { type Rows, rowsKey } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { FeedValues } from "./feed.ts";
import type { Feed } from "./session.ts";

/** Values by the names that training programs give their inputs (see `inputNames`). */
export function batchValues({ batch, rows, scalars }: Feed): FeedValues {
  const label = inputNames.label("");
  const scalar = inputNames.scalar("");
  const rowOf = inputNames.rowOf("");
  // Asked for again by each part of a batch, and by whoever counts steps.
  const made = new Map<string, Int32Array>();
  const segments = (axis: string) => {
    let found = made.get(axis);
    if (found === undefined) {
      const { history, shift } = historyOf(axis);
      found = shiftedSegments(fed(batch.segments, history, `history ${history}`), batch.size, shift);
      made.set(axis, found);
    }
    return found;
  };
  return {
    input(name) {
      if (name.startsWith(scalar)) return Float32Array.of(fed(scalars, name.slice(scalar.length), name));
      if (name.startsWith(label)) return fed(batch.labels, name.slice(label.length), name);
      if (name.startsWith(rowOf)) return fed(batch.elements, name.slice(rowOf.length), name);
      if (Object.hasOwn(batch.draws, name)) return batch.draws[name]!;
      return Object.hasOwn(batch.ids, name) ? batch.ids[name]! : fed(batch.numbers, name, name);
    },
    table: (name) => fed(rows, name, `table ${name}`),
    segments: ({ history }) => segments(history),
    count(of: Rows) {
      if (of.kind === "once") return 1;
      if (of.kind === "each" && of.per === "example") return batch.size;
      if (of.kind === "steps") return segments(of.history).length;
      if (of.kind === "elements") return fed(batch.elements, of.set, `set ${of.set}`).length;
      if (of.kind === "table") return fed(batch.tables, of.table, `table ${of.table}`).length;
      throw new InternalError(`a batch has no rows ${rowsKey(of)}`);
    },
  };
}

/** Own properties only: a feature may be called `constructor`. */
function fed<T>(values: Readonly<Record<string, T>>, key: string, what: string): T {
  invariant(Object.hasOwn(values, key), `${what} is not fed`);
  return values[key]!;
}

/** Values as `evaluate` takes them. */
export function plainValues({ inputs, tables }: Feeds, layout: RowLayout): FeedValues {
  return {
    input: (name) => Float32Array.from(fed(inputs, name, name)),
    table: (name) => Float32Array.from(fed(tables, name, `table ${name}`)),
    segments: (rows) => layout.segments(rows),
    count: (rows) => layout.count(rows),
  };
}
