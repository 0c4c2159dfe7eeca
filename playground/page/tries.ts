// The last try of each text of the reader: a text on rows, and the measures of its training.

import { keep, kept } from "./kept.ts";
import type { TextLocation } from "./own-texts.ts";
import { readTry, type Try } from "./try.ts";

/** A try that was stopped after a few steps says nothing. */
const FEWEST_POINTS = 3;

export function keepTry(place: TextLocation, made: Try): void {
  if (made.points.length >= FEWEST_POINTS) keep(nameOf(place), JSON.stringify(made));
}

export function lastTry(place: TextLocation): Try | null {
  const text = kept(nameOf(place));
  return text === null ? null : readTry(text);
}

function nameOf(place: TextLocation): string {
  return `dinc.try.${place}`;
}
