// A run with its calibration: its Graph has calibrated logits, so that whatever scores with it, or is compiled from it, gives
// calibrated scores.

import { hasIds, knownValues, learnedOf } from "../../compiler/frontend/kinds/registry.ts";
import {
  type Feature,
  FIRST_ID,
  type Fitted,
  type Model,
  ownerOf,
  type TableSpec,
} from "../../compiler/frontend/model/model.ts";
import { validate } from "../../compiler/middle/build/validate.ts";
import type { Calibration } from "../../compiler/middle/calibration/curve.ts";
import {
  calibrationName,
  calibrationValues,
  withCalibration,
} from "../../compiler/middle/programs/calibrated.ts";
import { tableOf } from "../../compiler/train/tables.ts";
import type { OpenRun } from "./open-run.ts";

/** Whether rows can be told apart by a feature: each has one id, and the run knows which there are. */
export function tellsSegments(feature: Feature, fitted: Fitted): boolean {
  return (
    feature.set === null &&
    feature.scope !== "history" &&
    hasIds(feature.kind) &&
    idsOf(feature, fitted) !== null
  );
}

/** How many rows a table of its ids has; null where that is not known, as nothing that was trained needed it. */
function idsOf(feature: Feature, fitted: Fitted): number | null {
  const learned = learnedOf(feature, fitted);
  const known = knownValues(feature, learned);
  return known === null || known === 0 ? null : known + FIRST_ID;
}

/** `run` is as it was trained. The calibration's labels and its feature have to be the model's. */
export function calibratedRun(run: OpenRun, calibration: Calibration): OpenRun {
  const {
    model,
    predict,
    parameters,
    tables,
    run: { fitted },
  } = run;
  const { by } = calibration;
  const feature = by === null ? null : model.features.get(by)!;
  const ids = feature === null ? null : idsOf(feature, fitted);
  const values = new Map(
    [...calibration.predictions].map(([label, curves]) => [label, calibrationValues(curves, ids)]),
  );
  const calibrated = validate(withCalibration(predict, values, by));
  if (feature === null)
    return {
      ...run,
      predict: calibrated,
      parameters: new Map([
        ...parameters,
        ...[...values].map(([label, own]) => [calibrationName(label), own.values] as const),
      ]),
      uncalibrated: run,
    };
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
  const withTables: Model = {
    ...model,
    tables: new Map([...model.tables, ...specs.map(({ rows: _, ...table }) => [table.name, table] as const)]),
  };
  return {
    ...run,
    model: withTables,
    predict: calibrated,
    tables: new Map([...tables, ...own]),
    uncalibrated: run,
  };
}

/** Whether all that it names is the run's. */
export function fitsRun({ model, run: { fitted } }: OpenRun, { by, predictions }: Calibration): boolean {
  const labels = model.predictions.map(({ label }) => label);
  const feature = by === null ? null : model.features.get(by);
  return (
    feature !== undefined &&
    (feature === null || tellsSegments(feature, fitted)) &&
    labels.length === predictions.size &&
    labels.every((label) => predictions.has(label))
  );
}
