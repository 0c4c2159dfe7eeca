// Guesses the kind of a column from its values (ids, numbers, a few fixed texts, words), or gives the reason
// why it is useless.

import { largest } from "../../common/arrays.ts";
import { formatCount } from "../../common/format-count.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import { CROSSED_WIDTH, type DraftKind, widthFor } from "./plan.ts";
import { type ColumnValues, correlation, quantile, usualCount } from "./values.ts";
import { saysCode, saysCount, saysId, saysMeasure, saysText } from "./words.ts";

export interface ColumnEvidence {
  /** The name in the spec. */
  readonly name: string;
  readonly values: ColumnValues;
  /** Whether the column's name is a number, like those of coded fields. */
  readonly isField: boolean;
  /** Whether steps of a history have its values too. */
  readonly isBound: boolean;
  /** Whether it identifies users or items. */
  readonly isKey: boolean;
  /** Whether the network crosses it with other features. Then numbers have vectors, too. */
  readonly isCrossed: boolean;
  /** Whether it identifies users: for metrics alone, or for the network too. Null if it does not. */
  readonly userFor: "metrics" | "network" | null;
}

/** With at most this many values, whole numbers are codes rather than amounts. */
const FEW = 24;
/** Many whole numbers are codes only if they are at least this share of those between the least and the largest. */
const DENSE = 0.3;
/** Codes occur at least this often on average. */
const REPEATED = 5;
/** Below this correlation of how often neighbours occur, numbers are codes. Ages 30 and 31 occur about equally often. */
const UNLIKE = 0.3;
/** Larger numbers measure nothing. */
const LARGEST = 1e15;
/** The ranges of a number. A column with fewer values than `ROWS_OF_STEPS` has fewer, so that each range has rows. */
const STEPS = 20;
const FEW_STEPS = 12;
const ROWS_OF_STEPS = 50_000;
/** The same if most rows have one number: the others get about as many, from many rows or from few. */
const MORE_STEPS = 2000;
const SOME_STEPS = 200;
/** With fewer rows, so many ranges have hardly a row. */
const MANY_ROWS = 20_000;
/** Few enough digits that a number's text is short. */
const DIGITS = 6;

/** The kind, or the reason why there is none. */
export function kindFor(asked: ColumnEvidence): DraftKind | string {
  const { name, values, isKey, isBound } = asked;
  if (values.count === 0) return "it is empty";
  if (values.counts.size === 1 && !isKey) return `its only value is ${shown(values)}`;
  const { numbers } = values;
  if (isKey || saysId(name)) {
    if (values.mayBeIds) return idKind(asked, isKey ? "which tell them apart" : "has the name of an id");
    if (isKey || numbers === null)
      return 'ids are texts or whole numbers; write them without a fraction (in pandas `.astype("Int64")`)';
  }
  if (values.areCodes) return idKind(asked, "digits that measure nothing: leading zeros, or too many");
  if (numbers !== null) {
    if (values.areWhole && saysCode(name))
      return idKind(asked, "whole numbers that are codes, by their name");
    if (values.areWhole && asked.isField) return idKind(asked, "whole numbers of a field that has a number");
    if (values.areWhole && !saysCount(name)) {
      const range = numbers.largest - numbers.least + 1;
      const isDense = values.counts.size <= FEW && range <= 2 * values.counts.size + 8;
      if (isDense && numbers.least >= 0)
        return idKind(
          asked,
          `whole numbers from ${numbers.least} to ${numbers.largest}, so few that each has a vector`,
        );
      if (isBound && values.counts.size > FEW) return idKind(asked, "whole numbers of a history");
      if (numbers.least >= 0 && !saysMeasure(name) && areLikeCodes(values, range))
        return idKind(
          asked,
          "whole numbers like codes: how often one occurs says nothing about the next one",
        );
    }
    return Math.max(-numbers.least, numbers.largest) > LARGEST
      ? "its numbers are too large to measure anything"
      : asked.isCrossed
        ? steppedKind(values, numbers)
        : numberKind(values, numbers);
  }
  if (!values.mayBeIds) return "some of its values are not numbers, such as NaN: leave them empty";
  const areMany = values.counts.size > (saysText(name) ? FEW : 0.3 * values.count);
  if (values.words >= 3 && areMany && !isBound) return textKind(values);
  return idKind(asked, "repeated texts");
}

/** Whether the values are many whole numbers, dense and repeated, and the counts of neighbours do not correlate. */
function areLikeCodes({ counts, count }: ColumnValues, range: number): boolean {
  const isDense = counts.size > FEW && counts.size >= DENSE * range && count >= REPEATED * counts.size;
  if (!isDense) return false;
  const inOrder = [...counts].sort(([a], [b]) => Number(a) - Number(b));
  const times = inOrder.map(([, often]) => Math.log(often));
  return correlation(times.slice(1), times.slice(0, -1)) < UNLIKE;
}

function idKind({ name, values, isKey, userFor }: ColumnEvidence, reason: string): DraftKind {
  const [distinct, usual] = [values.counts.size, usualCount(values)];
  const missing = values.missing > 0 ? "missing: unknown" : "";
  if (userFor !== null)
    return {
      kind: "id",
      text: called("id", [userFor === "network" ? "min_count: 5" : "", missing]),
      embed: userFor === "network" ? widthFor(usual) : null,
      reason: `${formatCount(distinct)} values, ${userFor === "network" ? "of which those that come less than 5 times share a vector" : "for GAUC; what users like is in the history, so they have no vector"}${missingReason(values)}`,
      change: userFor === "network" ? "another width" : "`id(min_count: 5)  embed 16`, and its name in `net`",
    };
  const rare = [...values.counts.values()].filter((times) => times < 2).length;
  // The vector of a value that training saw once has only learned that row's label.
  const isLong = rare > mayBeOdd(values.count) || usual > FEW;
  const least = isLong && distinct - rare >= 2 ? "min_count: 2" : "";
  const shared =
    rare > 0
      ? `; ${formatCount(rare)} of them ${rare === 1 ? "comes once and shares" : "come once and share"} the vector of unknown ones`
      : "; new ones, and those that come once, share a vector";
  return {
    kind: "id",
    text: called("id", [least, missing]),
    embed: widthFor(usual),
    reason: `${formatCount(distinct)} values, ${reason}${least === "" ? "" : shared}${missingReason(values)}`,
    change: isKey ? "another width, or `id(hash: n)`" : `\`number\` if ${name} measures something`,
  };
}

/** Ranges of a number, each with a vector. */
function steppedKind(
  { count, counts, missing }: ColumnValues,
  { least, largest: most }: NonNullable<ColumnValues["numbers"]>,
): DraftKind {
  // If most rows have one number, most of the bounds are equal and count once.
  const isUneven = largest(counts.values()) > count / 2;
  const [even, uneven] = [
    count < ROWS_OF_STEPS ? FEW_STEPS : STEPS,
    count < MANY_ROWS ? SOME_STEPS : MORE_STEPS,
  ];
  const steps = isUneven ? uneven : even;
  return {
    kind: "number",
    text: `${called("number", [missing > 0 ? "missing: unknown" : ""])} |> quantiles(${steps})`,
    embed: CROSSED_WIDTH,
    reason: `numbers from ${printNumber(least)} to ${printNumber(most)}, in ranges with a vector each${missingReason({ missing })}`,
    change: "`number |> standardize` as it is, outside of the fields in `net`; `id` if it is a code",
  };
}

function numberKind(
  values: ColumnValues,
  { least, largest, median, skewness }: NonNullable<ColumnValues["numbers"]>,
): DraftKind {
  const most = 10 ** (Math.ceil(Math.log10(Math.max(1, largest))) + 1);
  const isLong = least >= 0 && skewness > 2;
  const missing = values.missing > 0 ? `missing: ${printNumber(median)}` : "";
  return {
    kind: "number",
    text: `${called("number", [missing])}${isLong ? ` |> clip(0, ${grouped(most)}) |> log1p` : ""} |> standardize`,
    embed: null,
    reason: `${isLong ? "numbers with a long tail" : "numbers"} from ${printNumber(least)} to ${printNumber(largest)}${missing === "" ? "" : `; ${formatCount(values.missing)} missing, which count as the median`}${isLong ? "; the logarithm takes none below 0" : ""}`,
    change: "`number |> quantiles(20)` with `embed 8` for steps, `id` if it is a code",
  };
}

function textKind(values: ColumnValues): DraftKind {
  const words = [...values.counts.keys()].map((text) => text.split(/\s+/).length);
  const max = Math.max(1, quantile(words, 0.95));
  return {
    kind: "text",
    text: `text(hash: 10_000, max: ${max})`,
    embed: 8,
    reason: `texts of ${values.words.toFixed(0)} words on average; 95 % have at most ${max}`,
    change: "`id` if each text is a value of its own",
  };
}

function missingReason({ missing }: Pick<ColumnValues, "missing">): string {
  return missing === 0 ? "" : `; ${formatCount(missing)} missing, which count as unknown`;
}

export function called(name: string, options: readonly string[]): string {
  const given = options.filter((option) => option !== "");
  return given.length === 0 ? name : `${name}(${given.join(", ")})`;
}

/** The number as a literal of the language, with a few digits. */
export function printNumber(x: number): string {
  const short = Number(x.toPrecision(DIGITS));
  return String(short).replace("e+", "e");
}

/** Digits in groups, such as `10_000`. */
function grouped(whole: number): string {
  return String(whole).replace(/(?<=\d)(?=(?:\d{3})+$)/g, "_");
}

function shown({ counts }: ColumnValues): string {
  const [text] = counts.keys();
  return JSON.stringify(text!.slice(0, 30));
}
