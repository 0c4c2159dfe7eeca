// Formats counts for messages and reports.

/** Digits in groups: `12,102`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}
