// Reads the loss of a prediction: `predict watch(loss: huber, weight: 0.1) = …`. The loss is a function of
// the prediction and the truth that gives one number per example. Without one, the label's kind has a default
// in the standard library, or the loss of `train` applies.

import { invariant } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import { textOf } from "../../common/source-file.ts";
import { lossIsNoFunction, lossTakesTwo, ownLossNotOneNumber } from "../../diagnostics/catalog/labels.ts";
import { labelLoss } from "../../middle/training/label-losses.ts";
import type { LabelLoss } from "../../middle/training/settings.ts";
import { bindArguments, isOptional } from "../elaborate/bind-arguments.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import { labelValue } from "../elaborate/label-value.ts";
import { library } from "../functions/library.ts";
import { labelKindOf } from "../labels/registry.ts";
import type { Label } from "../model/model.ts";
import { spanOfArgument } from "../syntax/constants.ts";
import type { Expression, Predict } from "../syntax/nodes.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import { ERROR, isError, isTensor, NO_AXES, printType, sameAxes, tensorValue } from "../values/types.ts";
import type { ArgumentValue, Callable, Environment, TensorValue, Value } from "../values/values.ts";
import { type LossWeight, readWeight, weighted } from "./weights.ts";

/** The options of a prediction, in parentheses, with their documentation. */
export const PREDICT_OPTIONS: Readonly<Record<"loss" | "weight", string>> = {
  loss: "The loss of each row: a function of the prediction and the truth, such as `huber` or `(p, y) => huber(p, y, delta: 0.5)`. The default is that of the label's kind.",
  weight:
    "The factor of the loss: a number, which may be 0, or a value of each row; the default is 1. Metrics are not affected.",
};

export interface OwnLoss {
  /** The loss by example; null if the label uses the loss of `train`. */
  readonly value: TensorValue | null;
  /** The factor of its mean. */
  readonly factor: number;
}

/**
 * Checks the options in parentheses and the resulting loss. `train` is the loss of `train`, if a Graph is
 * being built.
 */
export function ownLoss(
  statement: Predict,
  label: Label,
  prediction: Value,
  elaborator: Elaborator,
  environment: Environment,
  train: LabelLoss | null,
): OwnLoss {
  const { weight, value } = elaborator.inMode({ inLoss: true }, () => {
    const given = optionsOf(statement, elaborator, environment);
    return {
      weight: readWeight(label.name, given?.get("weight"), elaborator),
      value: lossValue(statement, label, prediction, given?.get("loss"), elaborator),
    };
  });
  const { factor, ofRow } = weight;
  if (value !== null) return { value: weighted(elaborator, value, weight), factor };
  if (ofRow === null) return { value: null, factor };
  return { value: ofTrain(label, prediction, weight, elaborator, train), factor };
}

/** The values by option; null if a mistake was reported. */
function optionsOf(
  { label, arguments: options }: Predict,
  elaborator: Elaborator,
  environment: Environment,
): ReadonlyMap<string, ArgumentValue> | null {
  const given = options.map(({ name, value }) => ({
    name,
    value:
      name?.name === "loss" && value.kind === "call"
        ? calledLoss(label, value, elaborator)
        : elaborator.given(value, environment),
    span: value.span,
  }));
  const parameters = Object.keys(PREDICT_OPTIONS).map((name) => ({ name, default: 1 }));
  return bindArguments("predict", parameters, given, label.span, elaborator)?.by ?? null;
}

/** `huber(delta: 3.0)` was meant as the function `huber` with that option. */
function calledLoss(
  label: Predict["label"],
  { callee, arguments: given, span }: Expression & { readonly kind: "call" },
  elaborator: Elaborator,
): Value {
  const got = `what \`${callee.name}\` gives`;
  const options = given.map((argument) => textOf(spanOfArgument(argument)));
  const written = `(p, y) => ${[`${callee.name}(p`, "y", ...options].join(", ")})`;
  const isNamed = given.every(({ name }) => name !== null);
  elaborator.report(lossIsNoFunction, { label: label.name, got }, span, {
    fixes: isNamed ? [{ title: `write \`${written}\``, edits: [{ span, text: written }] }] : [],
  });
  return ERROR;
}

function lossValue(
  { label: { span } }: Predict,
  label: Label,
  prediction: Value,
  given: ArgumentValue | undefined,
  elaborator: Elaborator,
): TensorValue | null {
  if (given === undefined) {
    const name = labelKindOf(label).loss;
    if (name === null) return null;
    const block = library.get(name);
    invariant(block !== undefined, `the library has no block ${name}`);
    return called(elaborator, { kind: "block", block }, name, label, prediction, span);
  }
  if (isError(given.value)) return null;
  const { type } = given.value;
  if (type.kind !== "function") {
    const parameters = { label: label.name, got: printType(type) };
    elaborator.report(lossIsNoFunction, parameters, given.span, { label: printType(type) });
    return null;
  }
  const takes = takenBy(type.callable, elaborator);
  if (takes !== null && (takes.least > 2 || takes.most < 2)) {
    const count = takes.least > 2 ? takes.least : takes.most;
    const written = takingTwo(textOf(given.span), type.callable, elaborator);
    elaborator.report(lossTakesTwo, { label: label.name, takes: count, written }, given.span);
    return null;
  }
  const loss = called(elaborator, type.callable, "loss", label, prediction, given.span);
  if (loss !== null && (!sameAxes(loss.type, NO_AXES) || constantOf(loss.type.width) !== 1)) {
    const printed = printType(loss.type);
    elaborator.report(ownLossNotOneNumber, { label: label.name, type: printed }, given.span, {
      label: printed,
    });
    return null;
  }
  return loss;
}

/** Prints the function as one of the prediction and the truth: `(p, y) => bpr(p, y, by: …)`. */
function takingTwo(name: string, callable: Callable, elaborator: Elaborator): string {
  const needed =
    callable.kind === "block" ? elaborator.callables.signature(callable.block)?.parameters : undefined;
  const [first, ...others] = (needed ?? []).filter((each) => !isOptional(each));
  if (first === undefined || others.length < 2) return "(p, y) => …";
  const truth = others.findIndex((each) => each.name === "y" || each.name === "truth");
  const given = others.map((each, i) =>
    i === truth ? (i === 0 ? "y" : `${each.name}: y`) : `${each.name}: …`,
  );
  return `(p, y) => ${name}(${["p", ...given].join(", ")})`;
}

/** The number of values that a function takes; null if any number is accepted. */
function takenBy(
  callable: Callable,
  elaborator: Elaborator,
): { readonly least: number; readonly most: number } | null {
  switch (callable.kind) {
    case "lambda":
      return { least: callable.parameters.length, most: callable.parameters.length };
    case "builtin": {
      const { parameters } = callable.definition;
      const least = parameters.filter((each) => !isOptional(each)).length;
      return {
        least,
        most: parameters.some(({ rest }) => rest) ? Number.POSITIVE_INFINITY : parameters.length,
      };
    }
    case "block": {
      const signature = elaborator.callables.signature(callable.block);
      if (signature === null) return null;
      const { parameters } = signature;
      return { least: parameters.filter((each) => !isOptional(each)).length, most: parameters.length };
    }
    default:
      return { least: 1, most: 1 };
  }
}

function called(
  elaborator: Elaborator,
  callable: Callable,
  name: string,
  label: Label,
  prediction: Value,
  span: Span,
): TensorValue | null {
  const truth = labelValue(elaborator, label, span);
  const given = [prediction, truth].map((value) => ({ name: null, value, span }));
  const loss = elaborator.call(callable, name, given, span);
  return isTensor(loss) ? loss : null;
}

/** The loss of `train`, multiplied by each row's weight. */
function ofTrain(
  label: Label,
  { logit, sources }: Value,
  weight: LossWeight,
  elaborator: Elaborator,
  train: LabelLoss | null,
): TensorValue {
  const truth = labelValue(elaborator, label, label.span);
  const node = train && elaborator.build((builder) => labelLoss(builder, train, logit!, truth.node!));
  const loss = tensorValue({ width: constantDim(1) }, { node, sources, widthOrigin: null });
  return weighted(elaborator, loss, weight);
}
