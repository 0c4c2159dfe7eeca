// Checks an auxiliary loss: one number for each example, and the weight it is given.

import { badWeight, lossHasAxis, lossNotOneNumber } from "../../diagnostics/catalog/training.ts";
import type { AuxiliaryLoss } from "../../middle/training/settings.ts";
import { bindArguments } from "../elaborate/bind-arguments.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import { written } from "../syntax/constants.ts";
import type { Loss } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { constantOf } from "../values/dims.ts";
import { isError, isTensor, numberOf, printType } from "../values/types.ts";
import type { Environment, Value } from "../values/values.ts";

/** The options of a loss, in parentheses, with their documentation. */
export const LOSS_OPTIONS: Readonly<Record<"weight", string>> = {
  weight:
    "The factor of the loss: its mean over the examples, times this factor, is added to the loss of training. 1 where nothing is said.",
};

/** Checks an auxiliary loss and reports its mistakes. A weight that cannot be read counts as 1. */
export function checkLoss(statement: Loss, elaborator: Elaborator, environment: Environment): AuxiliaryLoss {
  const { name } = statement.name;
  elaborator.inLoss = true;
  const value = elaborator.named(name, statement.value, environment);
  elaborator.inLoss = false;
  checkValue(statement, value, elaborator);
  return { name, weight: weightOf(statement, elaborator, environment) ?? 1 };
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

function weightOf(statement: Loss, elaborator: Elaborator, environment: Environment): number | null {
  const given = statement.arguments.map(({ name, value }) => ({
    name,
    value: elaborator.evaluate(value, environment),
    span: value.span,
  }));
  const parameters = Object.keys(LOSS_OPTIONS).map((name) => ({ name, default: 1 }));
  const weight = bindArguments("loss", parameters, given, statement.name.span, elaborator)?.by.get("weight");
  if (weight === undefined || isError(weight.value)) return null;
  const number = numberOf(weight.value.type);
  if (number !== null && number > 0) return number;
  elaborator.report(badWeight, { of: statement.name.name, got: written(weight) }, weight.span, {
    help: badWeight.helps.orRemoveLoss(),
  });
  return null;
}
