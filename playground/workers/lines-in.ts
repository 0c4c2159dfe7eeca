/** The lines of the spec that generated text names, as `model.din:32`. */
export function linesIn(text: string): readonly number[] {
  return [...text.matchAll(/[^\s:]\.din:(\d+)/g)].map(([, line]) => Number(line));
}
