// calibration.json: a calibration beside the run that it belongs to. It names the run's weights and is
// sealed, so a changed one, or that of another run, is never applied. It is written after the run is
// complete, without another training.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import type {
  Calibration,
  CalibrationMethod,
  Curve,
  SegmentCurves,
} from "../../compiler/middle/calibration/curve.ts";
import { writeAtomically } from "../files/atomic.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { LONGEST_TEXT, readBytes } from "../files/read-text.ts";
import type { Damaged } from "../files/unchanged.ts";
import { FieldError, Fields, parsedJson } from "./json-fields.ts";
import { type Manifest, runFiles } from "./run-folder.ts";
import { isSealed, sealed, UNSEALED } from "./seal.ts";

const VERSION = 1;
const methods: readonly CalibrationMethod[] = ["platt", "isotonic"];

/** Replaces the run's calibration. Throws the system's error if it cannot be written. */
export async function writeCalibration(
  folder: string,
  { files }: Pick<Manifest, "files">,
  { method, by, predictions }: Calibration,
  rows: { readonly path: string; readonly rows: number },
): Promise<void> {
  const value = {
    ...{ version: VERSION, checksum: UNSEALED, weights: files[runFiles.weights]!.hash },
    ...{ method, by, fitted_on: rows.path, rows: rows.rows },
    predictions: Object.fromEntries(
      [...predictions].map(([label, { all, byId }]) => [
        label,
        { all, segments: [...byId].map(([id, curve]) => ({ id, curve })) },
      ]),
    ),
  };
  await writeAtomically(
    join(folder, runFiles.calibration),
    sealed(Buffer.from(`${JSON.stringify(value)}\n`)),
  );
}

/** Returns whether there was one. */
export async function removeCalibration(folder: string): Promise<boolean> {
  const paths = [runFiles.calibration, runFiles.calibrationReport].map((name) => join(folder, name));
  const there = await Promise.all(
    paths.map(async (path) => {
      try {
        await rm(path);
        return true;
      } catch (error) {
        if (isOfSystem(error) && error.code === "ENOENT") return false;
        throw error;
      }
    }),
  );
  return there[0]!;
}

/**
 * Null if the run has none. Throws the error of `damaged` for one that was changed or belongs to another run.
 */
export async function readCalibration(
  folder: string,
  { files }: Pick<Manifest, "files">,
  damaged: Damaged,
): Promise<Calibration | null> {
  const path = join(folder, runFiles.calibration);
  let bytes: Buffer;
  try {
    bytes = await readBytes(path, LONGEST_TEXT);
  } catch (error) {
    if (isOfSystem(error) && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    const fields = new Fields(parsedJson(bytes.toString("utf8")));
    if (!isSealed(bytes, fields.text("checksum")))
      throw new FieldError("has been changed since it was written: its checksum does not match");
    if (fields.value("version") !== VERSION) throw new FieldError(`is not of version ${VERSION}`);
    if (fields.text("weights") !== files[runFiles.weights]?.hash)
      throw new FieldError("is the calibration of another run");
    return calibrationOf(fields);
  } catch (error) {
    if (error instanceof FieldError) throw damaged(path, error.message);
    throw error;
  }
}

function calibrationOf(fields: Fields): Calibration {
  const method = methods.find((each) => each === fields.text("method"));
  if (method === undefined) throw new FieldError("names no known method");
  const predictions = fields.fields("predictions");
  return {
    method,
    by: fields.orNull("by", () => fields.text("by")),
    predictions: new Map(predictions.names().map((label) => [label, curvesOf(predictions.fields(label))])),
  };
}

function curvesOf(fields: Fields): SegmentCurves {
  return {
    all: curveOf(fields.fields("all")),
    byId: new Map(
      fields.list("segments").map((segment, i) => {
        const own = new Fields(segment, `segment ${i}`);
        return [own.whole("id"), curveOf(own.fields("curve"))];
      }),
    ),
  };
}

function curveOf(fields: Fields): Curve {
  if (fields.text("kind") === "line")
    return { kind: "line", slope: fields.number("slope"), shift: fields.number("shift") };
  const [x, y] = [fields.numbers("x"), fields.numbers("y")];
  const rises = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]!);
  if (x.length < 2 || x.length !== y.length || !rises(x) || !rises(y))
    throw new FieldError("has a curve that does not rise");
  return { kind: "knots", x, y };
}
