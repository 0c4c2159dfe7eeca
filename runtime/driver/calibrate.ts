// Calibrates a run after its training: fits curves from its logits to the frequency of labels that are 1, on
// validation rows, and stores them beside the weights.

import { join } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { weightsIn } from "../../compiler/data/label-columns.ts";
import { RowValues } from "../../compiler/data/row-reader.ts";
import { calibrationOfOneClass } from "../../compiler/diagnostics/catalog/calibration.ts";
import { calibratesNothing } from "../../compiler/diagnostics/catalog/label-data.ts";
import { calibrationOfWeights } from "../../compiler/diagnostics/catalog/row-weights.ts";
import { DiagnosticError, diagnose, inText, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { idName } from "../../compiler/frontend/kinds/id-names.ts";
import { probabilityLabels } from "../../compiler/frontend/labels/registry.ts";
import type { Feature, Label, Model } from "../../compiler/frontend/model/model.ts";
import {
  type Calibration,
  type CalibrationMethod,
  type Curve,
  IDENTITY,
  type SegmentCurves,
} from "../../compiler/middle/calibration/curve.ts";
import { calibratedRows, expectedRows, fitSegments } from "../../compiler/middle/calibration/fit.ts";
import {
  type CalibratedLogits,
  type CalibrationMeasures,
  calibrationMeasures,
} from "../../compiler/middle/calibration/measures.ts";
import { groupsOf } from "../../compiler/middle/metrics/registry.ts";
import { countedRows } from "../../compiler/middle/metrics/scored.ts";
import { rowsInOrder } from "../../compiler/train/score.ts";
import { type RowSource, readerOf } from "../data/batches.ts";
import { FileReader } from "../data/storage.ts";
import { writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { tellsSegments } from "../run/calibrated-run.ts";
import { removeCalibration, writeCalibration } from "../run/calibration-file.ts";
import { calibratedRun, type OpenRun, openedRun } from "../run/open-run.ts";
import { runFiles } from "../run/run-folder.ts";
import { type RowScores, scoredOf, scoreRun } from "../run/score-run.ts";
import { Unscored } from "../run/unscored.ts";
import { throwIfStopped } from "./events.ts";
import { backendFor, type RowsOptions, rowsToMeasure, tellLeftOut } from "./rows.ts";
import { unseenSplit } from "./unseen-rows.ts";

/**
 * The rows: the validation rows of `config` or of `rows`, or those of the file `data`; exactly one of the
 * three. If `config` has no validation rows, and the run was trained on a window of time, they are the training rows of a
 * later window.
 */
export interface CalibrateOptions extends Omit<RowsOptions, "split" | "uncalibrated"> {
  /**
   * `platt`, the default: a slope and a shift of the logit. `isotonic`: a rising curve, which needs some ten
   * thousand rows.
   */
  readonly method?: CalibrationMethod;
  /** A feature with ids: each of its values with enough rows gets a curve of its own. */
  readonly by?: string;
}

export interface Calibrated {
  readonly method: CalibrationMethod;
  readonly by: string | null;
  /** The number of rows that the curves were fitted on. */
  readonly rows: number;
  /** The file or split of the rows. */
  readonly path: string;
  readonly predictions: readonly CalibratedPrediction[];
  /** A page with reliability diagrams, in the run's folder. */
  readonly report: string;
}

export interface CalibratedPrediction {
  readonly label: string;
  /** The curve of all rows, which values without one of their own also use. */
  readonly curve: Curve;
  /** Values of `by` with a curve of their own; empty without segments. */
  readonly segments: readonly { readonly value: string; readonly curve: Curve }[];
  /** The number of values of `by` in the rows. */
  readonly values: number;
  readonly before: CalibrationMeasures;
  /** On the rows that the curves were fitted on. */
  readonly after: CalibrationMeasures;
  /**
   * Measured on each fifth of the users (of the rows, if no metric names users) with curves that were fitted
   * on the other four: an estimate for new rows.
   */
  readonly expected: CalibrationMeasures;
}

/**
 * Fits a calibration of a run on validation rows and stores it in the run's folder, replacing an existing
 * one. `evaluate`, `predict` and `compile` then give calibrated probabilities. Throws DiagnosticError for
 * mistakes in the run or the rows, UsageError for options that don't fit, and `Stopped` if the signal is
 * aborted.
 */
export async function calibrate(run: OpenRun | string, options: CalibrateOptions): Promise<Calibrated> {
  const opened = await openedRun(run, { uncalibrated: true });
  const { method = "platt", by = null } = options;
  const feature = by === null ? null : segmentsBy(opened, by);
  if (probabilityLabels(opened.model).length === 0) throw nothingToCalibrate(opened.model);
  const split = await unseenSplit(opened, options);
  // With a calibration that changes nothing, the ids of segments are read too.
  const { rows, path, badRows, columns } = await rowsToMeasure(
    calibratedRun(opened, { method, by, predictions: predictionsOf(opened, unchanged) }),
    { ...options, ...(options.data === undefined ? { split } : {}) },
  );
  try {
    const logits = await scoreRun(opened, rows, await backendFor(opened, options), (scored) => {
      throwIfStopped(options);
      options.onEvent?.({ kind: "measuring", progress: { kind: "scoring", rows: scored, of: rows.rows } });
    });
    const unscored = new Unscored(badRows, path);
    const without = unscored.check(logits, rows, 0);
    unscored.finish(rows.rows);
    tellLeftOut(badRows, options);
    const groups = new Map([
      ...rows.groups,
      ...(feature === null ? [] : [[SEGMENTS, idsIn(rows, feature.name)] as const]),
    ]);
    const scored = scoredOf({ rows: rows.rows, labels: rows.labels, groups }, logits, without);
    return await kept(opened, { method, feature, path }, scored, options);
  } finally {
    columns.remove();
  }
}

/** Removes the calibration of a run, given by its folder or opened. Returns whether it had one. */
export async function uncalibrate(run: OpenRun | string): Promise<boolean> {
  const { folder } = await openedRun(run, { uncalibrated: true });
  try {
    return await removeCalibration(folder);
  } catch (error) {
    throw unwritable(join(folder, runFiles.calibration), error);
  }
}

/** The group of rows that holds the segments: no feature has this name. */
const SEGMENTS = "/segments";

const unchanged = (): SegmentCurves => ({ all: IDENTITY, byId: new Map() });

function predictionsOf(
  { model }: OpenRun,
  curvesOf: (label: string) => SegmentCurves,
): Calibration["predictions"] {
  return new Map(probabilityLabels(model).map((label) => [label, curvesOf(label)]));
}

function segmentsBy({ model, run: { fitted } }: OpenRun, by: string): Feature {
  const feature = model.features.get(by);
  if (feature !== undefined && tellsSegments(feature, fitted)) return feature;
  const known = [...model.features.values()].filter((each) => tellsSegments(each, fitted));
  const names = known.map(({ name }) => name).join(", ");
  throw new UsageError(
    feature === undefined
      ? wording`${option("by")}: the model has no feature ${by}; it can be ${names || "none of this model"}`
      : wording`${option("by")}: ${by} does not have one id a row that the run knows; it can be ${names || "none of this model"}`,
  );
}

function idsIn(rows: RowSource, feature: string): Int32Array {
  const files = new FileReader();
  try {
    const values = new RowValues(readerOf(rows, files), rowsInOrder(rows.rows));
    return values.ids({ feature, history: null }, (length) => new Int32Array(length));
  } finally {
    files.close();
  }
}

interface Asked {
  readonly method: CalibrationMethod;
  readonly feature: Feature | null;
  readonly path: string;
}

async function kept(
  opened: OpenRun,
  { method, feature, path }: Asked,
  { data, scores }: RowScores,
  options: CalibrateOptions,
): Promise<Calibrated> {
  const { folder, run, model } = opened;
  const all = data.groups.get(SEGMENTS) ?? null;
  const { seed } = run.manifest.settings;
  const { metrics } = model.train;
  const [usersBy] = groupsOf(metrics);
  const users = usersBy === undefined ? null : data.groups.get(usersBy)!;
  const curves = new Map<string, SegmentCurves>();
  const predictions: CalibratedPrediction[] = [];
  const shown: CalibratedLogits[] = [];
  for (const label of probabilityLabels(model)) {
    const { logits, labels, segments, byUser } = countedOf(model.labels.get(label)!, {
      ...{ logits: scores.get(label)!, labels: data.labels.get(label)! },
      ...{ segments: all, byUser: users, weights: weightsIn(data.labels, label) },
    });
    requireBothClasses(label, labels, path);
    options.onEvent?.({ kind: "activity", text: `fitting ${label}` });
    const fitted = fitSegments(method, logits, labels, segments);
    curves.set(label, fitted);
    throwIfStopped(options);
    const after = calibratedRows(fitted, logits, segments);
    const expected = expectedRows(method, logits, labels, segments, byUser, seed);
    const values = segments === null ? 0 : new Set(segments).size;
    shown.push({
      ...{ label, labels, before: logits, after, expected, users: byUser },
      segments: segments === null ? null : { own: fitted.byId.size, all: values },
    });
    predictions.push({
      label,
      curve: fitted.all,
      segments:
        feature === null
          ? []
          : [...fitted.byId].map(([id, curve]) => ({ value: idName(feature, run.fitted, id), curve })),
      values,
      before: calibrationMeasures(logits, labels),
      after: calibrationMeasures(after, labels),
      expected: calibrationMeasures(expected, labels),
    });
  }
  const by = feature?.name ?? null;
  const report = join(folder, runFiles.calibrationReport);
  const result: Calibrated = { method, by, rows: data.rows, path, predictions, report };
  // Loaded only here, because the code that draws pages is large.
  const { calibrationReport } = await import("../report/calibration-report.ts");
  const page = await calibrationReport({
    ...{ model: model.name, method, by, path, metrics, seed, predictions: shown },
    users: usersBy ?? null,
  });
  throwIfStopped(options);
  options.onEvent?.({ kind: "writing", path: folder });
  try {
    await writeAtomically(report, page);
    await writeCalibration(
      folder,
      run.manifest,
      { method, by, predictions: curves },
      { path, rows: data.rows },
    );
  } catch (error) {
    throw unwritable(folder, error);
  }
  return result;
}

function nothingToCalibrate({ labels }: Model): DiagnosticError {
  const [{ name, span }] = [...labels.values()] as [Label];
  return new DiagnosticError([diagnose(calibratesNothing, { label: name }, inText(span))]);
}

interface RowsOfLabel {
  readonly logits: Float32Array;
  readonly labels: Float32Array;
  readonly segments: Int32Array | null;
  readonly byUser: Int32Array | null;
}

/** Removes the rows that do not count for the label. */
function countedOf(
  { name, weight }: Label,
  { weights, ...rows }: RowsOfLabel & { readonly weights: Float32Array | null },
): RowsOfLabel {
  if (weight !== null && weights?.some((each) => each !== 0 && each !== 1) === true) {
    const parameters = { label: name, weight: weight.name };
    throw new DiagnosticError([diagnose(calibrationOfWeights, parameters, inText(weight.span))]);
  }
  const counted = countedRows(weights);
  if (counted === null) return rows;
  const floats = (of: Float32Array) => Float32Array.from(counted, (row) => of[row]!);
  const ints = (of: Int32Array | null) => of && Int32Array.from(counted, (row) => of[row]!);
  return {
    logits: floats(rows.logits),
    labels: floats(rows.labels),
    segments: ints(rows.segments),
    byUser: ints(rows.byUser),
  };
}

function requireBothClasses(label: string, labels: Float32Array, path: string): void {
  const is = labels.length === 0 ? "nothing" : String(labels[0]);
  if (labels.some((value) => value !== labels[0])) return;
  const parameters = { path, label, rows: labels.length, is };
  throw new DiagnosticError([diagnose(calibrationOfOneClass, parameters, noLocation)]);
}
