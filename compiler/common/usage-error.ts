// The error for a contradictory or impossible call, independent of specs and data: conflicting options, or options that name
// something unknown.

export class UsageError extends Error {
  override readonly name = "UsageError";
}
