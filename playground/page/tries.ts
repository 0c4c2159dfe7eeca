// The last try of each text of the reader: a text on rows, and the measures of its training.

import type { RowsChoice } from "../workers/messages.ts";
import { keep, kept } from "./kept.ts";
import type { TextLocation } from "./own-texts.ts";

export interface Try {
  readonly spec: string;
  readonly rows: RowsChoice;
  /** The name of the metric. */
  readonly measure: string;
  readonly points: (readonly [step: number, value: number])[];
}

/** A try that was stopped after a few steps says nothing. */
const FEWEST_POINTS = 3;

export function keepTry(place: TextLocation, made: Try): void {
  if (made.points.length >= FEWEST_POINTS) keep(nameOf(place), JSON.stringify(made));
}

export function lastTry(place: TextLocation): Try | null {
  try {
    return JSON.parse(kept(nameOf(place)) ?? "null");
  } catch {
    return null;
  }
}

function nameOf(place: TextLocation): string {
  return `dinc.try.${place}`;
}
