/**
 * The lines of the spec that generated text names, as `model.din:32`. What stands in another file, such as one
 * of the library, is no line of it.
 */
export function linesIn(text: string, file = "model.din"): readonly number[] {
  return [...text.matchAll(/(?<![^\s:,])([^\s:,]+\.din):(\d+)/g)].flatMap(([, of, line]) =>
    of === file ? [Number(line)] : [],
  );
}
