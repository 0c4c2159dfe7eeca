// Recognizes the errors by which engines of JavaScript say that memory has no room for an array.

/** In V8, Firefox and Safari. */
const TEXTS =
  /^(?:array buffer allocation failed|invalid typed array length: \d+|WebAssembly\.Memory.*|out of memory)$/is;

export function isMemoryError(error: unknown): boolean {
  return error instanceof RangeError && TEXTS.test(error.message);
}
