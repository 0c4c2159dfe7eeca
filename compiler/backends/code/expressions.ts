// Constructors of expressions and stores. TypeScript checks the types of operands here, and `operation` once more for values
// whose type was asserted. Sums and products of constants are folded.

import { InternalError, unreachable } from "../../common/internal-error.ts";
import {
  type CodeExpression,
  type F32,
  type I32,
  type Lanes4,
  type LaneType,
  type OperationName,
  operations,
  type Store,
  type ValueType,
  type Vector,
} from "./code.ts";
import type { LaneCount } from "./machine.ts";

type Signature<N extends OperationName> = (typeof operations)[N];
type TypeOf<T> = T extends "vector" | LaneType ? LaneType : Extract<T, ValueType>;
type Result<N extends OperationName> = TypeOf<Signature<N>[0]>;
type Operands<N extends OperationName> =
  Signature<N> extends readonly [string, ...infer O]
    ? { readonly [I in keyof O]: CodeExpression<TypeOf<O[I]>> }
    : never;

function operation<N extends OperationName>(name: N, ...operands: Operands<N>): CodeExpression<Result<N>> {
  const [result, ...types] = operations[name];
  const given: readonly CodeExpression[] = operands;
  const wide = widest(given);
  for (const [i, expected] of types.entries()) {
    const type = given[i]?.type;
    const isRight = expected === "vector" ? type === wide || type === "splat" : fits(type, expected);
    if (!isRight) throw new InternalError(`${type} as an operand of ${name}`);
  }
  const type = result === "vector" ? wide : result;
  return { kind: "operation", type: type as Result<N>, name, operands: given, constant: null };
}

/** The type of the vectors among operands: `splat` if all are. */
export function widest(operands: readonly CodeExpression[]): LaneType {
  const lanes = operands.reduce((most, { type }) => Math.max(most, lanesOf(type) ?? 0), 0);
  return lanes === 0 ? "splat" : vectorType(lanes as LaneCount);
}

/** Whether a value may be where one of the other type is expected. */
export function fits(type: ValueType | undefined, expected: ValueType): boolean {
  return type === expected || (type === "splat" && lanesOf(expected) !== null);
}

/** The lanes of a vector; null for a splat, which has any, and for single numbers. */
export function lanesOf(type: ValueType): LaneCount | null {
  switch (type) {
    case "v4":
      return 4;
    case "v8":
      return 8;
    case "v16":
      return 16;
    case "i32":
    case "f32":
    case "splat":
      return null;
    default:
      return unreachable(type, "type");
  }
}

export function vectorType(lanes: LaneCount): "v4" | "v8" | "v16" {
  return `v${lanes}`;
}

const made =
  <N extends OperationName>(name: N) =>
  (...operands: Operands<N>): CodeExpression<Result<N>> =>
    operation(name, ...operands);

const shift =
  (name: "integers.shl" | "integers.shr" | "integers.shrUnsigned") =>
  (x: Vector, by: number): Vector =>
    operation(name, x, i32.const(by));

/** Applies `fold` to operands known at compile time; sums and products of addresses stay below 2³¹. */
const folded =
  (
    name: "i32.add" | "i32.sub" | "i32.mul" | "i32.div" | "i32.and" | "i32.shl" | "i32.shr",
    fold: (a: number, b: number) => number,
    neutral: number | null,
  ) =>
  (a: I32, b: I32): I32 => {
    if (a.constant !== null && b.constant !== null) return i32.const(fold(a.constant, b.constant));
    if (neutral !== null && b.constant === neutral) return a;
    return operation(name, a, b);
  };

const add = folded("i32.add", (x, y) => x + y, 0);
const mul = folded("i32.mul", (x, y) => x * y, 1);
const shl = folded("i32.shl", (x, y) => x << y, 0);
const shr = folded("i32.shr", (x, y) => x >>> y, 0);

export const i32 = {
  /** A number that isn't whole is for kernels that read it when compiling, and no code contains it. */
  const: (number: number): I32 => ({ kind: "constant", type: "i32", constant: number }),
  add: (a: I32, b: I32): I32 => (a.constant === 0 ? b : add(a, b)),
  sub: folded("i32.sub", (x, y) => x - y, 0),
  mul: (a: I32, b: I32): I32 => (a.constant === 1 ? b : mul(a, b)),
  /** For whole numbers from 0 */
  div: folded("i32.div", (x, y) => Math.floor(x / y), 1),
  and: folded("i32.and", (x, y) => x & y, null),
  shl: (a: I32, by: number): I32 => shl(a, i32.const(by)),
  shr: (a: I32, by: number): I32 => shr(a, i32.const(by)),
  load: (address: I32, offset = 0): I32 => loaded("i32", address, offset),
  eq: made("i32.eq"),
  ne: made("i32.ne"),
  gt: made("i32.gt"),
  /** For a number whose whole part fits. */
  fromF32: made("i32.fromF32"),
  /** Whether both are true; `b` is not computed if `a` is false. */
  both: made("i32.both"),
  select: (condition: I32, yes: I32, no: I32): I32 => operation("i32.select", yes, no, condition),
};

export const f32 = {
  const: (number: number): F32 => ({ kind: "constant", type: "f32", constant: number }),
  load: (address: I32, offset = 0): F32 => loaded("f32", address, offset),
  eq: made("f32.eq"),
  gt: made("f32.gt"),
  fromI32: made("f32.fromI32"),
};

/** Vectors of any width; arithmetic and comparisons take lanes as f32. */
export const vector = {
  load: (address: I32, offset = 0, lanes: LaneCount = 4): Vector =>
    loaded(vectorType(lanes), address, offset),
  loadSplat: (address: I32, offset = 0): Vector => loaded("splat", address, offset),
  and: made("vector.and"),
  or: made("vector.or"),
  xor: made("vector.xor"),
  /** 1 if any bit is one, else 0. */
  anyTrue: made("vector.anyTrue"),
  /** x where `mask` has ones, y where it has zeros. */
  select: (x: Vector, y: Vector, mask: Vector): Vector => operation("vector.select", x, y, mask),
  /** Four lanes of the eight of x and y, by number. */
  shuffle: (x: Vector, y: Vector, lanes: Lanes4): Vector => {
    if (!fits(x.type, "v4") || !fits(y.type, "v4")) throw new InternalError("a shuffle of wide vectors");
    return { kind: "shuffle", type: "v4", operands: [x, y], lanes, constant: null };
  },
  splat: made("vector.splat"),
  /** The number in the first lane. */
  first: made("vector.first"),
  eq: made("vector.eq"),
  ne: made("vector.ne"),
  lt: made("vector.lt"),
  gt: made("vector.gt"),
  ge: made("vector.ge"),
  abs: made("vector.abs"),
  neg: made("vector.neg"),
  sqrt: made("vector.sqrt"),
  add: made("vector.add"),
  sub: made("vector.sub"),
  mul: made("vector.mul"),
  div: made("vector.div"),
  /** NaN if either is NaN; takes several instructions of a processor. */
  max: made("vector.max"),
  /** y if it is smaller (larger) than x, else x; so x if either is NaN. */
  pmin: made("vector.pmin"),
  pmax: made("vector.pmax"),
  /** a · b + c, rounded twice; once in a form that says so. */
  madd: (a: Vector, b: Vector, c: Vector): Vector => operation("vector.madd", a, b, c),
};

/** The same with lanes as integers. */
export const integers = {
  add: made("integers.add"),
  sub: made("integers.sub"),
  shl: shift("integers.shl"),
  /** Signed, and unsigned */
  shr: shift("integers.shr"),
  shrUnsigned: shift("integers.shrUnsigned"),
  /** The larger one, signed. Also right for floats that are not negative; a NaN is then the largest. */
  max: made("integers.max"),
  /** The smaller one, unsigned: below every NaN, whatever its bits. */
  minUnsigned: made("integers.minUnsigned"),
  /** In each lane, the sum of the products of two 16-bit numbers with two others. */
  dot: made("integers.dot"),
  toFloat: made("integers.toFloat"),
  /** The numbers of the lanes that aren't 0, in their order, then anything. WebAssembly hasn't this one, nor the next. */
  nonzero: made("integers.nonzero"),
  countNonzero: made("integers.countNonzero"),
};

/** x, of which it is known here that its lanes are the same. */
export function sameInAllLanes(x: Vector): Vector {
  return { ...x, type: "splat" };
}

export const store = {
  i32: (address: I32, value: I32): Store => stored("i32", address, value, 0, 0),
  vector: (address: I32, value: Vector, offset = 0, lanes: LaneCount = 4): Store =>
    stored(vectorType(lanes), address, value, offset, 0),
  /** The first lane or the first two. */
  lane: (address: I32, value: Vector, offset: number, lane: number): Store =>
    stored("lane", address, value, offset, lane),
  twoLanes: (address: I32, value: Vector, offset: number): Store => stored("two", address, value, offset, 0),
};

function loaded<T extends ValueType>(type: T, address: I32, offset: number): CodeExpression<T> {
  return { kind: "load", type, address, offset, constant: null };
}

function stored(
  access: Store["access"],
  address: I32,
  value: I32 | Vector,
  offset: number,
  lane: number,
): Store {
  const type = access === "two" || access === "lane" ? "v4" : access;
  if (!fits(value.type, type)) throw new InternalError(`${value.type} is stored as ${type}`);
  return { kind: "store", access, address, offset, value, lane };
}

/** Tells whether two expressions are the same tree. */
export function isSame(a: CodeExpression, b: CodeExpression): boolean {
  if (a === b) return true;
  if (a.type !== b.type) return false;
  switch (a.kind) {
    case "constant":
      return b.kind === "constant" && Object.is(a.constant, b.constant);
    case "local":
      return b.kind === "local" && a.index === b.index;
    case "load":
      return b.kind === "load" && a.offset === b.offset && isSame(a.address, b.address);
    case "shuffle":
      return b.kind === "shuffle" && a.lanes.join() === b.lanes.join() && areSame(a.operands, b.operands);
    case "operation":
      return b.kind === "operation" && a.name === b.name && areSame(a.operands, b.operands);
    default:
      return unreachable(a, "expression");
  }
}

function areSame(a: readonly CodeExpression[], b: readonly CodeExpression[]): boolean {
  return a.length === b.length && a.every((operand, i) => isSame(operand, b[i]!));
}
