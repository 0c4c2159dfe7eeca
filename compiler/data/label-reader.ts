// Reads the columns of labels from a table with any kind of rows: each label's value, and whether a row has
// one.

import { inText } from "../diagnostics/diagnostic.ts";
import { type LabelRule, ruledLabel } from "../frontend/config/label-rule.ts";
import { labelKindOf } from "../frontend/labels/registry.ts";
import type { Label, Model } from "../frontend/model/model.ts";
import { inputNames } from "../middle/programs/program.ts";
import { ColumnBuilder } from "./builders.ts";
import { findColumn, holdsValues } from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import type { HistorySource, Take } from "./history-reader.ts";
import { KnownCells } from "./known-cells.ts";
import { LabelsSeen } from "./labels-seen.ts";
import type { RawChunk } from "./raw-values.ts";
import type { DataColumn, DataTable } from "./table.ts";
import { labelCells } from "./values.ts";

/** The column from which a label is read. */
export function columnOfLabelIn(
  model: Pick<Model, "labels">,
  label: string,
  rule: LabelRule | null | undefined,
): string {
  return rule != null && ruledLabel(model, rule) === label ? (rule.from ?? label) : label;
}

export class LabelReader<C extends DataColumn> implements HistorySource<C> {
  private readonly labels: readonly {
    name: string;
    column: C;
    known: KnownCells;
    seen: LabelsSeen | null;
    values: ColumnBuilder<Float64Array>;
    /** 1 if the row has the label; null if all rows must have it. */
    present: ColumnBuilder<Int32Array> | null;
  }[];

  constructor(
    model: Pick<Model, "labels">,
    read: readonly Label[],
    table: DataTable<C>,
    { rule, areTrainedOn }: { readonly rule: LabelRule | null; readonly areTrainedOn: boolean },
    findings: Findings,
  ) {
    this.labels = read.flatMap((label) => {
      const name = columnOfLabelIn(model, label.name, rule);
      const own = rule !== null && ruledLabel(model, rule) === label.name ? rule : null;
      const details = { related: [{ location: inText(label.span), label: "declared here" }] };
      const column = findColumn(table, name, `the label \`${label.name}\` is read from`, findings, details);
      if (column === null || !holdsValues(column, findings)) return [];
      const met = new Set<string>();
      const isWatched = areTrainedOn && labelKindOf(label).outcome === "binary";
      return [
        {
          name: label.name,
          seen: isWatched ? new LabelsSeen(label, own, column, findings, met) : null,
          column: own === null ? column : (table.exactly?.(column) ?? column),
          known: new KnownCells(labelCells(label, findings, own, column, met), findings),
          values: ColumnBuilder.float64(),
          present: label.mayBeMissing ? ColumnBuilder.int32() : null,
        },
      ];
    });
  }

  get columns(): C[] {
    return this.labels.map(({ column }) => column);
  }

  read(chunk: RawChunk, from: number): void {
    for (const [i, { known, seen, values, present }] of this.labels.entries()) {
      const numbers = known.numbersOf(chunk, from + i);
      values.pushAll(numbers);
      if (seen === null && present === null) continue;
      const { cells } = chunk.columns[from + i]!;
      for (const [row, number] of numbers.entries()) {
        seen?.add(cells[row]!, number);
        present?.push(cells[row] === null ? 0 : 1);
      }
    }
  }

  taken(take: Take): Map<string, Float32Array> {
    return new Map(
      this.labels.flatMap(({ name, values, present }): [string, Float32Array][] => [
        [name, Float32Array.from(values[take]())],
        ...(present === null
          ? []
          : [[inputNames.present(name), Float32Array.from(present[take]())] as [string, Float32Array]]),
      ]),
    );
  }
}
