// Declares the links that the test of a generated folder reads. They take the place of a model's own, as in `requests.ts`.

/** By label: how many numbers a candidate has, and what makes predictions of them. */
export declare const LINKS: ReadonlyMap<
  string,
  readonly [width: number, link: "sigmoid" | "softmax" | "number"]
>;
/** Tables whose rows are in files of their own, with the files. */
export declare const ROWS: readonly (readonly [table: string, file: string])[];
