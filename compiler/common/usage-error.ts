// What is asked for makes no sense, whatever specs and data say: options that contradict each other, or name what is not there.

export class UsageError extends Error {
  override readonly name = "UsageError";
}
