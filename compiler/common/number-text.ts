// How a number is read that data or a request has as text: the same in every place that reads cells.

/** NaN for what is no number, and for nothing at all, which `Number` takes for 0. */
export function numberOfText(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
