// Reads the output of a TorchRec package's training (`out/`): trained.json, and the files whose sizes and
// hashes it contains. Each file is checked before it is used, and faults become diagnostics that name the
// file.

import { join } from "node:path";
import {
  trainingDamaged,
  trainingMissing,
  trainingVersion,
  trainingWeightsMismatch,
} from "../../compiler/diagnostics/catalog/import.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { EarlyStopped } from "../../compiler/train/early-stop.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import type { FileFingerprint } from "../files/fingerprint.ts";
import { LONGEST_TEXT, readBytes } from "../files/read-text.ts";
import { requireUnchanged } from "../files/unchanged.ts";
import { FieldError, Fields, parsedJson } from "./json-fields.ts";
import { readSafetensors, SafetensorsError } from "./safetensors.ts";
import type { Tensor } from "./safetensors-bytes.ts";

/** The names of its files. */
export const trainedFiles = {
  /** Written last. */
  record: "trained.json",
  weights: "weights.safetensors",
  metrics: "metrics.jsonl",
  golden: "golden.json",
} as const;

/** The version of the contract. */
export const TRAINED_VERSION = 1;

/** The content of trained.json. */
export interface TrainedRecord {
  readonly model: string;
  readonly parent: string | null;
  /** The text of the spec from which the package was compiled. */
  readonly spec: { readonly path: string; readonly text: string };
  readonly graphHash: string;
  readonly stepHash: string;
  /** The version of dinc that wrote the package. */
  readonly compiler: string;
  /** TrainSettings as JSON, including the overrides of the training's command line. */
  readonly settings: unknown;
  readonly overrides: Overrides;
  readonly prepared: { readonly path: string; readonly sha256: string };
  /** By table: the number of rows that began with vectors from a file. */
  readonly given: Readonly<Record<string, number>>;
  /** The epoch of these weights, from 1. */
  readonly epoch: number;
  /** The number of trained epochs. */
  readonly epochs: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly stopped: EarlyStopped | null;
  readonly environment: TorchEnvironment;
}

/** The settings that the command line of a training may override. */
export interface Overrides {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
}

export interface TorchEnvironment {
  readonly python: string;
  readonly torch: string;
  readonly torchrec: string;
  readonly fbgemm: string;
  readonly platform: string;
  readonly processor: string;
  readonly device: string;
  /** The number of processes. */
  readonly ranks: number;
}

export class TrainedFolder {
  readonly record: TrainedRecord;
  private readonly folder: string;
  private readonly files: Fields;

  private constructor(folder: string, record: TrainedRecord, files: Fields) {
    this.folder = folder;
    this.record = record;
    this.files = files;
  }

  /** Throws DiagnosticError if there is no finished training, or if this version of dinc cannot read it. */
  static async open(folder: string): Promise<TrainedFolder> {
    const path = join(folder, trainedFiles.record);
    const bytes = await readBytes(path, LONGEST_TEXT).catch((error: unknown) => {
      if (!isOfSystem(error)) throw error;
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR")
        throw damaged(path, `cannot be read: ${fileProblem(error)}`);
      throw new DiagnosticError([diagnose(trainingMissing, { path: folder }, noLocation)]);
    });
    return refusing(path, async () => {
      const fields = new Fields(parsedJson(textOf(bytes)));
      const version = fields.value("version");
      if (version !== TRAINED_VERSION) throw otherVersion(path, version);
      return new TrainedFolder(folder, recordOf(fields), fields.fields("files"));
    });
  }

  path(name: (typeof trainedFiles)[keyof typeof trainedFiles]): string {
    return join(this.folder, name);
  }

  /** All tensors. A file that is unchanged but unreadable was written by another program. */
  weights(): Promise<ReadonlyMap<string, Tensor>> {
    return this.checked(trainedFiles.weights, async (path) => {
      try {
        return (await readSafetensors(path)).tensors;
      } catch (error) {
        if (error instanceof SafetensorsError) throw weightsMismatch(path, error.message);
        throw error;
      }
    });
  }

  /** The result of `read` for the text of a file; its FieldError is reported for that file. */
  text<T>(name: "metrics.jsonl" | "golden.json", read: (text: string) => T): Promise<T> {
    return this.checked(name, async (path) => read(textOf(await readBytes(path, LONGEST_TEXT))));
  }

  /** Compares the size and hash of a file before `read` gets its path. */
  private checked<T>(
    name: Exclude<(typeof trainedFiles)[keyof typeof trainedFiles], "trained.json">,
    read: (path: string) => Promise<T>,
  ): Promise<T> {
    const path = this.path(name);
    return refusing(path, async () => {
      const said = await refusing(this.path(trainedFiles.record), async () =>
        fingerprintIn(this.files, name),
      );
      await requireUnchanged(path, said, "training", damaged);
      return read(path);
    });
  }
}

/** The result of `work`; if it refuses the file at `path`, throws a diagnostic. */
async function refusing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FieldError) throw damaged(path, error.message);
    if (isOfSystem(error)) throw damaged(path, `cannot be read: ${fileProblem(error)}`);
    throw error;
  }
}

function damaged(path: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(trainingDamaged, { path, reason }, noLocation)]);
}

/** `reason` completes "the file …". */
export function weightsMismatch(path: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(trainingWeightsMismatch, { path, reason }, noLocation)]);
}

function otherVersion(path: string, version: unknown): DiagnosticError {
  const parameters = { path, version: JSON.stringify(version) ?? "none", read: String(TRAINED_VERSION) };
  return new DiagnosticError([diagnose(trainingVersion, parameters, noLocation)]);
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FieldError("is not in UTF-8");
  }
}

function fingerprintIn(files: Fields, name: string): FileFingerprint {
  const said = files.fields(name);
  return { bytes: said.whole("bytes"), hash: said.line("hash") };
}

function recordOf(fields: Fields): TrainedRecord {
  const [spec, prepared, settings] = [
    fields.fields("spec"),
    fields.fields("prepared"),
    fields.fields("settings"),
  ];
  const epochs = fields.whole("epochs", 1);
  const epoch = fields.whole("epoch", 1);
  if (epoch > epochs) throw new FieldError(`keeps epoch ${epoch} of ${epochs}`);
  return {
    model: fields.line("model"),
    parent: fields.orNull("parent", () => fields.line("parent")),
    spec: { path: spec.line("path"), text: spec.text("text") },
    graphHash: fields.line("graphHash"),
    stepHash: fields.line("stepHash"),
    compiler: fields.line("compiler"),
    settings: fields.value("settings"),
    overrides: {
      epochs: settings.whole("epochs", 1),
      batch: settings.whole("batch", 1),
      learningRate: settings.fields("optimizer").number("learningRate"),
      seed: settings.whole("seed"),
    },
    prepared: { path: prepared.line("path"), sha256: prepared.line("sha256") },
    given: countsOf(fields.fields("given")),
    epoch,
    epochs,
    seconds: fields.number("seconds"),
    samplesPerSecond: fields.number("samplesPerSecond"),
    stopped: fields.orNull("stopped", () => stoppedOf(fields.fields("stopped"))),
    environment: environmentOf(fields.fields("environment"), fields.whole("ranks", 1)),
  };
}

function countsOf(fields: Fields): Record<string, number> {
  return Object.fromEntries(fields.names().map((name) => [name, fields.whole(name)]));
}

function stoppedOf(fields: Fields): EarlyStopped {
  return {
    metric: fields.line("metric"),
    label: fields.line("label"),
    epoch: fields.whole("epoch", 1),
    value: fields.number("value"),
    early: fields.truth("early"),
  };
}

function environmentOf(fields: Fields, ranks: number): TorchEnvironment {
  return {
    python: fields.line("python"),
    torch: fields.line("torch"),
    torchrec: fields.line("torchrec"),
    fbgemm: fields.line("fbgemm"),
    platform: fields.line("platform"),
    processor: fields.line("processor"),
    device: fields.line("device"),
    ranks,
  };
}
