// The numbers that the network gives for a prediction: one per row, or one per class. The latter are channels
// with a name each, so all code that handles scores handles one number a row.

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
