// Checks an `output`: numbers of each row or request that predictions contain without a label.

import {
  outputNamedAsColumn,
  outputNotNumbers,
  outputWithoutFeatures,
  untrainedOutput,
} from "../../diagnostics/catalog/outputs.ts";
import { learnedSources } from "../../middle/autodiff/learned.ts";
import type { Graph } from "../../middle/graph/graph.ts";
import { outputNames, outputsOf } from "../../middle/graph/outputs.ts";
import type { NamedOutput } from "../../middle/training/channels.ts";
import type { Model } from "../model/model.ts";
import type { OutputStatement } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { constantOf } from "../values/dims.ts";
import { describe } from "../values/leading-axes.ts";
import { isError, isTensor, NO_AXES, printType, sameAxes } from "../values/types.ts";
import type { Value } from "../values/values.ts";

/** Tells whether `dinc predict` writes a column of this name for rows or labels. */
function isColumnOfPredictions(name: string, labels: Iterable<string>): boolean {
  if (name === "row") return true;
  return [...labels].some(
    (label) =>
      name.startsWith(`${label}_`) &&
      /^(logit|prediction|expected|probability(_.*)?)$/.test(name.slice(label.length + 1)),
  );
}

/** Reports the mistakes of an output; null if it has one. */
export function checkOutput(
  { name: { name, span }, value: code }: OutputStatement,
  value: Value,
  labels: Iterable<string>,
  reporter: Reporter,
): NamedOutput | null {
  if (isError(value)) return null;
  if (isColumnOfPredictions(name, labels)) {
    reporter.report(outputNamedAsColumn, { name }, span);
    return null;
  }
  const type = printType(value.type);
  const { helps } = outputNotNumbers;
  if (!isTensor(value)) {
    reporter.report(outputNotNumbers, { name, type }, code.span, {
      label: type,
      help: value.type.kind === "list" ? helps.ofList("element") : helps.fromFeatures(),
    });
    return null;
  }
  const { axis, list, width } = value.type;
  const numbers = constantOf(width);
  if (!sameAxes(value.type, NO_AXES) || numbers === null) {
    const each = describe(list === null ? value.type : { axis: null, list });
    const isList = list !== null && list.facing === undefined;
    reporter.report(outputNotNumbers, { name, type }, code.span, {
      label: type,
      related: axis === null ? [] : [at(axis.span, "one value for each of its steps")],
      help: isList ? helps.ofList(each) : helps.ofSteps(each),
    });
    return null;
  }
  if (value.sources.size === 0) {
    reporter.report(outputWithoutFeatures, { name }, code.span);
    return null;
  }
  return { name, width: numbers, per: value.sources.has("item") ? "candidate" : "request", span };
}

/** Warns about weights that an output reads and no loss trains. `forward` is the model's Graph. */
export function warnAboutUntrained({ outputs, tables }: Model, forward: Graph, reporter: Reporter): void {
  const own = outputsOf(forward, "output");
  const without = new Set([...own.keys()].map(outputNames.output));
  const only = (names: (name: string) => boolean): Graph => ({
    ...forward,
    outputs: new Map([...forward.outputs].filter(([name]) => names(name))),
  });
  const trained = learnedSources(only((name) => !without.has(name)));
  for (const { name, span } of outputs) {
    const read = learnedSources(only((each) => each === outputNames.output(name)));
    const untrained = [...read].filter(
      (each) =>
        !trained.has(each) &&
        tables.get(each)?.options.frozen !== true &&
        forward.parameters.get(each)?.role !== "statistic",
    );
    if (untrained.length > 0) reporter.report(untrainedOutput, { name, weights: untrained.sort() }, span);
  }
}
