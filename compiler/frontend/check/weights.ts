// Reads the weight of a loss in its parentheses: a number, 0 included, or one value per row.

import { weightHasAxis } from "../../diagnostics/catalog/labels.ts";
import { badWeight } from "../../diagnostics/catalog/training.ts";
import type { Elaborator } from "../elaborate/elaborator.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { constantOf } from "../values/dims.ts";
import { isError, isTensor, NO_AXES, numberOf, printType, sameAxes } from "../values/types.ts";
import type { ArgumentValue, TensorValue } from "../values/values.ts";

export interface LossWeight {
  /** The factor of the mean of the loss. */
  readonly factor: number;
  /** The factor of each row's loss; null if all rows count alike. */
  readonly ofRow: TensorValue | null;
}

export const NO_WEIGHT: LossWeight = { factor: 1, ofRow: null };

/** Reads a weight; an invalid one is reported and counts as 1. `of` is the name of the loss. */
export function readWeight(of: string, given: ArgumentValue | undefined, elaborator: Elaborator): LossWeight {
  if (given === undefined || isError(given.value)) return NO_WEIGHT;
  const { span } = given;
  const value = elaborator.vectorOf(given.value, span);
  if (isError(value)) return NO_WEIGHT;
  const number = numberOf(value.type);
  if (number !== null && number >= 0) return { factor: number, ofRow: null };
  if (isTensor(value)) {
    if (sameAxes(value.type, NO_AXES) && constantOf(value.type.width) === 1)
      return { factor: 1, ofRow: value };
    elaborator.report(weightHasAxis, { of, type: printType(value.type) }, span, {
      label: printType(value.type),
    });
    return NO_WEIGHT;
  }
  elaborator.report(badWeight, { of, got: quoteExpression(given) }, span, {
    help: badWeight.helps.orRemoveLoss(),
  });
  return NO_WEIGHT;
}

/** Multiplies the loss of each row by its weight. */
export function weighted(elaborator: Elaborator, loss: TensorValue, { ofRow }: LossWeight): TensorValue {
  if (ofRow === null) return loss;
  const { node: weight } = ofRow;
  if (loss.node === null || weight === null) return loss;
  const inputs = [loss.node, weight] as const;
  return { ...loss, node: elaborator.build((builder) => builder.add("multiply", inputs, {})) };
}
