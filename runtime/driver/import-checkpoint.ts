// Imports a model that another library trained: reads its checkpoint and the files of its data set, finds a place
// for every weight, compares scores, and leaves a complete run folder or none.

import { open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { EngineName } from "../../compiler/backends/choices.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import {
  checkpointUnreadable,
  importedScoresDiffer,
  scoresUnusable,
  weightMapMistake,
  weightsByOrder,
} from "../../compiler/diagnostics/catalog/imported.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { type ListFormat, separatorsOf } from "../../compiler/frontend/config/config.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { CheckpointError, type RandomAccess } from "../../compiler/imported/files/random-access.ts";
import type { CheckpointTensor } from "../../compiler/imported/files/tensors.ts";
import { readTorchFile } from "../../compiler/imported/files/torch-file.ts";
import {
  type ImportedWeights,
  importedWeights,
  type LibraryCheckpoint,
} from "../../compiler/imported/imported-weights.ts";
import type { CheckpointLibrary } from "../../compiler/imported/libraries/library.ts";
import { libraries, libraryNamed } from "../../compiler/imported/libraries/registry.ts";
import { NO_MAP, readWeightMap } from "../../compiler/imported/weight-map.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import { chooseBackend } from "../engines/choose.ts";
import type { EngineOptions } from "../engines/options.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import { fingerprint } from "../files/fingerprint.ts";
import { randomAccess } from "../files/random-access.ts";
import { readBytes, readText } from "../files/read-text.ts";
import { version } from "../files/version.ts";
import { environmentOf, peakMemory } from "../run/environment.ts";
import { contentsOf, manifestOf, specOf } from "../run/finished-training.ts";
import type { OpenRun } from "../run/open-run.ts";
import { readSafetensors, SafetensorsError } from "../run/safetensors.ts";
import { claimRun, writeRun } from "../run/write-run.ts";
import { currentName } from "./engine-names.ts";
import { tellDiagnostics, throwIfStopped, type Watch, withFindingEvents } from "./events.ts";
import { predict } from "./predict.ts";
import { type ModelOptions, type ModelSource, readModel } from "./read-spec.ts";

export interface ImportCheckpointOptions extends EngineOptions, ModelOptions, Watch {
  /** The library that trained the model: `fuxictr`. */
  readonly from: string;
  /** The spec of the network that was trained. */
  readonly spec: ModelSource;
  /** The run folder to write. */
  readonly out: string;
  /** Replaces an existing run. */
  readonly force?: boolean;
  /** The folder with the library's files about the data; by default that of the checkpoint. */
  readonly dataset?: string;
  /** A YAML file that says where weights come from, for those that names and shapes do not decide. */
  readonly map?: string;
  /**
   * Rows with the library's own scores: raw values as the spec reads them, and the probability in the column
   * `score`, or `score_NAME` for each of several predictions.
   */
  readonly golden?: string;
  /** The largest difference of a probability that is accepted; 1e-5 by default. */
  readonly tolerance?: number;
  /** The separator of steps in columns of CSVs, which the run keeps; `|` by default. */
  readonly separator?: string;
  /** The engine that scores the golden rows, and later rows; `auto`, the default, chooses the faster one. */
  readonly backend?: EngineName | "auto";
}

/** The agreement of golden rows. */
export interface ScoreComparison {
  readonly rows: number;
  /** The largest difference of a probability. */
  readonly largest: number;
}

export interface ImportedCheckpoint {
  /** The run folder, which `openRun` opens. */
  readonly folder: string;
  /** The name of the library: `FuxiCTR`. */
  readonly library: string;
  /** The numbers of tables and weights that were taken over. */
  readonly tables: number;
  readonly weights: number;
  /** Null without golden rows. */
  readonly golden: ScoreComparison | null;
}

export const TOLERANCE = 1e-5;
/** The most bytes of a vocabulary or a pickled processor. */
const LARGEST_FILE = 2 ** 30;

/**
 * Writes the run folder `out` from the checkpoint that the library `from` saved. Throws DiagnosticError for
 * everything that does not fit, and if golden rows get other scores; then nothing is written.
 */
export async function importCheckpoint(
  path: string,
  options: ImportCheckpointOptions,
): Promise<ImportedCheckpoint> {
  const library = libraryNamed(options.from);
  if (library === null)
    throw new UsageError(
      `there is no library "${options.from}" to import from; there are ${libraries.map(({ name }) => name).join(", ")}`,
    );
  const release = await claimRun(options.out, options.force === true);
  try {
    return await imported(path, library, options);
  } finally {
    release();
  }
}

async function imported(
  path: string,
  library: CheckpointLibrary,
  options: ImportCheckpointOptions,
): Promise<ImportedCheckpoint> {
  const { out, force = false, golden } = options;
  const model = await readModel(options.spec, options);
  const program = trainingProgram(lower(model), model);
  const file = await openCheckpoint(path);
  try {
    const { checkpoint, files } = await checkpointOf(path, library, file, options);
    const weights = await importedWeights(model, program, checkpoint);
    const backend = await backendOf(program, options);
    const run = await runOf({ model, program, weights, backend, library, files: [path, ...files] }, options);
    throwIfStopped(options);
    const compared = golden === undefined ? null : await comparedScores(run, golden, library, options);
    if (golden === undefined && weights.byOrder.length > 0) {
      const parameters = { library: library.title, weights: weights.byOrder };
      tellDiagnostics([diagnose(weightsByOrder, parameters, noLocation)], options);
    }
    options.onEvent?.({ kind: "writing", path: out });
    await writeRun(out, run.contents, force);
    return {
      ...{ folder: out, library: library.title, golden: compared },
      ...{ tables: weights.tables.size, weights: program.predict.parameters.size },
    };
  } finally {
    await file.close();
  }
}

interface CheckpointFile extends RandomAccess {
  close(): Promise<void>;
}

async function openCheckpoint(path: string): Promise<CheckpointFile> {
  try {
    const file = await open(path, "r");
    return { ...(await randomAccess(file)), close: () => file.close() };
  } catch (error) {
    throw isOfSystem(error) ? unreadable(path, `cannot be opened: ${fileProblem(error)}`) : error;
  }
}

function unreadable(path: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(checkpointUnreadable, { path, reason }, noLocation)]);
}

/** Runs `work`, whose errors about a file become diagnostics that name it. */
async function reading<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CheckpointError || error instanceof SafetensorsError)
      throw unreadable(path, error.message);
    if (isOfSystem(error)) throw unreadable(path, `cannot be read: ${fileProblem(error)}`);
    throw error;
  }
}

async function checkpointOf(
  path: string,
  library: CheckpointLibrary,
  file: CheckpointFile,
  { map, dataset = dirname(path) }: ImportCheckpointOptions,
): Promise<{ readonly checkpoint: LibraryCheckpoint; readonly files: readonly string[] }> {
  const tensors = await reading(path, () =>
    path.endsWith(".safetensors") ? safetensorsOf(path) : readTorchFile(file),
  );
  const files = new Map<string, Uint8Array>();
  for (const { name, isRequired } of library.files) {
    const place = join(dataset, name);
    const exists = await stat(place).then(
      () => true,
      () => false,
    );
    if (exists || isRequired) files.set(name, await reading(place, () => readBytes(place, LARGEST_FILE)));
  }
  const of = <T>(read: (all: ReadonlyMap<string, Uint8Array>) => T) => reading(dataset, () => read(files));
  return {
    checkpoint: {
      ...{ path, library, tensors, files: [...files.keys()].join(" and ") },
      vocabularies: await of(library.vocabularies),
      normalisers: await of(library.normalisers),
      map: map === undefined ? NO_MAP : await mapOf(map, tensors),
      mapPath: map ?? "",
    },
    files: [...files.keys()].map((name) => join(dataset, name)),
  };
}

async function safetensorsOf(path: string): Promise<CheckpointTensor[]> {
  const { tensors } = await readSafetensors(path);
  return [...tensors].map(([name, { dims, values }]) => ({
    ...{ name, dims, storage: name, isFloat: true },
    values: async () => values,
  }));
}

async function mapOf(path: string, tensors: readonly CheckpointTensor[]): Promise<LibraryCheckpoint["map"]> {
  try {
    return readWeightMap(await readText(path), tensors);
  } catch (error) {
    const reason =
      error instanceof CheckpointError
        ? error.message
        : isOfSystem(error)
          ? `cannot be read: ${fileProblem(error)}`
          : null;
    if (reason === null) throw error;
    throw new DiagnosticError([diagnose(weightMapMistake, { path, reason }, noLocation)]);
  }
}

function backendOf({ predict: graph }: TrainingProgram, options: ImportCheckpointOptions) {
  const choice = currentName(options.backend ?? "auto", "caller", options);
  return chooseBackend(choice === "auto" ? { trainedBy: null, graph } : choice, withFindingEvents(options));
}

interface Taken {
  readonly model: Model;
  readonly program: TrainingProgram;
  readonly weights: ImportedWeights;
  readonly backend: TrainingBackend;
  readonly library: CheckpointLibrary;
  /** Every file that was read. */
  readonly files: readonly string[];
}

/** The run in memory, as it will be written. */
interface RunToWrite {
  readonly opened: OpenRun;
  readonly contents: Parameters<typeof writeRun>[1];
}

async function runOf(taken: Taken, { separator }: ImportCheckpointOptions): Promise<RunToWrite> {
  const { model, program, weights, backend, library } = taken;
  const lists = { ...separatorsOf(separator), latestFirst: false } satisfies ListFormat;
  const nothing = { trainRows: 0, validRows: 0, testRows: 0, validate: null } as const;
  const files: { path: string; bytes: number; hash: string }[] = [];
  for (const path of taken.files) files.push({ path, ...(await fingerprint(path)) });
  const data: DataFingerprint = { ...nothing, lists, files };
  const finished = {
    ...{ model, program, backend, trainer: library.title, compiler: version(), baseline: null },
    data: { fitted: weights.fitted, fingerprint: data, test: null },
    result: {
      ...{ tables: weights.tables, parameters: weights.parameters, begun: [], epochs: [], kept: 0 },
      ...{ stopped: null, interrupted: null, seconds: 0, samplesPerSecond: 0 },
    },
    given: new Map(),
    ...{ from: null, state: null },
    environment: environmentOf(backend.description),
  };
  const manifest = { ...manifestOf(finished), peakMemory: peakMemory() };
  const contents = contentsOf(finished, manifest, await reportOf(model, manifest));
  const { spec, fitted, tables, parameters } = contents;
  const inMemory = { ...manifest, files: {}, version: 0 };
  return {
    contents,
    opened: {
      ...{ folder: "", model, predict: program.predict, uncalibrated: null },
      run: { spec, fitted, tables, parameters, manifest: inMemory, calibration: null },
      tables: weights.tables,
      parameters: weights.parameters,
    },
  };
}

async function reportOf(model: Model, manifest: RunToWrite["contents"]["manifest"]): Promise<string> {
  const { NOTHING_FOUND, reportHtml } = await import("../report/report.ts");
  const spec = specOf(model);
  return reportHtml({
    ...{ manifest, spec, doc: model.doc, epochs: [], begun: [], notes: [] },
    findings: NOTHING_FOUND,
  });
}

/** Scores the golden rows. Throws DiagnosticError if a score differs by more than the tolerance. */
async function comparedScores(
  { opened }: RunToWrite,
  data: string,
  { title }: CheckpointLibrary,
  options: ImportCheckpointOptions,
): Promise<ScoreComparison> {
  const { tolerance = TOLERANCE, onEvent, signal, backend, threads } = options;
  const labels = opened.model.predictions.map(({ label }) => label);
  const keep = labels.length === 1 ? ["score"] : labels.map((label) => `score_${label}`);
  const watch = {
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(signal === undefined ? {} : { signal }),
  };
  const engine = { backend: backend ?? "auto", ...(threads === undefined ? {} : { threads }) } as const;
  let [rows, over, largest] = [0, 0, 0];
  let worst: Parameters<typeof importedScoresDiffer.message>[0] | null = null;
  for await (const piece of predict(opened, { data, keep, ...engine, ...watch })) {
    for (const [i, label] of labels.entries()) {
      const values = piece.probabilities.get(label) ?? piece.numbers.get(label)!;
      for (let row = 0; row < piece.rows; row++) {
        const theirs = scoreIn(piece.kept[i]![row], data, keep[i]!, rows + row);
        const difference = Math.abs(theirs - values[row]!);
        if (!(difference <= tolerance)) over++;
        if (difference <= largest) continue;
        largest = difference;
        worst = {
          ...{ library: title, row: rows + row + 1, label, theirs, dinc: values[row]! },
          ...{ tolerance, over: 0, rows: 0 },
        };
      }
    }
    rows += piece.rows;
  }
  if (rows === 0)
    throw new DiagnosticError([diagnose(scoresUnusable, { path: data, reason: "has no rows" }, noLocation)]);
  if (over > 0)
    throw new DiagnosticError([diagnose(importedScoresDiffer, { ...worst!, over, rows }, noLocation)]);
  return { rows, largest };
}

function scoreIn(cell: unknown, path: string, column: string, row: number): number {
  const score = typeof cell === "number" ? cell : Number(cell ?? Number.NaN);
  if (Number.isFinite(score) && cell !== "") return score;
  const reason = `has no number in the column "${column}" of row ${row + 1}`;
  throw new DiagnosticError([diagnose(scoresUnusable, { path, reason }, noLocation)]);
}
