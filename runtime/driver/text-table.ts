// Numbers for people: aligned tables, thousands with commas, durations.

import { largest } from "../../compiler/common/arrays.ts";
import { formatCount } from "../../compiler/common/format-count.ts";
import { displayLine } from "../../compiler/diagnostics/render/display.ts";

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

/**
 * Columns two spaces apart, those in `right` aligned to the right; each line ends with a line break. If a row
 * ends early, its last cell may extend beyond its column.
 */
export function alignedLines(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
  indent = "",
): string {
  const cells = rows.map((row) => row.map(displayLine));
  const widths: number[] = [];
  const most = largest(cells.map((row) => row.length));
  for (const row of cells)
    row.forEach(({ columns }, column) => {
      if (row.length === most || column < row.length - 1)
        widths[column] = Math.max(widths[column] ?? 0, columns.at(-1)!);
    });
  const line = (row: (typeof cells)[number]) =>
    row
      .map(({ text, columns }, column) => {
        const space = " ".repeat(Math.max(0, (widths[column] ?? 0) - columns.at(-1)!));
        return right.has(column) ? space + text : text + space;
      })
      .join("  ");
  return cells
    .map((row) => `${indent}${line(row)}`.trimEnd())
    .map((text) => `${text}\n`)
    .join("");
}

export function thousands(value: number): string {
  return formatCount(Math.round(value));
}

/** `0.42 s`, `12.3 s`, `2 min 5 s`, `3 h 20 min` */
export function duration(seconds: number): string {
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${thousands(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
