// Declares the links that the test of a generated folder reads. A model's own take their place, as in
// `requests.ts`.

/** By label: the number of values per candidate, and the function that turns them into predictions. */
export declare const LINKS: ReadonlyMap<
  string,
  readonly [width: number, link: "sigmoid" | "softmax" | "number"]
>;
/** Tables whose rows are in separate files, with the files. */
export declare const ROWS: readonly (readonly [table: string, file: string])[];
