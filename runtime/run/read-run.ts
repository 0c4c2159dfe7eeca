// Reads run folders and checks everything in them: every file against the manifest's fingerprint, and every
// length before memory is allocated. Faults become diagnostics that name the file.

import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { shellCommand } from "../../compiler/common/shell.ts";
import { runDamaged, runMissing, runVersion } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { isRowsName } from "../../compiler/frontend/config/data-formats.ts";
import { isSettings } from "../files/checkable-files.ts";
import { isOfSystem } from "../files/file-problem.ts";
import type { FileFingerprint } from "../files/fingerprint.ts";
import { LONGEST_TEXT, readBytes } from "../files/read-text.ts";
import { requireUnchanged, unreadable } from "../files/unchanged.ts";
import { type FolderProblems, parseObject, readFitted } from "../fitted/fitted-files.ts";
import { readCalibration } from "./calibration-file.ts";
import { stoppedRunOf } from "./checkpoint.ts";
import {
  MANIFEST_VERSION,
  MANIFEST_VERSIONS,
  type Manifest,
  type Run,
  runFiles,
  TABLE_PREFIX,
} from "./run-folder.ts";
import { readSafetensors, SafetensorsError } from "./safetensors.ts";
import type { Tensor } from "./safetensors-bytes.ts";
import { isSealed } from "./seal.ts";

/**
 * The complete and unchanged run at `folder`. Throws DiagnosticError for any other folder. `uncalibrated`
 * ignores the calibration, even if it is damaged.
 */
export async function readRun(folder: string, { uncalibrated = false } = {}): Promise<Run> {
  const manifest = await readManifest(folder);
  const read = async (name: string) => (await verified(folder, name, manifest)).toString("utf8");
  const text = await read(runFiles.spec);
  const fitted = await readFitted(folder, read, problems);
  await requireListed(folder, runFiles.weights, manifest);
  return {
    spec: { path: join(folder, runFiles.spec), text },
    fitted,
    ...split(await readWeights(folder), join(folder, runFiles.weights)),
    manifest,
    calibration: uncalibrated
      ? null
      : await readCalibration(folder, manifest, (path, reason) => damaged(path, unusable(reason, folder))),
  };
}

/** The message about a calibration that cannot be applied. */
export function unusable(reason: string, folder: string): string {
  return `${reason}; \`${shellCommand`dinc calibrate ${folder} --remove`}\` takes it out`;
}

export function damaged(path: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(runDamaged, { path, reason }, noLocation)]);
}

function otherVersion(path: string, version: unknown, read: readonly unknown[]): DiagnosticError {
  const parameters = { path, version: String(version), read: read.join(" and ") };
  return new DiagnosticError([diagnose(runVersion, parameters, noLocation)]);
}

const problems: FolderProblems = { damaged, otherVersion };

/** The facts about a path that is not a run. */
function notRun(path: string): Omit<Parameters<typeof runMissing.message>[0], "path"> {
  const stopped = stoppedRunOf(path);
  if (!existsSync(path) && existsSync(join(stopped, runFiles.manifest))) return { stopped };
  if (!existsSync(path)) return isAbsolute(path) ? {} : { lookedIn: process.cwd() };
  if (statSync(path).isDirectory()) return {};
  return isSettings(path) ? { is: "settings" } : isRowsName(path) ? { is: "rows" } : {};
}

/** The manifest of a run. Throws DiagnosticError if it is missing or damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, runFiles.manifest);
  let bytes: Buffer;
  try {
    bytes = await readBytes(path, LONGEST_TEXT);
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw unreadable(path, error, damaged);
    throw new DiagnosticError([diagnose(runMissing, { path: folder, ...notRun(folder) }, noLocation)]);
  }
  const value = parseObject(bytes.toString("utf8"), path, problems);
  if (!MANIFEST_VERSIONS.includes(value["version"]))
    throw otherVersion(path, value["version"], MANIFEST_VERSIONS);
  if (value["version"] === MANIFEST_VERSION && !isSealed(bytes, String(value["checksum"])))
    throw damaged(path, "has been changed since training: its checksum does not match");
  for (const [name, type] of Object.entries(manifestFields))
    if (typeof value[name] !== type || value[name] === null) throw damaged(path, `lacks a valid "${name}"`);
  const files = Object.values(value["files"] as Record<string, unknown>);
  if (!files.every(isFingerprint)) throw damaged(path, 'lacks valid "files"');
  return value as unknown as Manifest;
}

const manifestFields = {
  compiler: "string",
  model: "string",
  graphHash: "string",
  backend: "string",
  settings: "object",
  data: "object",
  tables: "object",
  timings: "object",
  metrics: "object",
  files: "object",
} satisfies Record<
  keyof Omit<
    Manifest,
    | "version"
    | "checksum"
    | "parent"
    | "params"
    | "epoch"
    | "from"
    | "period"
    | "stopped"
    | "interrupted"
    | "details"
    | "stepHash"
    | "trainer"
    | "environment"
    | "peakMemory"
  >,
  string
>;

function isFingerprint(value: unknown): value is FileFingerprint {
  const { bytes, hash } = (value ?? {}) as Record<string, unknown>;
  return typeof bytes === "number" && typeof hash === "string";
}

/** Checks a file of the run against the manifest. Throws DiagnosticError if it differs. */
export async function requireListed(folder: string, name: string, manifest: Manifest): Promise<void> {
  const path = join(folder, name);
  const expected = Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined;
  if (expected === undefined) throw damaged(path, "is not listed in the manifest");
  await requireUnchanged(path, expected, "training", damaged);
}

async function verified(folder: string, name: string, manifest: Manifest): Promise<Buffer> {
  await requireListed(folder, name, manifest);
  return readFile(join(folder, name));
}

async function readWeights(folder: string): Promise<Map<string, Tensor>> {
  const path = join(folder, runFiles.weights);
  try {
    return (await readSafetensors(path)).tensors;
  } catch (error) {
    if (error instanceof SafetensorsError) throw damaged(path, error.message);
    throw error;
  }
}

function split(tensors: ReadonlyMap<string, Tensor>, path: string): Pick<Run, "tables" | "parameters"> {
  const tables: Run["tables"][number][] = [];
  const parameters = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (tensor.values.some((value) => !Number.isFinite(value)))
      throw damaged(path, `has values in "${name}" that are not finite`);
    if (!name.startsWith(TABLE_PREFIX)) parameters.set(name, tensor);
    else {
      if (tensor.dims.length !== 2)
        throw damaged(path, `has table "${name}" of shape [${tensor.dims.join(", ")}]`);
      const [rows, width] = tensor.dims as [number, number];
      tables.push({ name: name.slice(TABLE_PREFIX.length), rows, width, values: tensor.values });
    }
  }
  return { tables, parameters };
}
