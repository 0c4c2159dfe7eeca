// Numbers for people: aligned tables, thousands with commas, durations.

/** Columns aligned to the right, two spaces apart, the head underlined; ends with a line break. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padStart(widths[column]!)).join("  ");
  const rule = widths.map((width) => "─".repeat(width));
  return `${[head, rule, ...rows].map(line).join("\n")}\n`;
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** `0.42 s`, `12.3 s`, `2 min 5 s` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
