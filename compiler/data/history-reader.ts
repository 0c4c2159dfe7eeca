// Reads the histories of example rows: lists, or texts with separators, in a column for each field.

import { historyShortened } from "../diagnostics/catalog/bad-rows.ts";
import { historyLengths, wrongColumnType } from "../diagnostics/catalog/data.ts";
import { listOfLists } from "../diagnostics/catalog/steps.ts";
import { type Details, type Help, inText } from "../diagnostics/diagnostic.ts";
import type { ListFormat } from "../frontend/config/config.ts";
import { paddingOf } from "../frontend/config/padding.ts";
import type { Encoders } from "../frontend/kinds/encoders.ts";
import { hasIds, hasRawLists, mayBeMissing } from "../frontend/kinds/registry.ts";
import type { Feature, History, HistoryField } from "../frontend/model/model.ts";
import { isListInBrackets } from "../frontend/syntax/raw-texts.ts";
import { latestFrom } from "../serve/features.ts";
import { ColumnBuilder } from "./builders.ts";
import { findColumn, holdsTexts } from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import { fieldsRead, type GraphInputs } from "./graph-inputs.ts";
import { HistoryPadding } from "./history-padding.ts";
import { KnownCells, type StepsBuilder } from "./known-cells.ts";
import type { HistoryColumns, SetRanges } from "./memory-rows.ts";
import { numberFormat } from "./number-format.ts";
import { isList, isThere, type PackedLists, type RawCell, type RawChunk } from "./raw-values.ts";
import { setCells } from "./sets.ts";
import { columnNamed, type DataColumn, type DataTable } from "./table.ts";
import {
  type CellColumn,
  type CellReader,
  type Outside,
  timeNumbers,
  type VectorReader,
  valueReader,
  vectorCells,
} from "./values.ts";
import { pairedCells } from "./weighted-values.ts";

export interface HistoryOptions extends ListFormat {
  readonly outside: Outside;
  /** The inputs to read; all if it is absent. */
  readonly inputs?: GraphInputs | null | undefined;
  /** Tells which histories `data.impressions` made for training. */
  readonly isMade?: ((history: string) => boolean) | undefined;
  /**
   * Whether the rows are for training. Other rows have values known in training only if they are row weights
   * of a label.
   */
  readonly areTrainedOn?: boolean;
}

/** Whether the values stay in shared memory, or are copied to a column at once. */
export type Take = "finish" | "drain";

export interface HistorySource<C extends DataColumn> {
  readonly columns: readonly C[];
  read(chunk: RawChunk, from: number): void;
}

/** Provides the steps of a history, from any source. */
export interface StepsReader<C extends DataColumn> extends HistorySource<C> {
  readonly history: History;
  /** The steps of the rows read since the last call. */
  taken(take: Take): HistoryColumns<Float64Array>;
}

/** One step without a value. */
const NO_VALUE: readonly RawCell[] = [null];

interface FieldReader<C extends DataColumn> {
  readonly field: HistoryField;
  readonly column: C;
  /** Takes the value of one step; a list for a vector or a set. */
  readonly read: (cell: RawCell, row: number) => void;
  /** Takes the values of steps that are ids or numbers; null for sets. */
  readonly steps: StepsBuilder | null;
  /** Reads lists in memory with one value a step; null for other fields. */
  readonly known: KnownCells | null;
  /** Whether it is a text in which an empty cell may mean one step without a value. */
  readonly mayLookEmpty: boolean;
  /** One id or number per step (for a vector, its width), or a set; null if the values are not needed. */
  readonly taken: ((take: Take) => Int32Array | Float64Array | SetRanges) | null;
}

export class HistoryReader<C extends DataColumn> implements StepsReader<C> {
  readonly history: History;
  private readonly fields: readonly FieldReader<C>[];
  private readonly start = ColumnBuilder.int32();
  private readonly end = ColumnBuilder.int32();
  private readonly format: ListFormat;
  private readonly findings: Findings;
  readonly padding: HistoryPadding;
  /** By field, the column of a chunk with its item's values; empty if they are not needed. */
  private items: readonly (number | null)[] = [];
  private stored = 0;
  constructor(
    history: History,
    table: DataTable<C>,
    encoders: Encoders,
    options: HistoryOptions,
    findings: Findings,
  ) {
    this.history = history;
    this.format = options;
    this.findings = findings;
    const own = fieldsRead(history, options.inputs ?? null).flatMap((field): FieldReader<C>[] => {
      const label = field.feature.scope === "history" ? "declared here" : "bound here";
      const details = { related: [{ location: inText(field.span), label }] };
      const use = `the history \`${history.name}\` is read from`;
      const isMade = options.isMade?.(history.name) === true;
      const column = findColumn(table, field.column, use, findings, { ...details, isMade });
      if (column === null) return [];
      if (column.type === "value" && !holdsTexts(column)) {
        const parameters = { column: column.name, expected: "a list a row", got: column.typeName };
        findings.add(wrongColumnType, parameters, null, column.name, details);
        return [];
      }
      const { feature } = field;
      const of = { feature, column: column.name, format: numberFormat(column), findings };
      const isText = column.type === "value";
      if (feature.set !== null) {
        if (feature.kind.kind === "codes" && !holdsSteps(column, feature, history, findings, details))
          return [];
        const { innerSeparator: separator, outside } = options;
        const sets = setCells(of, column, feature.set, { encoders, outside, separator });
        const taken = (take: Take) => sets[take]();
        const set = { field, column, mayLookEmpty: isText, steps: null, known: null, taken };
        const { weightsColumn } = feature.set;
        // A bound field has the weights beside the values: no other column of its steps has a name.
        if (feature.scope !== "history" || weightsColumn === undefined)
          return [{ ...set, read: (cell, row) => sets.read(cell, row) }];
        const ofWeights = `the weights of \`${feature.name}\` are read from`;
        const weights = findColumn(table, weightsColumn, ofWeights, findings, { ...details, isMade });
        if (weights === null) return [];
        const pairs = pairedCells(of, weightsColumn, separator);
        /** The values of steps whose weights come next. */
        const values: RawCell[] = [];
        return [
          { ...set, read: (cell) => values.push(cell) },
          {
            ...{ field, column: weights, mayLookEmpty: weights.type === "value", steps: null, known: null },
            taken: null,
            read: (cell, row) => sets.read(pairs(values.shift()!, cell, row), row),
          },
        ];
      }
      if (!holdsSteps(column, feature, history, findings, details)) return [];
      const steps = hasIds(feature.kind) ? ColumnBuilder.int32() : ColumnBuilder.float64();
      const push = (x: number) => steps.push(x);
      const cell = stepCells(of, encoders, options);
      const known = cell.kind === "one" ? new KnownCells(cell.read, findings) : null;
      const read =
        cell.kind === "one"
          ? (value: RawCell, row: number) => push(known!.numberOf(value, row))
          : (value: RawCell, row: number) => cell.read(value, row, push);
      const mayLookEmpty = isText && mayBeMissing(feature);
      return [{ field, column, mayLookEmpty, read, steps, known, taken: (take) => steps[take]() }];
    });
    this.fields = [...own, ...tellingSteps(history, own, table, options)];
    const columns = this.fields.map(({ field: { feature }, column }) => ({
      name: column.name,
      format: numberFormat(column),
      item: feature.scope === "item" ? feature.name : null,
      areIds: hasIds(feature.kind) && feature.kind.kind !== "bins",
      innerSeparator: hasRawLists(feature) ? options.innerSeparator : null,
      itemSeparator: hasRawLists(feature) ? options.separator : null,
    }));
    this.padding = new HistoryPadding(history, columns, options, findings);
  }

  /** Finds the item's values in chunks, by feature. */
  findItems(placeOf: (feature: string) => number | null): void {
    if (!this.padding.looksAtItems) return;
    this.items = this.fields.map(({ field: { feature } }) => placeOf(feature.name));
  }

  get columns(): C[] {
    return this.fields.map(({ column }) => column);
  }

  read(chunk: RawChunk, from: number): void {
    const packed = this.packedLists(chunk, from);
    if (packed !== null) {
      this.readPacked(chunk, packed);
      return;
    }
    const lists: (readonly RawCell[] | null)[] = [];
    /** The lists of the last row, if it was read without a finding. */
    let last: readonly (readonly RawCell[])[] | null = null;
    for (let row = 0; row < chunk.rows; row++) {
      for (const [i, { column }] of this.fields.entries())
        lists[i] = this.stepsOf(chunk.columns[from + i]!.cells[row]!, column, chunk.first + row);
      if (lists.some((list) => list?.length === 1)) this.restoreEmptySteps(lists);
      if (!lists.every((list) => list !== null)) continue;
      const isLast = last?.every((list, i) => list === lists[i]) === true;
      const before = this.findings.added;
      this.readRow(lists, this.itemsOf(chunk, row), chunk.first + row, isLast && this.isRepeatable);
      if (this.findings.added > before) last = null;
      else if (!isLast) last = [...lists];
    }
  }

  taken(take: Take): HistoryColumns<Float64Array> {
    const steps = new Map<string, Int32Array>();
    const sets = new Map<string, SetRanges>();
    const numbers = new Map<string, Float64Array>();
    for (const { field, taken } of this.fields) {
      const column = taken?.(take);
      if (column === undefined) continue;
      if (column instanceof Int32Array) steps.set(field.name, column);
      else if (column instanceof Float64Array) numbers.set(field.name, column);
      else sets.set(field.name, column);
    }
    this.stored = 0;
    return { steps, sets, numbers, start: this.start[take](), end: this.end[take]() };
  }

  /** Whether the numbers of a row can be taken again. */
  private get isRepeatable(): boolean {
    return this.fields.every(({ steps }) => steps !== null);
  }

  /** If other columns have one step, an empty text is that step without a value. */
  private restoreEmptySteps(lists: (readonly RawCell[] | null)[]): void {
    for (const [i, { mayLookEmpty }] of this.fields.entries())
      if (mayLookEmpty && lists[i]?.length === 0) lists[i] = NO_VALUE;
  }

  /** The lists of all fields as they are in memory; null if one of them must be decoded. */
  private packedLists({ columns }: RawChunk, from: number): PackedLists[] | null {
    if (this.padding.values.length > 0) return null;
    const lists = this.fields.flatMap(({ known }, i) => {
      const { packed } = columns[from + i]!;
      return known !== null && packed?.kind === "lists" ? [packed] : [];
    });
    return lists.length === this.fields.length ? lists : null;
  }

  private readPacked(chunk: RawChunk, lists: readonly PackedLists[]): void {
    const { latestFirst } = this.format;
    const { max } = this.history;
    for (const { known } of this.fields) known!.begin();
    for (let row = 0; row < chunk.rows; row++) {
      const steps = stepsIn(lists[0]!, row);
      const other = lists.findIndex((list) => stepsIn(list, row) !== steps);
      if (other >= 0) {
        this.noteLengths([steps, stepsIn(lists[other]!, row)], other, chunk.first + row);
        continue;
      }
      const cells = () => lists.map((list) => elementsAt(list, row));
      this.padding.watchSteps(steps, cells, () => this.itemsOf(chunk, row), chunk.first + row);
      const first = latestFrom(steps, max);
      if (first > 0) this.noteShortened(steps, chunk.first + row);
      for (let i = 0; i < this.fields.length; i++) {
        const { known, steps: builder } = this.fields[i]!;
        const { words, elements } = lists[i]!;
        const start = words[4 * row]!;
        // The latest steps, which are the first ones if the latest comes first.
        const range = latestFirst ? [start, start + steps - first] : [start + first, start + steps];
        known!.readElements(elements, range as [number, number], latestFirst, chunk.first + row, builder!);
      }
      this.endRow(steps - first);
    }
  }

  private itemsOf({ columns }: RawChunk, row: number): readonly RawCell[] {
    if (!this.padding.looksAtItems) return [];
    return this.items.map((at) => (at === null ? null : columns[at]!.cellAt(row)));
  }

  /** `isLast`: the lists are those of the last row, as rows of one user often have them. */
  private readRow(
    lists: readonly (readonly RawCell[])[],
    items: readonly RawCell[],
    row: number,
    isLast: boolean,
  ): void {
    const { length } = lists[0]!;
    const other = lists.findIndex((list) => list.length !== length);
    if (other >= 0) {
      this.noteLengths([length, lists[other]!.length], other, row);
      return;
    }
    const { max } = this.history;
    const { from, to } = this.padding.ownSteps(lists, items, row);
    const steps = to - from;
    const first = latestFrom(steps, max);
    if (first > 0) this.noteShortened(steps, row);
    const { latestFirst } = this.format;
    for (const [i, { read, steps: builder }] of this.fields.entries()) {
      if (isLast) {
        builder!.repeatRow();
        continue;
      }
      builder?.beginRow();
      const list = lists[i]!;
      for (let step = first; step < steps; step++)
        read(list[latestFirst ? to - 1 - step : from + step]!, row);
    }
    this.endRow(steps - first);
  }

  private endRow(steps: number): void {
    this.start.push(this.stored);
    this.stored += steps;
    this.end.push(this.stored);
  }

  private noteShortened(steps: number, row: number): void {
    const { name, max } = this.history;
    const { column } = this.fields[0]!;
    this.findings.add(historyShortened, { history: name, steps, max }, row, column.name, this.declared());
  }

  private noteLengths([steps, others]: readonly [number, number], other: number, row: number): void {
    const [first, second] = [this.fields[0]!.column.name, this.fields[other]!.column.name];
    const parameters = { history: this.history.name, first, steps, second, others };
    this.findings.add(historyLengths, parameters, row, second, this.declared());
  }

  private declared(): Details {
    return { related: [{ location: inText(this.history.span), label: "declared here" }] };
  }

  /** null for a value that is not a list, which is reported. */
  private stepsOf(cell: RawCell, { name, typeName }: DataColumn, row: number): readonly RawCell[] | null {
    if (cell === null || cell === "") return [];
    if (isList(cell)) return cell;
    if (typeName === "JSON" || typeof cell !== "string") {
      const parameters = { column: name, expected: "a list in every row", got: "a single value here" };
      this.findings.add(wrongColumnType, parameters, row, name);
      return null;
    }
    // A list as other tools print it; splitting it would give ids such as `[1`.
    if (isListInBrackets(cell)) {
      const expected = `the steps of a history with \`${this.format.separator}\` between them`;
      this.findings.add(wrongColumnType, { column: name, expected, got: "a list in brackets" }, row, name);
      return null;
    }
    return cell.split(this.format.separator).map((step) => (step === "" ? null : step));
  }
}

/**
 * The other columns of a history, if they decide which steps it has, as in training, which reads all columns.
 * A step is padding if all columns are, and an empty text is one step if another column has one.
 */
function tellingSteps<C extends DataColumn>(
  { name, fields }: History,
  read: readonly FieldReader<C>[],
  table: DataTable<C>,
  { padding }: ListFormat,
): FieldReader<C>[] {
  const mayBePadded = (paddingOf(padding, name) ?? []).length > 0;
  if (!mayBePadded && !read.every((each) => each.mayLookEmpty)) return [];
  return fields.flatMap((field): FieldReader<C>[] => {
    const column = read.some((each) => each.field === field) ? undefined : columnNamed(table, field.column);
    if (column === undefined || (column.type === "value" && !holdsTexts(column))) return [];
    const mayLookEmpty =
      column.type === "value" && (field.feature.set !== null || mayBeMissing(field.feature));
    return [{ field, column, read: () => {}, steps: null, known: null, mayLookEmpty, taken: null }];
  });
}

/** Reads the value of a step: one number, or those of a vector. */
type StepCells =
  | { readonly kind: "one"; readonly read: CellReader }
  | { readonly kind: "several"; readonly read: VectorReader };

function stepCells(of: CellColumn, encoders: Encoders, { separator, outside }: HistoryOptions): StepCells {
  const { kind } = of.feature;
  if (kind.kind === "vector") return { kind: "several", read: vectorCells(of, kind, separator) };
  if (kind.kind === "time") return { kind: "several", read: timeNumbers(of) };
  return { kind: "one", read: valueReader(of, encoders, outside) };
}

/** The number of elements of a row's list; a missing list has none. */
function stepsIn(lists: PackedLists, row: number): number {
  return isThere(lists, row) ? lists.words[4 * row + 2]! : 0;
}

function elementsAt({ words, elements }: PackedLists, row: number): readonly RawCell[] {
  const [start, steps] = [words[4 * row]!, words[4 * row + 2]!];
  return Array.from({ length: steps }, (_, i) => elements.cellAt(start + i));
}

/** Reports a list column whose elements are not values for steps of `feature`. */
function holdsSteps(
  column: DataColumn,
  { kind }: Feature,
  history: History,
  findings: Findings,
  details: Details,
): boolean {
  const { name, typeName } = column;
  const isList = column.type === "list";
  const element = isList ? typeName.slice(0, -"[]".length) : "";
  const wrong = (expected: string, got: string, help: Help): boolean => {
    findings.add(wrongColumnType, { column: name, expected, got }, null, name, { ...details, help });
    return false;
  };
  if (kind.kind === "vector" || kind.kind === "codes") {
    // A JSON column in which all values are null has no type of its own.
    if (typeName === "JSON" || element === "JSON") return true;
    const isOne = /\]$/.test(element) && !/\]\[/.test(element);
    const help = wrongColumnType.helps.noListsInCsv();
    return isOne || wrong(`a list of ${kind.width} numbers for each step`, typeName, help);
  }
  if (/\]$/.test(element)) {
    const parameters = { column: name, history: history.name, got: typeName };
    findings.add(listOfLists, parameters, null, name, details);
    return false;
  }
  if (!/^(STRUCT|MAP|UNION)/.test(element)) return true;
  const help = wrongColumnType.helps.splitRecords();
  return wrong("a list of values a row", "a list of records", help);
}
