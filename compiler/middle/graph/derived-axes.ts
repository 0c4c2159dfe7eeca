// Axes derived from those of histories: `clicks + 1` has one step more in each row, `clicks - 1` one less if there is one,
// `clicks + carts` has the steps of both, and `clicks / 4` every fourth step. They are used like a history's own axis; only
// code that counts steps must know their lengths. Steps of `clicks + carts by at` are those of `clicks + carts` in another
// order.

import { InternalError, invariant } from "../../common/internal-error.ts";
import { isBatchAxis } from "./batch-axis.ts";

/** The number of steps in a row. */
export type AxisLength =
  | { readonly kind: "history"; readonly history: string }
  /** The steps of all parts and `more`, but not fewer than none. */
  | { readonly kind: "sum"; readonly parts: readonly AxisLength[]; readonly more: number }
  /** One of every `every` steps, the latest among them. */
  | { readonly kind: "every"; readonly of: AxisLength; readonly every: number }
  /** That share of the steps, rounded down, but one at least if there are any. */
  | { readonly kind: "share"; readonly of: AxisLength; readonly share: number };

/** How to compute a length from those of histories. */
export interface LengthAlgebra<T> {
  history(name: string): T;
  /** The sum of the parts and `more`, which is negative if the result must be kept from falling below 0. */
  sum(parts: readonly T[], more: number): T;
  /** The number divided by `every`, rounded up. */
  every(of: T, every: number): T;
  /** The number of steps that a crop leaves. Absent where histories are whole, as in predictions. */
  share?(of: T, share: number): T;
}

/** The axis with `by` more steps, or fewer if it is negative. */
export function shiftedAxis(axis: string, by: number): string {
  const [, own, sign, steps] = /^(.*) ([+-]) (\d+)$/.exec(axis) ?? [];
  const of = own ?? axis;
  const total = (own === undefined ? 0 : Number(`${sign}${steps}`)) + by;
  if (total === 0) return withoutParentheses(of);
  return `${isSum(of) ? of : inParentheses(of)} ${total < 0 ? "-" : "+"} ${Math.abs(total)}`;
}

/** The axis with the steps of all parts, one part after the other. A number is that of a list's elements. */
export function joinedAxis(parts: readonly (string | number)[]): string {
  if (parts.length === 1) return String(parts[0]);
  const terms = parts.flatMap((part) => {
    if (typeof part === "number") return [String(part)];
    return isSum(part) ? termsOf(part) : [inParentheses(part)];
  });
  const merged: string[] = [];
  for (const term of terms) {
    const before = Number(merged.at(-1) ?? Number.NaN);
    if (Number.isNaN(before) || Number.isNaN(Number(term))) merged.push(term);
    else merged[merged.length - 1] = String(before + Number(term));
  }
  return merged.join(" + ");
}

/** The axis with one of every `every` steps. */
export function everyAxis(axis: string, every: number): string {
  const [, own, before] = /^(.*) \/ (\d+)$/.exec(axis) ?? [];
  if (own !== undefined && isOneTerm(axis)) return `${own} / ${Number(before) * every}`;
  return every === 1 ? axis : `${inParentheses(axis)} / ${every}`;
}

/** The axis with a run of its steps, a share of them, that `by` draws while training. See `wholeAxis`. */
export function croppedAxis(axis: string, share: number, by: string): string {
  return orderedAxis(`${inParentheses(axis)} * ${share}`, by);
}

/** The axis without any crop: that of predictions. */
export function wholeAxis(axis: string): string {
  const whole = axis.replace(/ \* [\d.e-]+ by [\w.]+/g, "");
  return whole === axis ? axis : withoutParentheses(whole.replace(/\((\w+)\)/g, "$1"));
}

/** The axis with its steps in an order of that name. */
export function orderedAxis(axis: string, by: string): string {
  return `${axis} by ${by}`;
}

/** The length of an axis, by what `algebra` says about histories. */
export function lengthOf<T>(axis: string, algebra: LengthAlgebra<T>): T {
  return folded(readLength(axis), algebra);
}

/** The number of steps in a row whose histories have as many as `stepsOf` says. */
export function stepsAlong(axis: string, stepsOf: (history: string) => number): number {
  return lengthAlong(axis)(stepsOf);
}

/** The same for many rows: reads the axis once. */
export function lengthAlong(axis: string): (stepsOf: (history: string) => number) => number {
  const length = readLength(axis);
  const sum = (parts: readonly number[], more: number) => {
    const steps = parts.reduce((all, part) => all + part, more);
    return Math.max(0, steps);
  };
  const every = (of: number, steps: number) => Math.ceil(of / steps);
  const share = (of: number, part: number) => Math.min(of, Math.max(1, Math.floor(part * of)));
  return (stepsOf) => folded(length, { history: stepsOf, sum, every, share });
}

/** The histories that an axis has steps of, each once. */
export function historiesOf(axis: string): readonly string[] {
  const all = lengthOf<readonly string[]>(axis, {
    history: (name) => [name],
    sum: (parts) => parts.flat(),
    every: (of) => of,
    share: (of) => of,
  });
  return [...new Set(all)];
}

/** Tells whether every row has a step, even if all of its histories are empty. */
export function hasAlwaysSteps(axis: string): boolean {
  return stepsAlong(axis, () => 0) > 0;
}

/** Tells whether an axis has fewer steps than its histories have together. */
export function isShortened(axis: string): boolean {
  const length = readLength(axis);
  return length.kind === "sum" && length.more < 0;
}

/** The history of an axis that has its steps in their order, and the number of steps that the axis has more; else null. */
export function onlyHistoryOf(axis: string): { readonly history: string; readonly shift: number } | null {
  const length = readLength(axis);
  if (length.kind === "history" && !axis.includes(" by ")) return { history: length.history, shift: 0 };
  if (length.kind !== "sum" || axis.includes(" by ")) return null;
  const [part, ...others] = length.parts;
  const isOne = part?.kind === "history" && others.length === 0 && axis.startsWith(`${part.history} `);
  return isOne ? { history: part.history, shift: length.more } : null;
}

/** The row of each step of an axis, from the rows of the steps of its histories (ascending, below `rows`). */
export function segmentsAlong(
  axis: string,
  rows: number,
  segmentsOf: (history: string) => Int32Array,
): Int32Array {
  const length = readLength(axis);
  if (length.kind === "history") return segmentsOf(length.history);
  const counts = new Map(historiesOf(axis).map((history) => [history, new Int32Array(rows)]));
  for (const [history, own] of counts) for (const row of segmentsOf(history)) own[row]!++;
  const steps = lengthAlong(axis);
  const lengths = Array.from({ length: rows }, (_, row) => steps((history) => counts.get(history)![row]!));
  const segments = new Int32Array(lengths.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [row, count] of lengths.entries()) segments.fill(row, at, (at += count));
  return segments;
}

function folded<T>(length: AxisLength, algebra: LengthAlgebra<T>): T {
  switch (length.kind) {
    case "history":
      return algebra.history(length.history);
    case "sum":
      return algebra.sum(
        length.parts.map((part) => folded(part, algebra)),
        length.more,
      );
    case "every":
      return algebra.every(folded(length.of, algebra), length.every);
    case "share":
      invariant(algebra.share, "predictions read whole histories");
      return algebra.share(folded(length.of, algebra), length.share);
  }
}

/** Terms with signs between them. A term is a history, a number, or an axis in parentheses, of which every nth step may count. */
function readLength(axis: string): AxisLength {
  if (isBatchAxis(axis) || !axis.includes(" ")) return { kind: "history", history: axis };
  const tokens = axis.match(/\d[\d.]*(?:e-\d+)?|\w+|[^\w\s]/g) ?? [];
  let next = 0;
  const term = (): AxisLength => {
    const token = tokens[next++];
    if (token === undefined) throw new InternalError(`an axis ${axis}`);
    const of: AxisLength = token === "(" ? sum() : { kind: "history", history: token };
    const sign = tokens[next];
    if (sign !== "/" && sign !== "*") return of;
    next += 2;
    const number = Number(tokens[next - 1]);
    return sign === "/" ? { kind: "every", of, every: number } : { kind: "share", of, share: number };
  };
  const sum = (): AxisLength => {
    const parts: AxisLength[] = [];
    let more = 0;
    for (let sign = 1; ; sign = tokens[next++] === "-" ? -1 : 1) {
      if (/^\d/.test(tokens[next] ?? "")) more += sign * Number(tokens[next++]);
      else parts.push(term());
      if (tokens[next] !== "+" && tokens[next] !== "-") break;
    }
    // The name of an order.
    if (tokens[next] === "by") while (next < tokens.length && tokens[next] !== ")") next++;
    next++;
    return parts.length === 1 && more === 0 ? parts[0]! : { kind: "sum", parts, more };
  };
  return sum();
}

/** Tells whether terms can be added to an axis without parentheses around it. */
function isSum(axis: string): boolean {
  return !isShortened(axis) && !axis.includes(" by ");
}

function termsOf(sum: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < sum.length; i++) {
    if (sum[i] === "(") depth++;
    else if (sum[i] === ")") depth--;
    else if (depth === 0 && (sum.startsWith(" + ", i) || sum.startsWith(" - ", i))) {
      terms.push(sum.slice(from, i));
      from = i + 3;
    }
  }
  return [...terms, sum.slice(from)];
}

/** Tells whether an axis is a history, or something that binds as strongly as one. */
function isOneTerm(axis: string): boolean {
  return termsOf(axis).length === 1 && !/ by [^)]*$/.test(axis);
}

function inParentheses(axis: string): string {
  return isOneTerm(axis) ? axis : `(${axis})`;
}

function withoutParentheses(axis: string): string {
  return /^\([^()]*\)$/.test(axis) ? axis.slice(1, -1) : axis;
}
