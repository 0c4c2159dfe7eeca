// The files of a run as bytes, wherever they are written: a folder of this machine, an archive that a page gives away.

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
  /** One line of `metrics.jsonl` each. */
  readonly evaluations: readonly object[];
  /** What a training that goes on from it reads; null where that is not kept. */
  readonly state: StateTensors | null;
  /** The text of `report.html`. */
  readonly report: string;
  /** What the training rows held; null where nobody has read them. */
  readonly baseline: Baseline | null;
}

/** One file of a run. */
export interface RunFile {
  /** Its path in the run. */
  readonly name: string;
  readonly pieces: Iterable<Uint8Array>;
  /** Whether a reader relies on it, so that the manifest has its fingerprint. */
  readonly isListed: boolean;
}

/** All files but the manifest, which has the fingerprints of those that are listed, in this order. */
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

/** The manifest, sealed. */
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
