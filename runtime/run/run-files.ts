// The files of a run as bytes, for a folder on this machine or an archive that a page offers.

import { fittedTexts } from "../fitted/fitted-texts.ts";
import { type Baseline, baselineText } from "./baseline-text.ts";
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestContents,
  type Run,
  runFiles,
  TABLE_PREFIX,
} from "./run-folder.ts";
import { safetensorsPieces, type Tensor } from "./safetensors-bytes.ts";
import { sealed, UNSEALED } from "./seal.ts";
import type { StateTensors } from "./state-tensors.ts";

export interface RunContents extends Omit<Run, "manifest" | "calibration"> {
  readonly manifest: ManifestContents;
  /** Each becomes a line of `metrics.jsonl`. */
  readonly evaluations: readonly object[];
  /** The state for a training that continues from it; null if it is not kept. */
  readonly state: StateTensors | null;
  /** The text of `report.html`. */
  readonly report: string;
  /** The statistics of the training rows; null if they were not read. */
  readonly baseline: Baseline | null;
}

/** One file of a run. */
export interface RunFile {
  /** Its path in the run. */
  readonly name: string;
  readonly pieces: Iterable<Uint8Array>;
  /** Whether a reader relies on it, so that the manifest contains its fingerprint. */
  readonly isListed: boolean;
}

/** All files except the manifest, which lists the fingerprints of some of them in this order. */
export function* filesOfRun(contents: RunContents): Generator<RunFile> {
  const { spec, fitted, evaluations, state, report, baseline } = contents;
  yield listed(runFiles.spec, spec.text);
  for (const [name, text] of fittedTexts(fitted)) yield listed(name, text);
  yield { name: runFiles.weights, pieces: safetensorsPieces(tensorsOf(contents)), isListed: true };
  if (state !== null)
    yield { name: runFiles.state, pieces: safetensorsPieces(state.tensors, state.metadata), isListed: true };
  if (baseline !== null) yield listed(runFiles.baseline, baselineText(baseline));
  const lines = evaluations.map((evaluation) => `${JSON.stringify(evaluation)}\n`);
  yield { ...listed(runFiles.metrics, lines.join("")), isListed: false };
  yield { ...listed(runFiles.report, report), isListed: false };
}

function listed(name: string, text: string): RunFile {
  return { name, pieces: [new TextEncoder().encode(text)], isListed: true };
}

/** This many digits of the hash identify a run's weights. */
const RUN_DIGITS = 16;

/** The name of the run in a compiled module (`About`). */
export function runName({ files }: Pick<Manifest, "files">): string {
  return files[runFiles.weights]!.hash.slice(0, RUN_DIGITS);
}

/** The manifest with its checksum. */
export function manifestBytes(manifest: Omit<Manifest, "version" | "checksum">): Uint8Array {
  const whole: Manifest = { ...manifest, version: MANIFEST_VERSION, checksum: UNSEALED };
  const { version, checksum, ...rest } = whole;
  return sealed(new TextEncoder().encode(`${JSON.stringify({ version, checksum, ...rest }, null, 2)}\n`));
}

function tensorsOf({ tables, parameters }: RunContents): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { name, rows, width, values } of tables)
    tensors.set(`${TABLE_PREFIX}${name}`, { dims: [rows, width], values });
  for (const [name, tensor] of parameters) tensors.set(name, tensor);
  return tensors;
}
