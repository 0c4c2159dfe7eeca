// Writes run folders. A run is written to a temporary path and renamed when complete: a kill leaves the old run or the new one,
// never a part of one.

import { join } from "node:path";
import { outputExists, outputNotRun } from "../../compiler/diagnostics/catalog/run.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { fittedTexts } from "../data/fitted-files.ts";
import { flushFolder, makeFolders, writeFlushed } from "../files/atomic.ts";
import { type FileFingerprint, fingerprint } from "../files/fingerprint.ts";
import { unwritable } from "../files/unwritable.ts";
import { claimWhole, entriesOf, putWhole } from "../files/whole-folder.ts";
import { type Baseline, baselineText } from "./baseline.ts";
import type { StateTensors } from "./optimizer-file.ts";
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestContents,
  type Run,
  runFiles,
  TABLE_PREFIX,
} from "./run-folder.ts";
import { type Tensor, writeSafetensors } from "./safetensors.ts";
import { sealed, UNSEALED } from "./seal.ts";

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

/** As `claimWhole`; what may be replaced with `force` is a run. */
export function claimRun(out: string, force: boolean): Promise<() => void> {
  return claimWhole(out, (entries) => {
    if (!entries.includes(runFiles.manifest)) return diagnose(outputNotRun, { path: out }, noLocation);
    return force ? null : diagnose(outputExists, { path: out }, noLocation);
  });
}

/** Whether `path` is a run folder, which is complete then. */
export async function isRun(path: string): Promise<boolean> {
  return (await entriesOf(path))?.includes(runFiles.manifest) === true;
}

/** Writes the whole run; an existing one is replaced only with `force`. */
export async function writeRun(out: string, contents: RunContents, force: boolean): Promise<void> {
  const release = await claimRun(out, force);
  try {
    await putWhole(out, async (partial) => {
      await makeFolders(join(partial, "vocab"));
      await writeFiles(partial, contents);
      await flushFolder(join(partial, "vocab"));
    });
  } catch (error) {
    throw unwritable(out, error);
  } finally {
    release();
  }
}

async function writeFiles(folder: string, contents: RunContents): Promise<void> {
  const { spec, fitted, evaluations, report, baseline } = contents;
  await writeFlushed(join(folder, runFiles.spec), spec.text);
  for (const [name, text] of fittedTexts(fitted)) await writeFlushed(join(folder, name), text);
  await writeFlushed(join(folder, runFiles.weights), (file) => writeSafetensors(file, tensorsOf(contents)));
  const { state } = contents;
  if (state !== null)
    await writeFlushed(join(folder, runFiles.state), (file) =>
      writeSafetensors(file, state.tensors, state.metadata),
    );
  await writeFlushed(
    join(folder, runFiles.metrics),
    evaluations.map((evaluation) => `${JSON.stringify(evaluation)}\n`).join(""),
  );
  await writeFlushed(join(folder, runFiles.report), report);
  if (baseline !== null) await writeFlushed(join(folder, runFiles.baseline), baselineText(baseline));
  const relied = [
    runFiles.spec,
    runFiles.fitted,
    runFiles.weights,
    ...(state === null ? [] : [runFiles.state]),
    ...[...fitted.vocabularies.keys()].map(runFiles.vocabulary),
    ...(baseline === null ? [] : [runFiles.baseline]),
  ];
  const files: Record<string, FileFingerprint> = {};
  for (const name of relied) files[name] = await fingerprint(join(folder, name));
  await writeFlushed(join(folder, runFiles.manifest), manifestBytes({ ...contents.manifest, files }));
}

/** The manifest, sealed. */
export function manifestBytes(manifest: Omit<Manifest, "version" | "checksum">): Buffer {
  const whole: Manifest = { ...manifest, version: MANIFEST_VERSION, checksum: UNSEALED };
  const { version, checksum, ...rest } = whole;
  return sealed(Buffer.from(`${JSON.stringify({ version, checksum, ...rest }, null, 2)}\n`));
}

function tensorsOf({ tables, parameters }: RunContents): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { name, rows, width, values } of tables)
    tensors.set(`${TABLE_PREFIX}${name}`, { dims: [rows, width], values });
  for (const [name, tensor] of parameters) tensors.set(name, tensor);
  return tensors;
}
