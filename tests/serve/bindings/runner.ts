// The interface by which tests run a binding: every binding scores the same requests, and gives the same bits or messages.

import type { BindingFacts } from "../../../compiler/backends/c-library/bindings/binding.ts";
import type { CModule } from "../../support/c-module.ts";

/** The bits of a request's predictions, label after label; the message of its error; null if types forbid to write it. */
export type Outcome = readonly string[] | string | null;

export interface BindingRunner {
  /** The commands that it needs; without one of them its tests are skipped. */
  readonly needs: readonly string[];
  /** Predictions of each request, by a program in the language. */
  rank(module: CModule, facts: BindingFacts, requests: readonly unknown[]): Promise<readonly Outcome[]>;
  /** Ranks the same request in four threads at once, many times: whether all scores had the same bits. */
  threads(module: CModule, facts: BindingFacts, request: unknown): Promise<boolean>;
}

/** Lines of a program: for each request its bits with commas, or `! ` and a message as JSON. */
export function outcomesOf(out: string): Outcome[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) =>
      line.startsWith("! ")
        ? (JSON.parse(line.slice(2)) as string)
        : line
            .slice(2)
            .split(",")
            .filter((bits) => bits !== ""),
    );
}

/** The outcomes of calls at the places of their texts; null where there is no text. */
export function spread<T>(
  texts: readonly (T | null)[],
  outcomes: (calls: readonly T[]) => readonly Outcome[],
): readonly Outcome[] {
  const found = outcomes(texts.filter((text) => text !== null));
  let next = 0;
  return texts.map((text) => (text === null ? null : found[next++]!));
}
