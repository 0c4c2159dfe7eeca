// Checks an auxiliary loss, which is one number for each example, and its weight.

import { lossHasAxis, lossNotOneNumber } from "../../diagnostics/catalog/training.ts";
import type { AuxiliaryLoss } from "../../middle/training/settings.ts";
import { bindArguments } from "../elaborate/bind-arguments.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import type { Loss } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { constantOf } from "../values/dims.ts";
import { isError, isTensor, printType } from "../values/types.ts";
import type { Environment, Value } from "../values/values.ts";
import { type LossWeight, readWeight } from "./weights.ts";

/** The options of a loss, in parentheses, with their documentation. */
export const LOSS_OPTIONS: Readonly<Record<"weight", string>> = {
  weight:
    "The factor of the loss: a number, which may be 0, or a value of each row; the default is 1. The mean over the examples is added to the training loss.",
};

/**
 * Checks an auxiliary loss and reports its mistakes. An unreadable weight counts as 1, and so does a weight
 * that differs by row.
 */
export function checkLoss(statement: Loss, elaborator: Elaborator, environment: Environment): AuxiliaryLoss {
  const { value, weight } = lossOf(statement, elaborator, environment);
  checkValue(statement, value, elaborator);
  return { name: statement.name.name, weight: weight.factor };
}

/** The loss value of each row, and its weight. */
export function lossOf(
  statement: Loss,
  elaborator: Elaborator,
  environment: Environment,
): { readonly value: Value; readonly weight: LossWeight } {
  const { name } = statement.name;
  return elaborator.inMode({ inLoss: true }, () => {
    const value = elaborator.named(name, statement.value, environment);
    const given = statement.arguments.map((argument) => ({
      name: argument.name,
      value: elaborator.given(argument.value, environment),
      span: argument.value.span,
    }));
    const parameters = Object.keys(LOSS_OPTIONS).map((option) => ({ name: option, default: 1 }));
    const bound = bindArguments("loss", parameters, given, statement.name.span, elaborator);
    const weight = readWeight(name, bound?.by.get("weight"), elaborator);
    return { value, weight };
  });
}

function checkValue(
  { name: { name: loss }, value: { span } }: Loss,
  value: Value,
  elaborator: Elaborator,
): void {
  if (isError(value)) return;
  const type = printType(value.type);
  const origin = value.widthOrigin === null ? [] : [at(value.widthOrigin.span, value.widthOrigin.what)];
  if (!isTensor(value))
    elaborator.report(lossNotOneNumber, { loss, type }, span, {
      label: type,
      help: lossNotOneNumber.helps.fromFeatures(),
    });
  else if (value.type.axis !== null)
    elaborator.report(lossHasAxis, { loss, axis: value.type.axis.name }, span, {
      label: type,
      related: [at(value.type.axis.span, "one value for each of its steps")],
      fixes: [
        {
          title: "take the mean",
          isGuess: true,
          edits: [
            { span: { ...span, end: span.start }, text: "mean(" },
            { span: { ...span, start: span.end }, text: ")" },
          ],
        },
      ],
    });
  else if (value.type.list !== null || value.type.probability || constantOf(value.type.width) !== 1)
    elaborator.report(lossNotOneNumber, { loss, type }, span, {
      label: type,
      related: origin,
      help: value.type.probability
        ? lossNotOneNumber.helps.ofProbability()
        : value.type.list !== null
          ? lossNotOneNumber.helps.meanOfElements()
          : lossNotOneNumber.helps.total(),
    });
}
