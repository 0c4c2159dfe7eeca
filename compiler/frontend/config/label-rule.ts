// The values of a column that make the label 1, if the column does not hold 0 and 1 itself.

import { alternatives } from "../../common/option-text.ts";
import type { Model } from "../model/model.ts";

/** The setting `label` of `data`. */
export interface LabelRule {
  /** The label that the rule is for; null for the only label of the model. */
  readonly name: string | null;
  /** The column; null for the column with the label's name. */
  readonly from: string | null;
  /** The values that become 1: a comparison, such as `>= 4`, or a list. */
  readonly positive: readonly string[];
  /** The values that become 0; null for all that aren't 1. */
  readonly negative: readonly string[] | null;
}

/** The label that a rule is for; null if it doesn't exist or the rule is ambiguous. */
export function ruledLabel(
  { labels }: Pick<Model, "labels">,
  { name }: Pick<LabelRule, "name">,
): string | null {
  if (name !== null) return labels.has(name) ? name : null;
  const [only, ...others] = labels.keys();
  return others.length === 0 ? (only ?? null) : null;
}

const COMPARISON = /^\s*(>=|<=|>|<)\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*$/;

/** Tells whether a text compares numbers, or begins like a comparison. */
export function isComparison(text: string): boolean {
  return /^\s*[<>]/.test(text);
}

/** Null if it is neither a comparison nor values. */
export function readPositive(given: unknown): readonly string[] | null {
  const texts = readLabelValues(given);
  if (texts === null) return null;
  const [first] = texts;
  if (texts.some(isComparison)) return texts.length === 1 && COMPARISON.test(first!) ? texts : null;
  return texts;
}

/** Reads a value, or a list of values, as texts. */
export function readLabelValues(given: unknown): readonly string[] | null {
  const texts = (Array.isArray(given) ? given : [given]).map((each) =>
    typeof each === "string" || typeof each === "number" || typeof each === "boolean"
      ? String(each).trim()
      : "",
  );
  return texts.length === 0 || texts.includes("") ? null : texts;
}

/** Parses a comparison such as `>= 4`; returns null for a value. */
export function comparisonIn(text: string): { readonly operator: string; readonly bound: string } | null {
  const [, operator, bound] = COMPARISON.exec(text) ?? [];
  return operator === undefined ? null : { operator, bound: bound! };
}

/** For messages: `>= 4`, or `yes or y`. */
export function ruleText({ positive, negative }: LabelRule): string {
  const ones = alternatives(positive);
  return negative === null ? ones : `${ones}, and 0 for ${alternatives(negative)}`;
}
