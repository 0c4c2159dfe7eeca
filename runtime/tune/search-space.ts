// Checks the options of a search before anything is trained: names and ranges, the metric, and the rows for
// the choice.

import { UsageError } from "../../compiler/common/usage-error.ts";
import { paramType, unknownVariant } from "../../compiler/diagnostics/catalog/overrides.ts";
import { metricsOfNoLabel, metricsOfTwoDirections } from "../../compiler/diagnostics/catalog/training.ts";
import {
  tuneNothing,
  tuneRange,
  tuneTooMany,
  tuneUnknownMetric,
  tuneUnknownName,
  tuneWithoutValidation,
} from "../../compiler/diagnostics/catalog/tune.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { measuredPredictions } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { ParamOverride } from "../../compiler/frontend/modules/params.ts";
import { type ParamRange, rangeOf, trainNames, VARIANT } from "../../compiler/frontend/modules/ranges.ts";
import {
  betterOf,
  type Monitor,
  monitoredPrediction,
  monitorTitle,
} from "../../compiler/middle/metrics/monitor.ts";
import { metricOf, titleOf, titlesOf } from "../../compiler/middle/metrics/registry.ts";
import type { Search } from "../../compiler/tune/searches.ts";
import { MOST_DIMENSIONS } from "../../compiler/tune/sobol.ts";
import { type Space, valueAt } from "../../compiler/tune/space.ts";
import { suggest } from "../../grammar/closest-word.ts";
import { readConfiguredModel } from "../driver/configured-model.ts";
import type { TrainingRequest } from "../driver/training-request.ts";
import type { TrialObjective } from "./trial.ts";
import { type Base, optionsOf } from "./trial-options.ts";

/**
 * The ranges by name. Throws DiagnosticError if the model lacks a name, or does not accept a value of its
 * range.
 */
export async function spaceOf(
  base: Base,
  model: Model,
  given: readonly ParamOverride[],
  search: Search,
): Promise<Space> {
  const names = [...model.params.keys(), ...trainNames];
  if (given.length === 0) throw new DiagnosticError([diagnose(tuneNothing, { names }, noLocation)]);
  const space = new Map<string, ParamRange>();
  for (const range of given) {
    const { name, text, location, nameLocation } = range;
    if (name !== VARIANT && !names.includes(name)) throw unknownName(name, names, nameLocation);
    try {
      space.set(name, rangeOf(text));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new DiagnosticError([diagnose(tuneRange, { name, problem: error.message }, location)]);
    }
    for (const value of samplesOf(space.get(name)!)) await requireTaken(base, range, value);
  }
  if (search === "sobol" && space.size > MOST_DIMENSIONS) {
    const parameters = { count: space.size, most: MOST_DIMENSIONS };
    throw new DiagnosticError([diagnose(tuneTooMany, parameters, noLocation)]);
  }
  return space;
}

function unknownName(name: string, known: readonly string[], location: ParamOverride["nameLocation"]): Error {
  const names = [...known, VARIANT];
  const near = suggest(name, names) ?? names.find((each) => each.endsWith(`.${name}`)) ?? null;
  const { helps } = tuneUnknownName;
  const help = near === null ? helps.available(names) : helps.didYouMean(near);
  return new DiagnosticError([diagnose(tuneUnknownName, { name }, location, { help })]);
}

/**
 * All values of a choice. For numbers, both ends and a value between them, which is fractional unless the
 * range is of whole numbers.
 */
function samplesOf(range: ParamRange): readonly string[] {
  return range.kind === "choice" ? range.values : [0, 0.37, 1 - 2 ** -32].map((at) => valueAt(range, at));
}

/**
 * Throws DiagnosticError if a value has a wrong type for its name. A value that makes an invalid model is
 * only a result of the search, because with other values it may be valid.
 */
async function requireTaken(
  base: Base,
  { name, location, nameLocation }: ParamOverride,
  value: string,
): Promise<void> {
  const { source, ...options } = base;
  const fixed = optionsOf(options, { [name]: value });
  const located = (fixed.params as readonly ParamOverride[]).map((param) =>
    param.name === name && param.text === value ? { ...param, location, nameLocation } : param,
  );
  try {
    await readConfiguredModel(source, { ...fixed, params: located }, false);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const isOfType = ({ code }: { readonly code: string }) =>
      code === paramType.code || code === unknownVariant.code;
    if (name.startsWith("train.") || error.diagnostics.some(isOfType)) throw error;
  }
}

/**
 * The metric, or sum of metrics, for comparing trials: that of `stop early`, otherwise the first one. `text` names
 * metrics as tables do: `ndcg@10`, `click.auc - click.log_loss`.
 */
export function objectiveOf(
  model: Model,
  text: string | undefined,
): TrialObjective & { readonly better: "higher" | "lower" } {
  const { earlyStop } = model.train;
  const predictions = measuredPredictions(model);
  const { monitor, metrics, label } =
    text === undefined ? monitorOf(earlyStop?.monitor ?? null, predictions) : monitorIn(text, predictions);
  const terms = monitor.terms.map(({ metric, weight }) => [titleOf(metric, metrics), weight] as const);
  const title = monitorTitle(monitor, metrics);
  return { label, title, terms: Object.fromEntries(terms), better: betterOf(monitor.terms[0]!) };
}

type Measured = ReturnType<typeof measuredPredictions>[number];

function monitorOf(
  given: Monitor | null,
  predictions: readonly Measured[],
): { readonly monitor: Monitor } & Pick<Measured, "label" | "metrics"> {
  const { label, metrics } = (given && monitoredPrediction(given, predictions)) ?? predictions[0]!;
  return { monitor: given ?? { terms: [{ metric: metrics[0]!, weight: 1 }], label }, label, metrics };
}

function monitorIn(text: string, predictions: readonly Measured[]): ReturnType<typeof monitorOf> {
  const isOne = predictions.length === 1;
  const all = predictions.flatMap(({ label, metrics }) => {
    const titles = titlesOf(metrics);
    return metrics.map((metric, i) => {
      const title = titles[i]!;
      return { label, metrics, metric, name: isOne ? title : `${label}.${title}` };
    });
  });
  const found = text.split(/(?<!\s)\s+(?=[+-]\s)/).map((part) => {
    const [, sign, factor = "1", name = part] =
      /^([+-]?)\s*(?:([\d.]+)\s*\*\s*)?(.+)$/.exec(part.trim()) ?? [];
    const named = all.find((each) => each.name === name);
    if (named !== undefined && Number(factor) > 0)
      return { ...named, weight: sign === "-" ? -Number(factor) : Number(factor) };
    const known = all.map((each) => each.name);
    throw new DiagnosticError([diagnose(tuneUnknownMetric, { metric: name, known }, noLocation)]);
  });
  const { label, metrics } = found[0]!;
  const other = found.find((each) => each.label !== label);
  if (other !== undefined) throw new DiagnosticError([diagnose(metricsOfNoLabel, { sum: text }, noLocation)]);
  const direction = betterOf(found[0]!);
  const against = found.find((each) => betterOf(each) !== direction);
  if (against === undefined) return { monitor: { terms: found, label }, label, metrics };
  const facts = { sum: text, against: against.name, better: metricOf(against.metric).better };
  throw new DiagnosticError([diagnose(metricsOfTwoDirections, facts, noLocation)]);
}

/** Throws DiagnosticError if there are no rows for the choice. */
export function requireValidation({ source, rows }: TrainingRequest): void {
  const has =
    rows !== null
      ? rows.description.splits.valid !== undefined
      : source!.data.validate !== null || (source!.data.kind === "rows" && source!.data.valid !== null);
  if (!has) throw new DiagnosticError([diagnose(tuneWithoutValidation, {}, source?.location ?? noLocation)]);
}
