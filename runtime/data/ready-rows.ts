// Rows that lie ready in a file: one line an example, histories as lists or as texts with separators.

import { historyLengths, noRows, wrongColumnType } from "../../compiler/diagnostics/catalog/data.ts";
import { listOfLists } from "../../compiler/diagnostics/catalog/steps.ts";
import { type Details, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { hasIds, mayBeMissing } from "../../compiler/kinds/registry.ts";
import type { Feature, History, HistoryField, Model } from "../../compiler/model/model.ts";
import type { ListFormat } from "../config/config.ts";
import type { Encoders } from "../features/encoders.ts";
import { latestFrom } from "../serve/features.ts";
import { ColumnBuilder, sharedFloat32 } from "./builders.ts";
import type { DataColumn, DataFile, DataFiles } from "./data-files.ts";
import type { HistoryColumns } from "./dataset.ts";
import {
  columnUses,
  FeatureReader,
  findColumn,
  holdsTexts,
  holdsValues,
  valueReader,
} from "./feature-columns.ts";
import { Findings } from "./findings.ts";
import type { RawRows } from "./raw-rows.ts";
import type { Raw, RawCell, RawChunk, RawList } from "./raw-values.ts";
import { type CellReader, labelCells, type Outside, vectorCells } from "./values.ts";

export interface ReadyRowsOptions extends ListFormat {
  readonly labels: "required" | "optional";
  readonly outside: Outside;
  readonly limit?: number | undefined;
  /** A feature that groups are needed of beside those of metrics. */
  readonly groupBy?: string | null;
}

/** Reads a whole file. Throws DiagnosticError with everything that is wrong with it. */
export async function readReadyRows(
  files: DataFiles,
  path: string,
  model: Model,
  encoders: Encoders,
  options: ReadyRowsOptions,
): Promise<RawRows> {
  const file = await files.file(path);
  const findings = new Findings(file.path);
  if (file.columns.size === 0) {
    findings.add(noRows, { what: "the file is empty" }, null, null);
    findings.throwIfAny();
  }
  const labelled =
    options.labels === "required" || [...model.labels.keys()].every((label) => file.columns.has(label));
  const uses = columnUses(model, options.groupBy).filter(
    ({ feature, into }) =>
      into !== "groups" || options.labels === "required" || (labelled && file.columns.has(feature.name)),
  );
  const parts: Part[] = [
    new FeatureReader(uses, file, encoders, options.outside, findings, options.separator),
    ...[...model.histories.values()].map(
      (history) => new HistoryReader(history, file, encoders, options, findings),
    ),
    new LabelReader(labelled ? model : null, file, findings),
  ];
  findings.throwIfAny();
  const columns = parts.flatMap((part) => part.columns);
  const rows = await files.scan(file, columns, (chunk) => readChunk(parts, chunk), options.limit);
  if (rows === 0) findings.add(noRows, { what: "the file has column names only" }, null, null);
  findings.throwIfAny();
  const features = (parts[0] as FeatureReader).finish();
  const histories = parts.filter((part) => part instanceof HistoryReader);
  return {
    rows,
    ...features,
    histories: new Map(histories.map((part) => [part.history.name, part.finish()])),
    labels: (parts.at(-1) as LabelReader).finish(),
  };
}

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

/** What a step has of a field: of a vector a list. */
type Step = Raw | RawList;

interface FieldReader {
  readonly field: HistoryField;
  readonly column: DataColumn;
  /** Puts a step's value to `steps`. */
  readonly read: (value: Step, row: number) => void;
  /** Ids, or numbers. */
  readonly steps: ColumnBuilder<Int32Array> | ColumnBuilder<Float64Array>;
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
    options: ReadyRowsOptions,
    findings: Findings,
  ) {
    this.history = history;
    this.format = options;
    this.findings = findings;
    this.fields = history.fields.flatMap((field) => {
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
      if (!holdsSteps(column, feature, history, findings, details)) return [];
      const steps = hasIds(feature.kind) ? ColumnBuilder.int32() : ColumnBuilder.float64();
      const push = (x: number) => steps.push(x);
      const { kind } = feature;
      if (kind.kind === "vector") {
        const cell = vectorCells(feature, column.name, kind, options.separator, findings);
        return [{ field, column, steps, read: (value, row) => cell(value, row, push) }];
      }
      const cell = valueReader(feature, column.name, encoders, options.outside, findings);
      return [{ field, column, steps, read: (value, row) => push(cell(value as Raw, row)) }];
    });
  }

  get columns(): DataColumn[] {
    return this.fields.map(({ column }) => column);
  }

  read(chunk: RawChunk, from: number): void {
    for (let row = 0; row < chunk.rows; row++) {
      const lists = this.fields.map(({ column }, i) =>
        this.stepsOf(chunk.columns[from + i]![row]!, column, chunk.first + row),
      );
      if (lists.every((list) => list !== null)) this.readRow(lists, chunk.first + row);
    }
  }

  finish(): HistoryColumns<Float64Array> {
    const steps = new Map<string, Int32Array>();
    const numbers = new Map<string, Float64Array>();
    for (const { field, steps: builder } of this.fields) {
      const values = builder.finish();
      if (values instanceof Float64Array) numbers.set(field.name, values);
      else steps.set(field.name, values);
    }
    return { steps, numbers, start: this.start.finish(), end: this.end.finish() };
  }

  private readRow(lists: (readonly Step[])[], row: number): void {
    // In a text, a single step without a value looks like no step.
    if (lists.some(({ length }) => length === 1))
      for (const [i, { column, field }] of this.fields.entries())
        if (lists[i]!.length === 0 && column.type === "value" && mayBeMissing(field.feature))
          lists[i] = [null];
    const { length } = lists[0]!;
    const other = lists.findIndex((list) => list.length !== length);
    if (other >= 0) {
      this.lengthsDiffer(lists, other, row);
      return;
    }
    const first = latestFrom(length, this.history.max);
    const { latestFirst } = this.format;
    for (const [i, { read }] of this.fields.entries()) {
      const list = lists[i]!;
      for (let step = first; step < length; step++) read(list[latestFirst ? length - 1 - step : step]!, row);
    }
    this.start.push(this.stored);
    this.stored += length - first;
    this.end.push(this.stored);
  }

  private lengthsDiffer(lists: readonly (readonly Step[])[], other: number, row: number): void {
    const [first, second] = [this.fields[0]!.column.name, this.fields[other]!.column.name];
    const [steps, others] = [lists[0]!.length, lists[other]!.length];
    const parameters = { history: this.history.name, first, steps, second, others };
    const details = { related: [{ place: inText(this.history.span), label: "declared here" }] };
    this.findings.add(historyLengths, parameters, row, second, details);
  }

  /** null for what is no list, which is noted. */
  private stepsOf(cell: RawCell, { name, typeName }: DataColumn, row: number): readonly Step[] | null {
    if (cell === null || cell === "") return [];
    if (typeName === "JSON") {
      const parameters = { column: name, expected: "a list in every row", got: "JSON of several kinds" };
      this.findings.add(wrongColumnType, parameters, row, name);
      return null;
    }
    if (typeof cell !== "string") return cell as readonly Step[];
    // What other tools print for a list; split as it stands it would give ids such as `[1`.
    if (/^\[(.*,.*)?\]$/s.test(cell)) {
      const expected = `the steps of a history with \`${this.format.separator}\` between them`;
      this.findings.add(wrongColumnType, { column: name, expected, got: "a list in brackets" }, row, name);
      return null;
    }
    return cell.split(this.format.separator).map((step) => (step === "" ? null : step));
  }
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
  const wrong = (expected: string, got: string, help: string): boolean => {
    findings.add(wrongColumnType, { column: name, expected, got }, null, name, { ...details, help });
    return false;
  };
  if (kind.kind === "vector") {
    // JSON without a single list has no type of its own.
    if (typeName === "JSON" || element === "JSON") return true;
    const isOne = /\]$/.test(element) && !/\]\[/.test(element);
    const help = "Parquet and JSON hold lists of lists; a text of a CSV cannot";
    return isOne || wrong(`a list of ${kind.width} numbers for each step`, typeName, help);
  }
  if (/\]$/.test(element)) {
    const help =
      "join the lists of a row, and give the history a field that says which list a step is from, like `session : int(0..9)  embed 4`";
    const parameters = { column: name, history: history.name, got: typeName };
    findings.add(listOfLists, parameters, null, name, { ...details, help });
    return false;
  }
  if (!/^(STRUCT|MAP|UNION)/.test(element)) return true;
  const help = "give each of the records' parts a column of its own";
  return wrong("a list of values a row", "a list of records", help);
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
      const column = chunk.columns[from + i]! as readonly Raw[];
      for (let row = 0; row < chunk.rows; row++) values.push(cell(column[row]!, chunk.first + row));
    }
  }

  finish(): Map<string, Float32Array> {
    return new Map(this.labels.map(({ name, values }) => [name, floats(values.finish())]));
  }
}

function floats(values: Int32Array): Float32Array {
  const copy = sharedFloat32(values.length);
  copy.set(values);
  return copy;
}
