// Rows that lie ready in a file: one line an example, histories as lists or as texts with separators.

import { historyShortened } from "../../compiler/diagnostics/catalog/bad-rows.ts";
import { historyLengths, noRows, wrongColumnType } from "../../compiler/diagnostics/catalog/data.ts";
import { listOfLists } from "../../compiler/diagnostics/catalog/steps.ts";
import { type Details, type Help, inText } from "../../compiler/diagnostics/diagnostic.ts";
import type { ListFormat } from "../../compiler/frontend/config/config.ts";
import type { Encoders } from "../../compiler/frontend/kinds/encoders.ts";
import { hasIds, mayBeMissing } from "../../compiler/frontend/kinds/registry.ts";
import type { Feature, History, HistoryField, Model } from "../../compiler/frontend/model/model.ts";
import { isListInBrackets } from "../../compiler/frontend/syntax/raw-texts.ts";
import { latestFrom } from "../serve/features.ts";
import { ColumnBuilder } from "./builders.ts";
import type { ColumnStore } from "./columns.ts";
import type { DataColumn, DataFile } from "./data-file.ts";
import { columnNamed, type DataFiles } from "./data-files.ts";
import {
  type ColumnUse,
  columnUses,
  FeatureReader,
  findColumn,
  holdsTexts,
  holdsValues,
  valueReader,
} from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import { fieldsRead, type GraphInputs } from "./graph-inputs.ts";
import type { HistoryColumns, SetColumn } from "./memory-rows.ts";
import { isList, type RawCell, type RawChunk } from "./raw-values.ts";
import { RowsWriter } from "./rows-writer.ts";
import { SetCells } from "./sets.ts";
import { hashOf, type RowHashes } from "./shared-rows.ts";
import { readSkippingBad, type Source, soundSource } from "./skipping-bad.ts";
import { CHUNK_ROWS } from "./sorted-table.ts";
import { columnsOf, type StoredRows } from "./stored-rows.ts";
import type { UnfittedRows } from "./unfitted-rows.ts";
import { type CellReader, labelCells, type Outside, vectorCells } from "./values.ts";

export interface ExampleRowsOptions extends ListFormat {
  /** `none`: neither labels nor what only metrics need is read, whether the file has it or not. */
  readonly labels: "required" | "optional" | "none";
  readonly outside: Outside;
  readonly limit?: number | undefined;
  /** What is read of features and histories; all where it is not given. */
  readonly inputs?: GraphInputs | null | undefined;
  /** A feature that groups are needed of beside those of metrics. */
  readonly groupBy?: string | null;
  /** Gets a hash of each row, of what is read of it. */
  readonly hashes?: RowHashes | null;
}

/** Reads a whole file, or what is left of it, into `store`. Throws DiagnosticError with everything that is wrong with it. */
export async function readExampleRows(
  files: DataFiles,
  path: string,
  model: Model,
  encoders: Encoders,
  options: ExampleRowsOptions,
  store: ColumnStore,
): Promise<StoredRows<Float64Array>> {
  // Where bad rows are looked for, what the first pass reads is of no use.
  let last: StoredRows<Float64Array> | null = null;
  return readSkippingBad(files, path, encoders, options.limit ?? Number.POSITIVE_INFINITY, async (source) => {
    for (const column of last === null ? [] : columnsOf(last)) store.remove(column);
    const writer = new RowsWriter(model, store);
    for await (const piece of piecesOf(files, source, model, options, CHUNK_ROWS, "drain")) writer.add(piece);
    last = writer.finish();
    return last;
  });
}

/**
 * Reads a file `rowsAPiece` rows at a time; the last piece may have fewer, and none is empty. Throws DiagnosticError with
 * everything that is wrong with the file when all of it is read; after the first mistake no piece comes any more.
 */
export async function* readExamplePieces(
  files: DataFiles,
  path: string,
  model: Model,
  encoders: Encoders,
  options: ExampleRowsOptions,
  rowsAPiece: number,
): AsyncGenerator<UnfittedRows> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const source = await soundSource(files, path, encoders, limit, async (each) => {
    let rows = 0;
    for await (const piece of piecesOf(files, each, model, options, CHUNK_ROWS, "drain")) rows += piece.rows;
    return { rows };
  });
  yield* piecesOf(files, source, model, options, rowsAPiece, "finish");
}

async function* piecesOf(
  files: DataFiles,
  { file, findings, encoders, limit }: Source,
  model: Model,
  options: ExampleRowsOptions,
  rowsAPiece: number,
  take: Take,
): AsyncGenerator<UnfittedRows> {
  if (file.columns.size === 0) {
    findings.add(noRows, { what: "the file is empty" }, null, null);
    findings.throwIfAny();
  }
  const labelled =
    options.labels === "required" ||
    (options.labels === "optional" &&
      [...model.labels.keys()].every((label) => columnNamed(file, label) !== undefined));
  const { inputs = null } = options;
  const uses = columnUses(model, options.groupBy, inputs).filter(
    ({ feature, into }) =>
      into !== "groups" ||
      options.labels === "required" ||
      (labelled && columnNamed(file, feature.name) !== undefined),
  );
  const parts: Part[] = [
    new FeatureReader(
      uses.map((use) => ofRow(use, file, model, options)),
      file,
      encoders,
      options.outside,
      options.separator,
      findings,
    ),
    ...[...model.histories.values()]
      .filter((history) => fieldsRead(history, inputs).length > 0)
      .map((history) => new HistoryReader(history, file, encoders, options, findings)),
    new LabelReader(labelled ? model : null, file, findings),
  ];
  findings.throwIfAny();
  if (options.hashes) parts.splice(1, 0, new HashReader(options.hashes, parts));
  const columns = parts.flatMap((part) => part.columns);
  let rows = 0;
  let read = 0;
  for await (const chunk of files.chunks(file, columns, limit))
    for (const part of partedAt(chunk, () => rowsAPiece - rows)) {
      readChunk(parts, part);
      rows += part.rows;
      read += part.rows;
      if (rows < rowsAPiece) continue;
      const piece = taken(parts, rows, take);
      rows = 0;
      if (!findings.isCertain) yield piece;
    }
  if (read === 0) findings.add(noRows, { what: "the file has column names only" }, null, null);
  findings.throwIfAny();
  if (rows > 0) yield taken(parts, rows, take);
}

/** The chunk in parts, each of which has at most as many rows as `room` then says. */
function* partedAt(chunk: RawChunk, room: () => number): Generator<RawChunk> {
  for (let from = 0; from < chunk.rows; ) {
    const rows = Math.min(chunk.rows - from, room());
    const columns =
      rows === chunk.rows ? chunk.columns : chunk.columns.map((column) => column.slice(from, from + rows));
    yield { first: chunk.first + from, rows, columns };
    from += rows;
  }
}

function taken(parts: readonly Part[], rows: number, take: Take): UnfittedRows {
  const features = (parts[0] as FeatureReader)[take]();
  const histories = parts.filter((part) => part instanceof HistoryReader);
  return {
    rows,
    ...features,
    histories: new Map(histories.map((part) => [part.history.name, part.taken(take)])),
    labels: (parts.at(-1) as LabelReader).taken(take),
  };
}

/** In a CSV, ids that histories have too cannot hold the sign that stands between their steps there. */
function ofRow(use: ColumnUse, { textOnly }: DataFile, { histories }: Model, format: ListFormat): ColumnUse {
  const isBound = [...histories.values()].some(({ fields }) =>
    fields.some(({ feature }) => feature.name === use.feature.name),
  );
  return textOnly && isBound && use.into === "ids" ? { ...use, betweenSteps: format.separator } : use;
}

/** What becomes of what was read: it goes on as it is, in shared memory, or is copied away at once. */
type Take = "finish" | "drain";

interface Part {
  readonly columns: readonly DataColumn[];
  read(chunk: RawChunk, from: number): void;
}

function readChunk(parts: readonly Part[], chunk: RawChunk): void {
  let from = 0;
  for (const part of parts) {
    part.read(chunk, from);
    from += part.columns.length;
  }
}

/** One step without a value. */
const NO_VALUE: readonly RawCell[] = [null];

interface FieldReader {
  readonly field: HistoryField;
  readonly column: DataColumn;
  /** Takes the value of one step: of a vector or a set a list. */
  readonly read: (cell: RawCell, row: number) => void;
  /** Written as text where nothing at all may be one step without a value. */
  readonly mayLookEmpty: boolean;
  /** One id or number a step (of a vector as many as it is wide), or a set. */
  readonly taken: (take: Take) => Int32Array | Float64Array | SetColumn;
}

class HistoryReader implements Part {
  readonly history: History;
  private readonly fields: readonly FieldReader[];
  private readonly start = ColumnBuilder.int32();
  private readonly end = ColumnBuilder.int32();
  private readonly format: ListFormat;
  private readonly findings: Findings;
  private stored = 0;

  constructor(
    history: History,
    file: DataFile,
    encoders: Encoders,
    options: ExampleRowsOptions,
    findings: Findings,
  ) {
    this.history = history;
    this.format = options;
    this.findings = findings;
    this.fields = fieldsRead(history, options.inputs ?? null).flatMap((field): FieldReader[] => {
      const label = field.feature.scope === "history" ? "declared here" : "bound here";
      const details = { related: [{ place: inText(field.span), label }] };
      const use = `the history \`${history.name}\` is read from`;
      const column = findColumn(file, field.column, use, findings, details);
      if (column === null) return [];
      if (column.type === "value" && !holdsTexts(column)) {
        const parameters = { column: column.name, expected: "a list a row", got: column.typeName };
        findings.add(wrongColumnType, parameters, null, column.name, details);
        return [];
      }
      const { feature } = field;
      const isText = column.type === "value";
      if (feature.set !== null) {
        const cell = valueReader(feature, column.name, encoders, options.outside, findings);
        const sets = new SetCells(feature, feature.set, column, cell, options.innerSeparator, findings);
        const read = (value: RawCell, row: number) => sets.read(value, row);
        return [{ field, column, mayLookEmpty: isText, read, taken: (take) => sets[take]() }];
      }
      if (!holdsSteps(column, feature, history, findings, details)) return [];
      const steps = hasIds(feature.kind) ? ColumnBuilder.int32() : ColumnBuilder.float64();
      const push = (x: number) => steps.push(x);
      const read = stepReader(feature, column.name, encoders, options, findings, push);
      const mayLookEmpty = isText && mayBeMissing(feature);
      return [{ field, column, mayLookEmpty, read, taken: (take) => steps[take]() }];
    });
  }

  get columns(): DataColumn[] {
    return this.fields.map(({ column }) => column);
  }

  read(chunk: RawChunk, from: number): void {
    const lists: (readonly RawCell[] | null)[] = [];
    for (let row = 0; row < chunk.rows; row++) {
      for (const [i, { column }] of this.fields.entries())
        lists[i] = this.stepsOf(chunk.columns[from + i]![row]!, column, chunk.first + row);
      if (lists.some((list) => list?.length === 1)) this.restoreEmptySteps(lists);
      if (lists.every((list) => list !== null)) this.readRow(lists, chunk.first + row);
    }
  }

  taken(take: Take): HistoryColumns<Float64Array> {
    const steps = new Map<string, Int32Array>();
    const sets = new Map<string, SetColumn>();
    const numbers = new Map<string, Float64Array>();
    for (const { field, taken } of this.fields) {
      const column = taken(take);
      if (column instanceof Int32Array) steps.set(field.name, column);
      else if (column instanceof Float64Array) numbers.set(field.name, column);
      else sets.set(field.name, column);
    }
    this.stored = 0;
    return { steps, sets, numbers, start: this.start[take](), end: this.end[take]() };
  }

  /** Where other columns have one step, nothing in a text is that step without a value. */
  private restoreEmptySteps(lists: (readonly RawCell[] | null)[]): void {
    for (const [i, { mayLookEmpty }] of this.fields.entries())
      if (mayLookEmpty && lists[i]?.length === 0) lists[i] = NO_VALUE;
  }

  private readRow(lists: readonly (readonly RawCell[])[], row: number): void {
    const { length } = lists[0]!;
    const other = lists.findIndex((list) => list.length !== length);
    if (other >= 0) {
      this.lengthsDiffer(lists, other, row);
      return;
    }
    const first = latestFrom(length, this.history.max);
    if (first > 0) {
      const { name, max } = this.history;
      const details = { related: [{ place: inText(this.history.span), label: "declared here" }] };
      const { column } = this.fields[0]!;
      this.findings.add(historyShortened, { history: name, steps: length, max }, row, column.name, details);
    }
    const { latestFirst } = this.format;
    for (const [i, { read }] of this.fields.entries()) {
      const list = lists[i]!;
      for (let step = first; step < length; step++) read(list[latestFirst ? length - 1 - step : step]!, row);
    }
    this.start.push(this.stored);
    this.stored += length - first;
    this.end.push(this.stored);
  }

  private lengthsDiffer(lists: readonly (readonly RawCell[])[], other: number, row: number): void {
    const [first, second] = [this.fields[0]!.column.name, this.fields[other]!.column.name];
    const [steps, others] = [lists[0]!.length, lists[other]!.length];
    const parameters = { history: this.history.name, first, steps, second, others };
    const details = { related: [{ place: inText(this.history.span), label: "declared here" }] };
    this.findings.add(historyLengths, parameters, row, second, details);
  }

  /** null for what is no list, which is noted. */
  private stepsOf(cell: RawCell, { name, typeName }: DataColumn, row: number): readonly RawCell[] | null {
    if (cell === null || cell === "") return [];
    if (isList(cell)) return cell;
    if (typeName === "JSON" || typeof cell !== "string") {
      const parameters = { column: name, expected: "a list in every row", got: "a single value here" };
      this.findings.add(wrongColumnType, parameters, row, name);
      return null;
    }
    // What other tools print for a list; split as it stands it would give ids such as `[1`.
    if (isListInBrackets(cell)) {
      const expected = `the steps of a history with \`${this.format.separator}\` between them`;
      this.findings.add(wrongColumnType, { column: name, expected, got: "a list in brackets" }, row, name);
      return null;
    }
    return cell.split(this.format.separator).map((step) => (step === "" ? null : step));
  }
}

/** Reads a step's value, of a vector its numbers. */
function stepReader(
  feature: Feature,
  column: string,
  encoders: Encoders,
  { separator, outside }: ExampleRowsOptions,
  findings: Findings,
  push: (value: number) => void,
): FieldReader["read"] {
  const { kind } = feature;
  if (kind.kind === "vector") {
    const cell = vectorCells(feature, column, kind, separator, findings);
    return (value, row) => cell(value, row, push);
  }
  const cell = valueReader(feature, column, encoders, outside, findings);
  return (value, row) => push(cell(value, row));
}

/** Notes a column of lists whose elements are not what a step has of `feature`. */
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
  if (kind.kind === "vector") {
    // JSON without a single list has no type of its own.
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

/** Reads a hash of what the other parts read. */
class HashReader implements Part {
  readonly columns: readonly DataColumn[];
  private readonly hashes: RowHashes;

  constructor(hashes: RowHashes, parts: readonly Part[]) {
    this.hashes = hashes;
    this.columns = [hashOf(parts.flatMap((part) => part.columns))];
    hashes.clear();
  }

  read({ columns }: RawChunk, from: number): void {
    for (const hash of columns[from]!) this.hashes.add(hash as number);
  }
}

class LabelReader implements Part {
  private readonly labels: readonly {
    name: string;
    column: DataColumn;
    cell: CellReader;
    values: ColumnBuilder<Int32Array>;
  }[];

  constructor(model: Model | null, file: DataFile, findings: Findings) {
    this.labels = [...(model?.labels.values() ?? [])].flatMap((label) => {
      const details = { related: [{ place: inText(label.span), label: "declared here" }] };
      const column = findColumn(
        file,
        label.name,
        `the label \`${label.name}\` is read from`,
        findings,
        details,
      );
      if (column === null || !holdsValues(column, findings)) return [];
      return [{ name: label.name, column, cell: labelCells(label, findings), values: ColumnBuilder.int32() }];
    });
  }

  get columns(): DataColumn[] {
    return this.labels.map(({ column }) => column);
  }

  read(chunk: RawChunk, from: number): void {
    for (const [i, { cell, values }] of this.labels.entries()) {
      const column = chunk.columns[from + i]!;
      for (let row = 0; row < chunk.rows; row++) values.push(cell(column[row]!, chunk.first + row));
    }
  }

  taken(take: Take): Map<string, Float32Array> {
    return new Map(this.labels.map(({ name, values }) => [name, Float32Array.from(values[take]())]));
  }
}
