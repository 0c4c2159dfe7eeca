// Reads the options `metric` and `label` of an early stop and a plateau: a metric, or a sum of metrics, of one label.

import { shared } from "../../diagnostics/catalog/helps.ts";
import { badSettingValue } from "../../diagnostics/catalog/model.ts";
import { unknownLabel } from "../../diagnostics/catalog/predictions.ts";
import {
  metricsOfNoLabel,
  metricsOfTwoDirections,
  stopMetricNotMeasured,
} from "../../diagnostics/catalog/training.ts";
import { betterOf, type Monitor, type MonitorTerm, monitorTitle } from "../../middle/metrics/monitor.ts";
import { allMetrics, type Metric, metricOf } from "../../middle/metrics/registry.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { labelKindOf } from "../labels/registry.ts";
import { quoteExpression, readNumber } from "../syntax/constants.ts";
import type { Expression, Identifier } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";

/** A term as written. */
interface Term {
  readonly name: Identifier;
  readonly weight: number;
}

export class MonitorReader {
  private readonly declarations: Declarations;
  private readonly reporter: Reporter;
  private readonly metrics: readonly Metric[];
  private readonly written: readonly Expression[];

  /** `written` are the values of `metrics` in the text, mistaken ones too. */
  constructor(
    declarations: Declarations,
    reporter: Reporter,
    metrics: readonly Metric[],
    written: readonly Expression[],
  ) {
    this.declarations = declarations;
    this.reporter = reporter;
    this.metrics = metrics;
    this.written = written;
  }

  /**
   * The monitor of `options`, or `fallback`, or the first metric. Null if a mistake was reported, or if nothing is
   * measured. `setting` is the setting as messages name it.
   */
  read(setting: string, options: ReadonlyMap<string, Expression>, fallback: Monitor | null): Monitor | null {
    const named = this.label(options.get("label"));
    const value = options.get("metric");
    const terms = value === undefined ? [] : this.terms(value, 1);
    if (named === "bad" || terms === null) return null;
    if (value === undefined && named === null && fallback !== null) return fallback;
    const label = named ?? fallback?.label ?? null;
    const fitting = this.fitting(label);
    if (value === undefined) {
      const [first] = fitting;
      return first === undefined ? null : { terms: [{ metric: first, weight: 1 }], label };
    }
    const found = terms.map((term) => this.resolved(setting, term, fitting));
    const known = found.filter((term) => term !== null);
    if (known.length < found.length || !this.isOneSum(value, known, label)) return null;
    return { terms: known, label };
  }

  private label(value: Expression | undefined): string | null | "bad" {
    if (value === undefined) return null;
    if (value.kind !== "name") return this.bad("label", "the name of a label", value) ?? "bad";
    const labels = [...this.declarations.labels.keys()];
    if (labels.includes(value.name)) return value.name;
    const known = labels.length === 0 ? undefined : shared.available(labels);
    const details = this.reporter.didYouMean(value, labels, known);
    this.reporter.report(unknownLabel, { name: value.name }, value.span, details);
    return "bad";
  }

  /** The terms of a sum, each with its weight times `weight`. */
  private terms(value: Expression, weight: number): readonly Term[] | null {
    if (value.kind === "name") return [{ name: value, weight }];
    if (value.kind === "negate") return this.terms(value.operand, -weight);
    if (value.kind === "binary") {
      const { operator, left, right } = value;
      if (operator === "+" || operator === "-") {
        const [a, b] = [this.terms(left, weight), this.terms(right, operator === "+" ? weight : -weight)];
        return a === null || b === null ? null : [...a, ...b];
      }
      if (operator === "*") {
        const [number, of] = readNumber(left) === null ? [right, left] : [left, right];
        const factor = readNumber(number);
        if (factor === 0) return this.bad("metric", "a sum of metrics with weights other than 0", value);
        if (factor !== null) return this.terms(of, weight * factor);
      }
    }
    return this.bad("metric", "the name of a metric, or a sum such as `auc + gauc`", value);
  }

  private bad(name: string, expected: string, value: Expression): null {
    this.reporter.report(badSettingValue, { name, expected, got: quoteExpression(value) }, value.span);
    return null;
  }

  private resolved(setting: string, { name, weight }: Term, fitting: readonly Metric[]): MonitorTerm | null {
    const metric = ofAllRows(fitting.filter(({ kind }) => kind === name.name));
    if (metric !== undefined) return { metric, weight };
    if (this.isMistaken(name.name)) return null;
    const names = fitting.map(({ kind }) => kind);
    const help = stopMetricNotMeasured.helps.measured(names);
    const isMetric = allMetrics.some((metric) => metric.name === name.name);
    const details = isMetric ? { help } : this.reporter.didYouMean(name, names, help);
    this.reporter.report(stopMetricNotMeasured, { setting, metric: name.name }, name.span, details);
    return null;
  }

  /** Whether the terms have one direction, and a label that they all measure; reports it if not. */
  private isOneSum(value: Expression, terms: readonly MonitorTerm[], label: string | null): boolean {
    const { metrics } = this;
    const direction = betterOf(terms[0]!);
    const against = terms.find((term) => betterOf(term) !== direction);
    if (against !== undefined) {
      const turned = terms.map((term) =>
        betterOf(term) === direction ? term : { ...term, weight: -term.weight },
      );
      const text = monitorTitle({ terms: turned }, metrics);
      const { metric } = against;
      const sum = monitorTitle({ terms }, metrics);
      const facts = { sum, against: metric.kind, better: metricOf(metric).better };
      this.reporter.report(metricsOfTwoDirections, facts, value.span, {
        fixes: [{ title: `write \`${text}\``, edits: [{ span: value.span, text }] }],
      });
      return false;
    }
    const labels = [...this.declarations.labels.values()];
    const isOfOne = labels.some((each) => {
      const { outcome } = labelKindOf(each);
      return terms.every(({ metric }) => metricOf(metric).fits.includes(outcome));
    });
    if (label !== null || isOfOne || labels.length === 0) return true;
    this.reporter.report(metricsOfNoLabel, { sum: monitorTitle({ terms }, metrics) }, value.span);
    return false;
  }

  /** Whether `metrics` names the metric, but with a mistake, which is already reported. */
  private isMistaken(name: string): boolean {
    if (this.metrics.some(({ kind }) => kind === name)) return false;
    return this.written.some(
      (value) => (value.kind === "call" ? value.callee.name : value.kind === "name" && value.name) === name,
    );
  }

  /** The metrics that measure `label`; all if it is null. */
  private fitting(label: string | null): readonly Metric[] {
    const named = label === null ? undefined : this.declarations.labels.get(label);
    if (named === undefined) return this.metrics;
    const { outcome } = labelKindOf(named);
    return this.metrics.filter((metric) => metricOf(metric).fits.includes(outcome));
  }
}

/** The first metric over all rows, or else over the rows of some value. */
function ofAllRows(metrics: readonly Metric[]): Metric | undefined {
  return metrics.find(({ per }) => per === undefined) ?? metrics[0];
}
