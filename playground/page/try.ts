// A try: a text on rows, and the measures of its training, as the browser keeps it.

import type { RowsChoice } from "../workers/messages.ts";

export interface Try {
  readonly spec: string;
  readonly rows: RowsChoice;
  /** The name of the metric. */
  readonly measure: string;
  readonly points: (readonly [step: number, value: number])[];
}

/** Null for what another version of the page kept in another form. */
export function readTry(text: string): Try | null {
  try {
    const found: unknown = JSON.parse(text);
    return isTry(found) ? found : null;
  } catch {
    return null;
  }
}

function isTry(found: unknown): found is Try {
  if (typeof found !== "object" || found === null) return false;
  const { spec, rows, measure, points } = found as Partial<Record<keyof Try, unknown>>;
  return (
    typeof spec === "string" &&
    (rows === "simulated" || rows === "own") &&
    typeof measure === "string" &&
    Array.isArray(points) &&
    points.every((point) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite))
  );
}
