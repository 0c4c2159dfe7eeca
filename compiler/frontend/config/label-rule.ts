// Which values of a column are the label 1, where the column is not 0 and 1 itself. Pure: values come from
// whoever reads them.

import { numberOfText } from "../../common/number-text.ts";
import type { Model } from "../model/model.ts";

/** `label` of `data`. */
export interface LabelRule {
  /** The label that it is for; null for the only one of the model. */
  readonly name: string | null;
  /** The column; null for that of the label's name. */
  readonly from: string | null;
  /** What is 1: a comparison, as `>= 4`, or values. */
  readonly positive: readonly string[];
  /** What is 0; null for all that is not 1. */
  readonly negative: readonly string[] | null;
}

/** The label that a rule is for; null where there is none, or where it does not say which. */
export function ruledLabel(
  { labels }: Pick<Model, "labels">,
  { name }: Pick<LabelRule, "name">,
): string | null {
  if (name !== null) return labels.has(name) ? name : null;
  const [only, ...others] = labels.keys();
  return others.length === 0 ? (only ?? null) : null;
}

const COMPARISON = /^\s*(>=|<=|>|<)\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*$/;

/** Whether a text compares numbers, or begins as if it did. */
export function isComparison(text: string): boolean {
  return /^\s*[<>]/.test(text);
}

/** Null where it can be neither a comparison nor values. */
export function readPositive(given: unknown): readonly string[] | null {
  const texts = readLabelValues(given);
  if (texts === null) return null;
  const [first] = texts;
  if (texts.some(isComparison)) return texts.length === 1 && COMPARISON.test(first!) ? texts : null;
  return texts;
}

/** A value, or a list of values, as texts. */
export function readLabelValues(given: unknown): readonly string[] | null {
  const texts = (Array.isArray(given) ? given : [given]).map((each) =>
    typeof each === "string" || typeof each === "number" || typeof each === "boolean"
      ? String(each).trim()
      : "",
  );
  return texts.length === 0 || texts.includes("") ? null : texts;
}

/** Gives the label of a value; null for one that the rule does not say anything about. */
export function labelBy({
  positive,
  negative,
}: LabelRule): (value: string | number | bigint | boolean) => number | null {
  const [, operator, bound] = COMPARISON.exec(positive[0]!) ?? [];
  if (operator !== undefined) {
    const limit = Number(bound);
    return (value) => {
      const number = typeof value === "string" ? numberOfText(value) : Number(value);
      if (Number.isNaN(number)) return null;
      return Number(compared(number, operator, limit));
    };
  }
  const [ones, zeros] = [
    new Set(positive.map(plain)),
    negative === null ? null : new Set(negative.map(plain)),
  ];
  return (value) => {
    const text = plain(String(value));
    if (ones.has(text)) return 1;
    return zeros === null || zeros.has(text) ? 0 : null;
  };
}

/** For messages: `>= 4`, or `yes or y`. */
export function ruleText({ positive, negative }: LabelRule): string {
  const ones = positive.join(" or ");
  return negative === null ? ones : `${ones}, and 0 for ${negative.join(" or ")}`;
}

/** Numbers are the same however they are written, and so are texts in capitals; true is 1, as in a column of a label. */
function plain(text: string): string {
  const number = numberOfText(text);
  if (!Number.isNaN(number)) return String(number);
  const small = text.trim().toLowerCase();
  return small === "true" ? "1" : small === "false" ? "0" : small;
}

function compared(number: number, operator: string, limit: number): boolean {
  switch (operator) {
    case ">=":
      return number >= limit;
    case "<=":
      return number <= limit;
    case ">":
      return number > limit;
    default:
      return number < limit;
  }
}
