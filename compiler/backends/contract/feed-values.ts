// Finds the values of a Graph's inputs in a batch of the training loop, or in the plain values of a single run.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { Feeds } from "../../middle/builder/evaluate.ts";
import type { RowLayout } from "../../middle/graph/define-op.ts";
import { type Rows, rowsKey } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { FeedValues } from "./feed.ts";
import type { StepFeed } from "./session.ts";

/** The values of all examples, or with `part` those of a part. */
export function batchValues({ batch, rows, scalars }: StepFeed, part: number | null = null): FeedValues {
  const packed = part === null ? batch : batch.parts[part];
  invariant(packed, `the batch has no part ${part}`);
  const { size, inputs, segments } = packed;
  const given = new Map(
    Object.entries(scalars).map(([name, value]) => [inputNames.scalar(name), Float32Array.of(value)]),
  );
  return {
    input: (name) => inputs.get(name) ?? found(given, name, name),
    table: (name) => fed(rows, name, `table ${name}`),
    segments: ({ history }) => found(segments, history, `history ${history}`),
    count(of: Rows) {
      if (of.kind === "once") return 1;
      if (of.kind === "each" && of.per === "example") return size;
      if (of.kind === "steps") return found(segments, of.history, `history ${of.history}`).length;
      if (of.kind === "elements") return found(inputs, of.set, `set ${of.set}`).length;
      if (of.kind === "table") return found(batch.tables, of.table, `table ${of.table}`).length;
      throw new InternalError(`a batch has no rows ${rowsKey(of)}`);
    },
  };
}

function found<T>(values: ReadonlyMap<string, T>, key: string, what: string): T {
  const value = values.get(key);
  invariant(value, `${what} is not fed`);
  return value;
}

/** Own properties only: a feature may be called `constructor`. */
function fed<T>(values: Readonly<Record<string, T>>, key: string, what: string): T {
  invariant(Object.hasOwn(values, key), `${what} is not fed`);
  return values[key]!;
}

/** Keeps ids as integers if f32 would round them. */
function numbersOf(values: ArrayLike<number>): Float32Array | Int32Array {
  const floats = Float32Array.from(values);
  const isRounded = floats.some((value, i) => value !== values[i] && Number.isInteger(values[i]));
  return isRounded ? Int32Array.from(values) : floats;
}

/** Values in the form that `evaluate` takes. */
export function plainValues({ inputs, tables }: Feeds, layout: RowLayout): FeedValues {
  return {
    input: (name) => numbersOf(fed(inputs, name, name)),
    table: (name) => Float32Array.from(fed(tables, name, `table ${name}`)),
    segments: (rows) => layout.segments(rows),
    count: (rows) => layout.count(rows),
  };
}
