// Terms of the field that dinc does not have, by position, each with its replacement. Messages, fixes of
// editors and `dinc explain` use them. These words are never treated as misspellings of others.

import { lettersOf } from "../../../grammar/closest-word.ts";
import { appendTo } from "../../common/maps.ts";
import { activations } from "./activations.ts";
import type { FieldWord, WordContext } from "./define-words.ts";
import { kinds, labelKinds, transforms, types } from "./features.ts";
import { layers } from "./layers.ts";
import { options } from "./options.ts";
import { losses, metrics, optimizers, regularizers, schedules, settings } from "./training.ts";

export const fieldWords: Readonly<Record<WordContext, readonly FieldWord[]>> = {
  function: [...activations, ...layers],
  kind: kinds,
  transform: transforms,
  "label kind": labelKinds,
  type: types,
  loss: losses,
  optimizer: optimizers,
  schedule: schedules,
  metric: metrics,
  regularizer: regularizers,
  setting: settings,
  option: options,
};

interface Spellings {
  /** Spellings with capitals, unchanged. */
  readonly exact: ReadonlyMap<string, readonly FieldWord[]>;
  readonly letters: ReadonlyMap<string, readonly FieldWord[]>;
}

function spellingsOf(words: readonly FieldWord[]): Spellings {
  return { exact: bySpelling(words, (name) => name), letters: bySpelling(words, lettersOf) };
}

function bySpelling(
  words: readonly FieldWord[],
  spelt: (name: string) => string,
): ReadonlyMap<string, readonly FieldWord[]> {
  const found = new Map<string, FieldWord[]>();
  for (const word of words) for (const name of new Set(word.names.map(spelt))) appendTo(found, name, word);
  return found;
}

const places = new Map(
  Object.entries(fieldWords).map(([place, words]) => [place as WordContext, spellingsOf(words)]),
);

/** The meanings of `name`, of which there may be several; empty for an unknown word. */
export function wordsFor(name: string, place: WordContext): readonly FieldWord[] {
  const { exact, letters } = places.get(place)!;
  return exact.get(name) ?? letters.get(lettersOf(name)) ?? [];
}

/** Tells whether the word is a term of the field in any position. */
export function isFieldWord(name: string): boolean {
  for (const { exact, letters } of places.values())
    if (exact.has(name) || letters.has(lettersOf(name))) return true;
  return false;
}

/** Every meaning of a word, for `dinc explain`. */
export function meaningsOf(name: string): readonly FieldWord[] {
  return [...places.keys()].flatMap((place) => wordsFor(name, place));
}

/** The advice about a word, as a sentence without its period. */
export function instead({ is, block, write, note }: FieldWord, name: string): string {
  const what =
    block !== undefined
      ? `dinc has no \`${name}\`; declare it: \`${named(block, name)}\``
      : is !== undefined && write === undefined
        ? `write \`${is}\``
        : write !== undefined
          ? `write \`${write}\``
          : null;
  return [what, note].filter((part) => part != null).join("; ");
}

/** The block, with the author's name. */
export function named(block: string, name: string): string {
  return block.replace(/^block \w+/, `block ${name}`);
}

/** For a terminal. */
export function explainWord(word: FieldWord, name: string): string {
  return `\`${name}\` as ${word.what}: ${instead(word, name)}\n`;
}
