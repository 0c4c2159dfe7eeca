// Code as plain data, one level above WebAssembly and C. Kernels, the training step and the ranking program are written once,
// through `FunctionBuilder` (builder.ts) and the constructors of expressions.ts; a back end prints what they make.
//
// An expression is a tree that computes a value of one type. It has no effect: it reads variables and memory where it is used,
// and is computed again at each use. So the order in which a printer computes operands doesn't matter, and neither does
// whether it shares equal trees, as long as no variable and no memory that they read changes in between. A statement has an
// effect: it sets a variable, writes to memory, runs other statements or calls a function. Statements run in order.
//
// There is one memory of bytes, little-endian, and an address is an i32 without a sign plus an offset that is known here. No
// alignment is promised. There is room after every value, so that a vector may be read where only its first number exists.
// Functions have i32 parameters, which are variables as well, and return nothing.
//
// Every printer promises the same bits:
// - An i32 wraps around. `div` and `shr` take numbers without a sign, and no one divides by 0. `i32.gt` compares with a sign.
// - An f32 and each lane of a vector is rounded after each operation, to nearest, with subnormal numbers kept. A printer
//   doesn't reorder sums, and makes one rounding out of a product and a sum only of `vector.madd`, and only in a form that
//   says so.
// - A NaN is a NaN; its bits are not promised. `pmin` and `pmax` are the comparisons that their comments say, which decides
//   about NaN and −0.
// - A comparison of lanes gives all ones or all zeros in each.
//
// The type of a vector has the number of its lanes, which are f32 or i32: functions of lanes.ts and math.ts work on the bits of
// numbers too, so the operation says how it takes them. A vector that has the same number in all lanes is a `splat`, and an
// operand at any width: a printer keeps it in four lanes, and repeats the first where more are needed. All other operands of an
// operation have one width. machine.ts says how wide vectors get.

import type { Machine } from "./machine.ts";

export type LaneType = "v4" | "v8" | "v16" | "splat";
export type ValueType = "i32" | "f32" | LaneType;

/** The type of an operand, and of a result that is as wide as the operands that aren't splats. */
type OperandType = ValueType | "vector";

/** The type of each operation's result, and of its operands. */
export const operations = {
  "i32.add": ["i32", "i32", "i32"],
  "i32.sub": ["i32", "i32", "i32"],
  "i32.mul": ["i32", "i32", "i32"],
  "i32.div": ["i32", "i32", "i32"],
  "i32.and": ["i32", "i32", "i32"],
  "i32.shl": ["i32", "i32", "i32"],
  "i32.shr": ["i32", "i32", "i32"],
  "i32.eq": ["i32", "i32", "i32"],
  "i32.ne": ["i32", "i32", "i32"],
  "i32.gt": ["i32", "i32", "i32"],
  "i32.fromF32": ["i32", "f32"],
  /** Whether both are true; the second is not computed if the first is false. */
  "i32.both": ["i32", "i32", "i32"],
  /** The first if the third is true, else the second. */
  "i32.select": ["i32", "i32", "i32", "i32"],
  "f32.eq": ["i32", "f32", "f32"],
  "f32.gt": ["i32", "f32", "f32"],
  "f32.fromI32": ["f32", "i32"],
  "vector.and": ["vector", "vector", "vector"],
  "vector.or": ["vector", "vector", "vector"],
  "vector.xor": ["vector", "vector", "vector"],
  "vector.anyTrue": ["i32", "vector"],
  /** Bits of the first where the third has ones, of the second where it has zeros. */
  "vector.select": ["vector", "vector", "vector", "vector"],
  "vector.splat": ["splat", "f32"],
  "vector.first": ["f32", "vector"],
  "vector.eq": ["vector", "vector", "vector"],
  "vector.ne": ["vector", "vector", "vector"],
  "vector.lt": ["vector", "vector", "vector"],
  "vector.gt": ["vector", "vector", "vector"],
  "vector.ge": ["vector", "vector", "vector"],
  "vector.abs": ["vector", "vector"],
  "vector.neg": ["vector", "vector"],
  "vector.sqrt": ["vector", "vector"],
  "vector.add": ["vector", "vector", "vector"],
  "vector.sub": ["vector", "vector", "vector"],
  "vector.mul": ["vector", "vector", "vector"],
  "vector.div": ["vector", "vector", "vector"],
  "vector.max": ["vector", "vector", "vector"],
  "vector.pmin": ["vector", "vector", "vector"],
  "vector.pmax": ["vector", "vector", "vector"],
  "vector.madd": ["vector", "vector", "vector", "vector"],
  "integers.add": ["vector", "vector", "vector"],
  "integers.sub": ["vector", "vector", "vector"],
  "integers.shl": ["vector", "vector", "i32"],
  "integers.shr": ["vector", "vector", "i32"],
  "integers.shrUnsigned": ["vector", "vector", "i32"],
  "integers.max": ["vector", "vector", "vector"],
  "integers.minUnsigned": ["vector", "vector", "vector"],
  "integers.dot": ["vector", "vector", "vector"],
  "integers.toFloat": ["vector", "vector"],
  /** For wide vectors alone: the numbers of the lanes that aren't 0, in their order, then anything; and how many these are. */
  "integers.nonzero": ["vector", "vector"],
  "integers.countNonzero": ["i32", "vector"],
} as const satisfies Readonly<Record<string, readonly [OperandType, ...OperandType[]]>>;

export type OperationName = keyof typeof operations;

interface Typed<T extends ValueType> {
  readonly type: T;
  /** Its value, if known at compile time. */
  readonly constant: number | null;
}

/** An f32 is rounded when it is printed. */
export interface Constant<T extends ValueType> extends Typed<T> {
  readonly kind: "constant";
  readonly constant: number;
}

/** A variable of a function: its parameters come first, then the others in the order of their declaration. */
export interface LocalVariable<T extends ValueType> extends Typed<T> {
  readonly kind: "local";
  readonly index: number;
}

/** A number or a vector in memory; a splat is one number there. */
export interface Load<T extends ValueType> extends Typed<T> {
  readonly kind: "load";
  readonly address: I32;
  readonly offset: number;
}

/** Four lanes of the eight of two vectors of four, by number. */
export interface Shuffle<T extends ValueType> extends Typed<T> {
  readonly kind: "shuffle";
  readonly operands: readonly [Vector, Vector];
  readonly lanes: Lanes4;
}

export type Lanes4 = readonly [number, number, number, number];

export interface Operation<T extends ValueType> extends Typed<T> {
  readonly kind: "operation";
  readonly name: OperationName;
  readonly operands: readonly CodeExpression[];
}

export type CodeExpression<T extends ValueType = ValueType> =
  | Constant<T>
  | LocalVariable<T>
  | Load<T>
  | Shuffle<T>
  | Operation<T>;

export type I32 = CodeExpression<"i32">;
export type F32 = CodeExpression<"f32">;
export type Vector = CodeExpression<LaneType>;
export type VectorVariable = LocalVariable<LaneType>;

export interface Store {
  readonly kind: "store";
  /** The part of the value that is written: all of an i32, all lanes of a vector, its first two lanes, or the lane `lane`. */
  readonly access: "i32" | "v4" | "v8" | "v16" | "two" | "lane";
  readonly address: I32;
  readonly offset: number;
  readonly value: I32 | Vector;
  readonly lane: number;
}

export type CodeStatement =
  | { readonly kind: "set"; readonly local: LocalVariable<ValueType>; readonly value: CodeExpression }
  | Store
  /** Runs the body `count` times, or never if it is 0 or less. The variable `left` counts down from `count` to 0. */
  | {
      readonly kind: "repeat";
      readonly count: I32;
      readonly left: LocalVariable<"i32">;
      readonly body: CodeStatements;
    }
  /** Runs the body until the variable equals `end`, at least once. */
  | {
      readonly kind: "until";
      readonly local: LocalVariable<"i32">;
      readonly end: I32;
      readonly body: CodeStatements;
    }
  /** Runs the body while the condition isn't 0, which is checked first. */
  | { readonly kind: "while"; readonly condition: I32; readonly body: CodeStatements }
  | {
      readonly kind: "if";
      readonly condition: I32;
      readonly yes: CodeStatements;
      readonly no: CodeStatements | null;
    }
  | { readonly kind: "call"; readonly callee: number; readonly values: readonly I32[] };

export type CodeStatements = readonly CodeStatement[];

export interface CodeFunction {
  readonly parameters: number;
  /** The types of the variables after the parameters. They begin as 0. */
  readonly locals: readonly ValueType[];
  readonly body: CodeStatements;
  /** A description for people, empty for a function that has none. */
  readonly does: string;
}

/** Functions by index, each after those that it calls. */
export interface CodeModule {
  /** The machine for which it was written, which has vectors of its width. */
  readonly machine: Machine;
  readonly functions: readonly CodeFunction[];
  readonly exports: readonly { readonly name: string; readonly index: number }[];
}
