// Looks up words of the language by their owners.

import { languageFunctions } from "../../../frontend/functions/registry.ts";
import { type EntryParameter, functionEntry, type LanguageEntry } from "./entry.ts";
import {
  choiceNamed,
  choicesOf,
  embedEntry,
  historyEntry,
  kindEntries,
  labelKindEntries,
  lossEntry,
  partEntries,
  predictEntry,
  transformEntries,
  weightedEntry,
} from "./words.ts";

export interface Option {
  readonly entry: LanguageEntry;
  readonly parameter: EntryParameter;
}

/** All entries with parentheses that are called `name`. */
function entriesNamed(name: string): readonly LanguageEntry[] {
  const definition = languageFunctions.get(name);
  const choice = choiceNamed(name);
  return [
    ...kindEntries.filter((entry) => entry.name === name),
    ...labelKindEntries.filter((entry) => entry.name === name),
    ...transformEntries.filter((entry) => entry.name === name),
    ...[embedEntry, historyEntry, lossEntry, predictEntry, weightedEntry].filter(
      (entry) => entry.name === name,
    ),
    ...(choice === undefined ? [] : [choice]),
    ...(definition === undefined ? [] : [functionEntry(definition)]),
  ];
}

/** The argument `name` of the entry `of`. */
export function optionNamed(
  name: string,
  of: string,
  among: readonly LanguageEntry[] = entriesNamed(of),
): Option | null {
  for (const entry of among) {
    const parameter = entry.parameters.find((each) => each.name === name);
    if (parameter !== undefined) return { entry, parameter };
  }
  return null;
}

/** A value of a setting, or of an argument of the entry `of`. */
export function choiceOf(name: string, of: string): LanguageEntry | null {
  const choice = choicesOf(of).find((entry) => entry.name === name);
  if (choice !== undefined) return choice;
  for (const { parameters } of entriesNamed(of))
    for (const { takes } of parameters) {
      const words = takes.kind === "words" ? takes.words : takes.kind === "part" ? partEntries : [];
      const word = words.find((entry) => entry.name === name);
      if (word !== undefined) return word;
    }
  return null;
}
