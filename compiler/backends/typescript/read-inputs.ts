// Binds the inputs of a network to a model: the raw value of each, its kind, and what is computed from others.
// Generated code of every language reads requests by the result.

import { type Fillings, fillingsOf, type Padding } from "../../frontend/config/padding.ts";
import { partsOf, rawKindOf } from "../../frontend/kinds/registry.ts";
import { type Feature, type History, type Model, rawNameOf } from "../../frontend/model/model.ts";
import { ownTimeOf } from "../../frontend/model/own-time.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { Plan, PlannedInput } from "../serving/plan.ts";

/** An input of the net, and the raw value from which it is read. */
export interface BoundInput {
  readonly input: PlannedInput;
  /** The feature's name, or the field's of a history. */
  readonly name: string;
  /** The name of its value in requests: that of its source, if it is computed from another one. */
  readonly raw: string;
  /** For a set, the input with the row number of each value; else null. */
  readonly rowOf: PlannedInput | null;
  /** For a set whose values have weights, the input with these; else null. */
  readonly weights: PlannedInput | null;
  readonly feature: Feature;
  /** The history that it is a field of, or null. */
  readonly history: History | null;
}

/** Names the function of compiler/serve that makes the table's entry: `idInput`. */
export type InputKind = "id" | "number" | "vector" | "set" | "weightedSet";

const kindsOfInputs = { ids: "id", number: "number", vector: "vector" } as const;

export function inputKindOf({ feature, rowOf }: BoundInput): InputKind {
  if (rowOf === null) return kindsOfInputs[rawKindOf(feature).gives];
  return feature.set!.weighted ? "weightedSet" : "set";
}

/** A cross among the inputs of the net, and the inputs of its parts. */
export interface CrossInput {
  readonly input: PlannedInput;
  readonly feature: Feature;
  readonly parts: readonly PlannedInput[];
}

/** The crosses of a plan whose graph contains their parts (`withParts`). */
export function crossInputs(model: Model, plan: Plan): CrossInput[] {
  const byName = new Map(plan.inputs.map((input) => [input.name, input]));
  return [...model.features.values()].flatMap((feature) => {
    const input = byName.get(inputNames.feature(feature.name));
    const parts = partsOf(feature).map(({ name }) => byName.get(inputNames.feature(name))!);
    return input === undefined || parts.length === 0 ? [] : [{ input, feature, parts }];
  });
}

/** An input with the same value in every request: a feature known in training only. */
export interface ServedInput {
  readonly input: PlannedInput;
  readonly feature: Feature;
  /** An id, a number, or each number of a vector. */
  readonly value: number;
}

export function servedInputs(model: Model, { inputs }: Plan): ServedInput[] {
  return inputs.flatMap((input) => {
    const feature = model.features.get(input.name);
    const value = feature?.served ?? null;
    return feature === undefined || value === null ? [] : [{ input, feature, value }];
  });
}

/** The inputs of a plan that are read from a request, by the location of their values in it. */
export function bindInputs(model: Model, plan: Plan): BoundInput[] {
  const byName = new Map(plan.inputs.map((input) => [input.name, input]));
  const bound: BoundInput[] = [];
  const ofSet = (set: string) => ({
    rowOf: byName.get(inputNames.rowOf(set)) ?? null,
    weights: byName.get(inputNames.weightOf(set)) ?? null,
  });
  for (const feature of model.features.values()) {
    const input = byName.get(inputNames.feature(feature.name));
    if (input !== undefined && partsOf(feature).length === 0 && feature.served === null)
      bound.push({
        ...{ input, ...ofSet(input.name), feature, history: null },
        ...{ name: feature.name, raw: rawNameOf(feature) },
      });
  }
  for (const history of model.histories.values()) {
    for (const field of history.fields) {
      const { name, feature } = field;
      const input = byName.get(inputNames.field(history.name, name));
      if (input !== undefined)
        bound.push({ input, ...ofSet(input.name), feature, history, name, raw: rawNameOf(field) });
    }
  }
  return bound;
}

/** Histories that the net reads, through fields of their steps or only their number of steps. */
export function readHistories(
  { histories }: Model,
  counted: readonly string[],
  bound: readonly BoundInput[],
): readonly History[] {
  return [...histories.values()].filter(
    ({ name }) => counted.includes(name) || bound.some(({ history }) => history?.name === name),
  );
}

/** The request's own time, and the times of steps, none of which may be later. */
export interface StepTimes {
  readonly now: BoundInput;
  readonly steps: readonly BoundInput[];
}

/** Null unless the net reads both. */
export function stepTimesOf(model: Model, bound: readonly BoundInput[]): StepTimes | null {
  const own = ownTimeOf(model);
  const now = bound.find(({ feature, history }) => history === null && feature === own);
  const steps = bound.filter(({ feature, history }) => history !== null && feature.kind.kind === "time");
  return now === undefined || steps.length === 0 ? null : { now, steps };
}

/** Everything that is read from requests. */
export interface ReadInputs {
  readonly plan: Plan;
  readonly bound: readonly BoundInput[];
  /** The histories that are read or counted. */
  readonly histories: readonly History[];
  readonly fillings: Fillings;
  readonly crosses: readonly CrossInput[];
  readonly served: readonly ServedInput[];
  /** The features in `bound`, each once. */
  readonly features: readonly Feature[];
  readonly times: StepTimes | null;
  /** Whether histories may be columns and values can be counted: in rankers, but not in encoders. */
  readonly isRanker: boolean;
}

export function readInputs(model: Model, plan: Plan, padding: Padding | null, isRanker: boolean): ReadInputs {
  const bound = bindInputs(model, plan);
  return {
    plan,
    bound,
    histories: readHistories(model, plan.histories, bound),
    fillings: fillingsOf(padding, model.histories.keys()),
    crosses: crossInputs(model, plan),
    served: servedInputs(model, plan),
    features: [...new Set(bound.map(({ feature }) => feature))],
    times: stepTimesOf(model, bound),
    isRanker,
  };
}
