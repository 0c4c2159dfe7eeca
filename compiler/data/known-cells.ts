// Reads the cells of a column. A short text that was read without a finding gives the same number again, and is found by
// its bytes, so that no string is made of it.

import { numberOfShort } from "../common/number-text.ts";
import { hashOfShort, LONGEST_SHORT } from "../common/text-words.ts";
import type { Interner } from "../frontend/kinds/interner.ts";
import { FIRST_ID } from "../frontend/model/model.ts";
import type { ColumnBuilder } from "./builders.ts";
import type { Findings } from "./findings.ts";
import {
  type ColumnCells,
  isThere,
  type PackedTexts,
  type PackedWholes,
  type RawCell,
  type RawChunk,
} from "./raw-values.ts";
import type { CellReader, NumberedTexts } from "./values.ts";

/** The words of a text in DuckDB's memory: its length, and its bytes. */
const WORDS = 4;

/** The most texts that are remembered: 800 kB a column. */
const MOST_SLOTS = 1 << 15;

/** The first bytes of texts that may be printed lists and records. */
const [BRACKET, BRACE] = [0x5b, 0x7b];

/** Takes the steps of a history. */
export type StepsBuilder = ColumnBuilder<Int32Array> | ColumnBuilder<Float64Array>;

export class KnownCells {
  private readonly read: CellReader;
  private readonly findings: Findings;
  private readonly known: KnownTexts;
  private readonly numbered: NumberedOnes | null;
  private readonly interner: Interner | null;
  private found = new Float64Array(0);
  /** The numbers of strings, which have no packed bytes. */
  private readonly strings = new Map<string, number>();

  /** `read` must give the same number for the same cell each time. */
  constructor(read: CellReader, findings: Findings) {
    this.read = read;
    this.findings = findings;
    this.interner = read.texts?.interner ?? null;
    const { texts, keeps } = read;
    this.numbered = texts === undefined ? null : new NumberedOnes(texts);
    this.known = this.numbered ?? (keeps === undefined ? new RecentTexts() : new PlainNumbers(keeps));
  }

  /** The number of each cell in column `place`, until the next call. */
  numbersOf({ first, rows, columns }: RawChunk, place: number): Float64Array {
    const column = columns[place]!;
    if (this.found.length < rows) this.found = new Float64Array(rows);
    const found = this.found.subarray(0, rows);
    const { packed } = column;
    this.known.begin();
    if (packed?.kind === "texts" && this.numbered !== null) {
      const ids = this.numbered.idsOf(packed.words, rows);
      for (let row = 0; row < rows; row++)
        found[row] =
          ids[row]! > 0 && isThere(packed, row) ? ids[row]! : this.ofText(packed, row, first + row);
    } else if (packed?.kind === "texts")
      for (let row = 0; row < rows; row++) found[row] = this.ofText(packed, row, first + row);
    else if (packed?.kind === "wholes" && this.interner !== null)
      for (let row = 0; row < rows; row++) found[row] = this.ofWhole(column, packed, row, first + row);
    else for (let row = 0; row < rows; row++) found[row] = this.numberOf(column.cells[row]!, first + row);
    return found;
  }

  /** The number of one cell, such as a step in a list. */
  numberOf(cell: RawCell, row: number): number {
    const { read, findings, strings } = this;
    if (typeof cell !== "string") return read(cell, row);
    const known = strings.get(cell);
    if (known !== undefined) return known;
    const before = findings.added;
    const own = read(cell, row);
    if (findings.added === before && strings.size < MOST_SLOTS) strings.set(cell, own);
    return own;
  }

  /** Reads the elements from … to − 1 of a list in row `row`, the last one first if `isReversed`. */
  readElements(
    elements: ColumnCells,
    [from, to]: readonly [number, number],
    isReversed: boolean,
    row: number,
    steps: StepsBuilder,
  ): void {
    const { packed } = elements;
    const [first, by] = isReversed ? [to - 1, -1] : [from, 1];
    const count = to - from;
    if (packed?.kind === "wholes" && this.interner !== null)
      for (let i = 0, at = first; i < count; i++, at += by)
        steps.push(this.ofWhole(elements, packed, at, row));
    else if (packed?.kind === "texts")
      for (let i = 0, at = first; i < count; i++, at += by) steps.push(this.ofText(packed, at, row));
    else {
      const { cells } = elements;
      for (let i = 0, at = first; i < count; i++, at += by) steps.push(this.numberOf(cells[at]!, row));
    }
  }

  /** Must be called before elements of other lists are read. */
  begin(): void {
    this.known.begin();
  }

  private ofText(texts: PackedTexts, at: number, row: number): number {
    const { known, read, findings } = this;
    if (!isThere(texts, at)) return read(null, row);
    const { words } = texts;
    const length = words[WORDS * at]!;
    if (length > LONGEST_SHORT) return read(texts.textAt(at), row);
    const [a, b, c] = [words[WORDS * at + 1]!, words[WORDS * at + 2]!, words[WORDS * at + 3]!];
    const number = known.numberOf(length, a, b, c);
    if (!Number.isNaN(number)) return number;
    const before = findings.added;
    const own = read(texts.textAt(at), row);
    if (findings.added === before) known.note(own, length, a, b, c);
    return own;
  }

  /** No whole number of 32 bits gives a finding. */
  private ofWhole(column: ColumnCells, wholes: PackedWholes, at: number, row: number): number {
    const { words, has64 } = wholes;
    const low = words[has64 ? 2 * at : at]!;
    if (low < 0 || (has64 && words[2 * at + 1] !== 0) || !isThere(wholes, at))
      return this.read(column.cellAt(at), row);
    return FIRST_ID + this.interner!.addWhole(low);
  }
}

/** Numbers of short texts that were read without a finding. */
interface KnownTexts {
  /** Called before the texts of a chunk. */
  begin(): void;
  /** NaN if it isn't known. */
  numberOf(length: number, a: number, b: number, c: number): number;
  note(number: number, length: number, a: number, b: number, c: number): void;
}

/** Remembers recent texts of a column, each in the slot that its hash gives. */
class RecentTexts implements KnownTexts {
  private keys = new Int32Array(WORDS << 8);
  private numbers = new Float64Array(256).fill(Number.NaN);
  private misses = 0;

  begin(): void {}

  numberOf(length: number, a: number, b: number, c: number): number {
    const { keys, numbers } = this;
    const slot = hashOfShort(length, a, b, c) & (numbers.length - 1);
    const key = slot * WORDS;
    return keys[key + 1] === a && keys[key] === length && keys[key + 2] === b && keys[key + 3] === c
      ? numbers[slot]!
      : Number.NaN;
  }

  note(number: number, length: number, a: number, b: number, c: number): void {
    if (++this.misses > this.numbers.length && this.numbers.length < MOST_SLOTS) {
      // More texts than slots: begin again with more of them.
      this.misses = 0;
      this.keys = new Int32Array(4 * this.keys.length);
      this.numbers = new Float64Array(4 * this.numbers.length).fill(Number.NaN);
    }
    const slot = hashOfShort(length, a, b, c) & (this.numbers.length - 1);
    const key = slot * WORDS;
    this.keys[key] = length;
    this.keys[key + 1] = a;
    this.keys[key + 2] = b;
    this.keys[key + 3] = c;
    this.numbers[slot] = number;
  }
}

/** Whole numbers below this are judged once. */
const SMALL = 1 << 14;

/** Texts of numbers, most of which are digits and a point. */
class PlainNumbers implements KnownTexts {
  private readonly keeps: (number: number) => boolean;
  /** 1 if a small whole number is known to be kept. */
  private readonly kept = new Uint8Array(SMALL);
  private readonly others = new RecentTexts();

  constructor(keeps: (number: number) => boolean) {
    this.keeps = keeps;
  }

  begin(): void {}

  numberOf(length: number, a: number, b: number, c: number): number {
    const number = numberOfShort(length, a, b, c);
    const place = number >= 0 && number < SMALL ? number | 0 : -1;
    const isWhole = place >= 0 && place === number;
    if (isWhole && this.kept[place] === 1) return number;
    if (Number.isNaN(number) || !this.keeps(number)) return this.others.numberOf(length, a, b, c);
    if (isWhole) this.kept[place] = 1;
    return number;
  }

  note(number: number, length: number, a: number, b: number, c: number): void {
    this.others.note(number, length, a, b, c);
  }
}

/** The texts that an interner numbers, which other columns may share. */
class NumberedOnes implements KnownTexts {
  private readonly texts: NumberedTexts;
  /** By number: 1 if this column has the text without a finding. */
  private sound = new Uint8Array(256);
  private isFree = false;
  private ids = new Int32Array(0);

  constructor(texts: NumberedTexts) {
    this.texts = texts;
  }

  begin(): void {
    this.isFree = this.texts.areFree();
  }

  /** The ids of the texts of a chunk; below 1 for one that must be read. */
  idsOf(words: Int32Array, rows: number): Int32Array {
    if (this.ids.length < rows) this.ids = new Int32Array(rows);
    const { ids, sound, isFree } = this;
    this.texts.interner.findShorts(words, rows, ids);
    for (let row = 0; row < rows; row++) {
      const number = ids[row]!;
      const byte = words[WORDS * row + 1]! & 0xff;
      const isSound = sound[number] === 1 || (isFree && byte !== BRACKET && byte !== BRACE);
      ids[row] = number >= 0 && isSound ? FIRST_ID + number : 0;
    }
    return ids;
  }

  numberOf(length: number, a: number, b: number, c: number): number {
    const { interner } = this.texts;
    const byte = a & 0xff;
    if (this.isFree && byte !== BRACKET && byte !== BRACE)
      return FIRST_ID + interner.addShort(length, a, b, c);
    const number = interner.findShort(length, a, b, c);
    return number >= 0 && this.sound[number] === 1 ? FIRST_ID + number : Number.NaN;
  }

  note(id: number): void {
    const number = id - FIRST_ID;
    if (number < 0) return;
    if (number >= this.sound.length) {
      const sound = new Uint8Array(2 ** Math.ceil(Math.log2(number + 1)));
      sound.set(this.sound);
      this.sound = sound;
    }
    this.sound[number] = 1;
  }
}
