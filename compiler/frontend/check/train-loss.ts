// Reads `loss` of `train`: the loss of binary labels, with its options.

import { labelLosses } from "../../middle/training/label-losses.ts";
import type { Optioned } from "../../middle/training/options.ts";
import type { LabelLoss, TrainSettings } from "../../middle/training/settings.ts";
import type { Expression } from "../syntax/nodes.ts";
import { TrainSettingReader } from "./train-values.ts";

const LOSSES: Readonly<Record<string, Optioned<LabelLoss>>> = labelLosses;

export class LossReader extends TrainSettingReader {
  loss(value: Expression): Partial<TrainSettings> {
    const choice = this.choice("loss", value, Object.keys(LOSSES));
    const loss = choice === null ? null : this.options(choice, LOSSES[choice.name.name]!);
    return loss === null ? {} : { loss };
  }
}
