// A count as messages and reports write it.

/** `12,102` */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}
