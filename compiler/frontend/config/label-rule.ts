// Which values of a column are the label 1, where the column is not 0 and 1 itself.

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

/** The comparison that a text is, as `>= 4`; null where it is a value. */
export function comparisonIn(text: string): { readonly operator: string; readonly bound: string } | null {
  const [, operator, bound] = COMPARISON.exec(text) ?? [];
  return operator === undefined ? null : { operator, bound: bound! };
}

/** For messages: `>= 4`, or `yes or y`. */
export function ruleText({ positive, negative }: LabelRule): string {
  const ones = positive.join(" or ");
  return negative === null ? ones : `${ones}, and 0 for ${negative.join(" or ")}`;
}
