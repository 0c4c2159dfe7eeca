// Declares the outputs that the test of an ONNX folder reads. A model's own take their place, as in
// `requests.ts`.

/**
 * By label or output: the outputs of model.onnx with its logits and probabilities, and the number of values per
 * candidate.
 */
export declare const OUTPUTS: readonly {
  readonly label: string;
  readonly own: string;
  readonly probability: string | null;
  readonly width: number;
  /** Set if the request has these numbers once. */
  readonly per?: "request";
}[];
