// The answer to a request in languages with types: the numbers of labels and of candidates' outputs, and after them
// those of the request's own outputs.

import type { LibraryFacts } from "../facts.ts";
import { timesNPlus } from "./spelling.ts";

export interface AnswerPart {
  readonly name: string;
  readonly width: number;
  /** Whether a request has it once, and not each candidate. */
  readonly isOfRequest: boolean;
  /** The range of its numbers in an answer for `n` candidates. */
  readonly from: string;
  readonly to: string;
}

export function answerParts({ labels, requestOutputs }: LibraryFacts): readonly AnswerPart[] {
  const all = numbersOfCandidate({ labels });
  return [
    ...labels.map(({ name, width, before }) => ({
      ...{ name, width, isOfRequest: false },
      ...{ from: timesNPlus(before, 0), to: timesNPlus(before + width, 0) },
    })),
    ...requestOutputs.map(({ name, width, before }) => ({
      ...{ name, width, isOfRequest: true },
      ...{ from: timesNPlus(all, before), to: timesNPlus(all, before + width) },
    })),
  ];
}

export function numbersOfCandidate({ labels }: Pick<LibraryFacts, "labels">): number {
  return labels.reduce((sum, { width }) => sum + width, 0);
}

export function numbersOfRequest({ requestOutputs }: Pick<LibraryFacts, "requestOutputs">): number {
  return requestOutputs.reduce((sum, { width }) => sum + width, 0);
}

/** Whether an answer is one number for each candidate. */
export function isOneNumber(facts: LibraryFacts): boolean {
  const [first, ...others] = answerParts(facts);
  return others.length === 0 && first?.width === 1 && !first.isOfRequest;
}

/** The documentation of a part; empty for one number of each candidate. */
export function answerDoc({ width, isOfRequest }: AnswerPart): string {
  if (isOfRequest) return `An output of the request: ${width === 1 ? "one number" : `${width} numbers`}.`;
  return width === 1 ? "" : `${width} numbers for each candidate, candidate after candidate.`;
}
