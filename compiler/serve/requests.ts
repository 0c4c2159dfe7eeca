// Reads raw values from requests. Whatever the caller passes, the outcome is a value that the network
// accepts, or an error that names the field.

import { type IdSpace, NOT_AN_ID } from "./features.ts";
import type { Numbers, NumbersSpace } from "./numbers.ts";

/**
 * Thrown for a request that cannot be scored. Unknown ids are not errors: they use the row for unknown
 * values.
 */
export class RankerInputError extends Error {
  override readonly name = "RankerInputError";
  /** The path in the request: `candidates[3].price`. */
  readonly field: string;
  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.field = field;
  }
}

/** For records outside lists. */
export const NO_INDEX = -1;

/** The user and the context are lists of one record, which has no index. */
export function pathOf(where: string, index: number, name: string): string {
  const isOne = index === NO_INDEX || where === "user" || where === "context";
  const record = isOne ? where : `${where}[${index}]`;
  if (name === "") return record;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${record}.${name}` : `${record}[${JSON.stringify(name)}]`;
}

/**
 * The part `name` of a request, which must be an object. `where` is the name of the whole in messages, or
 * empty.
 */
export function readRecord(whole: unknown, where: string, name: string): object {
  const part = propertyOf(whole, name);
  const field = where === "" ? name : pathOf(where, NO_INDEX, name);
  if (part === undefined) throw new RankerInputError(field, "is missing");
  if (typeof part !== "object" || part === null) throw new RankerInputError(field, "must be an object");
  return part;
}

/** Returns `value` if it is a list; throws otherwise. */
export function readList(value: unknown, field: string): readonly unknown[] {
  if (value === undefined) throw new RankerInputError(field, "is missing: give [] for none");
  if (!Array.isArray(value)) throw new RankerInputError(field, "must be an array");
  return value;
}

/** A property that the caller set: undefined for inherited ones, which are functions and `__proto__`. */
export function propertyOf(record: unknown, name: string): unknown {
  if (typeof record !== "object" || record === null) return undefined;
  const value = (record as Record<string, unknown>)[name];
  const mayBeInherited = typeof value === "function" || name === "__proto__";
  return mayBeInherited && !Object.hasOwn(record, name) ? undefined : value;
}

/** The id of the feature `name` of one record, at `index` in the list `where`. */
export function readId(record: unknown, where: string, index: number, name: string, space: IdSpace): number {
  const value = propertyOf(record, name);
  const id = space.idOf(value);
  if (id === NOT_AN_ID) {
    requireRecord(record, where, index);
    throw new RankerInputError(pathOf(where, index, name), space.whyNot(value));
  }
  return id;
}

export function readNumber(
  record: unknown,
  where: string,
  index: number,
  name: string,
  numbers: Numbers,
): number {
  const value = propertyOf(record, name);
  const x = numbers.numberOf(value);
  if (Number.isNaN(x)) {
    requireRecord(record, where, index);
    throw new RankerInputError(pathOf(where, index, name), numbers.whyNot(value));
  }
  return x;
}

/** Reads the vector of the feature `name` of one record into `out`, from index `at` on. */
export function readVector(
  out: Float32Array,
  at: number,
  record: unknown,
  where: string,
  index: number,
  name: string,
  vectors: NumbersSpace,
): void {
  const value = propertyOf(record, name);
  if (vectors.read(value, out, at)) return;
  requireRecord(record, where, index);
  throw new RankerInputError(pathOf(where, index, name), vectors.whyNot(value));
}

/**
 * Checks that none of `count` steps is later than `now`, the request's own time, which is called `own`.
 * Training had no such steps, so a score would be meaningless. Times are days and seconds of the day.
 */
export function requirePast(
  steps: Float32Array,
  from: number,
  count: number,
  where: string,
  name: string,
  now: Float32Array,
  own: string,
): void {
  for (let i = 0; i < count; i++) {
    const after = 86_400 * (steps[2 * i]! - now[0]!) + steps[2 * i + 1]! - now[1]!;
    if (after > 0) throw new RankerInputError(pathOf(where, from + i, name), `is ${after} s after ${own}`);
  }
}

export function requireRecord(record: unknown, where: string, index: number): void {
  if (typeof record !== "object" || record === null)
    throw new RankerInputError(pathOf(where, index, ""), "must be an object");
}
