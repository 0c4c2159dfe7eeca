// A checkpoint: one file beside the future run, from which a training resumes as if nothing had happened. It is replaced
// atomically, so that a kill leaves the old one or the new one. It is sealed, so that a single changed bit is found before a
// training resumes. Reading trusts nothing in it.

import { rm, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { option, type Wording, wording } from "../../compiler/common/option-text.ts";
import { checkpointDamaged, checkpointMismatch } from "../../compiler/diagnostics/catalog/checkpoints.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { tableSlots } from "../../compiler/middle/training/parts.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { BestEpoch } from "../../compiler/train/early-stop.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult, RunningEpoch, TrainState } from "../../compiler/train/state.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import { writeAtomically } from "../files/atomic.ts";
import { otherThanFile } from "../files/read-text.ts";
import { readSafetensors, SafetensorsError, writeSealedSafetensors } from "./safetensors.ts";
import { type Metadata, startingWith, type Tensor } from "./safetensors-bytes.ts";

/** The path of the checkpoint for the training that will write `out`. */
export const checkpointOf = (out: string): string => `${withoutSlash(out)}.checkpoint`;

/** The path of the run with the weights so far, if the user stops the training that will write `out`. */
export const stoppedRunOf = (out: string): string => `${withoutSlash(out)}.stopped`;

const withoutSlash = (path: string): string => path.replace(/(?<!\/)\/+$/, "");

/** The inputs of a training on which its result depends. */
export interface TrainingIdentity {
  readonly compiler: string;
  readonly backend: string;
  readonly network: string;
  readonly settings: TrainSettings;
  readonly tables: readonly Pick<TableSpec, "name" | "rows" | "width" | "options">[];
  /** The sizes and hashes of the files, in order; their paths do not matter. */
  readonly data: object;
  /** The initial weights and the options of continuing from them; null if weights began at random. */
  readonly from: object | null;
}

export function identityOf(training: {
  readonly program: TrainingProgram;
  readonly tables: readonly TableSpec[];
  readonly data: DataFingerprint;
  readonly backend: string;
  readonly compiler: string;
  readonly from?: object | null;
}): TrainingIdentity {
  const { program, tables, data, backend, compiler, from = null } = training;
  return asJson({
    ...{ compiler, backend, from },
    network: graphHash(program.step),
    settings: program.settings,
    tables: tables.map(({ name, rows, width, options }) => ({ name, rows, width, options })),
    data: identityOfData(data),
  });
}

/** Identifies rows by the content of their files and by how they were made, but not by paths. */
export function identityOfData(data: DataFingerprint): object {
  return {
    ...data,
    // The files determine which rows were left out; the policy makes no difference if there were none.
    onBadRow: undefined,
    leftOut: (data.leftOut ?? []).map(({ rows, bad, kinds }) => ({ rows, bad, kinds })),
    files: data.files.map(({ bytes, hash }) => ({ bytes, hash })),
  };
}

/** The text for each part that differs. */
const parts: Readonly<Record<keyof TrainingIdentity, string>> = {
  compiler: "another version of dinc began it",
  backend: "its back end, or how that rounds, is another",
  network: "its network is another, or an earlier version of dinc trained it in other steps",
  settings: "its train settings are others",
  tables: "its tables are others",
  data: "its data are others",
  from: "it went on from another run, or otherwise",
};

/** The checkpoint belongs to another training; `differs` describes the difference. */
export class CheckpointMismatch extends DiagnosticError {
  readonly differs: string;

  constructor(path: string, differs: string) {
    super([diagnose(checkpointMismatch, { path, differs }, noLocation)]);
    this.differs = differs;
  }
}

export interface Checkpoint {
  readonly identity: TrainingIdentity;
  readonly state: TrainState;
}

/** `epochs` with lists instead of maps, which JSON lacks. */
interface StoredProgress {
  readonly begun: readonly Evaluation[];
  readonly epochs: readonly (Omit<EpochResult, "terms"> & { readonly terms: [string, number][] })[];
  readonly running: Omit<RunningEpoch, "terms"> & { readonly terms: [string, number][] };
  readonly best: Omit<BestEpoch, "parameters" | "tables"> | null;
}

const VERSION = "4";
/** The keys of the file's metadata. */
const keys = { version: "dinc.checkpoint", identity: "dinc.identity", progress: "dinc.progress" } as const;
/** The prefixes of tensor names, by the kind of tensor. */
const prefixes = {
  parameter: "parameter:",
  table: "table:",
  slot: "slot:",
  bestParameter: "best parameter:",
  bestTable: "best table:",
} as const;

/**
 * Replaces the checkpoint at `path`. Throws the system's error if it cannot be written; the old one then
 * stays.
 */
export async function writeCheckpoint(path: string, { identity, state }: Checkpoint): Promise<void> {
  const tensors = new Map<string, Tensor>();
  const add = (name: string, values: Float32Array) => tensors.set(name, { dims: [values.length], values });
  for (const [name, values] of state.parameters) add(prefixes.parameter + name, values);
  for (const [name, { values, slots }] of state.tables) {
    add(prefixes.table + name, values);
    slots.forEach((slot, i) => {
      add(`${prefixes.slot}${i}:${name}`, slot);
    });
  }
  for (const [name, values] of state.best?.parameters ?? []) add(prefixes.bestParameter + name, values);
  for (const [name, values] of state.best?.tables ?? []) add(prefixes.bestTable + name, values);
  const metadata: Metadata = {
    [keys.version]: VERSION,
    [keys.identity]: JSON.stringify(identity),
    [keys.progress]: JSON.stringify(stored(state), notFiniteAsText),
  };
  await writeAtomically(path, (file) => writeSealedSafetensors(file, tensors, metadata));
}

/** Whether a file is at `path`. Throws DiagnosticError for anything else, which could not be replaced. */
export async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  const other = found && otherThanFile(found);
  if (other !== null)
    throw damaged(path, wording`is in the way: ${other}. Move it away, or name another ${option("out")}`);
  return found !== null;
}

/** The checkpoint at `path`; null if there is none. Throws DiagnosticError if it is damaged. */
export async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  if (!(await isThere(path))) return null;
  try {
    const { tensors, metadata } = await readSafetensors(path, true);
    const version = metadata[keys.version];
    if (version !== VERSION) throw new SafetensorsError(`is of version ${version ?? "none"} of the format`);
    const identity = parsed<TrainingIdentity>(metadata, keys.identity);
    const { begun, epochs, running, best } = parsed<StoredProgress>(metadata, keys.progress);
    const numbers = [running.steps, running.samples, running.loss, running.seconds];
    const isCurved = [running, ...epochs].every(({ steps, curve }) => steps >= 0 && Array.isArray(curve));
    if (!numbers.every(Number.isFinite) || !isCurved) throw new TypeError("no place");
    const state = {
      begun,
      epochs: epochs.map((epoch) => ({ ...epoch, terms: new Map(epoch.terms) })),
      running: { ...running, terms: new Map(running.terms) },
      ...arraysOf(tensors),
      best: best && {
        ...best,
        parameters: startingWith(prefixes.bestParameter, tensors),
        tables: startingWith(prefixes.bestTable, tensors),
      },
    };
    return { identity, state };
  } catch (error) {
    if (error instanceof SafetensorsError || error instanceof SyntaxError || error instanceof TypeError)
      throw damaged(path, error instanceof SafetensorsError ? error.message : "does not say where it stands");
    throw error;
  }
}

/** Throws DiagnosticError if `checkpoint` does not belong to the training of `identity` and `program`. */
export function requireSame(
  path: string,
  { identity: kept, state }: Checkpoint,
  identity: TrainingIdentity,
  program: TrainingProgram,
): void {
  for (const [part, differs] of Object.entries(parts) as [keyof TrainingIdentity, string][])
    if (!isDeepStrictEqual(kept[part], identity[part])) throw new CheckpointMismatch(path, differs);
  if (!holds(state, identity, program.step)) throw damaged(path, "lacks arrays of the model");
}

/** Whether all arrays exist with the right lengths. */
function holds(
  { parameters, tables, best }: TrainState,
  { tables: specs, settings }: TrainingIdentity,
  graph: Graph,
): boolean {
  const all = [...graph.parameters.values()];
  const fits = (values: ParameterValues) =>
    all.every(({ name, dims }) => values.get(name)?.length === sizeOf(dims));
  const specOf = (name: string) => specs.find((each) => each.name === name);
  const fill = (name: string, { length }: Float32Array, byRow = false) => {
    const spec = specOf(name);
    return spec !== undefined && length === spec.rows * (byRow ? 1 : spec.width);
  };
  const remembers = (name: string, slots: readonly Float32Array[]) => {
    const wanted = specOf(name)?.options.frozen === true ? [] : tableSlots(settings, name);
    return slots.length === wanted.length && slots.every((slot, i) => fill(name, slot, wanted[i]!.byRow));
  };
  return (
    fits(parameters) &&
    (best === null || fits(best.parameters)) &&
    [...tables].every(([name, { values, slots }]) => fill(name, values) && remembers(name, slots)) &&
    [...(best?.tables ?? [])].every(([name, values]) => fill(name, values))
  );
}

export async function removeCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true });
}

function damaged(path: string, reason: Wording): DiagnosticError {
  return new DiagnosticError([diagnose(checkpointDamaged, { path, reason }, noLocation)]);
}

function stored({ begun, epochs, running, best }: TrainState): StoredProgress {
  return {
    begun,
    best: best && { epoch: best.epoch, value: best.value },
    epochs: epochs.map((epoch) => ({ ...epoch, terms: [...epoch.terms] })),
    running: { ...running, terms: [...running.terms] },
  };
}

function parsed<T>(metadata: Metadata, key: string): T {
  return JSON.parse(metadata[key] ?? "", textAsNotFinite) as T;
}

/** An undefined metric is NaN, which JSON lacks. No other text begins with this prefix. */
const NOT_FINITE = "number ";

function notFiniteAsText(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? NOT_FINITE + String(value) : value;
}

function textAsNotFinite(_key: string, value: unknown): unknown {
  return typeof value === "string" && value.startsWith(NOT_FINITE)
    ? Number(value.slice(NOT_FINITE.length))
    : value;
}

/** The value as it is read back from a file, so that the two can be compared. */
function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function arraysOf(tensors: ReadonlyMap<string, Tensor>): Pick<TrainState, "parameters" | "tables"> {
  const tables = new Map<string, { values: Float32Array; slots: Float32Array[] }>();
  for (const [name, values] of startingWith(prefixes.table, tensors)) tables.set(name, { values, slots: [] });
  for (const [name, values] of startingWith(prefixes.slot, tensors)) {
    // Slots were written in order.
    const slots = tables.get(name.replace(/^\d+:/, ""))?.slots;
    if (slots === undefined) throw new SafetensorsError(`has an array "${name}" of nothing`);
    slots.push(values);
  }
  return { parameters: startingWith(prefixes.parameter, tensors), tables };
}
