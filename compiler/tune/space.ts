// What a search chooses from: by name the values that it may take, and the settings of each trial. A trial's settings follow from its
// number, the space and the seed alone, never from what other trials found.

import { Random } from "../common/random.ts";
import { UsageError } from "../common/usage-error.ts";
import type { Search } from "./searches.ts";
import { sobolPoint } from "./sobol.ts";

export type Range =
  /** One of several values, each as it would be written. */
  | { readonly kind: "choice"; readonly values: readonly string[] }
  /** A number between two others, all of them as likely, or their orders of magnitude. */
  | { readonly kind: "uniform" | "log"; readonly low: number; readonly high: number }
  /** A whole number, both ends included. */
  | { readonly kind: "int"; readonly low: number; readonly high: number };

/** By name: `rate`, `train.batch`, `variant`. */
export type Space = ReadonlyMap<string, Range>;

/** A value for each name, as it would be written. */
export type Assignment = Readonly<Record<string, string>>;

/** Digits of a number that is drawn: more would claim that the next ones matter. */
const DIGITS = 3;

/** Reads `log(1e-4..1e-2)`. Throws UsageError, whose message completes "NAME: …", where the text is no such range. */
export function rangeOf(text: string): Range {
  const [, kind, inside] = /^\s*([a-z]+)\s*\(([\s\S]*)\)\s*$/.exec(text) ?? [];
  if (kind === "choice") return choiceOf(inside!);
  if (kind === "log" || kind === "uniform" || kind === "int") return numbersOf(kind, inside!);
  throw new UsageError(
    `\`${text}\` is no range; write \`log(1e-4..1e-2)\`, \`uniform(0..0.5)\`, \`int(1..4)\` or \`choice([64], [200, 80])\``,
  );
}

function numbersOf(kind: "log" | "uniform" | "int", inside: string): Range {
  const ends = inside.split("..");
  const [low, high] = ends.map((end) => (end.trim() === "" ? Number.NaN : Number(end)));
  const shown = `${kind}(${inside})`;
  if (ends.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high))
    throw new UsageError(`\`${shown}\` needs two numbers with \`..\` between them, like \`${kind}(1..4)\``);
  if (!(low! < high!)) throw new UsageError(`\`${shown}\`: the first number has to be below the second`);
  if (kind === "log" && low! <= 0)
    throw new UsageError(`\`${shown}\`: a logarithm needs numbers above 0; \`uniform\` takes all`);
  if (kind === "int" && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    throw new UsageError(`\`${shown}\` needs whole numbers; \`uniform\` takes all`);
  return { kind, low: low!, high: high! };
}

function choiceOf(inside: string): Range {
  const values = partsOf(inside);
  if (values.some((value) => value === "")) throw new UsageError(`\`choice(${inside})\` has an empty value`);
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new UsageError(`\`choice(${inside})\` has \`${twice}\` twice`);
  if (values.length < 2)
    throw new UsageError(`\`choice(${inside})\` needs at least two values to choose from`);
  return { kind: "choice", values };
}

/** Parts between commas that no bracket or quote holds together. */
function partsOf(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && character === "[") depth += 1;
    if (!isQuoted && character === "]") depth -= 1;
    if (character === "," && depth === 0 && !isQuoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => {
    const value = part.trim().replace(/^"(.*)"$/s, "$1");
    // One list has one text.
    return value.startsWith("[") ? value.replaceAll(/\s*,\s*/g, ", ") : value;
  });
}

/** `log(0.0001..0.01)` */
export function rangeText(range: Range): string {
  if (range.kind === "choice") return `choice(${range.values.join(", ")})`;
  return `${range.kind}(${range.low}..${range.high})`;
}

/** The settings of draw number `index`, from 0. */
export function drawn(space: Space, index: number, search: Search, seed: number): Assignment {
  const random = Random.of(seed, `trial ${index}`);
  const point =
    search === "sobol" ? sobolPoint(index, space.size, seed) : [...space].map(() => random.next());
  return Object.fromEntries([...space].map(([name, range], i) => [name, valueAt(range, point[i]!)]));
}

/** The value at a place in [0, 1) of a range. */
export function valueAt(range: Range, at: number): string {
  switch (range.kind) {
    case "choice":
      return range.values[Math.floor(at * range.values.length)]!;
    case "int":
      return String(range.low + Math.floor(at * (range.high - range.low + 1)));
    case "uniform":
      return inside(range, range.low + at * (range.high - range.low));
    case "log":
      return inside(range, range.low * (range.high / range.low) ** at);
  }
}

/** Rounded, though not out of the range. */
function inside({ low, high }: { readonly low: number; readonly high: number }, value: number): string {
  return String(Math.min(high, Math.max(low, Number(value.toPrecision(DIGITS)))));
}

/** Where a value stands in its range, 0 to 1: the opposite of `valueAt`; null where it is not in it. */
export function placeOf(range: Range, text: string): number | null {
  if (range.kind === "choice") {
    const place = range.values.indexOf(text);
    return place < 0 ? null : (place + 0.5) / range.values.length;
  }
  const value = Number(text);
  if (!(value >= range.low && value <= range.high)) return null;
  if (range.kind === "log") return Math.log(value / range.low) / Math.log(range.high / range.low);
  return (value - range.low) / (range.high - range.low);
}
