// Ranges of names: `c1..c26` is c1, c2, …, c26. Leading zeros count: `f01..f99` is f01, f02, …, f99.

import {
  featureRangeBackwards,
  featureRangeTooLong,
  rangeOfTwoNames,
} from "../../diagnostics/catalog/feature-lists.ts";
import { type Diagnostic, diagnose } from "../../diagnostics/diagnostic.ts";
import type { FeatureDeclaration, Identifier, NameRange } from "./nodes.ts";

/** More columns than any table has, except for one vector. */
export const mostInRange = 10_000;

interface Numbered {
  readonly text: string;
  readonly digits: string;
}

/** The names of a range and its problem, if any; the names are then the most likely meaning. */
export function namesInRange({ first, last, span }: NameRange): {
  readonly names: readonly string[];
  readonly problem: Diagnostic | null;
} {
  const ends = { first: first.name, last: last.name };
  const [low, high] = [numbered(first), numbered(last)];
  const from = Number(low?.digits);
  const to = Number(high?.digits);
  if (low === null || high === null || low.text !== high.text || !writtenAlike(low, high))
    return { names: [first.name, last.name], problem: diagnose(rangeOfTwoNames, ends, span) };
  if (to < from) {
    const fixes = [
      {
        title: `write \`${last.name}..${first.name}\``,
        edits: [{ span, text: `${last.name}..${first.name}` }] as const,
      },
    ];
    const names = to < from - mostInRange ? [first.name, last.name] : counted(high, low);
    return { names, problem: diagnose(featureRangeBackwards, ends, span, { fixes }) };
  }
  const length = to - from + 1;
  if (length <= mostInRange) return { names: counted(low, high), problem: null };
  const problem = diagnose(featureRangeTooLong, { ...ends, length, most: mostInRange }, span);
  return { names: [first.name, last.name], problem };
}

/** The location of a feature's name: an end of its range, or the whole range. */
export function locatedName({ name, range }: Pick<FeatureDeclaration, "name" | "range">): Identifier {
  const ends = range === null ? [] : [range.first, range.last];
  return ends.find((end) => end.name === name.name) ?? name;
}

/** One feature of each declaration, the first. */
export function firstOfEach<F extends FeatureDeclaration>(features: readonly F[]): readonly F[] {
  return features.filter(({ names }, i) => names !== features[i - 1]?.names);
}

/** Whether a name may be the end of a range: text, then a number. */
export function isNumbered(name: string): boolean {
  return numbered({ name }) !== null;
}

function numbered({ name }: Pick<Identifier, "name">): Numbered | null {
  const [, text, digits] = /^(.*?)([0-9]{1,15})$/.exec(name) ?? [];
  return text === undefined || text === "" || digits === undefined ? null : { text, digits };
}

/** `f01..f9` and `f1..f09` mix two ways of counting. */
function writtenAlike(low: Numbered, high: Numbered): boolean {
  const [shorter, longer] = low.digits.length <= high.digits.length ? [low, high] : [high, low];
  return shorter.digits.length === longer.digits.length || !longer.digits.startsWith("0");
}

function counted({ text, digits }: Numbered, high: Numbered): string[] {
  const from = Number(digits);
  const length = Number(high.digits) - from + 1;
  return Array.from({ length }, (_, i) => text + String(from + i).padStart(digits.length, "0"));
}
