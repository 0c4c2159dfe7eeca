// Writes the fitted values of features as the block that compiler/serve/c/fitted.c reads in place: a head, where each list
// of numbers and each vocabulary is, the numbers, and for each vocabulary a hash table, starts and bytes of its values.

import { InternalError } from "../../common/internal-error.ts";
import type { Fitted } from "../../frontend/model/model.ts";
import { hashText } from "../../serve/hashing.ts";
import { requireValues } from "../contract/trained-model.ts";

/** The content of a block, in the order of the table of inputs. */
export interface FittedContent {
  /** Each by the feature that owns it, or with its values where the spec states them. */
  readonly vocabularies: readonly { readonly owner: string; readonly values: readonly string[] | null }[];
  /** Numbers that transforms learned: by the owner, and the index in its pipe. */
  readonly lists: readonly { readonly owner: string; readonly place: number }[];
}

const MAGIC = "DINCFIT1";
const HEAD_BYTES = 32;
const LIST_BYTES = 8;
const VOCABULARY_BYTES = 24;

/** The block's address in memory must be a multiple of 8. */
export function fittedBlock({ vocabularies, lists }: FittedContent, fitted: Fitted): Uint8Array {
  const numbers = lists.map(({ owner, place }) => {
    const found = requireValues(fitted.transforms, owner)[place];
    if (found === undefined) throw new InternalError(`transform ${place} of ${owner} learned nothing`);
    return found;
  });
  const count = numbers.reduce((sum, { length }) => sum + length, 0);
  const parts = vocabularies.map(({ owner, values }) =>
    vocabularyBytes(values ?? fitted.vocabularies.get(owner) ?? []),
  );
  const before = HEAD_BYTES + LIST_BYTES * lists.length + VOCABULARY_BYTES * vocabularies.length;
  const first = before + 8 * count;
  const size = parts.reduce((at, { words, bytes }) => padded(at + 4 * words.length + bytes.length), first);
  const block = new Uint8Array(size);
  const view = new DataView(block.buffer);
  const word = (at: number, value: number) => view.setUint32(at, value, true);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  for (let i = 0; i < MAGIC.length; i++) block[i] = MAGIC.charCodeAt(i);
  long(8, size);
  for (const [i, value] of [vocabularies.length, lists.length, count].entries()) word(16 + 4 * i, value);
  let number = 0;
  for (const [i, list] of numbers.entries()) {
    word(HEAD_BYTES + LIST_BYTES * i, number);
    word(HEAD_BYTES + LIST_BYTES * i + 4, list.length);
    for (const x of list) view.setFloat64(before + 8 * number++, x, true);
  }
  let at = first;
  for (const [i, { known, slots, words, bytes }] of parts.entries()) {
    const entry = HEAD_BYTES + LIST_BYTES * lists.length + VOCABULARY_BYTES * i;
    long(entry, at);
    long(entry + 8, bytes.length);
    word(entry + 16, known);
    word(entry + 20, slots);
    for (const [j, value] of words.entries()) word(at + 4 * j, value);
    block.set(bytes, at + 4 * words.length);
    at = padded(at + 4 * words.length + bytes.length);
  }
  return block;
}

function padded(at: number): number {
  return 8 * Math.ceil(at / 8);
}

interface VocabularyBytes {
  readonly known: number;
  readonly slots: number;
  /** The hash table, and then the starts of values. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}

function vocabularyBytes(values: readonly string[]): VocabularyBytes {
  const known = values.length;
  let slots = 2;
  while (slots < 2 * (known + 1)) slots *= 2;
  const encoder = new TextEncoder();
  const words = new Uint32Array(slots + known + 1);
  // The later of two equal values has the id. No text in UTF-8 is one with an unpaired surrogate.
  const ids = new Map(values.map((value, i) => [value, i]));
  const encoded = values.map((value, i) => {
    if (ids.get(value) === i && !/\p{Cs}/u.test(value)) {
      let slot = hashText(value) & (slots - 1);
      while (words[slot] !== 0) slot = (slot + 1) & (slots - 1);
      words[slot] = i + 1;
    }
    return encoder.encode(value);
  });
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const [i, value] of encoded.entries()) {
    words[slots + i] = at;
    bytes.set(value, at);
    at += value.length;
  }
  words[slots + known] = at;
  return { known, slots, words, bytes };
}
