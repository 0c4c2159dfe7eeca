// Example rows of a table: one row an example, histories as lists or as texts with separators.

import { inText } from "../diagnostics/diagnostic.ts";
import type { ListFormat } from "../frontend/config/config.ts";
import type { LabelRule } from "../frontend/config/label-rule.ts";
import { ruledLabel } from "../frontend/config/training-problems.ts";
import type { Encoders } from "../frontend/kinds/encoders.ts";
import type { Feature, Model } from "../frontend/model/model.ts";
import { columnsOf } from "../middle/metrics/registry.ts";
import { inputNames } from "../middle/programs/program.ts";
import { ColumnBuilder } from "./builders.ts";
import { type ColumnUse, columnUses, FeatureReader, findColumn, holdsValues } from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import { FutureSteps } from "./future-steps.ts";
import { fieldsRead } from "./graph-inputs.ts";
import {
  type HistoryOptions,
  HistoryReader,
  type Part,
  type StepsReader,
  type Take,
} from "./history-reader.ts";
import { weighingFeatures } from "./label-columns.ts";
import type { RawChunk } from "./raw-values.ts";
import { columnNamed, type DataColumn, type Table } from "./table.ts";
import type { UnfittedRows } from "./unfitted-rows.ts";
import { type CellReader, labelCells } from "./values.ts";

export interface ExampleOptions extends HistoryOptions {
  /** `none`: neither labels nor what only metrics need is read, whether the table has it or not. */
  readonly labels: "required" | "optional" | "none";
  /** Which values of a column are a label's 1. */
  readonly label?: LabelRule | null | undefined;
  /** Whether the rows are trained on: others have what only training knows as far as a label's rows are weighed by it. */
  readonly areTrainedOn?: boolean;
}

/** Reads one table. What is wrong with its columns is in the findings from the beginning, what is wrong with rows as they are read. */
export class ExampleReader<C extends DataColumn> {
  private readonly features: FeatureReader<C>;
  private readonly histories: readonly StepsReader<C>[];
  private readonly labels: LabelReader<C>;
  private readonly future: FutureSteps;

  constructor(
    table: Table<C>,
    model: Model,
    encoders: Encoders,
    options: ExampleOptions,
    findings: Findings,
    /** By history that does not stand in the table: what makes its steps. */
    made: ReadonlyMap<string, StepsReader<C>> = new Map(),
  ) {
    const labelled =
      options.labels === "required" ||
      (options.labels === "optional" &&
        [...model.labels.keys()].every(
          (label) => columnNamed(table, columnOf(model, label, options.label)) !== undefined,
        ));
    const { inputs = null } = options;
    const weighing = weighingFeatures(model);
    const measured = columnsOf(model.train.metrics);
    const isThere = (name: string) => columnNamed(table, name) !== undefined;
    const isAsked = ({ name, scope }: Feature) =>
      scope !== "training" ||
      options.areTrainedOn === true ||
      weighing.has(name) ||
      (options.labels === "required" && isThere(name));
    const uses = columnUses(model, inputs, labelled).filter(({ feature, into }) =>
      into === "groups"
        ? (options.labels === "required" && (measured.has(feature.name) || options.areTrainedOn === true)) ||
          (labelled && isThere(feature.name))
        : isAsked(feature),
    );
    this.features = new FeatureReader(
      uses.map((use) => ofRow(use, table, model, options)),
      table,
      encoders,
      options.outside,
      options.separator,
      findings,
    );
    this.histories = [...model.histories.values()]
      .filter((history) => fieldsRead(history, inputs).length > 0)
      .map(
        (history) => made.get(history.name) ?? new HistoryReader(history, table, encoders, options, findings),
      );
    this.future = new FutureSteps(model, findings);
    this.labels = new LabelReader(labelled ? model : null, table, options.label ?? null, findings);
  }

  /** What to ask of the table, in this order. */
  get columns(): C[] {
    return this.parts.flatMap((part) => [...part.columns]);
  }

  /** Takes its columns, which are the first of the chunk. */
  read(chunk: RawChunk): void {
    let from = 0;
    for (const part of this.parts) {
      part.read(chunk, from);
      from += part.columns.length;
    }
    this.future.read(chunk);
  }

  /** The rows read since they were last taken, `rows` of them. */
  taken(rows: number, take: Take): UnfittedRows {
    const taken = {
      rows,
      ...this.features[take](),
      histories: new Map(this.histories.map((each) => [each.history.name, each.taken(take)])),
      labels: this.labels.taken(take),
    };
    this.future.note(taken);
    return taken;
  }

  private get parts(): readonly Part<C>[] {
    return [this.features, ...this.histories, this.labels];
  }
}

/** In a CSV, ids that histories have too cannot hold the sign that stands between their steps there. */
function ofRow(use: ColumnUse, { textOnly }: Table, { histories }: Model, format: ListFormat): ColumnUse {
  const isBound = [...histories.values()].some(({ fields }) =>
    fields.some(({ feature }) => feature.name === use.feature.name),
  );
  return textOnly && isBound && use.into === "ids" ? { ...use, betweenSteps: format.separator } : use;
}

/** The column that a label is read from. */
function columnOf(model: Model, label: string, rule: LabelRule | null | undefined): string {
  return rule != null && ruledLabel(model, rule) === label ? (rule.from ?? label) : label;
}

class LabelReader<C extends DataColumn> implements Part<C> {
  private readonly labels: readonly {
    name: string;
    column: C;
    cell: CellReader;
    values: ColumnBuilder<Float64Array>;
    /** 1 where a row has the label; null where each must. */
    present: ColumnBuilder<Int32Array> | null;
  }[];

  constructor(model: Model | null, table: Table<C>, rule: LabelRule | null, findings: Findings) {
    this.labels = [...(model?.labels.values() ?? [])].flatMap((label) => {
      const name = columnOf(model!, label.name, rule);
      const own = rule !== null && ruledLabel(model!, rule) === label.name ? rule : null;
      const details = { related: [{ location: inText(label.span), label: "declared here" }] };
      const column = findColumn(table, name, `the label \`${label.name}\` is read from`, findings, details);
      if (column === null || !holdsValues(column, findings)) return [];
      return [
        {
          name: label.name,
          column,
          cell: labelCells(label, findings, own, name, table.hasDecimalComma),
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
    for (const [i, { cell, values, present }] of this.labels.entries()) {
      const column = chunk.columns[from + i]!;
      for (let row = 0; row < chunk.rows; row++) {
        values.push(cell(column[row]!, chunk.first + row));
        present?.push(column[row] === null ? 0 : 1);
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
