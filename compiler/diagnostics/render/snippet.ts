// Lines of a file with underlined parts, in the style of rustc.

import { append } from "../../common/arrays.ts";
import { lineText, positionAt, type SourceFile, type Span } from "../../common/source-file.ts";
import type { Severity } from "../diagnostic.ts";
import { displayLine, printable } from "./display.ts";
import type { Paint, Style } from "./style.ts";

/** An underlined part of one line; for a span over several lines, its part on the first. */
export interface Marker {
  readonly line: number;
  /** UTF-16 units of the line, from 0. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly isPrimary: boolean;
}

/** The maximum shown length of a line in UTF-16 units; longer lines are cut around their first marker. */
const maxUnits = 160;
const contextUnits = 40;

export function markerAt({ file, start, end }: Span, label: string, isPrimary: boolean): Marker {
  const { line, column } = positionAt(file, start);
  const from = column - 1;
  const lineEnd = lineText(file, line).trimEnd().length;
  const to = Math.min(from + end - start, Math.max(lineEnd, from));
  return { line, from, to, label, isPrimary };
}

export function renderSnippet(
  file: SourceFile,
  markers: readonly Marker[],
  gutter: number,
  severity: Severity,
  paint: Paint,
): string[] {
  const bar = (number: string) => paint("gutter", `${number.padStart(gutter)} |`);
  const lines = [bar("")];
  let previous: number | null = null;
  for (const line of [...new Set(markers.map((marker) => marker.line))].sort((a, b) => a - b)) {
    if (previous !== null && line === previous + 2) append(lines, plainLine(file, previous + 1, bar));
    else if (previous !== null && line > previous + 2) lines.push(paint("gutter", "..."));
    append(lines, markedLine(file, line, markers, severity, paint, bar));
    previous = line;
  }
  return lines;
}

function plainLine(file: SourceFile, line: number, bar: (number: string) => string): string[] {
  const { text } = displayLine(visiblePart(lineText(file, line), 0).text);
  return [joined(bar(`${line}`), text.trimEnd())];
}

/** The shown part of a line around `unit`, and the shift from units of the line to units of that part. */
function visiblePart(line: string, unit: number): { readonly text: string; readonly shift: number } {
  if (line.length <= maxUnits) return { text: line, shift: 0 };
  let start = Math.max(0, Math.min(unit - contextUnits, line.length - maxUnits));
  const startsInsidePair = /[\udc00-\udfff]/.test(line.charAt(start));
  if (startsInsidePair) start--;
  const before = start > 0 ? "…" : "";
  const after = start + maxUnits < line.length ? "…" : "";
  return { text: before + line.slice(start, start + maxUnits) + after, shift: before.length - start };
}

/** The unit that must be visible: the first marker's, or the primary one's if both do not fit. */
function centre(markers: readonly Marker[]): number {
  const first = markers.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const primary = markers.find((marker) => marker.isPrimary)?.from ?? first;
  return primary - first < maxUnits - contextUnits ? first : primary;
}

/** A marker in screen columns. */
interface Mark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly isPrimary: boolean;
}

function markedLine(
  file: SourceFile,
  line: number,
  markers: readonly Marker[],
  severity: Severity,
  paint: Paint,
  bar: (number: string) => string,
): string[] {
  const own = markers.filter((marker) => marker.line === line);
  const part = visiblePart(lineText(file, line), centre(own));
  const { text, columns } = displayLine(part.text);
  const column = (unit: number) => columns[Math.max(0, Math.min(unit + part.shift, columns.length - 1))]!;
  const marks = own
    .map(({ from, to, label, isPrimary }) => ({
      from: column(from),
      to: column(to),
      label: printable(label),
      isPrimary,
    }))
    .sort((a, b) => a.from - b.from || Number(b.isPrimary) - Number(a.isPrimary));
  return [
    joined(bar(`${line}`), text.trimEnd()),
    ...rowsOf(marks, severity, paint).map((row) => joined(bar(""), row)),
  ];
}

function joined(bar: string, text: string): string {
  return text === "" ? bar : `${bar} ${text}`;
}

/** Underlines, with labels next to or below them. Overlapping marks get separate rows. */
function rowsOf(marks: readonly Mark[], severity: Severity, paint: Paint): string[] {
  const overlaps = marks.some(
    (mark, i) => i > 0 && mark.from < Math.max(marks[i - 1]!.to, marks[i - 1]!.from + 1),
  );
  if (overlaps) return marks.flatMap((mark) => rowsOf([mark], severity, paint));
  const style = (mark: Mark): Style => (mark.isPrimary ? severity : "secondary");
  const underline = (mark: Mark) =>
    paint(style(mark), (mark.isPrimary ? "^" : "-").repeat(Math.max(1, mark.to - mark.from)));
  const last = marks.at(-1)!;
  const label = last.label === "" ? "" : ` ${paint(style(last), last.label)}`;
  const rows = [
    placed(
      marks.map((mark) => ({
        at: mark.from,
        width: Math.max(1, mark.to - mark.from),
        text: underline(mark),
      })),
    ) + label,
  ];
  // The other labels hang below, the rightmost first, each below a line that leads to its mark.
  const hanging = marks.slice(0, -1).filter((mark) => mark.label !== "");
  const connect = (mark: Mark) => ({ at: mark.from, width: 1, text: paint(style(mark), "|") });
  if (hanging.length > 0) rows.push(placed(hanging.map(connect)));
  for (let i = hanging.length - 1; i >= 0; i--) {
    const mark = hanging[i]!;
    const text = { at: mark.from, width: mark.label.length, text: paint(style(mark), mark.label) };
    rows.push(placed([...hanging.slice(0, i).map(connect), text]));
  }
  return rows;
}

/** Texts at their columns, ascending; `width` is the width of a text on the screen. */
function placed(texts: readonly { at: number; width: number; text: string }[]): string {
  let row = "";
  let column = 0;
  for (const { at, width, text } of texts) {
    row += " ".repeat(Math.max(0, at - column)) + text;
    column = at + width;
  }
  return row;
}
