// Declares the links that the test of a generated folder reads. A model's own take their place, as in
// `requests.ts`.

/**
 * By label or output: the number of values per candidate, the function that turns them into predictions, and whether
 * the request has them once.
 */
export declare const LINKS: ReadonlyMap<
  string,
  readonly [width: number, link: "sigmoid" | "softmax" | "number", per?: "request"]
>;
/** Tables whose rows are in separate files, with the files. */
export declare const ROWS: readonly (readonly [table: string, file: string])[];
