// Formats counts for messages and reports.

/** Digits in groups: `12,102`. Loading the tables of `Intl` takes longer than a short command may. */
export function formatCount(count: number): string {
  if (!Number.isSafeInteger(count) || Object.is(count, -0)) return count.toLocaleString("en");
  return String(count).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ",");
}
