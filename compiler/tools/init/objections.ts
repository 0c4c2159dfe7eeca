// Explains why a column is not a feature: times, records, outcomes, values that reveal the label, values that
// never recur.

import { mayBeOdd } from "../../common/odd-values.ts";
import { looksLikeTime } from "../../common/time-text.ts";
import { isListInBrackets, isRecord } from "../../frontend/syntax/raw-texts.ts";
import { saysOutcome, saysPosition } from "../lint/words.ts";
import { INDEX, type Keys, type ListedColumn, type NamedColumn } from "./columns.ts";
import { type Guess, out } from "./plan.ts";
import { leak } from "./relations.ts";
import { mayMeasure, valuesOf } from "./values.ts";
import { saysRequest, saysTime } from "./words.ts";

/** Why a column is not a feature by its name alone, in the words of advice on a spec. */
export function nameObjection(name: string, label: NamedColumn): string | null {
  if (saysPosition(name))
    return "the ranking decides the position of a candidate, and it is the model's own output";
  const isOutcome = saysOutcome(name, [label.name]);
  return isOutcome ? "has the name of an outcome, which is not known when candidates are ranked" : null;
}

/** Why a column of single values is not a feature; null if it may be one. */
export function ofNoUse(
  column: NamedColumn,
  label: NamedColumn,
  labels: readonly number[],
  { user, item }: Keys,
  isBound: boolean,
): Guess | null {
  const { name, header, typeName, cells } = column;
  const isKey = column === user || column === item;
  const say = (reason: string, change: string) => out({ header }, reason, change);
  const values = valuesOf(column);
  const texts = [...values.counts.keys()];
  if (texts.some(isListInBrackets))
    return say(
      "it contains lists in brackets, as other tools print them",
      "write `1|2|3`, or Parquet with real lists",
    );
  if (/^(STRUCT|MAP|UNION|JSON)/.test(typeName) || texts.some(isRecord))
    return say("it contains records", "give each part a column of its own");
  if (holdsTimes(column))
    return say(
      "it is a timestamp: tomorrow's differ from all of these",
      `declare what a clock shows of it: \`${name} : hour(zone: "UTC")  embed 4\`, or \`weekday\``,
    );
  if (column.isIndex === true && !isKey && !isBound)
    return say(INDEX, "add it by hand if it means something");
  const said = isKey ? null : nameObjection(name, label);
  if (said !== null) return say(said, "rename it if it is known before the label");
  const reason = isKey ? null : leak(cells, labels);
  if (reason !== null)
    return say(`it gives the label away: ${reason}`, "add it if it is known before the label");
  const isOwn = cells.length - values.counts.size <= mayBeOdd(cells.length) && cells.length >= 20;
  if (
    isOwn &&
    !isKey &&
    !isBound &&
    (values.areWhole
      ? isCounted(values.counts) || /id$|index|key$/.test(name)
      : !mayMeasure(values) && values.words < 3)
  )
    return say(
      "every row has a different value: there is nothing to learn from it",
      "add it if values come again in more rows",
    );
  if (saysRequest(name))
    return say(
      "it identifies requests, and future requests have other values",
      "group metrics by it by hand",
    );
  return null;
}

/** Why a column of lists is neither a history nor a set; null if it may be one. */
export function listOfNoUse({ name, typeName, elements }: ListedColumn): string | null {
  const texts = [...elements.counts.keys()];
  if (
    /JSON|STRUCT|MAP|UNION/.test(typeName) ||
    texts.some((text) => isRecord(text) || isListInBrackets(text))
  )
    return "its lists contain values of several kinds";
  return isTime(name, texts) ? "they are timestamps: tomorrow's differ from all of these" : null;
}

export function holdsTimes({ name, typeName, cells }: NamedColumn): boolean {
  return /^(TIMESTAMP|DATE|TIME|INTERVAL)/.test(typeName) || isTime(name, valuesOf({ cells }).counts.keys());
}

function isTime(name: string, texts: Iterable<string>): boolean {
  const values = [...texts];
  if (values.length === 0) return false;
  if (values.every(looksLikeTime)) return true;
  return saysTime(name) && values.every((text) => /^\d{9,19}(\.\d+)?$/.test(text));
}

/** The least share of row numbers that remain after rows were sampled or set aside. */
const DENSE = 0.5;

/** Tells whether the values are row numbers: whole numbers with hardly a gap. */
function isCounted(counts: ReadonlyMap<string, number>): boolean {
  const numbers = [...counts.keys()].map(Number);
  const [least, largest] = numbers.reduce(
    ([a, b], x) => [Math.min(a, x), Math.max(b, x)],
    [Infinity, -Infinity],
  );
  return (largest - least + 1) * DENSE < counts.size;
}
