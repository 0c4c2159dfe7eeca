// The labels that are columns of an event log: read with its other columns, sorted with its events, and
// stored by sorted event.

import {
  type Column,
  type ColumnStore,
  type ColumnWriter,
  float32s,
} from "../../../compiler/data/columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { columnOfLabel, readColumns } from "../../../compiler/data/label-columns.ts";
import { LabelReader } from "../../../compiler/data/label-reader.ts";
import type { RawChunk } from "../../../compiler/data/raw-values.ts";
import { columnNamed } from "../../../compiler/data/table.ts";
import { labelBesideColumn } from "../../../compiler/diagnostics/catalog/label-data.ts";
import { inText } from "../../../compiler/diagnostics/diagnostic.ts";
import type { LabelsOfEvents } from "../../../compiler/frontend/config/event-labels.ts";
import type { LabelRule } from "../../../compiler/frontend/config/label-rule.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";

export interface LogLabelOptions {
  readonly model: Pick<Model, "labels">;
  readonly labels: LabelsOfEvents;
  /** The values of a column that make one of these labels 1. */
  readonly rule: LabelRule | null;
}

export class LogLabels {
  /** The names of the columns in rows. */
  readonly names: readonly string[];
  private readonly reader: LabelReader<SqlColumn>;

  constructor(
    { model, labels: { happened, fromLog }, rule }: LogLabelOptions,
    file: DataFile,
    findings: Findings,
  ) {
    if (happened !== null && columnNamed(file, happened) !== undefined) {
      const related = [{ location: inText(model.labels.get(happened)!.span), label: "declared here" }];
      findings.add(labelBesideColumn, { label: happened }, null, happened, { related });
    }
    this.reader = new LabelReader(model, fromLog, file, { rule, areTrainedOn: true }, findings);
    this.names = readColumns(fromLog).map(columnOfLabel);
  }

  /** The columns to read from the log. */
  get columns(): readonly SqlColumn[] {
    return this.reader.columns;
  }

  /** Takes its columns, which begin at index `from` of the chunk, and returns those of `names`. */
  read(chunk: RawChunk, from: number): Float64Array[] {
    this.reader.read(chunk, from);
    const labels = this.reader.taken("drain");
    return this.names.map((name) => Float64Array.from(labels.get(name)!));
  }
}

/** Stores sorted labels. */
export class LabelWriters {
  private readonly writers: ReadonlyMap<string, ColumnWriter<Float32Array>>;

  constructor(names: readonly string[], store: ColumnStore, rows: number) {
    this.writers = new Map(names.map((name) => [name, store.column(float32s, rows)]));
  }

  /** `columns` begin at index `from` of the sorted ones. */
  add(rows: number, columns: readonly ArrayLike<number>[], from: number): void {
    let at = from;
    for (const writer of this.writers.values()) {
      const column = columns[at++]!;
      for (let i = 0; i < rows; i++) writer.push(column[i]!);
    }
  }

  finish(): ReadonlyMap<string, Column<Float32Array>> {
    return new Map([...this.writers].map(([name, writer]) => [name, writer.finish()]));
  }
}
