// Moves weights of labels from `train { loss binary_cross_entropy(buy: 0.5) }`, a retired form, to `predict buy(weight: 0.5)`.

import { type Span, textOf } from "../../common/source-file.ts";
import type { Edit } from "../../diagnostics/apply-fixes.ts";
import { argumentTwice } from "../../diagnostics/catalog/expressions.ts";
import { weightedTwice } from "../../diagnostics/catalog/labels.ts";
import { retiredForm } from "../../diagnostics/catalog/syntax.ts";
import { labelLosses } from "../../middle/training/label-losses.ts";
import { spanOfArgument } from "../syntax/constants.ts";
import type { Argument, Expression, Item, Predict, TrainSetting, VariantItem } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { labelWeightsInLoss } from "../syntax/retired-forms.ts";
import { commentsIn } from "./modernize.ts";

type Loss = Expression & { readonly kind: "call" };

const options: ReadonlySet<string> = new Set(Object.values(labelLosses).flatMap((loss) => loss.options));

/** The items with the weights at the predictions. Reports the form, with a fix unless variants read it too. */
export function withLabelWeights(
  items: readonly Item[],
  variants: readonly VariantItem[],
  reporter: Reporter,
): readonly Item[] {
  const labels = new Set(items.flatMap((item) => (item.kind === "label" ? [item.name.name] : [])));
  const setting = lossOf(items);
  const loss = setting?.values[0];
  if (setting === undefined || loss?.kind !== "call") return items;
  const isWeight = ({ name }: Argument) => name !== null && labels.has(name.name) && !options.has(name.name);
  const weights = loss.arguments.filter(isWeight);
  if (weights.length === 0) return items;
  const predictions = predictionsIn(items);
  const moved = new Map<string, Argument>();
  for (const weight of weights) {
    const label = weight.name!.name;
    const own = predictions.get(label)?.arguments.find(({ name }) => name?.name === "weight");
    if (moved.has(label))
      reporter.report(argumentTwice, { callee: loss.callee.name, name: label }, weight.name!.span);
    else if (own !== undefined)
      reporter.report(weightedTwice, { label }, spanOfArgument(own), {
        related: [at(spanOfArgument(weight), "and here")],
      });
    else moved.set(label, weight);
  }
  const kept = loss.arguments.filter((argument) => !isWeight(argument));
  const places = [...moved].flatMap(([label, weight]) => {
    const prediction = predictions.get(label);
    return prediction === undefined ? [] : [{ prediction, weight }];
  });
  const edits = [
    withArguments(loss, kept),
    ...places
      .filter(({ weight }) => !isOne(weight))
      .map(({ prediction, weight }) => weighted(prediction, weight)),
  ];
  const shown = weights.find((weight) => !isOne(weight)) ?? weights[0]!;
  const label = shown.name!.name;
  const number = textOf(shown.value.span);
  const isCertain = isReadByOneModel(
    setting,
    places.map(({ prediction }) => prediction),
    variants,
  );
  const instead = `predict ${label}(weight: ${number}) = …`;
  const { reason } = labelWeightsInLoss;
  // A weight that is given twice is already reported.
  if (moved.size === weights.length)
    reporter.report(retiredForm, { was: `${label}: ${number}`, instead, reason }, spanOfArgument(shown), {
      fixes: isCertain ? [{ title: "write weights of labels at their predictions", edits }] : [],
    });
  return items.map((item) => {
    if (item.kind === "train")
      return {
        ...item,
        settings: item.settings.map((each) =>
          each === setting
            ? { ...each, values: [{ ...loss, arguments: kept }, ...each.values.slice(1)] }
            : each,
        ),
      };
    if (item.kind !== "net") return item;
    return {
      ...item,
      statements: item.statements.map((statement) => {
        const weight = statement.kind === "predict" ? moved.get(statement.label.name) : undefined;
        if (statement.kind !== "predict" || weight === undefined) return statement;
        const name = { name: "weight", span: weight.name!.span };
        return { ...statement, arguments: [...statement.arguments, { name, value: weight.value }] };
      }),
    };
  });
}

function lossOf(items: readonly Item[]): TrainSetting | undefined {
  return items
    .flatMap((item) => (item.kind === "train" ? item.settings : []))
    .find(({ key }) => key.name === "loss");
}

function predictionsIn(items: readonly Item[]): ReadonlyMap<string, Predict> {
  const found = new Map<string, Predict>();
  for (const item of items)
    for (const statement of item.kind === "net" ? item.statements : [])
      if (statement.kind === "predict" && !found.has(statement.label.name))
        found.set(statement.label.name, statement);
  return found;
}

/**
 * Tells whether moving the weights changes one model alone: all places are outside of variants and no variant has a loss or
 * prediction in their stead, or all are in one variant and no other one has.
 */
function isReadByOneModel(
  setting: TrainSetting,
  predictions: readonly Predict[],
  variants: readonly VariantItem[],
): boolean {
  const around = ({ start }: Span) =>
    variants.find(({ span }) => span.start <= start && start < span.end && span.file === setting.span.file);
  const own = around(setting.span);
  const labels = predictions.map(({ label }) => label.name);
  return (
    predictions.every(({ span }) => span.file === setting.span.file && around(span) === own) &&
    variants.every(
      ({ items }) =>
        items === own?.items ||
        (lossOf(items) === undefined && !labels.some((label) => predictionsIn(items).has(label))),
    )
  );
}

function isOne({ value }: Argument): boolean {
  return value.kind === "number" && value.value === 1;
}

function withArguments(loss: Loss, kept: readonly Argument[]): Edit {
  const texts = kept.map((argument) => textOf(spanOfArgument(argument)));
  const call = texts.length === 0 ? loss.callee.name : `${loss.callee.name}(${texts.join(", ")})`;
  return { span: loss.span, text: `${call}${commentsIn(textOf(loss.span))}` };
}

/** Adds the weight to the parentheses of a prediction. */
function weighted({ label, arguments: given }: Predict, weight: Argument): Edit {
  const text = `weight: ${textOf(weight.value.span)}`;
  const last = given.at(-1);
  if (last !== undefined) {
    const { file, end } = last.value.span;
    return { span: { file, start: end, end }, text: `, ${text}` };
  }
  const { file, end } = label.span;
  const isOpen = file.text.charAt(end) === "(";
  const place = isOpen ? end + 1 : end;
  return { span: { file, start: place, end: place }, text: isOpen ? text : `(${text})` };
}
