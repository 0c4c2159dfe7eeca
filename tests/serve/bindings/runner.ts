// The interface by which tests run a binding: every binding scores the same requests, and gives the same bits or messages.

import type { BindingFacts } from "../../../compiler/backends/c-library/bindings/binding.ts";
import type { CModule } from "../../support/c-module.ts";
import { type Literals, type RequestLiteral, requestLiteral } from "./literals.ts";

/** The bits of a request's predictions, label after label; the message of its error; null if types forbid to write it. */
export type Outcome = readonly string[] | string | null;

export interface BindingRunner {
  /** The commands that it needs; without one of them its tests are skipped. */
  readonly needs: readonly string[];
  /** Predictions of each request, by a program in the language. */
  rank(module: CModule, facts: BindingFacts, requests: readonly unknown[]): Promise<readonly Outcome[]>;
  /** The request that a module in TypeScript refuses in the same words, where the language has other values than JavaScript. */
  meaning?(request: unknown): unknown;
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

/** A function of a program that ranks one request and prints its outcome, and the main function that calls all of them. */
interface LiteralPrograms {
  call(name: string, literal: RequestLiteral): string;
  main(names: readonly string[]): string;
  run(program: string): string;
}

/** Ranks the requests that types allow to write, each in a function of its own: compilers take long for long ones. */
export function rankLiterals(
  facts: BindingFacts,
  requests: readonly unknown[],
  literals: Literals,
  { call, main, run }: LiteralPrograms,
): readonly Outcome[] {
  const written = requests.map((request) => requestLiteral(facts, request, literals));
  const calls = written.flatMap((literal, i) => (literal === null ? [] : [{ name: `call${i}`, literal }]));
  const functions = calls.map(({ name, literal }) => call(name, literal));
  const outcomes = outcomesOf(run([...functions, main(calls.map(({ name }) => name))].join("\n")));
  let next = 0;
  return written.map((literal) => (literal === null ? null : outcomes[next++]!));
}
