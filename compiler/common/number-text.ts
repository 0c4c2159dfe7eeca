// Reads numbers from the texts of data and requests, in the same way everywhere.

/** NaN for a text that is not a number, and for an empty one, which `Number` takes for 0. */
export function numberOfText(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
