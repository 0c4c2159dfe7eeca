// Finds the past items that matter to a candidate: the attention weights of the trained model for a few
// held-out rows, computed with the ops' reference implementations.

import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import {
  attentionsOf,
  attentionWeights,
  candidateInputs,
  type HistoryAttention,
} from "../../compiler/backends/serving/attention.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { appendTo } from "../../compiler/common/maps.ts";
import { Random } from "../../compiler/common/random.ts";
import { sigmoid } from "../../compiler/common/sigmoid.ts";
import { oneLine } from "../../compiler/common/source-file.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { idName } from "../../compiler/frontend/kinds/id-names.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import type { Feature, Fitted, History, Model } from "../../compiler/frontend/model/model.ts";
import { evaluateNodes } from "../../compiler/middle/builder/evaluate.ts";
import type { ReferenceValue, RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { outputNames } from "../../compiler/middle/graph/outputs.ts";
import { passes, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { allChannels } from "../../compiler/middle/training/channels.ts";
import { type HostTable, RowGatherer } from "../../compiler/train/tables.ts";
import { SourceBatches } from "../data/batches.ts";
import type { Titles } from "../data/tables.ts";

export interface AttentionFigures {
  /** The number of attentions times heads in the model. */
  readonly found: number;
  readonly shown: readonly AttentionFigure[];
}

/** One head of an attention. */
export interface AttentionFigure {
  readonly history: string;
  /** The text in the spec. */
  readonly code: string;
  /** From 1; null if there is only one. */
  readonly head: number | null;
  readonly areShares: boolean;
  readonly dependsOnCandidate: boolean;
  /** The names of the fields that identify steps. */
  readonly fields: readonly string[];
  readonly users: readonly AttendingUser[];
}

/** A history and the candidates compared with it. */
export interface AttendingUser {
  /** The user's name; null if it is unknown. */
  readonly name: string | null;
  /** Oldest first. */
  readonly steps: readonly string[];
  readonly candidates: readonly AttendingCandidate[];
}

export interface AttendingCandidate {
  readonly name: string;
  /** By prediction: the predicted probability, and the outcome (null if it is unknown). */
  readonly predictions: readonly {
    readonly label: string;
    readonly probability: number;
    readonly happened: boolean | null;
  }[];
  /** One for each step. */
  readonly weights: Float64Array;
}

const MOST_FIGURES = 3;
const MOST_USERS = 4;
/** The candidates per user: the same history with clicked and unclicked items. */
const MOST_CANDIDATES = 2;
/** The number of rows to search for users. */
const MOST_LOOKED_AT = 20_000;
/**
 * The total of all shown rows. The reference implementations are slow; the time of self-attention grows with
 * the square of a history's length.
 */
const MOST_STEPS = 1500;
/** Fewer steps would show little. */
const ENOUGH_STEPS = 4;

export interface AttendedModel {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly tables: ReadonlyMap<string, HostTable>;
  readonly parameters: ParameterValues;
  /** The feature that identifies users; null if no metric names one. */
  readonly users: string | null;
  /** The titles of items; null if only their ids are known. */
  readonly titles: Titles | null;
}

/** Returns the name of a feature's id. */
type NameOf = (feature: Feature, id: number) => string;

function namesOf({ fitted, titles }: AttendedModel): NameOf {
  return (feature, id) => {
    const name = idName(feature, fitted, id);
    return (feature.name === titles?.feature ? titles.of.get(name) : undefined) ?? name;
  };
}

/** Null if the model has no attention over a history, or if no row has enough steps to show. */
export function attendedOf(attended: AttendedModel, data: MemoryRows): AttentionFigures | null {
  const { model } = attended;
  // The chosen rows would need all candidates of their requests.
  if (model.requests !== null) return null;
  const graph = predictingGraph(model);
  const attentions = attentionsOf(graph, candidateInputs(model));
  const heads = attentions.flatMap((attention) =>
    Array.from({ length: attention.heads }, (_, head) => ({ attention, head })),
  );
  const shown = heads.slice(0, MOST_FIGURES);
  const byHistory = new Map<string, Evaluated | null>();
  for (const { history } of shown.map(({ attention }) => attention))
    if (!byHistory.has(history)) byHistory.set(history, evaluatedRows(history, graph, attended, data));
  const figures = shown.flatMap(({ attention, head }) => {
    const evaluated = byHistory.get(attention.history)!;
    return evaluated === null ? [] : [figureOf(attention, head, evaluated, graph, attended, data)];
  });
  return figures.length === 0 ? null : { found: heads.length, shown: figures };
}

/** The Graph without optimizing passes, which would take the attention apart. */
function predictingGraph(model: Model): Graph {
  const forward = lower(model);
  const names = allChannels(model.predictions).map(outputNames.logit);
  const outputs = new Map([...forward.outputs].filter(([name]) => names.includes(name)));
  return runPasses({ ...forward, outputs }, [passes.freezeStatistics, passes.dropDeadNodes]);
}

/** Groups of rows with the same user and the same steps, in random order. */
function chosenRows(history: string, attended: AttendedModel, data: MemoryRows): readonly number[][] {
  const { model, users } = attended;
  const declared = model.histories.get(history)!;
  const called = candidateNames(namedFields(declared, data), model, namesOf(attended), data);
  const { start, end } = data.histories.get(history)!;
  const order = Random.of(model.train.seed, "report attention").order(data.rows).subarray(0, MOST_LOOKED_AT);
  const groups = users === null ? undefined : data.groups.get(users);
  const keyOf = (row: number) =>
    groups === undefined ? `${start[row]}–${end[row]}` : `${groups[row]} ${stepsKey(data, history, row)}`;
  const byKey = new Map<string, number[]>();
  for (const row of order) {
    if (end[row]! - start[row]! < ENOUGH_STEPS) continue;
    const key = keyOf(row);
    appendTo(byKey, key, row);
  }
  // Groups with several candidates come first, because they show the candidate's effect.
  const all = [...byKey.values()].map((rows) => apart(rows, called, data));
  const inOrder = [...all.filter((rows) => rows.length > 1), ...all.filter((rows) => rows.length === 1)];
  let steps = 0;
  return inOrder.slice(0, MOST_USERS).filter((rows, i) => {
    for (const row of rows) steps += end[row]! - start[row]!;
    return i === 0 || steps <= MOST_STEPS;
  });
}

function stepsKey(data: MemoryRows, history: string, row: number): string {
  const { start, end, steps } = data.histories.get(history)!;
  const length = end[row]! - start[row]!;
  const [ids] = steps.values();
  return ids === undefined ? String(length) : ids.subarray(start[row]!, end[row]!).join();
}

/** At most `MOST_CANDIDATES` rows with different candidates, of both classes if possible, clicks first. */
function apart(rows: readonly number[], called: (row: number) => string, { labels }: MemoryRows): number[] {
  const [happened] = labels.values();
  const byName = new Map(rows.map((row) => [called(row), row]));
  const distinct = [...byName.values()];
  const clicked = distinct.filter((row) => happened?.[row] === 1);
  const others = distinct.filter((row) => happened?.[row] !== 1);
  const one = [...clicked.slice(0, 1), ...others.slice(0, 1)];
  const more = distinct.filter((row) => !one.includes(row));
  return [...one, ...more].slice(0, MOST_CANDIDATES);
}

function figureOf(
  attention: HistoryAttention,
  head: number,
  { chosen, values, layout }: Evaluated,
  graph: Graph,
  attended: AttendedModel,
  data: MemoryRows,
): AttentionFigure {
  const { model, users, titles } = attended;
  const nameOf = namesOf(attended);
  const weights = attentionWeights(attention, graph, values, layout);
  const history = model.histories.get(attention.history)!;
  const fields = namedFields(history, data);
  const candidateName = candidateNames(fields, model, nameOf, data);
  const chances = model.predictions.filter(({ label }) => measuredBy(model, label).outcome === "binary");
  const predicted = chances.map(({ label }) => {
    const logits = values[graph.outputs.get(outputNames.logit(label))!]!;
    const present = data.labels.get(inputNames.present(label));
    return { label, logits, happened: data.labels.get(label), present };
  });
  const byUser = users === null ? undefined : model.features.get(users);
  const userIds = byUser === undefined ? undefined : data.ids.get(byUser.name);
  let place = 0;
  return {
    history: attention.history,
    code: attention.origin === null ? attention.history : oneLine(attention.origin),
    head: attention.heads === 1 ? null : head + 1,
    areShares: attention.areShares,
    dependsOnCandidate: attention.dependsOnCandidate,
    fields: fields.map(({ name, feature }) => (feature.name === titles?.feature ? titles.column : name)),
    users: chosen.map((own) => ({
      name: userIds === undefined ? null : nameOf(byUser!, userIds[own[0]!]!),
      steps: stepNames(history, fields, own[0]!, nameOf, data),
      candidates: own.map((row) => {
        const at = place++;
        return {
          name: candidateName(row),
          predictions: predicted.map(({ label, logits, happened, present }) => ({
            label,
            probability: sigmoid(logits[at]!),
            happened: happened === undefined || present?.[row] === 0 ? null : happened[row] === 1,
          })),
          weights: weights[at]![head]!,
        };
      }),
    })),
  };
}

/** The rows chosen for a history, and the value of every node of the Graph for them. */
interface Evaluated {
  readonly chosen: readonly (readonly number[])[];
  readonly values: readonly ReferenceValue[];
  readonly layout: RowLayout;
}

function evaluatedRows(
  history: string,
  graph: Graph,
  attended: AttendedModel,
  data: MemoryRows,
): Evaluated | null {
  const chosen = chosenRows(history, attended, data);
  if (chosen.length === 0) return null;
  const { tables, parameters } = attended;
  const rows = Int32Array.from(chosen.flat());
  const plan = planBatches(
    graph,
    [...tables.values()].map(({ spec }) => spec),
  );
  const [batch] = new SourceBatches(plan).batches(data, rows, rows.length);
  invariant(batch, "rows that were chosen make a batch");
  const read = new Map(
    plan.vocabularies.flatMap((each) => each.tables.map(({ name }) => [name, tables.get(name)!] as const)),
  );
  const gathered = new RowGatherer(read).gather(batch);
  const lengths = Object.fromEntries(
    plan.axes
      .flatMap(({ histories }) => histories)
      .map((history) => {
        const { start, end } = data.histories.get(history)!;
        return [history, Array.from(rows, (row) => end[row]! - start[row]!)];
      }),
  );
  const sets = plan.vocabularies.flatMap(({ inputs }) => inputs.filter(({ owner }) => owner !== null));
  const layout = exampleLayout({
    examples: rows.length,
    lengths,
    tables: Object.fromEntries([...batch.tables].map(([name, ids]) => [name, ids.length])),
    elements: Object.fromEntries(sets.map(({ input }) => [input, batch.inputs.get(input)!.length])),
  });
  const inputs = Object.fromEntries(batch.inputs);
  const feeds = { inputs, parameters: Object.fromEntries(parameters), tables: gathered };
  return { chosen, layout, values: evaluateNodes(graph, feeds, layout) };
}

/** Fields with one id per step. */
function namedFields({ name: history, fields }: History, data: MemoryRows): History["fields"] {
  const { steps } = data.histories.get(history)!;
  return fields.filter(({ name, feature }) => feature.set === null && steps.has(name));
}

/**
 * By row: the candidate's name, from its ids that the history has too, otherwise from its first single-valued
 * feature with ids.
 */
function candidateNames(
  fields: History["fields"],
  { features }: Model,
  nameOf: NameOf,
  data: MemoryRows,
): (row: number) => string {
  const own = [...features.values()].filter(
    ({ name, scope, set, source }) =>
      scope === "item" && set === null && source === null && data.ids.has(name),
  );
  const bound = own.filter(({ name }) => fields.some(({ feature }) => feature.name === name));
  const called = bound.length === 0 ? own.slice(0, 1) : bound.slice(0, MOST_FIELDS);
  if (called.length === 0) return (row) => `row ${row + 1}`;
  return (row) => called.map((feature) => nameOf(feature, data.ids.get(feature.name)![row]!)).join(" · ");
}

/** `B0012 · Makeup`, or `step 3` if no field has ids. */
function stepNames(
  { name: history }: History,
  fields: History["fields"],
  row: number,
  nameOf: NameOf,
  data: MemoryRows,
): string[] {
  const { start, end, steps } = data.histories.get(history)!;
  return Array.from({ length: end[row]! - start[row]! }, (_, i) => {
    if (fields.length === 0) return `step ${i + 1}`;
    const ids = fields.map(({ name, feature }) => nameOf(feature, steps.get(name)![start[row]! + i]!));
    return ids.slice(0, MOST_FIELDS).join(" · ");
  });
}

/** The most fields in the name of a step. */
const MOST_FIELDS = 2;
