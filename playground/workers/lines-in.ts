/**
 * Finds the lines of the spec in generated text, such as `model.din:32`. Locations in other files, such as
 * the library, are skipped.
 */
export function linesIn(text: string, file = "model.din"): readonly number[] {
  return [...text.matchAll(/(?<![^\s:,])([^\s:,]+\.din):(\d+)/g)].flatMap(([, of, line]) =>
    of === file ? [Number(line)] : [],
  );
}
