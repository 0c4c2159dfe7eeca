// Loads native tfjs-node if it exists: first from the user's cache, then from node_modules. It records the
// location, or the reason why it does not load.

import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { hasFacts } from "./build-folder.ts";
import { nativeFolders } from "./cache-folder.ts";
import { installedPackage } from "./node-modules.ts";

/** The parts of tfjs-node in use. Its own types are missing if npm dropped the package. */
export interface TfjsNode {
  readonly node: {
    loadSavedModel(path: string, tags: readonly string[], signature: string): Promise<SavedModel>;
  };
  tensor(
    values: Float32Array | Int32Array,
    shape: readonly number[],
    dtype: "float32" | "int32",
  ): NativeTensor;
  dispose(tensors: Readonly<Record<string, NativeTensor>>): void;
  memory(): { readonly numTensors: number };
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
  backend(): { readonly binding: { readonly TF_Version: string } };
  enableProdMode(): void;
}

export interface NativeTensor {
  dataSync(): Float32Array | Int32Array;
}

export interface SavedModel {
  predict(inputs: Readonly<Record<string, NativeTensor>>): Record<string, NativeTensor>;
  dispose(): void;
}

export interface NativeModule {
  readonly tf: TfjsNode;
  /** tfjs-node's package folder. */
  readonly folder: string;
  readonly versions: { readonly tfjsNode: string; readonly tensorflow: string };
}

interface Candidate {
  readonly origin: "cache" | "node_modules";
  readonly folder: string;
}

export type NativeStatus =
  | {
      readonly kind: "loaded";
      readonly origin: Candidate["origin"];
      readonly folder: string;
      readonly versions: NativeModule["versions"];
    }
  | { readonly kind: "absent" }
  | {
      readonly kind: "broken";
      readonly origin: Candidate["origin"];
      readonly folder: string;
      readonly reason: string;
    };

let outcome: { readonly module: NativeModule | null; readonly status: NativeStatus } | null = null;

/** Native tfjs-node; null if none is installed or none loads (`nativeStatus` gives the reason). */
export async function loadNative(): Promise<NativeModule | null> {
  return (outcome ??= load()).module;
}

/** The result of `loadNative`, for `dinc doctor` and for the sentence about a slower back end. */
export async function nativeStatus(): Promise<NativeStatus> {
  return (outcome ??= load()).status;
}

/** Whether a build exists. Fast, because nothing is loaded. */
export function nativeAvailable(): boolean {
  return candidates().length > 0;
}

function candidates(): Candidate[] {
  const found: Candidate[] = [];
  const folders = nativeFolders();
  if (hasFacts(folders)) found.push({ origin: "cache", folder: folders.package });
  const installed = installedPackage();
  if (installed !== null) found.push({ origin: "node_modules", folder: installed });
  return found;
}

function load(): NonNullable<typeof outcome> {
  let status: NativeStatus = { kind: "absent" };
  for (const { origin, folder } of candidates()) {
    try {
      const module = requirePackage(folder);
      return { module, status: { kind: "loaded", origin, folder, versions: module.versions } };
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
      if (status.kind === "absent") status = { kind: "broken", origin, folder, reason };
    }
  }
  return { module: null, status };
}

function requirePackage(folder: string): NativeModule {
  const require = createRequire(join(folder, "package.json"));
  prepareProcess(require);
  const tf = require(folder) as TfjsNode;
  // Without this, tfjs warns about every kernel if a program that uses dinc as a library loads its own copy.
  tf.enableProdMode();
  const { binding } = tf.backend();
  const { version } = require(join(folder, "package.json")) as { version: string };
  return { tf, folder, versions: { tfjsNode: version, tensorflow: binding.TF_Version } };
}

function prepareProcess(require: NodeJS.Require): void {
  // TensorFlow logs oneDNN, CPU features and every loaded SavedModel; only errors matter here.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  // A training step consists of hundreds of small ops. Splitting each over all cores costs more than it gains
  // (on two cores, a quarter of a step up to batches of 1,024), so half of them are used, while other ops and
  // the next batch run in parallel.
  process.env["TF_NUM_INTRAOP_THREADS"] ??= String(Math.max(1, Math.floor(availableParallelism() / 2)));
  // Keeps the memory of a step's tensors for the next step: requesting it again would take a tenth of a step.
  process.env["TF_CPU_ALLOCATOR_USE_BFC"] ??= "1";
  // tfjs-node calls two functions that Node 23 removed.
  const util = require("node:util") as Record<string, unknown>;
  util["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  util["isArray"] ??= Array.isArray;
}
