// Joins columns with numbered names, such as C1 to C26, into one range of the draft: one line with one kind
// that fits all of their values.

import { formatCount } from "../../common/format-count.ts";
import type { NamedColumn } from "./columns.ts";
import { type ColumnEvidence, called, kindFor } from "./kinds.ts";
import { type DraftFeature, type DraftKind, widthFor } from "./plan.ts";
import { usualCount, valuesOf } from "./values.ts";

/** Fewer columns are not worth a range. */
const LEAST = 3;

/** The feature of one column, which may become part of a range. */
export interface Single {
  readonly feature: DraftFeature;
  readonly column: NamedColumn;
  /**
   * The evidence of the column alone; null if its kind has another reason than its values, so that it is not
   * part of a range.
   */
  readonly asked: ColumnEvidence | null;
}

/** The features in their order; a range is at the position of its first feature. */
export function inRanges(singles: readonly Single[]): DraftFeature[] {
  const done = new Set<Single>();
  return singles.flatMap((single) => {
    if (done.has(single)) return [];
    const run = runFrom(single, singles);
    const range = run.length < LEAST ? null : rangeOf(run);
    if (range === null) return [single.feature];
    for (const each of run) done.add(each);
    return [range];
  });
}

/** `single` and the features that continue its numbering, as long as scope and form of kind are the same. */
function runFrom(single: Single, all: readonly Single[]): Single[] {
  const parts = endOf(single.feature.name);
  const run = [single];
  if (parts === null || single.asked === null) return run;
  const byName = new Map(all.map((each) => [each.feature.name, each]));
  for (let n = parts.number + 1; ; n++) {
    const next = byName.get(`${parts.text}${String(n).padStart(parts.digits, "0")}`);
    if (next?.asked == null || !alike(single.feature, next.feature)) return run;
    run.push(next);
  }
}

/**
 * Splits `c26` or `f01` into text and number; leading zeros fix the number of digits. Null for a name without
 * a number at its end.
 */
function endOf(
  name: string,
): { readonly text: string; readonly number: number; readonly digits: number } | null {
  const found = /^(.*?[a-z_])(0\d+|\d+)$/i.exec(name);
  if (found === null) return null;
  const [, text, digits] = found as unknown as [string, string, string];
  return { text, number: Number(digits), digits: digits.startsWith("0") ? digits.length : 1 };
}

function alike(a: DraftFeature, b: DraftFeature): boolean {
  return a.scope === b.scope && a.isRead === b.isRead && form(a.kind) === form(b.kind);
}

/** The kind without the numbers and options that depend on the values. */
function form({ text, embed }: DraftKind): string {
  return `${text.replaceAll(/\([^()]*\)/g, "")} ${embed === null}`;
}

/** Null if all values together have another kind than those of each column. */
function rangeOf(run: readonly Single[]): DraftFeature | null {
  const [first, last] = [run[0]!, run.at(-1)!];
  const kind = first.feature.kind.kind === "id" ? idsOf(run) : numbersOf(run);
  return kind === null
    ? null
    : {
        ...first.feature,
        name: `${first.feature.name}..${last.feature.name}`,
        header: `${first.feature.header}..${last.feature.header}`,
        kind: { ...kind, change: "a line of its own for a column that differs, outside of the range" },
      };
}

type Kind = Omit<DraftKind, "change">;

/** Each feature has its own vocabulary; the options are those that any of them needs. */
function idsOf(run: readonly Single[]): Kind {
  const texts = run.map(({ feature }) => feature.kind.text);
  const options = ["min_count: 2", "missing: unknown"].filter((option) =>
    texts.some((text) => text.includes(option)),
  );
  const values = run.map(({ column }) => valuesOf(column));
  const counts = values.map(({ counts }) => counts.size);
  const missing = values.reduce((sum, each) => sum + each.missing, 0);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const { embed } = run[0]!.feature.kind;
  return {
    kind: "id",
    text: called("id", options),
    embed: embed === null ? null : widthFor(Math.max(...values.map(usualCount))),
    reason: [
      `${run.length} columns of ${least === most ? "" : `${formatCount(least)} to `}${formatCount(most)} values`,
      ...(options.includes("min_count: 2") ? ["new ones, and those that come once, share a vector"] : []),
      ...(missing === 0 ? [] : [`${formatCount(missing)} missing, which count as unknown`]),
    ].join("; "),
  };
}

function numbersOf(run: readonly Single[]): Kind | null {
  const { feature, asked } = run[0]!;
  const cells = run.flatMap(({ column }) => column.cells);
  const kind = kindFor({ ...asked!, values: valuesOf({ cells }) });
  if (typeof kind === "string" || form(kind) !== form(feature.kind)) return null;
  return { ...kind, reason: `${run.length} columns, together ${kind.reason}` };
}

/** The names of the columns in a feature's name, which may be a range. */
export function namesIn(name: string): string[] {
  const [from, to] = name.split("..");
  const [first, last] = [endOf(from!), to === undefined ? null : endOf(to)];
  if (first === null || last === null) return [name];
  return Array.from(
    { length: last.number - first.number + 1 },
    (_, i) => `${first.text}${String(first.number + i).padStart(first.digits, "0")}`,
  );
}
