// The numbers that the network gives for a row: of each prediction, and of each output. A prediction has one, or one
// per class: these are channels with a name each, so all code that handles logits handles one number a row. An output
// of the network has all of its numbers in one output of the Graph.

import type { Span } from "../../common/source-file.ts";
import { outputNames } from "../graph/outputs.ts";

/** The width of a prediction. */
export interface Predicted {
  readonly label: string;
  /** The number of values that the network gives per row. */
  readonly width: number;
}

/** The names of the channels in their order. No name of a spec has a `/`. */
export function channelsOf({ label, width }: Predicted): readonly string[] {
  return width === 1 ? [label] : Array.from({ length: width }, (_, i) => `${label}/${i + 1}`);
}

/** The channels of all predictions. */
export function allChannels(predictions: readonly Predicted[]): readonly string[] {
  return predictions.flatMap(channelsOf);
}

/** A value that is served under its own name, without a label: `output uplift = …`. */
export interface NamedOutput {
  readonly name: string;
  /** The number of its values per row. */
  readonly width: number;
  /** `request` if it is the same for all candidates of a request. */
  readonly per: "candidate" | "request";
  readonly span: Span;
}

/** The predictions and outputs of a model. */
export interface Served {
  readonly predictions: readonly Predicted[];
  readonly outputs: readonly NamedOutput[];
}

/** The names of a Graph's outputs that predicting needs. */
export function servedNames({ predictions, outputs }: Served): readonly string[] {
  return [
    ...allChannels(predictions).map(outputNames.logit),
    ...outputs.map(({ name }) => outputNames.output(name)),
  ];
}

/** The values of a row under one name: a label, or an output. */
export interface ScoredValues {
  readonly name: string;
  readonly width: number;
  /** Their names in a session: one for each value, or one for all. */
  readonly channels: readonly string[];
}

export function scoredValues({ predictions, outputs }: Served): readonly ScoredValues[] {
  return [
    ...predictions.map((each) => ({ name: each.label, width: each.width, channels: channelsOf(each) })),
    ...outputs.map(({ name, width }) => ({ name, width, channels: [name] })),
  ];
}
