// Starts a training from an earlier one: its initial weights, optimizer state and counts, and a description
// of what is kept, extended, removed or reset, and why.

import { invariant } from "../../common/internal-error.ts";
import { hasLearningPipe, knownValues, learnedOf } from "../../frontend/kinds/registry.ts";
import {
  allFeatures,
  FIRST_ID,
  type Fitted,
  featureNamed,
  type Model,
  type TableSpec,
  UNKNOWN_ID,
} from "../../frontend/model/model.ts";
import { slotName } from "../../middle/programs/dense-update.ts";
import { followedStatistics, MANY_ROWS, ROWS } from "../../middle/programs/moving-averages.ts";
import type { TrainingProgram } from "../../middle/programs/program.ts";
import { optimizerOf } from "../../middle/training/optimizers/registry.ts";
import { beginsAnew, optimizerOfTable, optimizersIn } from "../../middle/training/parts.ts";
import type { PartOptimizer } from "../../middle/training/settings.ts";
import { NO_COUNTS, type TrainingCounts } from "../counts.ts";
import { initialParameters } from "../initial.ts";
import { NOT_BEGUN, type TrainState } from "../state.ts";
import { type HostTable, type InitialVectors, initialTable } from "../tables.ts";
import type { Earlier, FromOptions, OptimizerState } from "./earlier.ts";
import { featureBefore } from "./known.ts";
import { Renaming } from "./renaming.ts";
import { hasMoved, type RowsBefore, rowsBefore } from "./rows-before.ts";

/** The start of a continued training, and its description. */
export interface Continued {
  readonly state: TrainState;
  readonly made: TrainingCounts;
  readonly continuation: Continuation;
}

/** The fate of each part of the earlier training. */
export interface Continuation {
  readonly tables: readonly ContinuedTable[];
  readonly weights: readonly ContinuedWeights[];
  /** Number features with fitted transforms. */
  readonly transforms: readonly ContinuedTransform[];
  readonly optimizer: ContinuedOptimizer;
  readonly average: ContinuedAverage;
  /** Tables and weights of the earlier training that are not used. */
  readonly left: readonly string[];
  /** Whether both networks compute the same; otherwise layers are matched by name and shape alone. */
  readonly sameNetwork: boolean;
}

export interface ContinuedTable {
  readonly name: string;
  /** Its earlier name, if that was different. */
  readonly was: string | null;
  readonly becomes: "kept" | "grown" | "anew";
  /**
   * Rows of ids: of known values, of new ones, and of removed ones; and the number of kept ones whose id
   * changed.
   */
  readonly kept: number;
  readonly added: number;
  readonly gone: number;
  readonly moved: number;
  /** Why it starts over; null otherwise. */
  readonly why: string | null;
}

/** The weights and statistics of a layer. */
export interface ContinuedWeights {
  readonly name: string;
  readonly was: string | null;
  readonly becomes: "kept" | "anew";
  /** The shape of each of its arrays. */
  readonly shapes: string;
  readonly hasStatistics: boolean;
  readonly why: string | null;
}

export interface ContinuedTransform {
  readonly feature: string;
  readonly becomes: "kept" | "anew";
}

export interface ContinuedOptimizer {
  readonly name: string;
  readonly becomes: "kept" | "anew";
  /** The number of its earlier steps. */
  readonly steps: number;
  readonly why: string | null;
}

/**
 * The averages of weights: whether the kept weights are averages of the earlier training, and whether this
 * training's average starts from them.
 */
export interface ContinuedAverage {
  readonly before: number | null;
  readonly now: number | null;
}

/** The new training: the model, the fitted values, the program and the tables. */
export interface NewTraining {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly program: TrainingProgram;
  readonly tables: readonly TableSpec[];
  /** By table: vectors from a file, for new rows. */
  readonly vectors: ReadonlyMap<string, InitialVectors>;
  /** The hash of the graph of its predictions. */
  readonly network: string;
}

export function continued(now: NewTraining, earlier: Earlier, options: FromOptions): Continued {
  const { model, fitted, program } = now;
  const renaming = new Renaming(options.rename);
  const optimizer = optimizerBefore(now, earlier, options, renaming);
  const state = optimizer.becomes === "kept" ? earlier.state : null;
  const taken = new Set<string>();
  const before = new RowFinder(model, fitted, earlier, renaming);
  const specs = now.tables.filter(({ name }) => program.tables.includes(name));
  const tables = specs.map((spec) => tableFrom(now, spec, earlier, state, before, renaming, options, taken));
  const initial = initialParameters(program.step, program.settings.seed);
  const weights = weightsFrom(program, earlier, renaming, taken);
  const parameters = new Map([...initial, ...weights.kept]);
  if (state !== null) fillSlots(program, state, parameters, weights.kept, renaming);
  fillRows(program, earlier.state, parameters, weights.kept, renaming);
  const all = [...[...earlier.tables.keys()].map(tableLabel), ...earlier.parameters.keys()];
  return {
    state: {
      epochs: [],
      begun: [],
      running: NOT_BEGUN,
      tables: new Map(tables.map(({ table }) => [table.spec.name, table])),
      parameters,
      best: null,
    },
    made: { ...(state?.made ?? NO_COUNTS), epochs: earlier.state?.made.epochs ?? 0 },
    continuation: {
      tables: tables.map(({ told }) => told),
      weights: weights.told,
      transforms: transformsFrom(model, fitted, earlier, renaming),
      optimizer,
      average: { before: earlier.model.train.average, now: program.settings.average },
      left: all.filter((name) => !taken.has(name)),
      sameNetwork: now.network === earlier.network,
    },
  };
}

const tableLabel = (name: string) => `table ${name}`;

/** Finds the earlier rows of each table, by the features of their ids. */
class RowFinder {
  private readonly model: Model;
  private readonly fitted: Fitted;
  private readonly earlier: Earlier;
  private readonly renaming: Renaming;

  constructor(model: Model, fitted: Fitted, earlier: Earlier, renaming: Renaming) {
    this.model = model;
    this.fitted = fitted;
    this.earlier = earlier;
    this.renaming = renaming;
  }

  /** Null if there was no such feature. */
  of(name: string, rows: number): RowsBefore | null {
    const { model, fitted, earlier, renaming } = this;
    const feature = featureNamed(model, name);
    const was = featureBefore(feature, earlier, renaming);
    if (was === null) return null;
    const before = { feature: was, fitted: earlier.fitted };
    const partRows = (part: string) => this.of(part, this.rowsOf(part));
    return rowsBefore({ feature, fitted }, before, rows, partRows, (each) => renaming.oldName(each));
  }

  private rowsOf(name: string): number {
    const feature = featureNamed(this.model, name);
    return FIRST_ID + (knownValues(feature, learnedOf(feature, this.fitted)) ?? 0);
  }
}

interface TableFrom {
  readonly table: HostTable;
  readonly told: ContinuedTable;
}

function tableFrom(
  { program, vectors }: NewTraining,
  spec: TableSpec,
  { tables, model: modelBefore }: Earlier,
  state: OptimizerState | null,
  finder: RowFinder,
  renaming: Renaming,
  { newIds = "init" }: FromOptions,
  taken: Set<string>,
): TableFrom {
  const table = initialTable(spec, program.settings, null, vectors.get(spec.name) ?? null);
  const old = renaming.oldName(spec.name);
  const stored = old === null ? undefined : tables.get(old);
  const told = { name: spec.name, was: old === spec.name ? null : old };
  const none = { kept: 0, added: spec.rows - FIRST_ID, gone: 0, moved: 0 };
  const anew = (why: string, gone = 0): TableFrom => ({
    table,
    told: { ...told, ...none, gone, becomes: "anew", why },
  });
  if (stored === undefined || old === null || modelBefore.tables.get(old) === undefined)
    return { ...anew("the earlier model had no such table"), table };
  taken.add(tableLabel(old));
  const known = stored.rows - FIRST_ID;
  if (stored.width !== spec.width) return anew(`its width was ${stored.width} and is ${spec.width}`, known);
  const rows = finder.of(spec.feature, spec.rows);
  if (rows === null) return anew(`\`${spec.feature}\` had no ids before`, known);
  if (typeof rows === "string") return anew(rows, known);
  const unknown = newIds === "unknown" ? UNKNOWN_ID : -1;
  copyRows(table.values, stored.values, rows, spec.width, unknown);
  const slots = state === null ? [] : slotsOf(state, old, spec.name, program);
  for (const [i, slot] of table.slots.entries()) {
    const source = slots[i];
    if (source !== undefined) copyRows(slot, source, rows, slot.length / spec.rows, -1);
  }
  const kept = rows.reduce((sum, row) => sum + (row >= FIRST_ID ? 1 : 0), 0);
  const added = spec.rows - FIRST_ID - kept;
  const moved = hasMoved(rows)
    ? rows.reduce((sum, row, i) => sum + (row >= FIRST_ID && row !== i ? 1 : 0), 0)
    : 0;
  const becomes = added > 0 ? "grown" : "kept";
  return { table, told: { ...told, becomes, kept, added, gone: known - kept, moved, why: null } };
}

/**
 * Copies to each row of `to` its earlier row of `from`. A new row gets that of `otherwise`, or stays
 * unchanged (−1).
 */
function copyRows(
  to: Float32Array,
  from: Float32Array,
  rows: Int32Array,
  width: number,
  otherwise: number,
): void {
  for (const [row, before] of rows.entries()) {
    const source = before >= 0 ? before : otherwise;
    if (source >= 0) to.set(from.subarray(source * width, (source + 1) * width), row * width);
  }
}

/** The optimizer's slots of a table, in their order; an average starts over. */
function slotsOf(
  { tables }: OptimizerState,
  old: string,
  table: string,
  { settings }: TrainingProgram,
): (Float32Array | undefined)[] {
  const optimizer = optimizerOfTable(settings, table);
  return optimizerOf(optimizer)
    .slots(optimizer)
    .map(({ name }) => tables.get(name)?.get(old));
}

interface WeightsFrom {
  readonly told: readonly ContinuedWeights[];
  /** By current name. */
  readonly kept: ReadonlyMap<string, Float32Array>;
}

function weightsFrom(
  { step }: TrainingProgram,
  { parameters: stored }: Earlier,
  renaming: Renaming,
  taken: Set<string>,
): WeightsFrom {
  const found = new Map<string, Float32Array>();
  const layers = new Map<string, ContinuedWeights>();
  for (const { name, dims, role } of step.parameters.values()) {
    if (role === "slot") continue;
    const old = renaming.oldName(name);
    const before = old === null ? undefined : stored.get(old);
    const isSame = before?.dims.join() === dims.join();
    if (before !== undefined) taken.add(old!);
    if (isSame) found.set(name, before!.values.slice());
    const layer = layerOf(name);
    const known = layers.get(layer);
    const why =
      before === undefined
        ? "the earlier model had no such layer"
        : `its shape was ${shapeText(before.dims)} and is ${shapeText(dims)}`;
    layers.set(layer, {
      name: layer,
      was: before === undefined || old === name ? (known?.was ?? null) : layerOf(old!),
      becomes: isSame && known?.becomes !== "anew" ? "kept" : "anew",
      shapes: known === undefined ? shapeText(dims) : `${known.shapes}, ${shapeText(dims)}`,
      hasStatistics: role === "statistic" || known?.hasStatistics === true,
      why: known?.why ?? (isSame ? null : why),
    });
  }
  // A layer is kept or reset as a whole: half of a trained layer is of no use.
  const kept = [...found].filter(([name]) => layers.get(layerOf(name))!.becomes === "kept");
  return { told: [...layers.values()], kept: new Map(kept) };
}

/** The layer of a parameter: `net.click.dense_1` for `net.click.dense_1.kernel`. */
function layerOf(parameter: string): string {
  return parameter.replace(/\.[^.]*$/, "");
}

const shapeText = (dims: readonly number[]): string => dims.join(" × ");

/** Copies the slots of kept weights into the optimizer's, which hold all weights one after the other. */
function fillSlots(
  program: TrainingProgram,
  state: OptimizerState,
  parameters: ReadonlyMap<string, Float32Array>,
  kept: ReadonlyMap<string, Float32Array>,
  renaming: Renaming,
): void {
  for (const [place, optimizer] of optimizersIn(program.settings).entries())
    for (const { name: slot } of optimizerOf(optimizer).slots(optimizer)) {
      const packed = parameters.get(slotName(slot, place));
      let from = 0;
      for (const { name, size } of program.weights.filter((weight) => weight.place === place)) {
        const old = renaming.oldName(name);
        const before = kept.has(name) && old !== null ? state.weights.get(slot)?.get(old) : undefined;
        if (before?.length === size) packed!.set(before, from);
        from += size;
      }
      invariant(packed === undefined || packed.length === from, `the slot ${slot} does not hold all weights`);
    }
}

/** Keeps the row counts of the kept averages. They continue whether or not the optimizer's state is kept. */
function fillRows(
  { step, settings: { seed } }: TrainingProgram,
  state: OptimizerState | null,
  parameters: ReadonlyMap<string, Float32Array>,
  kept: ReadonlyMap<string, Float32Array>,
  renaming: Renaming,
): void {
  const begun = initialParameters(step, seed);
  for (const { name, slot } of followedStatistics(step)) {
    const [average, rows] = [kept.get(name), parameters.get(slot)!];
    if (average === undefined) continue;
    const old = renaming.oldName(name);
    const before = old === null ? undefined : state?.weights.get(ROWS)?.get(old);
    if (before?.length === rows.length) rows.set(before);
    else if (average.some((number, i) => number !== begun.get(name)![i])) rows.fill(MANY_ROWS);
  }
}

function transformsFrom(
  model: Model,
  fitted: Fitted,
  earlier: Earlier,
  renaming: Renaming,
): ContinuedTransform[] {
  const learning = allFeatures(model).filter(
    (feature) => feature.shares === null && hasLearningPipe(feature),
  );
  return learning.map((feature) => {
    const before = featureBefore(feature, earlier, renaming);
    const [now, was] = [
      fitted.transforms.get(feature.name),
      before === null ? undefined : earlier.fitted.transforms.get(before.name),
    ];
    const isKept = was !== undefined && JSON.stringify(now) === JSON.stringify(was);
    return { feature: feature.name, becomes: isKept ? "kept" : "anew" };
  });
}

function optimizerBefore(
  { program: { settings }, tables }: NewTraining,
  { state, tables: earlier }: Earlier,
  { freshOptimizer = false }: FromOptions,
  renaming: Renaming,
): ContinuedOptimizer {
  const { optimizer } = settings;
  const name = optimizer.kind;
  const anew = (why: string): ContinuedOptimizer => ({ name, becomes: "anew", steps: 0, why });
  if (freshOptimizer) return anew("as asked");
  if (state === null) return anew("the run has no state.safetensors");
  if (state.optimizer.kind !== name) return anew(`it was ${state.optimizer.kind}`);
  const slots = (of: typeof optimizer) => JSON.stringify(optimizerOf(of).slots(of));
  if (slots(optimizer) !== slots({ ...state.optimizer }))
    return anew("it remembers other numbers of each row now");
  if (partsText(settings.partOptimizers) !== partsText(state.partOptimizers))
    return anew("its parts have other optimizers");
  // All tables that begin again have one count of steps.
  const isOther = ({ name }: TableSpec) => {
    const old = renaming.oldName(name);
    return old !== null && earlier.has(old) && beginsAnew(settings, name) !== state.anew.includes(old);
  };
  if (state.anew.length > 0 && tables.some(isOther)) return anew("other tables began again in each epoch");
  return { name, becomes: "kept", steps: state.made.steps, why: null };
}

/** The kinds and parts of the optimizers of parts. */
function partsText(parts: readonly PartOptimizer[]): string {
  return JSON.stringify(
    parts.map(({ optimizer, part }) => [
      part.names,
      optimizer.kind,
      optimizerOf(optimizer).slots({ ...optimizer }),
    ]),
  );
}

/** Tells whether anything trained is kept. */
export function keepsAnything({ tables, weights }: Continuation): boolean {
  return tables.some(({ kept }) => kept > 0) || weights.some(({ becomes }) => becomes === "kept");
}
