// Reads `loss` of `train`: the loss of labels, its options, and the factor of each label.

import { textOf } from "../../common/source-file.ts";
import { argumentTwice } from "../../diagnostics/catalog/expressions.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { unknownLabel } from "../../diagnostics/catalog/predictions.ts";
import { badWeight, lossOptionIsLabel, weightWithoutLabel } from "../../diagnostics/catalog/training.ts";
import { labelLosses } from "../../middle/training/label-losses.ts";
import { notNegative, type Optioned } from "../../middle/training/options.ts";
import type { LabelLoss, TrainSettings } from "../../middle/training/settings.ts";
import { isBroken, quoteExpression, readNumber } from "../syntax/constants.ts";
import type { Argument, Expression } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { type Choice, TrainSettingReader } from "./train-values.ts";

const LOSSES: Readonly<Record<string, Optioned<LabelLoss>>> = labelLosses;

export class LossReader extends TrainSettingReader {
  loss(value: Expression): Partial<TrainSettings> {
    const choice = this.choice("loss", value, Object.keys(LOSSES));
    if (choice === null) return {};
    const definition = LOSSES[choice.name.name]!;
    const isOption = ({ name }: Argument) => name !== null && definition.options.includes(name.name);
    if (choice.arguments.some((argument) => isOption(argument) && this.namesLabel(argument))) return {};
    const options = { ...choice, arguments: choice.arguments.filter(isOption) };
    const weights = { ...choice, arguments: choice.arguments.filter((each) => !isOption(each)) };
    const labelWeights = this.labelWeights(weights, definition.options);
    const loss = this.options(options, definition);
    return loss === null ? { labelWeights } : { loss, labelWeights };
  }

  /** Reports an option whose name is also the name of a label. */
  private namesLabel({ name }: Argument): boolean {
    const label = name === null ? undefined : this.declarations.labels.get(name.name);
    if (name === null || label === undefined) return false;
    this.reporter.report(lossOptionIsLabel, { name: name.name }, name.span, {
      related: [at(label.span, "declared here")],
    });
    return true;
  }

  private labelWeights(
    { name: { name: callee }, arguments: given }: Choice,
    options: readonly string[],
  ): TrainSettings["labelWeights"] {
    const labels = [...this.declarations.labels.keys()];
    const weights = new Map<string, number>();
    for (const { name, value } of given) {
      if (isBroken(value)) continue;
      if (name === null) {
        const named = `${callee}(${labels[0] ?? "click"}: ${textOf(value.span)})`;
        this.reporter.report(weightWithoutLabel, { got: quoteExpression(value), named }, value.span);
      } else if (!labels.includes(name.name)) {
        const known = [...labels, ...options];
        const details = this.reporter.didYouMean(name, known, shared.available(known));
        this.reporter.report(unknownLabel, { name: name.name }, name.span, details);
      } else if (weights.has(name.name))
        this.reporter.report(argumentTwice, { callee, name: name.name }, name.span);
      else {
        const weight = readNumber(value);
        if (weight !== null && notNegative.test(weight)) weights.set(name.name, weight);
        else
          this.reporter.report(badWeight, { of: name.name, got: quoteExpression(value) }, value.span, {
            help: badWeight.helps.orLeaveOut(),
          });
      }
    }
    return Object.fromEntries(weights);
  }
}
