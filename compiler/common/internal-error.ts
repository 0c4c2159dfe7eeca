// A broken invariant of dinc itself. A user's mistake is never one of these: it is a Diagnostic.

/**
 * Thrown when dinc finds its own state impossible. The command line then asks the user for a report and exits
 * with 3.
 */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** Asserts an invariant of dinc. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Marks a place that the types prove unreachable. */
export function unreachable(value: never, what: string): never {
  throw new InternalError(`unexpected ${what}: ${JSON.stringify(value)}`);
}
