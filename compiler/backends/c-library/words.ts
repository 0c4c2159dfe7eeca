// Prints the tables of Unicode by which compiler/serve/c/words.c finds the words of a text: those of the engine that runs
// here, so that a compiled model divides texts as training does.

import { invariant } from "../../common/internal-error.ts";

/** Decompositions end there: all of later planes are characters of their own. */
const END = 0x30000;

let printed: readonly string[] | null = null;

/** The definitions, made once. */
export function wordTables(): readonly string[] {
  printed ??= tables();
  return printed;
}

function tables(): string[] {
  const characters: string[] = [];
  for (let code = 0; code < END; code++)
    characters.push(code >= 0xd800 && code < 0xe000 ? "\0" : String.fromCodePoint(code));
  const decompositions: number[][] = [];
  const pairs: number[][] = [];
  const lowers: number[][] = [];
  for (const [code, character] of characters.entries()) {
    const lower = character.toLowerCase();
    if (lower !== character && code >= 0x80 && code !== SIGMA) lowers.push(padded([code], lower, 4));
    const decomposed = character.normalize("NFD");
    if (decomposed === character || isHangul(code)) continue;
    decompositions.push(padded([code], decomposed, 5));
    const parts = Array.from(decomposed);
    if (parts.length < 2 || character.normalize("NFC") !== character) continue;
    const first = parts.slice(0, -1).join("").normalize("NFC");
    const [second] = parts.slice(-1) as [string];
    invariant(Array.from(first).length === 1, `U+${code.toString(16)} is composed of more than two`);
    pairs.push([first.codePointAt(0)!, second.codePointAt(0)!, code]);
  }
  pairs.sort(([a, b], [c, d]) => a! - c! || b! - d!);
  return [
    table("dinc_word_ranges", rangesOf(/[\p{L}\p{M}\p{N}]+/gu)),
    table("dinc_cased_ranges", rangesOf(/\p{Cased}+/gu)),
    table("dinc_ignorable_ranges", rangesOf(/\p{Case_Ignorable}+/gu)),
    table("dinc_class_ranges", classRanges(characters)),
    table("dinc_decompositions", decompositions),
    table("dinc_pairs", pairs),
    table("dinc_lowers", lowers),
  ];
}

/** Its lower case depends on the letters around it. */
const SIGMA = 0x3a3;

function isHangul(code: number): boolean {
  return code >= 0xac00 && code < 0xac00 + 11172;
}

/** Numbers, the characters of a text, and zeros. */
function padded(before: readonly number[], text: string, length: number): number[] {
  const codes = Array.from(text, (character) => character.codePointAt(0)!);
  invariant(before.length + codes.length <= length, `${text} has more characters than a row of a table`);
  return Array.from({ length }, (_, i) => [...before, ...codes][i] ?? 0);
}

/** The first and the last character of each run that a pattern matches. */
function rangesOf(pattern: RegExp): number[][] {
  const ranges: number[][] = [];
  // An end of each plane, so that no run continues over surrogates.
  for (const [from, to] of [
    [0, 0xd800],
    [0xe000, 0x110000],
  ] as const) {
    let all = "";
    for (let code = from; code < to; code++) all += String.fromCodePoint(code);
    for (const { index, 0: run } of all.matchAll(pattern)) {
      const first = all.codePointAt(index)!;
      ranges.push([first, first + Array.from(run).length - 1]);
    }
  }
  return ranges;
}

/** Ranges of characters of one combining class, which normalization reveals: it puts two marks in the order of theirs. */
function classRanges(characters: readonly string[]): number[][] {
  const marks = characters.flatMap((mark, code) => {
    // The classes of these are the least and the greatest.
    const isMark =
      code >= 0x300 && mark.normalize("NFD") === mark && (moves(mark, LEAST) || moves(GREATEST, mark));
    return isMark ? [{ code, mark }] : [];
  });
  /** Whether normalization puts the second before the first. */
  function moves(a: string, b: string): boolean {
    return a !== b && (a + b).normalize("NFD") === b + a;
  }
  /** A mark of each class, in their order. */
  const classes: string[] = [];
  for (const { mark } of marks) {
    let low = 0;
    while (low < classes.length && moves(mark, classes[low]!)) low++;
    if (low === classes.length || moves(classes[low]!, mark)) classes.splice(low, 0, mark);
  }
  const ranges: number[][] = [];
  for (const { code, mark } of marks) {
    const rank = 1 + classes.findIndex((each) => !moves(mark, each));
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1 && last[2] === rank) last[1] = code;
    else ranges.push([code, code, rank]);
  }
  return ranges;
}

const LEAST = "\u0334";
const GREATEST = "\u0345";

function table(name: string, rows: readonly (readonly number[])[]): string {
  const lines = rows.map((row) => `{${row.map((each) => `0x${each.toString(16)}`).join(",")}}`);
  return `static const uint32_t ${name}[${rows.length}][${rows[0]!.length}] = {${lines.join(",")}};`;
}
