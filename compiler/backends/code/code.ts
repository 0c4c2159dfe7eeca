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
//   doesn't reorder sums, and makes one rounding out of a product and a sum only of `f32x4.madd`, and only in a form that
//   says so.
// - A NaN is a NaN; its bits are not promised. `pmin` and `pmax` are the comparisons that their comments say, which decides
//   about NaN and −0.
// - A comparison of lanes gives all ones or all zeros in each.
//
// A type is `v128` for what its lanes hold, four of f32 or of i32: functions of lanes.ts and math.ts work on the bits of numbers
// too, so the operation says how it takes them. Wider machines will need the number of lanes in the type; today each vector has
// four, and all that a machine decides is the `Tile` of a product (kernels/gemm.ts): how many sums its registers hold.

export type ValueType = "i32" | "f32" | "v128";

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
  "v128.and": ["v128", "v128", "v128"],
  "v128.or": ["v128", "v128", "v128"],
  "v128.xor": ["v128", "v128", "v128"],
  "v128.anyTrue": ["i32", "v128"],
  /** Bits of the first where the third has ones, of the second where it has zeros. */
  "v128.select": ["v128", "v128", "v128", "v128"],
  "f32x4.splat": ["v128", "f32"],
  "f32x4.first": ["f32", "v128"],
  "f32x4.eq": ["v128", "v128", "v128"],
  "f32x4.ne": ["v128", "v128", "v128"],
  "f32x4.lt": ["v128", "v128", "v128"],
  "f32x4.gt": ["v128", "v128", "v128"],
  "f32x4.ge": ["v128", "v128", "v128"],
  "f32x4.abs": ["v128", "v128"],
  "f32x4.neg": ["v128", "v128"],
  "f32x4.sqrt": ["v128", "v128"],
  "f32x4.add": ["v128", "v128", "v128"],
  "f32x4.sub": ["v128", "v128", "v128"],
  "f32x4.mul": ["v128", "v128", "v128"],
  "f32x4.div": ["v128", "v128", "v128"],
  "f32x4.max": ["v128", "v128", "v128"],
  "f32x4.pmin": ["v128", "v128", "v128"],
  "f32x4.pmax": ["v128", "v128", "v128"],
  "f32x4.madd": ["v128", "v128", "v128", "v128"],
  "i32x4.add": ["v128", "v128", "v128"],
  "i32x4.sub": ["v128", "v128", "v128"],
  "i32x4.shl": ["v128", "v128", "i32"],
  "i32x4.shr": ["v128", "v128", "i32"],
  "i32x4.shrUnsigned": ["v128", "v128", "i32"],
  "i32x4.max": ["v128", "v128", "v128"],
  "i32x4.minUnsigned": ["v128", "v128", "v128"],
  "i32x4.dot": ["v128", "v128", "v128"],
  "i32x4.toFloat": ["v128", "v128"],
  "i16x8.narrow": ["v128", "v128", "v128"],
} as const satisfies Readonly<Record<string, readonly [ValueType, ...ValueType[]]>>;

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

/** A number or a vector in memory; `splat` is one number for all lanes. */
export interface Load<T extends ValueType> extends Typed<T> {
  readonly kind: "load";
  readonly access: "i32" | "f32" | "v128" | "splat";
  readonly address: I32;
  readonly offset: number;
}

/** Four lanes of the eight of two vectors, by number. */
export interface Shuffle<T extends ValueType> extends Typed<T> {
  readonly kind: "shuffle";
  readonly operands: readonly [V128, V128];
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
export type V128 = CodeExpression<"v128">;

export interface Store {
  readonly kind: "store";
  /** The part of the value that is written: all of an i32, all of a vector, its first two lanes, or the lane `lane`. */
  readonly access: "i32" | "v128" | "two" | "lane";
  readonly address: I32;
  readonly offset: number;
  readonly value: I32 | V128;
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
  readonly functions: readonly CodeFunction[];
  readonly exports: readonly { readonly name: string; readonly index: number }[];
}
