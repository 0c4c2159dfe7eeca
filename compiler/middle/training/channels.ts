// What the network gives of a prediction: one number a row, or of classes one for each, which are channels
// with a name each. So all that moves scores moves one number a row.

/** A prediction, as far as its numbers go. */
export interface Predicted {
  readonly label: string;
  /** How many numbers the network gives a row. */
  readonly width: number;
}

/** In their order; no name of a spec has a `/`. */
export function channelsOf({ label, width }: Predicted): readonly string[] {
  return width === 1 ? [label] : Array.from({ length: width }, (_, i) => `${label}/${i + 1}`);
}

/** Of all predictions. */
export function allChannels(predictions: readonly Predicted[]): readonly string[] {
  return predictions.flatMap(channelsOf);
}
