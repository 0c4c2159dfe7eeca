// Random values for a random Graph: a batch whose examples are the candidates of consecutive ranking
// requests, so that a training Graph over the batch and the ranking Graph over each request must agree.

import { Random } from "../../compiler/common/random.ts";
import type { Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { OpAttributes } from "../../compiler/middle/graph/attributes.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout, requestLayout } from "../../compiler/middle/graph/layout.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { HISTORY, isCandidate, MOST_ELEMENTS, TABLE, TABLE_WIDTH } from "./random-graph.ts";

const TABLE_ROWS = 7;
const tables = { [TABLE]: TABLE_ROWS };

export interface RequestSize {
  readonly candidates: number;
  readonly steps: number;
}

export interface Fed {
  readonly layout: RowLayout;
  readonly feeds: Feeds;
}

export interface RandomRequest extends RequestSize {
  /** The index of its first example in the batch. */
  readonly first: number;
  readonly once: Fed;
  /** The request's values, repeated for each candidate as in a training export. */
  readonly repeated: Fed;
}

export interface RandomBatch extends Fed {
  readonly requests: readonly RandomRequest[];
}

/**
 * By input: the numbers of each row (of the request or of each candidate), which are those of all its steps
 * or of its set.
 */
type Rows = ReadonlyMap<string, readonly (readonly number[])[]>;

/** Values within −2 … 2, and weights and the table within −1 … 1, exact in f32. */
export function randomBatch(graph: ValidGraph, sizes: readonly RequestSize[], seed: number): RandomBatch {
  const random = Random.of(seed, "random batch");
  const inputs = graph.nodes.flatMap(({ op, attributes }) =>
    op === "input" ? [attributes as OpAttributes["input"]] : [],
  );
  const weights = (length: number) => Array.from({ length }, () => Math.fround(2 * random.next() - 1));
  const shared = {
    parameters: Object.fromEntries(
      [...graph.parameters.values()].map(({ name, dims }) => [name, weights(sizeOf(dims))]),
    ),
    tables: { [TABLE]: weights(TABLE_ROWS * TABLE_WIDTH) },
  };
  const fed = (rows: Rows) => ({ ...shared, inputs: flat(rows) });
  const values = sizes.map((size) => drawn(inputs, size, random));
  const repeated = values.map((rows, i) => repeatedRows(rows, sizes[i]!.candidates));
  const batch: Rows = new Map(
    [...values[0]!.keys()].map((name) => [name, repeated.flatMap((rows) => rows.get(name)!)]),
  );
  const lengths = sizes.flatMap(({ candidates, steps }) => new Array<number>(candidates).fill(steps));
  let first = 0;
  return {
    layout: exampleLayout({
      ...{ examples: lengths.length, lengths: { [HISTORY]: lengths }, tables },
      elements: setSizes(batch),
    }),
    feeds: fed(batch),
    requests: sizes.map(({ candidates, steps }, i) => {
      const over = (rows: Rows): Fed => ({
        layout: requestLayout({
          ...{ candidates, steps: { [HISTORY]: steps }, tables },
          elements: setSizes(rows),
        }),
        feeds: fed(rows),
      });
      const request = { candidates, steps, first, once: over(values[i]!), repeated: over(repeated[i]!) };
      first += candidates;
      return request;
    }),
  };
}

/** The row numbers of sets' values follow from the sets. */
function drawn(
  inputs: readonly OpAttributes["input"][],
  { candidates, steps }: RequestSize,
  random: Random,
): Rows {
  return new Map(
    inputs
      .filter(({ role }) => role.kind !== "owner")
      .map(({ name, type: { rows, dims, dtype } }) => {
        const length = () => {
          if (rows.kind === "elements") return random.integer(MOST_ELEMENTS + 1);
          return sizeOf(dims) * (rows.kind === "steps" ? steps : 1);
        };
        const number = () =>
          dtype === "i32" ? random.integer(TABLE_ROWS) : Math.fround(4 * random.next() - 2);
        const row = () => Array.from({ length: length() }, number);
        return [name, Array.from({ length: isCandidate(name) ? candidates : 1 }, row)];
      }),
  );
}

function repeatedRows(rows: Rows, candidates: number): Rows {
  return new Map(
    [...rows].map(([name, each]) => [
      name,
      isCandidate(name) ? each : Array.from({ length: candidates }, () => each[0]!),
    ]),
  );
}

function isSet(name: string): boolean {
  return name.endsWith(".tags");
}

function flat(rows: Rows): Record<string, number[]> {
  return Object.fromEntries(
    [...rows].flatMap(([name, each]) => [
      [name, each.flat()],
      ...(isSet(name)
        ? [[inputNames.rowOf(name), each.flatMap((numbers, row) => numbers.map(() => row))]]
        : []),
    ]),
  );
}

function setSizes(rows: Rows): Record<string, number> {
  return Object.fromEntries(
    [...rows].filter(([name]) => isSet(name)).map(([name, each]) => [name, each.flat().length]),
  );
}
