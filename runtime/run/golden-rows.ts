// Checks the golden rows of a package's training: some encoded rows with PyTorch's logits. The ops' reference
// implementations score them again in f64 with the weights to be imported.

import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { type BatchPlan, type PlannedIds, planBatches } from "../../compiler/data/batch-plan.ts";
import type { HistoryColumns, MemoryRows, SetRanges } from "../../compiler/data/memory-rows.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { allChannels } from "../../compiler/middle/training/channels.ts";
import { isClose, TOLERANCE } from "../../compiler/serve/golden.ts";
import { type HostTable, RowGatherer } from "../../compiler/train/tables.ts";
import { SourceBatches } from "../data/batches.ts";
import { FieldError, Fields, parsedJson } from "./json-fields.ts";

/** The version of golden.json. */
export const GOLDEN_VERSION = 1;

/** The most rows that are scored again, because the reference implementations are slow. */
export const MOST_GOLDEN_ROWS = 256;

export interface GoldenExamples {
  readonly rows: MemoryRows;
  /** By label: PyTorch's logits. */
  readonly logits: ReadonlyMap<string, readonly number[]>;
}

/** A model with weights. */
export interface Weighted {
  readonly model: Model;
  readonly predict: ValidGraph;
  readonly tables: ReadonlyMap<string, HostTable>;
  readonly parameters: ParameterValues;
}

/** A logit that differs by more than rounding. */
export interface GoldenRowDifference {
  /** From 1. */
  readonly row: number;
  readonly label: string;
  readonly torch: number;
  readonly dinc: number;
  readonly allowed: number;
}

export interface GoldenComparison {
  readonly rows: number;
  /** The largest difference of a logit. */
  readonly largest: number;
  /** The first difference; null if all logits agree. */
  readonly difference: GoldenRowDifference | null;
}

/** Throws FieldError if the text does not contain golden rows of the model. */
export function goldenRows(text: string, { model, predict, tables }: Weighted): GoldenExamples {
  const fields = new Fields(parsedJson(text));
  if (fields.value("version") !== GOLDEN_VERSION) throw new FieldError(`is not of version ${GOLDEN_VERSION}`);
  const rows = fields.whole("rows", 1);
  if (rows > MOST_GOLDEN_ROWS) throw new FieldError(`has ${rows} rows; at most ${MOST_GOLDEN_ROWS} are read`);
  const given = fields.fields("logits");
  const logits = new Map(allChannels(model.predictions).map((channel) => [channel, given.numbers(channel)]));
  for (const [label, values] of logits)
    if (values.length !== rows)
      throw new FieldError(`has ${values.length} logits of ${label} for ${rows} rows`);
  const plan = planFor(predict, tables);
  return { rows: new GoldenReader(fields.fields("inputs"), rows, model).rowsFor(plan), logits };
}

function planFor(predict: ValidGraph, tables: ReadonlyMap<string, HostTable>): BatchPlan {
  return planBatches(
    predict,
    [...tables.values()].map(({ spec }) => spec),
  );
}

/** Scores the rows with the reference implementations, and compares. */
export function compareGolden({ rows, logits }: GoldenExamples, weighted: Weighted): GoldenComparison {
  const references = referenceLogits(rows, weighted);
  let largest = 0;
  let difference: GoldenRowDifference | null = null;
  for (let i = 0; i < rows.rows; i++)
    for (const [label, given] of logits) {
      const [torch, dinc] = [given[i]!, references.get(label)![i]!];
      largest = Math.max(largest, Math.abs(torch - dinc));
      // A difference from an infinite reference cannot be measured.
      if (difference !== null || (Number.isFinite(dinc) && isClose(torch, dinc, TOLERANCE))) continue;
      const allowed = TOLERANCE.absolute + TOLERANCE.relative * Math.abs(dinc);
      difference = { row: i + 1, label, torch, dinc, allowed };
    }
  return { rows: rows.rows, largest, difference };
}

/** By label: the logit of each row. */
export function referenceLogits(rows: MemoryRows, weighted: Weighted): Map<string, ArrayLike<number>> {
  const { model, predict, parameters } = weighted;
  const plan = planFor(predict, weighted.tables);
  const [batch] = new SourceBatches(plan).batches(
    rows,
    Int32Array.from({ length: rows.rows }, (_, i) => i),
    rows.rows,
  );
  if (batch === undefined) throw new InternalError("no batch of golden rows");
  const read = new Map([...weighted.tables].filter(([name]) => batch.tables.has(name)));
  const lengths = plan.axes
    .flatMap(({ histories }) => histories)
    .map((history): [string, number[]] => {
      const { start, end } = rows.histories.get(history)!;
      return [history, Array.from(start, (from, i) => end[i]! - from)];
    });
  const sets = plan.vocabularies.flatMap(({ inputs }) => inputs.filter(({ owner }) => owner !== null));
  const layout = exampleLayout({
    examples: rows.rows,
    lengths: Object.fromEntries(lengths),
    tables: Object.fromEntries([...batch.tables].map(([name, ids]) => [name, ids.length])),
    elements: Object.fromEntries(sets.map(({ input }) => [input, batch.inputs.get(input)!.length])),
  });
  const feeds = {
    inputs: Object.fromEntries(batch.inputs),
    parameters: Object.fromEntries(parameters),
    tables: new RowGatherer(read).gather(batch),
  };
  const { outputs } = evaluate(predict, feeds, layout);
  return new Map(
    allChannels(model.predictions).map((channel) => [channel, outputs.get(outputNames.logit(channel))!]),
  );
}

/** The ends of lists that follow one another. */
interface Ends {
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** Reads the columns of golden.json, and checks everything in them. */
class GoldenReader {
  private readonly inputs: Fields;
  private readonly rows: number;
  private readonly model: Model;

  constructor(inputs: Fields, rows: number, model: Model) {
    this.inputs = inputs;
    this.rows = rows;
    this.model = model;
  }

  rowsFor({ vocabularies, ids: compared, numbers, axes }: BatchPlan): MemoryRows {
    const looked = vocabularies.flatMap(({ inputs, rows }) => inputs.map((input) => ({ ...input, rows })));
    const ids = [...looked, ...comparedOnly(compared, looked)];
    const own = ids.filter(({ history }) => history === null);
    const ownNumbers = numbers.filter(({ history }) => history === null);
    const histories = new Set([
      ...axes.flatMap((axis) => axis.histories),
      ...[...ids, ...numbers].map(({ history }) => history),
    ]);
    histories.delete(null);
    return {
      kind: "memory",
      rows: this.rows,
      ids: new Map(
        own
          .filter(({ owner }) => owner === null)
          .map((column) => [column.feature, this.ids(column.input, this.column(column.input), column.rows)]),
      ),
      sets: new Map(
        own
          .filter(({ owner }) => owner !== null)
          .map((column) => [column.feature, this.sets(column, (input) => this.column(input))]),
      ),
      numbers: new Map(
        ownNumbers.map(({ input, feature, width }) => [
          feature,
          this.numbers(input, this.column(input), width),
        ]),
      ),
      histories: new Map(
        [...histories].map((history) => [
          history!,
          this.history(
            history!,
            ids.filter((column) => column.history === history),
            numbers.filter((column) => column.history === history),
          ),
        ]),
      ),
      labels: new Map(),
      groups: new Map(),
    };
  }

  /** One value per row. */
  private column(input: string): readonly unknown[] {
    const values = this.inputs.list(input);
    if (values.length !== this.rows)
      throw new FieldError(`has ${values.length} values of ${input} for ${this.rows} rows`);
    return values;
  }

  /**
   * The columns of a history, which all have the same lengths. If only its steps are counted, the lengths
   * come from its first field.
   */
  private history(
    history: string,
    ids: readonly (PlannedIds & { readonly rows: number })[],
    numbers: BatchPlan["numbers"],
  ): HistoryColumns {
    const { max, fields } = this.model.histories.get(history)!;
    const read = [...ids, ...numbers].map(({ input }) => input);
    const inputs = read.length === 0 ? [inputNames.field(history, fields[0]!.name)] : read;
    const weights = ids.flatMap((column) => column.weights ?? []);
    const columns = new Map([...inputs, ...weights].map((input) => [input, this.steps(input, max)]));
    const [first] = columns.values();
    for (const [input, { end }] of columns)
      if (end.some((each, i) => each !== first!.end[i]))
        throw new FieldError(`has other numbers of steps in ${input} than in ${inputs[0]}`);
    const steps = (input: string) => columns.get(input)!.values;
    return {
      ...endsOnly(first!),
      steps: new Map(
        ids
          .filter(({ owner }) => owner === null)
          .map(({ input, feature, rows }) => [feature, this.ids(input, steps(input), rows)]),
      ),
      sets: new Map(
        ids.filter(({ owner }) => owner !== null).map((column) => [column.feature, this.sets(column, steps)]),
      ),
      numbers: new Map(
        numbers.map(({ input, feature, width }) => [feature, this.numbers(input, steps(input), width)]),
      ),
    };
  }

  private steps(input: string, max: number): Ends & { readonly values: readonly unknown[] } {
    const lists = listsOf(input, this.column(input));
    if (lists.some(({ length }) => length > max))
      throw new FieldError(`has more than ${max} steps in ${input}`);
    return { ...endsOf(lists), values: lists.flat() };
  }

  private ids(input: string, values: readonly unknown[], rows: number): Int32Array {
    const isId = (value: unknown) =>
      Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < rows;
    if (!values.every(isId)) throw new FieldError(`has ids of ${input} that are none of its table's ${rows}`);
    return Int32Array.from(values as number[]);
  }

  private sets(
    { input, weights, rows }: PlannedIds & { readonly rows: number },
    column: (input: string) => readonly unknown[],
  ): SetRanges {
    const lists = listsOf(input, column(input));
    const ids = this.ids(input, lists.flat(), rows);
    if (weights === null) return { ...endsOf(lists), ids, weights };
    const own = listsOf(weights, column(weights));
    if (own.length !== lists.length || own.some(({ length }, i) => length !== lists[i]!.length))
      throw new FieldError(`has other numbers of ${weights} than of ${input}`);
    return { ...endsOf(lists), ids, weights: this.numbers(weights, own.flat(), 1) };
  }

  private numbers(input: string, values: readonly unknown[], width: number): Float32Array {
    // A vector of width 1 is a list too.
    const rows = values.map((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
    if (!rows.every((row) => row.length === width && row.every(Number.isFinite)))
      throw new FieldError(`has no ${width === 1 ? "number" : `${width} numbers`} as a value of ${input}`);
    return Float32Array.from(rows.flat() as number[]);
  }
}

/** Ids that are only compared, and not looked up in a table. They may be any 32-bit ids. */
function comparedOnly(
  compared: BatchPlan["ids"],
  looked: readonly PlannedIds[],
): readonly (PlannedIds & { readonly rows: number })[] {
  const isLooked = ({ feature, history }: BatchPlan["ids"][number]) =>
    looked.some((each) => each.feature === feature && each.history === history);
  return compared
    .filter((each) => !isLooked(each))
    .map(({ feature, history }) => ({
      input: history === null ? inputNames.feature(feature) : inputNames.field(history, feature),
      ...{ feature, history, owner: null, weights: null, rows: 2 ** 31 },
    }));
}

function listsOf(input: string, values: readonly unknown[]): readonly (readonly unknown[])[] {
  if (!values.every((value) => Array.isArray(value)))
    throw new FieldError(`has no lists as values of ${input}`);
  return values as unknown[][];
}

function endsOf(lists: readonly (readonly unknown[])[]): Ends {
  const end = new Int32Array(lists.length);
  let at = 0;
  for (const [i, { length }] of lists.entries()) end[i] = at += length;
  return { start: Int32Array.from(lists, ({ length }, i) => end[i]! - length), end };
}

function endsOnly({ start, end }: Ends): Ends {
  return { start, end };
}
