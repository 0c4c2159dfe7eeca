// Declares the outputs that the test of an ONNX folder reads. They take the place of a model's own, as in `requests.ts`.

/** By label: the outputs of model.onnx that have its logits and probabilities, and how many numbers a candidate has. */
export declare const OUTPUTS: readonly {
  readonly label: string;
  readonly own: string;
  readonly probability: string | null;
  readonly width: number;
}[];
