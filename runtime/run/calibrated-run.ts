// A run with its calibration: its Graph has calibrated logits, so that everything that scores with it, or is
// compiled from it, gives calibrated scores.

import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { hasIds, knownValues, learnedOf } from "../../compiler/frontend/kinds/registry.ts";
import { probabilityLabels } from "../../compiler/frontend/labels/registry.ts";
import {
  type Feature,
  FIRST_ID,
  type Fitted,
  type Model,
  ownerOf,
  type TableSpec,
} from "../../compiler/frontend/model/model.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { type Calibration, knotsOf, mostKnots } from "../../compiler/middle/calibration/curve.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import {
  calibrationName,
  calibrationValues,
  withCalibration,
} from "../../compiler/middle/programs/calibrated.ts";
import { type HostTable, tableOf } from "../../compiler/train/tables.ts";

/** Tells whether a feature can define segments: each row has one id, and the run knows all ids. */
export function tellsSegments(feature: Feature, fitted: Fitted): boolean {
  return (
    feature.set === null &&
    feature.scope !== "history" &&
    hasIds(feature.kind) &&
    idsOf(feature, fitted) !== null
  );
}

/** The number of rows of a table of its ids; null if unknown, because the training did not need it. */
function idsOf(feature: Feature, fitted: Fitted): number | null {
  const learned = learnedOf(feature, fitted);
  const known = knownValues(feature, learned);
  return known === null || known === 0 ? null : known + FIRST_ID;
}

/** The parts of a run that score. */
interface Parts {
  readonly model: Model;
  readonly predict: ValidGraph;
  readonly tables: ReadonlyMap<string, HostTable>;
  readonly parameters: ParameterValues;
}

/** `parts` are as trained. The calibration's labels and its feature must belong to the model. */
export function calibratedParts<P extends Parts>(parts: P, fitted: Fitted, calibration: Calibration): P {
  const { model, predict, parameters, tables } = parts;
  const { method, by } = calibration;
  const feature = by === null ? null : model.features.get(by)!;
  const ids = feature === null ? null : idsOf(feature, fitted);
  const values = new Map(
    [...calibration.predictions].map(([label, curves]) => [label, calibrationValues(method, curves, ids)]),
  );
  const calibrated = validate(withCalibration(predict, values, by));
  if (feature === null) {
    const own = [...values].map(([label, { values: numbers }]) => [calibrationName(label), numbers] as const);
    return { ...parts, predict: calibrated, parameters: new Map([...parameters, ...own]) };
  }
  const specs = [...values].map(
    ([label, { width }]): TableSpec => ({
      name: calibrationName(label),
      feature: ownerOf(feature),
      width,
      rows: ids!,
      options: { init: { kind: "zeros" }, frozen: true, vectors: null },
    }),
  );
  const own = specs.map((spec, i) => [spec.name, tableOf(spec, [...values.values()][i]!.values)] as const);
  const declared = specs.map(({ rows: _, ...table }) => [table.name, table] as const);
  return {
    ...parts,
    model: { ...model, tables: new Map([...model.tables, ...declared]) },
    predict: calibrated,
    tables: new Map([...tables, ...own]),
  };
}

/** Tells whether all names of a calibration belong to the model. */
export function fitsModel(model: Model, fitted: Fitted, { method, by, predictions }: Calibration): boolean {
  const feature = by === null ? null : model.features.get(by);
  const predicted = probabilityLabels(model);
  return (
    feature !== undefined &&
    (feature === null || tellsSegments(feature, fitted)) &&
    predicted.length === predictions.size &&
    predicted.every((label) => predictions.has(label)) &&
    [...predictions.values()].every(({ all, byId }) =>
      [all, ...byId.values()].every((curve) => knotsOf(curve) <= mostKnots(method, by !== null)),
    )
  );
}
