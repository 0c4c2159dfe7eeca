// Patches of weights: what leads from one weights file to another, and the application of such patches.

import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ChangedTensor, weightsPatch } from "../../compiler/backends/serving/weights-patch.ts";
import { patchRefused } from "../../compiler/diagnostics/catalog/patches.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import {
  identityOf,
  type PatchDeltas,
  patchedWeights,
  type WeightsIdentity,
} from "../../compiler/serve/patch.ts";
import { RankerWeightsError } from "../../compiler/serve/weights.ts";
import { writeAtomically } from "../files/atomic.ts";
import { fileProblem, isOfSystem, refusal } from "../files/file-problem.ts";
import { unwritable } from "../files/unwritable.ts";
import { runFiles } from "../run/run-folder.ts";
import { compile } from "./compile.ts";
import { throwIfStopped, type Watch } from "./events.ts";

export interface DiffWeightsOptions extends Watch {
  /** The file to write. Without one, the patch is only returned. */
  readonly out?: string;
  /** Whether numbers are exact, the default, or the old ones plus a difference in 16 bits. */
  readonly deltas?: PatchDeltas;
}

export interface DiffedWeights {
  /** The patch. */
  readonly bytes: Uint8Array;
  readonly from: WeightsIdentity;
  /** The weights that the patch leads to: with 16-bit deltas not those that were given. */
  readonly to: WeightsIdentity;
  readonly deltas: PatchDeltas;
  /** The size of the file that the patch leads to. */
  readonly fileBytes: number;
  readonly changed: readonly ChangedTensor[];
}

/**
 * Makes the patch that leads from one weights file to another. Each is a file, the folder of a compiled model, or a run, whose
 * file is that of a module in TypeScript. Throws DiagnosticError for files that cannot be read, or are of different programs.
 */
export async function diffWeights(
  from: string,
  to: string,
  options: DiffWeightsOptions = {},
): Promise<DiffedWeights> {
  const { out, deltas = "exact", ...watch } = options;
  const old = await weightsAt(from, watch);
  identified(from, old);
  const now = await weightsAt(to, watch);
  throwIfStopped(watch);
  const patch = refusing(to, () => weightsPatch(old, now, deltas));
  // The reader has the last word.
  const { length: fileBytes } = refusing(to, () => patchedWeights(old, patch.bytes));
  throwIfStopped(watch);
  if (out !== undefined) await written(out, patch.bytes, watch);
  const { header, bytes, changed } = patch;
  return { bytes, from: header.from, to: header.to, deltas, fileBytes, changed };
}

export interface ApplyPatchesOptions extends Watch {
  /** The file to write. Without one, the weights are only returned. */
  readonly out?: string;
}

/** The bytes of a weights file, and which weights they are. */
export interface AppliedWeights {
  readonly bytes: Uint8Array;
  readonly weights: WeightsIdentity;
}

/**
 * Applies patches one after the other to a weights file, and writes the last result in one step. Throws DiagnosticError for a
 * patch that is cut short, changed, of another model, or does not lead from the weights before it.
 */
export async function applyPatches(
  weights: string,
  patches: readonly string[],
  { out, ...watch }: ApplyPatchesOptions = {},
): Promise<AppliedWeights> {
  let bytes = await weightsAt(weights, watch);
  identified(weights, bytes);
  for (const patch of patches) {
    const given = await bytesOf(patch);
    const before = bytes;
    bytes = refusing(patch, () => patchedWeights(before, given));
    throwIfStopped(watch);
  }
  if (out !== undefined) await written(out, bytes, watch);
  return { bytes, weights: identityOf(bytes) };
}

async function written(out: string, bytes: Uint8Array, watch: Watch): Promise<void> {
  watch.onEvent?.({ kind: "writing", path: out });
  await writeAtomically(out, bytes).catch((error: unknown) => {
    throw unwritable(out, error);
  });
}

/** The weights file at a path. */
async function weightsAt(path: string, watch: Watch): Promise<Uint8Array> {
  const found = await stat(path).catch((error: unknown) => {
    throw isOfSystem(error) ? refused(path, fileProblem(error)) : error;
  });
  if (!found.isDirectory()) return bytesOf(path);
  const names = await readdir(path).catch((error: unknown) => {
    throw isOfSystem(error) ? refused(path, fileProblem(error)) : error;
  });
  if (names.includes(runFiles.manifest)) return weightsOfRun(path, watch);
  const files = names.filter((name) => name.endsWith(".weights.bin"));
  if (files.length !== 1)
    throw refused(path, "it is neither a run nor the folder of a compiled model with a file of weights");
  return bytesOf(join(path, files[0]!));
}

async function weightsOfRun(run: string, watch: Watch): Promise<Uint8Array> {
  const { files } = await compile(run, watch);
  const weights = files.get("model.weights.bin");
  if (!(weights instanceof Uint8Array)) throw refused(run, "its weights are not one file");
  return weights;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw refusal(`${basename(path)} is not a file`);
      const bytes = new Uint8Array(found.size);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, MOST_READ_AT_ONCE), at);
        if (bytesRead === 0) throw refusal("it was cut short while it was read");
        at += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw isOfSystem(error) ? refused(path, fileProblem(error)) : error;
  }
}

const MOST_READ_AT_ONCE = 2 ** 26;

function identified(path: string, weights: Uint8Array): WeightsIdentity {
  return refusing(path, () => identityOf(weights));
}

function refusing<T>(path: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw error instanceof RankerWeightsError ? refused(path, error.message) : error;
  }
}

function refused(path: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(patchRefused, { path, reason }, noLocation)]);
}
