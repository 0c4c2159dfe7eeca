// Prints the differences between two texts as `diff -u` does.

import { type ChangedLine, changedLines } from "../../compiler/common/changed-lines.ts";

/** The number of unchanged lines around a change. */
const CONTEXT = 3;

/** Empty if the texts are equal; otherwise it ends with a line break. */
export function unifiedDiff(names: readonly [a: string, b: string], a: string, b: string): string {
  if (a === b) return "";
  const lines = changedLines(linesOf(a), linesOf(b));
  const hunks = hunksOf(lines).map(([from, to]) => hunkText(lines, from, to));
  return `--- ${names[0]}\n+++ ${names[1]}\n${hunks.join("")}`;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines[lines.length - 1] += " (no line break at the end)";
  return lines;
}

/** Ranges of lines that cover all changes with their context. */
function hunksOf(lines: readonly ChangedLine[]): [from: number, to: number][] {
  const hunks: [number, number][] = [];
  lines.forEach(([sign], i) => {
    if (sign === " ") return;
    const [from, to] = [Math.max(0, i - CONTEXT), Math.min(lines.length, i + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  });
  return hunks;
}

function hunkText(lines: readonly ChangedLine[], from: number, to: number): string {
  const count = (part: readonly ChangedLine[], without: "-" | "+") =>
    part.filter(([sign]) => sign !== without).length;
  const range = (without: "-" | "+") => {
    const length = count(lines.slice(from, to), without);
    const before = count(lines.slice(0, from), without);
    return `${length === 0 ? before : before + 1},${length}`;
  };
  const shown = lines.slice(from, to).map(([sign, text]) => `${sign}${text}\n`);
  return `@@ -${range("+")} +${range("-")} @@\n${shown.join("")}`;
}
