// Reads `metrics`, the list of metrics after each epoch. The metrics and their arguments are defined in
// `compiler/middle/metrics`.

import { alternatives } from "../../common/option-text.ts";
import { missingArgument } from "../../diagnostics/catalog/expressions.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { metricFitsNoLabel } from "../../diagnostics/catalog/labels.ts";
import {
  badSettingValue,
  duplicateMetric,
  groupByNotUser,
  groupByUnknown,
  perNotListed,
  perTooMany,
} from "../../diagnostics/catalog/model.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
import type { MetricDefinition, MetricParameter } from "../../middle/metrics/define-metric.ts";
import {
  allMetrics,
  buildMetric,
  type Metric,
  metricOf,
  type OfValue,
  PER,
  printMetric as writtenMetric,
} from "../../middle/metrics/registry.ts";
import type { TrainSettings } from "../../middle/training/settings.ts";
import {
  knownValues,
  listedValues,
  saysValues,
  tellsGroups,
  uncountedPhrase,
  ungroupedPhrase,
} from "../kinds/registry.ts";
import { labelKindOf, labelTypeText } from "../labels/registry.ts";
import { type Feature, FIRST_ID } from "../model/model.ts";
import { quoteExpression, readNumber, withoutElement } from "../syntax/constants.ts";
import type { Expression, TrainSetting } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { type Choice, TrainSettingReader } from "./train-values.ts";

/** The most values that may have a metric each. */
const MOST_VALUES = 100;

export class MetricsReader extends TrainSettingReader {
  metrics(setting: TrainSetting): Partial<TrainSettings> {
    const metrics: Metric[] = [];
    const seen = new Map<string, Expression>();
    for (const value of setting.values) {
      const given = this.metric(value);
      const [metric] = given;
      if (metric === undefined) continue;
      const name = writtenMetric(metric);
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        this.reporter.report(duplicateMetric, { name }, value.span, {
          related: [at(earlier.span, "already listed here")],
          fixes: withoutElement(value.span),
        });
        continue;
      }
      seen.set(name, value);
      if (this.fits(metric, value)) metrics.push(...given);
    }
    if (setting.values.length > 0) return { metrics };
    this.reporter.report(
      badSettingValue,
      { name: "metrics", expected: "a list like `auc, log_loss`", got: "nothing" },
      setting.span,
    );
    return {};
  }

  /** Tells whether the metric measures a label of the model, and reports it if not. */
  private fits(metric: Metric, value: Expression): boolean {
    const { declarations } = this;
    const labels = [...declarations.labels.values()].filter(({ name }) => !declarations.broken.has(name));
    const outcomes = labels.map((label) => labelKindOf(label).outcome);
    const fitsOne = ({ fits }: MetricDefinition) => outcomes.some((outcome) => fits.includes(outcome));
    if (labels.length < declarations.labels.size || labels.length === 0 || fitsOne(metricOf(metric)))
      return true;
    const kinds = labels.map((label) => `\`${label.name}\` is \`${labelTypeText(label.type)}\``).join(", ");
    const fitting = allMetrics.filter(fitsOne).map(({ name }) => `\`${name}\``);
    this.reporter.report(metricFitsNoLabel, { metric: metric.kind, labels: kinds, fitting }, value.span);
    return false;
  }

  /** Reads one metric, or one for each value of a feature; returns none if a mistake was reported. */
  private metric(value: Expression): readonly Metric[] {
    const known = allMetrics.map(({ name }) => name);
    const choice = this.choice("metric", value, known);
    const definition = allMetrics.find(({ name }) => name === choice?.name.name);
    if (choice === null || definition === undefined) return [];
    const parameters = Object.entries(definition.parameters);
    const given = this.arguments(choice, [...parameters.map(([name]) => name), PER.name]);
    if (given === null) return [];
    const settings: Record<string, string | number> = {};
    // Reads all of them, so that several mistakes are reported at once.
    let isComplete = true;
    for (const [name, parameter] of parameters) {
      const argument = given.get(name);
      const setting =
        argument === undefined
          ? this.fallback(name, parameter, choice, definition)
          : this.argument(name, parameter, argument, definition);
      if (setting === null) isComplete = false;
      else settings[name] = setting;
    }
    const per = given.get(PER.name);
    const values = per === undefined ? [null] : this.values(definition.name, per);
    return isComplete ? values.map((of) => buildMetric(definition, settings, of)) : [];
  }

  /** The values of a feature, as the spec states them; none if a mistake was reported. */
  private values(metric: string, value: Expression): readonly OfValue[] {
    const { features } = this.declarations;
    const listed = [...features.values()].filter(saysValues);
    const names = listed.map((each) => each.name);
    const feature = value.kind === "name" ? this.feature(value, names) : this.notAName(PER.name, value);
    if (feature === null) return [];
    const { kind, name, span } = feature;
    if (!saysValues(feature)) {
      const is = uncountedPhrase(feature);
      this.reporter.report(perNotListed, { metric, name, is }, value.span, {
        related: [at(span, "declared here")],
      });
      return [];
    }
    const count = knownValues(feature, null)!;
    if (count <= MOST_VALUES)
      return listedValues(kind)!.map((text, i) => ({ per: name, value: text, id: FIRST_ID + i }));
    this.reporter.report(perTooMany, { metric, name, count, most: MOST_VALUES }, value.span);
    return [];
  }

  private notAName(parameter: string, value: Expression): null {
    const facts = { name: parameter, expected: "the name of a feature", got: quoteExpression(value) };
    this.reporter.report(badSettingValue, facts, value.span);
    return null;
  }

  /** The feature that a name means; null if it is none or has a mistake. `names` are the suggestions. */
  private feature(value: Expression & { readonly kind: "name" }, names: readonly string[]): Feature | null {
    const { features, broken } = this.declarations;
    const feature = features.get(value.name);
    if (feature !== undefined) return broken.has(value.name) ? null : feature;
    const details = this.reporter.didYouMean(value, names, helpWith(names));
    this.reporter.report(groupByUnknown, { name: value.name }, value.span, details);
    return null;
  }

  private fallback(
    name: string,
    parameter: MetricParameter,
    choice: Choice,
    definition: MetricDefinition,
  ): string | number | null {
    if (parameter.kind !== "group" && parameter.fallback !== undefined) return parameter.fallback;
    const example = this.example(definition);
    this.reporter.report(missingArgument, { callee: definition.name, parameter: name }, choice.value.span, {
      help: parameter.kind === "group" ? missingArgument.helps.group(example) : shared.write(example),
    });
    return null;
  }

  /** An example call with all required arguments. */
  private example({ name, parameters }: MetricDefinition): string {
    const given = Object.entries(parameters).flatMap(([parameter, shape]) => {
      if (shape.kind === "group") return [`${parameter}: ${this.users()[0]?.name ?? "user_id"}`];
      return shape.kind === "choice" || shape.fallback !== undefined
        ? []
        : [`${parameter}: ${shape.example}`];
    });
    return `${name}(${given.join(", ")})`;
  }

  private argument(
    name: string,
    parameter: MetricParameter,
    value: Expression,
    { name: metric }: MetricDefinition,
  ): string | number | null {
    switch (parameter.kind) {
      case "group":
        return this.group(metric, name, value);
      case "choice":
        return this.oneOf(name, parameter.values, value);
      case "number": {
        const number = readNumber(value);
        if (number !== null && parameter.test(number)) return number;
        const { expected } = parameter;
        this.reporter.report(badSettingValue, { name, expected, got: quoteExpression(value) }, value.span);
        return null;
      }
    }
  }

  private oneOf(name: string, values: readonly string[], value: Expression): string | null {
    const given = value.kind === "name" ? value.name : value.kind === "string" ? value.value : null;
    const found = values.find((each) => each === given);
    if (found !== undefined) return found;
    this.reporter.report(
      badSettingValue,
      { name, expected: alternatives(values), got: quoteExpression(value) },
      value.span,
    );
    return null;
  }

  /** User features with ids. */
  private users(): Feature[] {
    const { features } = this.declarations;
    return [...features.values()].filter((each) => each.scope === "user" && tellsGroups(each));
  }

  private group(metric: string, parameter: string, value: Expression): string | null {
    if (value.kind !== "name") return this.notAName(parameter, value);
    const names = this.users().map((each) => each.name);
    const feature = this.feature(value, names);
    if (feature === null) return null;
    if (names.includes(feature.name)) return feature.name;
    const mayMove = feature.scope === "training" && tellsGroups(feature);
    const scope = feature.scope === "user" ? ungroupedPhrase(feature) : scopes[feature.scope];
    this.reporter.report(groupByNotUser, { metric, name: value.name, scope }, value.span, {
      related: [at(feature.span, "declared here")],
      help: mayMove ? groupByNotUser.helps.move(feature.name) : helpWith(names),
    });
    return null;
  }
}

function helpWith(names: readonly string[]): Help {
  const { helps } = groupByNotUser;
  return names.length === 0 ? helps.declare() : helps.features(names);
}

/** How messages describe a feature of another scope. */
const scopes: Readonly<Record<Exclude<Feature["scope"], "user">, string>> = {
  item: "an item feature",
  context: "a context feature",
  training: "known in training alone",
  history: "a field of a history",
};
