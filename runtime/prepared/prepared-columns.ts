// Lists the columns of prepared rows, and converts their values in some rows to lists and numbers.

import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { widthOf } from "../../compiler/data/feature-columns.ts";
import { columnOfLabel, labelColumns } from "../../compiler/data/label-columns.ts";
import type { FieldAddress, RowValues } from "../../compiler/data/row-reader.ts";
import { groupingFeatures, needsIds } from "../../compiler/frontend/kinds/model-queries.ts";
import { hasIds, kindOf } from "../../compiler/frontend/kinds/registry.ts";
import type { Feature, Model } from "../../compiler/frontend/model/model.ts";
import { inputName, inputNames } from "../../compiler/middle/programs/program.ts";
import { NumberLists } from "../duckdb/vector-numbers.ts";
import { type ArrowColumnType, columnNames, type PreparedColumn } from "./prepared-folder.ts";

/** The columns for the rows of a model. */
export function preparedColumns(model: Model): PreparedColumn[] {
  const place = { history: null, width: 1 } as const;
  return [
    ...[...model.features.values()]
      .filter((feature) => !hasIds(feature.kind) || needsIds(model, feature))
      .flatMap((feature) => featureColumns(feature, feature.name, null)),
    ...[...model.histories.values()].flatMap(({ name: history, fields }) =>
      fields.flatMap(({ name: field, feature }) => featureColumns(feature, field, history)),
    ),
    ...labelColumns(model).map((role): PreparedColumn => {
      return { name: inputName(role), type: "float", role: "label", of: columnOfLabel(role), ...place };
    }),
    ...[...groupingFeatures(model)].map((of): PreparedColumn => {
      return { name: columnNames.group(of), type: "int32", role: "group", of, ...place };
    }),
  ];
}

export const rowColumn: PreparedColumn = {
  ...{ name: columnNames.row, type: "int32", role: "row", of: "", history: null, width: 1 },
};

/** The column of a feature's values, and after it that of their weights, if they have some. */
function featureColumns(feature: Feature, of: string, history: string | null): PreparedColumn[] {
  const name = history === null ? inputNames.feature(of) : inputNames.field(history, of);
  const typed = (type: ArrowColumnType) => (history === null ? type : (`list<${type}>` as ArrowColumnType));
  const values: PreparedColumn = {
    name,
    type: typed(valueType(feature)),
    role: "feature",
    of,
    history,
    width: widthOf(feature),
  };
  if (feature.set?.weighted !== true) return [values];
  return [values, { ...values, name: inputNames.weightOf(name), type: typed("list<float>"), role: "weight" }];
}

function valueType({ kind, set }: Feature): ArrowColumnType {
  if (set !== null) return "list<int32>";
  const { gives } = kindOf(kind);
  return gives === "vector" ? "list<float>" : gives === "number" ? "float" : "int32";
}

/** A value of a column: a number, or a list of values. */
export type PreparedCell = number | ArrayLike<PreparedCell>;

/** The values of a column in some rows. */
export type PreparedCells = ArrayLike<PreparedCell> | NumberLists;

/** The values of a column in rows with the numbers `rows`. */
export function cellsOf(
  { role, of, history, type, width }: PreparedColumn,
  values: RowValues,
  rows: Int32Array,
): PreparedCells {
  switch (role) {
    case "row":
      return rows;
    case "label":
      return values.label(of, newArrays.floats(rows.length));
    case "group":
      // Only batches of training rows use groups.
      return values.hasGroup(of) ? values.group(of, newArrays.ints) : new Int32Array(rows.length);
    case "feature": {
      const placed = { feature: of, history };
      // Rows that are only scored may lack values that only training uses.
      if (!values.has(placed)) return Array.from(rows, () => absent(type, width));
      const cells = featureCells(placed, type, width, values);
      return history === null ? cells : listsOf(cells, values.stepsOf(history).runs.offsets);
    }
    case "weight": {
      const placed = { feature: of, history };
      if (!values.has(placed)) return Array.from(rows, () => []);
      const { runs } = values.sets(placed, newArrays.ints);
      const cells = listsOf(values.weights(placed, runs, newArrays.floats)!, runs.offsets);
      return history === null ? cells : listsOf(cells, values.stepsOf(history).runs.offsets);
    }
  }
}

function absent(type: ArrowColumnType, width: number): PreparedCell {
  if (type === "list<float>") return Array.from({ length: width }, () => 0);
  return type.startsWith("list<") ? [] : 0;
}

/** By row, or by step of all rows. */
function featureCells(
  placed: FieldAddress,
  type: ArrowColumnType,
  width: number,
  values: RowValues,
): PreparedCells {
  const { ints, floats } = newArrays;
  switch (placed.history === null ? type : type.slice("list<".length, -1)) {
    case "int32":
      return values.ids(placed, ints);
    case "float":
      return values.numbers({ ...placed, width }, floats);
    case "list<float>": {
      const numbers = values.numbers({ ...placed, width }, floats);
      return listsOf(
        numbers,
        Int32Array.from({ length: numbers.length / width + 1 }, (_, i) => i * width),
      );
    }
    default: {
      const { ids, runs } = values.sets(placed, ints);
      return listsOf(ids, runs.offsets);
    }
  }
}

/** List i contains the cells offsets[i] … offsets[i + 1] − 1. */
function listsOf(cells: PreparedCells, offsets: Int32Array): PreparedCells {
  if (cells instanceof Int32Array || cells instanceof Float32Array) return new NumberLists(cells, offsets);
  const parts = cells instanceof NumberLists ? partsOf(cells) : Array.from(cells);
  return Array.from({ length: offsets.length - 1 }, (_, i) => parts.slice(offsets[i]!, offsets[i + 1]!));
}

function partsOf({ values, offsets, length }: NumberLists): PreparedCell[] {
  return Array.from({ length }, (_, i) => values.subarray(offsets[i]!, offsets[i + 1]!));
}
