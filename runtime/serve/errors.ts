// Texts of errors.

/** The message of anything that was thrown. */
export function systemText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
