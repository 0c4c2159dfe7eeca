// Reads example rows of a table: one example per row, with histories as lists or as texts with separators.

import type { ListFormat } from "../frontend/config/config.ts";
import type { LabelRule } from "../frontend/config/label-rule.ts";
import { type Padding, paddedHistories } from "../frontend/config/padding.ts";
import type { Encoders } from "../frontend/kinds/encoders.ts";
import type { Feature, History, Model } from "../frontend/model/model.ts";
import { columnsOf } from "../middle/metrics/registry.ts";
import { type ColumnUse, columnUses, FeatureReader } from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import { FutureSteps } from "./future-steps.ts";
import { fieldsRead } from "./graph-inputs.ts";
import { HistoryPadding } from "./history-padding.ts";
import {
  type HistoryOptions,
  HistoryReader,
  type HistorySource,
  type StepsReader,
  type Take,
} from "./history-reader.ts";
import { weighingFeatures } from "./label-columns.ts";
import { columnOfLabelIn, LabelReader } from "./label-reader.ts";
import { type EventTime, withOwnTimes } from "./own-times.ts";
import type { RawChunk } from "./raw-values.ts";
import type { ReadPiece } from "./row-stages.ts";
import { columnNamed, type DataColumn, type DataTable, isOfTexts } from "./table.ts";

export interface ExampleOptions extends HistoryOptions {
  /** `none`: neither labels nor columns for metrics are read, even if the table has them. */
  readonly labels: "required" | "optional" | "none";
  /** The values of a column that are a label's 1. */
  readonly label?: LabelRule | null | undefined;
}

/** Makes the columns that the table itself lacks. */
export interface StepSources<C extends DataColumn, Steps extends StepsReader<C> = StepsReader<C>> {
  /** Makes the steps of histories, by their names. */
  readonly steps: ReadonlyMap<string, Steps>;
  /** The time of each row; null if nothing says when it was. */
  readonly time: EventTime | null;
}

const NONE_MADE = { steps: new Map(), time: null };

/**
 * Reads one table. Mistakes in its columns are in the findings from the start, mistakes in rows as they are
 * read.
 */
export class ExampleReader<C extends DataColumn> {
  private readonly features: FeatureReader<C>;
  private readonly histories: readonly StepsReader<C>[];
  private readonly labels: LabelReader<C>;
  private readonly future: FutureSteps;

  constructor(
    table: DataTable<C>,
    { model, encoders }: { readonly model: Model; readonly encoders: Encoders },
    options: ExampleOptions,
    findings: Findings,
    made: StepSources<C> = NONE_MADE,
  ) {
    const labelled =
      options.labels === "required" ||
      (options.labels === "optional" &&
        [...model.labels.keys()].every(
          (label) => columnNamed(table, columnOfLabelIn(model, label, options.label)) !== undefined,
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
          model.requests?.by === feature.name ||
          (labelled && isThere(feature.name))
        : isAsked(feature),
    );
    const named = made.time === null ? uses : withOwnTimes(uses, model, table, made.time);
    const listed = [...model.histories.values()].filter(({ name }) => !made.steps.has(name));
    this.features = new FeatureReader(
      named.map((use) => ofRow(use, table, listed, options)),
      table,
      { encoders, outside: options.outside, separator: options.separator },
      findings,
    );
    this.histories = [...model.histories.values()]
      .filter((history) => fieldsRead(history, inputs).length > 0)
      .map(
        (history) =>
          made.steps.get(history.name) ?? new HistoryReader(history, table, encoders, options, findings),
      );
    const own = this.histories.filter((each) => each instanceof HistoryReader);
    for (const each of own) each.findItems((feature) => this.features.placeOf(feature));
    if (options.areTrainedOn === true) noteAbsentPadding(own, options.padding, findings);
    this.future = new FutureSteps(model, findings);
    const read = labelled ? [...model.labels.values()] : [];
    this.labels = new LabelReader(
      model,
      read,
      table,
      { rule: options.label ?? null, areTrainedOn: options.areTrainedOn === true },
      findings,
    );
  }

  /** The columns to request from the table, in this order. */
  get columns(): C[] {
    return this.parts.flatMap((part) => [...part.columns]);
  }

  /** Takes its columns, which are the first ones of the chunk. */
  read(chunk: RawChunk): void {
    let from = 0;
    for (const part of this.parts) {
      part.read(chunk, from);
      from += part.columns.length;
    }
    this.future.read(chunk);
  }

  /** The rows read since the last call, `rows` of them. */
  taken(rows: number, take: Take): ReadPiece {
    const taken = {
      rows,
      ...this.features[take](),
      histories: new Map(this.histories.map((each) => [each.history.name, each.taken(take)])),
      labels: this.labels.taken(take),
    };
    this.future.note(taken);
    return taken;
  }

  /** Call it after all rows: it reports findings about all of them together. */
  end(): void {
    for (const each of this.histories) if (each instanceof HistoryReader) each.padding.end();
  }

  private get parts(): readonly HistorySource<C>[] {
    return [this.features, ...this.histories, this.labels];
  }
}

/** A value for all histories counts as present if any of them has it. */
function noteAbsentPadding(
  histories: readonly { readonly padding: HistoryPadding }[],
  padding: Padding | undefined,
  findings: Findings,
): void {
  const set = histories.map((each) => each.padding).filter(({ values }) => values.length > 0);
  for (const together of paddedHistories(padding).length > 0 ? set.map((each) => [each]) : [set])
    HistoryPadding.noteAbsent(together, findings);
}

/** In a CSV, ids that also occur in lists cannot contain the separator between steps. */
function ofRow(
  use: ColumnUse,
  table: DataTable,
  histories: readonly History[],
  format: ListFormat,
): ColumnUse {
  const column = columnNamed(table, use.column);
  const isBound = histories.some(({ fields }) =>
    fields.some(({ feature }) => feature.name === use.feature.name),
  );
  return column !== undefined && isOfTexts(column) && isBound && use.into === "ids"
    ? { ...use, betweenSteps: format.separator }
    : use;
}
