// The plan for example rows: each file is read once, its values are counted, and then replaced by ids and
// numbers.

import { labelColumns } from "../../../compiler/data/label-columns.ts";
import { isTaken, type RowsConfig } from "../../../compiler/frontend/config/config.ts";
import { paddingOf } from "../../../compiler/frontend/config/padding.ts";
import { type Model, rawFields, rawNameOf } from "../../../compiler/frontend/model/model.ts";
import { inputName, inputNames } from "../../../compiler/middle/programs/program.ts";
import { columnNames, type PreparedSplit } from "../prepared-folder.ts";
import {
  encodedView,
  fitting,
  isRead,
  type Occurring,
  parquetIn,
  type RawColumn,
  spark,
  stored,
} from "./encode.ts";
import { inWindow, partColumns, partViews } from "./parts.ts";
import {
  groupedFeatures,
  isTextFile,
  type PlanOptions,
  sampled,
  sourceView,
  valuesIn,
  writeSplit,
} from "./statements.ts";
import { groupIn, labelColumnsOf, name, rawOf, rawSteps, type SourceForm, withWeights } from "./values.ts";

export function rowStatements(model: Model, data: RowsConfig, options: PlanOptions): string[] {
  const { out } = options;
  const columns = columnsOf(model);
  const staged = (split: PreparedSplit) => name(`dinc ${split} rows`);
  const files = (["train", "valid", "test"] as const).flatMap((split) => {
    const path = data[split];
    return path === null ? [] : [{ split, path }];
  });
  const reading = files.flatMap(({ split, path }) => {
    const source = name(`dinc ${split} file`);
    const form = { ...data, isText: isTextFile(path) };
    return [
      sourceView(source, path, data.csv),
      ...(split === "train" ? [sampled(out, source, rawColumns(model), inWindow(data))] : []),
      ...stored(
        spark.staged(out, split),
        staged(split),
        rawRows(model, source, form, split === "train" ? data : null),
      ),
    ];
  });
  const { validate, holdOut } = data;
  const isParted = isTaken(data, "train");
  const all = name("dinc all rows");
  const splitting = isParted
    ? [
        `CREATE OR REPLACE TEMPORARY VIEW ${all} AS SELECT * FROM ${parquetIn(spark.staged(out, "train"))}`,
        ...partViews(data, all, staged),
      ]
    : [];
  const splits = new Set([
    ...files.map(({ split }) => split),
    ...(validate === null ? [] : ["valid" as const]),
    ...(holdOut === null ? [] : ["test" as const]),
  ]);
  return [
    ...reading,
    ...splitting,
    ...fitting(model, out, occurringIn(columns, staged("train"))),
    ...[...splits].map((split) => {
      const groups = groupedFeatures(model);
      const labels = labelColumns(model);
      const carried = labels.filter(({ kind }) => kind !== "weight").map(inputName);
      const encoded = withWeights(
        model,
        encodedView(
          staged(split),
          "key",
          ["key", ...carried, ...groups.map(({ name: of }) => columnNames.group(of))],
          columns,
        ),
      );
      const kept = [...columns.map(({ column }) => column), ...labels.map(inputName)];
      // Rows that are kept aside leave gaps in the numbers of training rows.
      const isNumbered = split === "train" && !isParted;
      const { batchBy } = model;
      return writeSplit({ ...options, split, view: encoded, kept, groups, batchBy, key: "key", isNumbered });
    }),
  ];
}

/**
 * The raw rows of a file, each with a key that increases in file order. `training` is set for training rows.
 */
function rawRows(model: Model, source: string, form: SourceForm, training: RowsConfig | null): string {
  const selected = [
    "monotonically_increasing_id() AS key",
    ...(training === null ? [] : partColumns(training)),
    ...[...model.features.values()]
      .filter((feature) => isRead(model, feature))
      .map((feature) => `${rawOf(feature, name(rawNameOf(feature)), form)} AS ${name(feature.name)}`),
    ...[...model.histories.values()].flatMap(({ name: history, fields, max }) => {
      const values = paddingOf(form.padding, history) ?? [];
      const columns = rawFields({ fields }).map(({ column, feature }) => ({ column: name(column), feature }));
      const padding = values.length === 0 ? null : { values, columns };
      return fields.map(({ name: field, feature, column }) => {
        const as = name(inputNames.field(history, field));
        const others = fields.flatMap((each) => (each.name === field ? [] : [name(each.column)]));
        return `${rawSteps(feature, name(column), max, form, others, padding)} AS ${as}`;
      });
    }),
    ...[...model.labels.values()].flatMap(labelColumnsOf),
    ...groupedFeatures(model).map(
      (feature) =>
        `${groupIn(feature, name(rawNameOf(feature)), form.isText)} AS ${name(columnNames.group(feature.name))}`,
    ),
  ];
  const where = training === null ? null : inWindow(training);
  return `SELECT\n  ${selected.join(",\n  ")}\nFROM ${source}${where === null ? "" : `\nWHERE ${where}`}`;
}

/** The columns that are read from the file. */
export function rawColumns(model: Model): string[] {
  const read = [...model.features.values()].filter((feature) => isRead(model, feature));
  return [
    ...[...read, ...groupedFeatures(model)].map(rawNameOf),
    ...[...model.histories.values()].flatMap(({ fields }) => fields.map(({ column }) => column)),
    ...model.labels.keys(),
  ];
}

function occurringIn(columns: readonly RawColumn[], view: string): Occurring {
  return (owner) =>
    columns
      .filter(({ feature }) => (feature.shares ?? feature.name) === owner.name)
      .map(({ column, feature, depth }) => valuesIn(name(column), depth + Number(feature.set !== null), view))
      .join("\n  UNION ALL ");
}

/** The columns of rows and of the steps of histories. */
function columnsOf(model: Model): RawColumn[] {
  return [
    ...[...model.features.values()]
      .filter((feature) => isRead(model, feature))
      .map((feature): RawColumn => ({ column: inputNames.feature(feature.name), feature, depth: 0 })),
    ...[...model.histories.values()].flatMap(({ name: history, fields }) =>
      fields.map(({ name: field, feature }): RawColumn => {
        return { column: inputNames.field(history, field), feature, depth: 1 };
      }),
    ),
  ];
}
