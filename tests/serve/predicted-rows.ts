// Rows of a file as `dinc predict` scores them, and as a compiled module does: one outcome each, a logit or a reason.

import { expect } from "vitest";
import { inputsOf } from "../../compiler/data/graph-inputs.ts";
import { isClose, TOLERANCE } from "../../compiler/serve/golden.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { rowPieces } from "../../runtime/data/row-pieces.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import type { OpenRun } from "../../runtime/run/open-run.ts";
import type { Scorer } from "../../runtime/run/scorer.ts";
import { Unscored } from "../../runtime/run/unscored.ts";
import type { CModule } from "../support/c-module.ts";
import { type Driver, fileOf } from "./c/answers.ts";
import type { Ranker } from "./compiled.ts";

/** A module's words for the mistake in a row, by the name of the diagnostic that `dinc predict` gives. */
const reasons: Readonly<Record<string, RegExp>> = {
  "number-out-of-range-of-floats": /out of the range of 32-bit floats|in the range of 32-bit floats/,
  "not-a-number": /must be finite|must hold finite|must be a number|must hold numbers/,
  "negative-under-log1p": /must not be negative/,
  "row-without-score": /has no score/,
  "missing-value": /is missing|must be a number|must be a string/,
  "not-an-id": /must be a whole number|too large to be exact/,
  "vector-length": /must have \d+ numbers/,
  "not-a-time": /must be a time/,
  "value-not-in-enum": /which `?\w*`? ?does not list|must be one of/,
  "int-out-of-range": /must be from/,
};

/** A logit, or why there is none: the row cannot be read, or has no score. */
export type Outcome = number | "unreadable" | "no score";

/** The logits that `dinc predict --on-bad-row skip` gives rows, and its reasons for leaving others out. */
export async function predicted(
  opened: OpenRun,
  scorer: Scorer,
  path: string,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly refused: Refusals }> {
  const { model, run, predict } = opened;
  const badRows = new BadRowReport("skip");
  const unscored = new Unscored(badRows, path);
  const options = { ...run.manifest.data.lists!, badRows, inputs: inputsOf(predict) };
  const outcomes: Outcome[] = [];
  let done = 0;
  const fill = () => {
    while (badRows.rowsLeftOut(path).includes(outcomes.length)) outcomes.push("unreadable");
  };
  for await (const piece of rowPieces(model, run.fitted, path, options, 2048).pieces) {
    const logits = (await scorer.score(piece)).get("click")!;
    const without = unscored.check(new Map([["click", logits]]), piece, done);
    for (let i = 0; i < piece.rows; i++) {
      fill();
      outcomes.push(without.has(i) ? "no score" : logits[i]!);
    }
    done += piece.rows;
  }
  fill();
  const kinds = badRows.leftOut.flatMap((file) => file.kinds);
  const refused = kinds.flatMap(({ name, column, rows, first }) =>
    name === "row-without-score" ? [] : [[`${name} in ${column}`, { rows, first }] as const],
  );
  return { outcomes, refused: Object.fromEntries(refused) };
}

/** By reason and column: the rows that cannot be read, and the first of them, from 1. */
export type Refusals = Readonly<Record<string, { readonly rows: number; readonly first: number }>>;

/** A logit, or the value that a module refuses. */
export type Ranked = number | { readonly field: string; readonly message: string };

export function ranked(ranker: Ranker, request: object): Ranked {
  try {
    return (ranker.logits(request) as Float32Array)[0]!;
  } catch (error) {
    const { name, field, message } = error as Error & { field: string };
    expect(name).toBe("RankerInputError");
    return { field, message };
  }
}

/** The same by a library in C. */
export function rankedInC(module: CModule, run: Driver, requests: readonly object[]): Ranked[] {
  const { code, out, err } = run("logits", fileOf(module, requests));
  expect([code, err]).toEqual([0, ""]);
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(requests.length);
  return lines.map((line): Ranked => {
    if (line.startsWith("E")) return { field: line.slice(1).split(" ")[0]!, message: line.slice(1) };
    const bits = Uint32Array.of(Number.parseInt(line.slice(2), 16));
    return new Float32Array(bits.buffer)[0]!;
  });
}

/** The places where a module has another outcome than `dinc predict`. */
export function differences(outcomes: readonly Outcome[], found: readonly Ranked[]): number[] {
  return [...outcomes.keys()].filter((i) => !isSame(outcomes[i]!, found[i]!));
}

function isSame(outcome: Outcome, found: Ranked): boolean {
  if (typeof outcome === "number") return typeof found === "number" && isClose(found, outcome, TOLERANCE);
  return (
    typeof found !== "number" &&
    (reasonOf(found.message) === "row-without-score") === (outcome === "no score")
  );
}

/** A module's messages about rows that cannot be read. `columnIn` names the column that holds a field of a request. */
export function refusals(
  outcomes: readonly Outcome[],
  found: readonly Ranked[],
  columnIn: (field: string) => string,
): Refusals {
  const refused = new Map<string, Refusals[string]>();
  for (const [i, outcome] of outcomes.entries()) {
    const own = found[i]!;
    if (typeof own === "number" || outcome !== "unreadable") continue;
    const key = `${reasonOf(own.message)} in ${columnIn(own.field)}`;
    const { rows, first } = refused.get(key) ?? { rows: 0, first: i + 1 };
    refused.set(key, { rows: rows + 1, first });
  }
  return Object.fromEntries(refused);
}

function reasonOf(message: string): string {
  return Object.keys(reasons).find((name) => reasons[name]!.test(message)) ?? message;
}

export const silent: Terminal = {
  ...{ out: () => {}, progress: () => {}, say: () => {} },
  ...{ color: { messages: false, data: false }, interactive: false },
};
