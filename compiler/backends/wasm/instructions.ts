// Typed WebAssembly instructions: a value is an expression with a type that TypeScript checks, so invalid
// code is not emitted. Contains only the instructions that kernels need (WebAssembly Core 2.0 with SIMD, and
// one instruction of relaxed SIMD).

export type ValueType = "i32" | "f32" | "v128";

/** Instructions in binary form. Two numbers that are not bytes represent the halves of a multiply-add. */
export type WasmCode = readonly number[];

/**
 * Instructions that leave a value of the type on the stack. They are emitted again at each use of the value.
 */
export interface WasmValue<T extends ValueType> {
  readonly type: T;
  readonly code: WasmCode;
  /** Its value, if known at compile time. */
  readonly constant: number | null;
}

export type I32 = WasmValue<"i32">;
export type F32 = WasmValue<"f32">;
export type V128 = WasmValue<"v128">;

/**
 * The two halves of `madd`, three bytes each. In the plain form they are a product and a sum; in the relaxed form the first
 * does nothing and the second does both, which rounds once (compiler/serve/wasm.ts makes it of the plain one).
 */
export const MADD_FIRST = -1;
export const MADD_SECOND = -2;
export const plainMadd: ReadonlyMap<number, WasmCode> = new Map([
  [MADD_FIRST, [0xfd, 0xe6, 0x01]],
  [MADD_SECOND, [0xfd, 0xe4, 0x01]],
]);
function value<T extends ValueType>(type: T, code: WasmCode, constant: number | null = null): WasmValue<T> {
  return { type, code, constant };
}

/** LEB128, unsigned. */
export function unsigned(number: number): number[] {
  const bytes: number[] = [];
  let rest = number;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

/** LEB128, signed, of a 32-bit number. */
function signed(number: number): number[] {
  const bytes: number[] = [];
  let rest = number | 0;
  for (;;) {
    const byte = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (byte & 64) === 0) || (rest === -1 && (byte & 64) !== 0)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

function bytesOfFloat(number: number): number[] {
  return [...new Uint8Array(Float32Array.of(number).buffer)];
}

const plain =
  <T extends ValueType, A extends ValueType, B extends ValueType>(type: T, opcode: number) =>
  (a: WasmValue<A>, b: WasmValue<B>): WasmValue<T> =>
    value(type, [...a.code, ...b.code, opcode]);

const simd = (opcode: number, ...immediates: number[]): WasmCode => [
  0xfd,
  ...unsigned(opcode),
  ...immediates,
];
const simd1 = (opcode: number) => (x: V128) => value("v128", [...x.code, ...simd(opcode)]);
const simd2 = (opcode: number) => (x: V128, y: V128) =>
  value("v128", [...x.code, ...y.code, ...simd(opcode)]);
const shift = (opcode: number) => (x: V128, by: number) =>
  value("v128", [...x.code, ...i32.const(by).code, ...simd(opcode)]);

/** The memory argument: alignment and an offset in bytes. No alignment is promised. */
const at = (offset: number): WasmCode => [0, ...unsigned(offset)];

/** Applies `fold` to operands known at compile time; sums and products of addresses stay below 2³¹. */
const folded =
  (opcode: number, fold: (a: number, b: number) => number, neutral: number | null) =>
  (a: I32, b: I32): I32 => {
    if (a.constant !== null && b.constant !== null) return i32.const(fold(a.constant, b.constant));
    if (neutral !== null && b.constant === neutral) return a;
    return value("i32", [...a.code, ...b.code, opcode]);
  };

export const i32 = {
  const: (number: number): I32 => value("i32", [0x41, ...signed(number)], number),
  add: (a: I32, b: I32): I32 => (a.constant === 0 ? b : folded(0x6a, (x, y) => x + y, 0)(a, b)),
  sub: folded(0x6b, (x, y) => x - y, 0),
  mul: (a: I32, b: I32): I32 => (a.constant === 1 ? b : folded(0x6c, (x, y) => x * y, 1)(a, b)),
  /** For whole numbers from 0 */
  div: folded(0x6e, (x, y) => Math.floor(x / y), 1),
  and: folded(0x71, (x, y) => x & y, null),
  shl: (a: I32, by: number): I32 => folded(0x74, (x, y) => x << y, 0)(a, i32.const(by)),
  shr: (a: I32, by: number): I32 => folded(0x76, (x, y) => x >>> y, 0)(a, i32.const(by)),
  load: (address: I32, offset = 0): I32 => value("i32", [...address.code, 0x28, ...at(offset)]),
  eq: plain<"i32", "i32", "i32">("i32", 0x46),
  ne: plain<"i32", "i32", "i32">("i32", 0x47),
  gt: plain<"i32", "i32", "i32">("i32", 0x4a),
  /** For a number whose whole part fits. */
  fromF32: (x: F32): I32 => value("i32", [...x.code, 0xa8]),
  /** Whether both are true; `b` is not computed if `a` is false. */
  both: (a: I32, b: I32): I32 =>
    value("i32", [...a.code, 0x04, 0x7f, ...b.code, 0x05, ...i32.const(0).code, 0x0b]),
  select: (condition: I32, yes: I32, no: I32): I32 =>
    value("i32", [...yes.code, ...no.code, ...condition.code, 0x1b]),
};

export const f32 = {
  const: (number: number): F32 => value("f32", [0x43, ...bytesOfFloat(number)], number),
  load: (address: I32, offset = 0): F32 => value("f32", [...address.code, 0x2a, ...at(offset)]),
  eq: plain<"i32", "f32", "f32">("i32", 0x5b),
  gt: plain<"i32", "f32", "f32">("i32", 0x5e),
  fromI32: (x: I32): F32 => value("f32", [...x.code, 0xb2]),
};

export const v128 = {
  load: (address: I32, offset = 0): V128 => value("v128", [...address.code, ...simd(0x00), ...at(offset)]),
  loadSplat: (address: I32, offset = 0): V128 =>
    value("v128", [...address.code, ...simd(0x09), ...at(offset)]),
  and: simd2(0x4e),
  or: simd2(0x50),
  xor: simd2(0x51),
  /** 1 if any bit is one, else 0. */
  anyTrue: (x: V128): I32 => value("i32", [...x.code, ...simd(0x53)]),
  /** x where `mask` has ones, y where it has zeros. */
  select: (x: V128, y: V128, mask: V128): V128 =>
    value("v128", [...x.code, ...y.code, ...mask.code, ...simd(0x52)]),
  /** Four lanes of the eight of x and y, by number. */
  shuffle: (x: V128, y: V128, lanes: readonly [number, number, number, number]): V128 =>
    value("v128", [
      ...x.code,
      ...y.code,
      ...simd(0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))),
    ]),
};

export const f32x4 = {
  splat: (x: F32): V128 => value("v128", [...x.code, ...simd(0x13)]),
  /** The number in the first lane. */
  first: (x: V128): F32 => value("f32", [...x.code, ...simd(0x1f, 0)]),
  eq: simd2(0x41),
  ne: simd2(0x42),
  lt: simd2(0x43),
  gt: simd2(0x44),
  ge: simd2(0x46),
  abs: simd1(0xe0),
  neg: simd1(0xe1),
  sqrt: simd1(0xe3),
  add: simd2(0xe4),
  sub: simd2(0xe5),
  mul: simd2(0xe6),
  div: simd2(0xe7),
  /** NaN if either is NaN; takes several instructions of a processor. */
  max: simd2(0xe9),
  /** y if it is smaller (larger) than x, else x; so x if either is NaN. */
  pmin: simd2(0xea),
  pmax: simd2(0xeb),
  /** a · b + c, rounded twice; once in the relaxed form. */
  madd: (a: V128, b: V128, c: V128): V128 =>
    value("v128", [...a.code, ...b.code, MADD_FIRST, ...c.code, MADD_SECOND]),
};

export const i32x4 = {
  add: simd2(0xae),
  sub: simd2(0xb1),
  shl: shift(0xab),
  /** Signed, and unsigned */
  shr: shift(0xac),
  shrUnsigned: shift(0xad),
  /** The larger one, signed. Also right for floats that are not negative; a NaN is then the largest. */
  max: simd2(0xb8),
  /** The smaller one, unsigned: below every NaN, whatever its bits. */
  minUnsigned: simd2(0xb7),
  /** The dot product of eight 16-bit numbers each, as four sums of two products. */
  dot: simd2(0xba),
  toFloat: simd1(0xfa),
};

export const i16x8 = {
  /** The 32-bit numbers of x and then y, saturated to 16 bits. */
  narrow: simd2(0x85),
};

/** Statements, which leave no value on the stack. */
export const store = {
  i32: (address: I32, x: I32): WasmCode => [...address.code, ...x.code, 0x36, ...at(0)],
  v128: (address: I32, x: V128, offset = 0): WasmCode => [
    ...address.code,
    ...x.code,
    ...simd(0x0b),
    ...at(offset),
  ],
  /** The first lane or the first two. */
  lane: (address: I32, x: V128, offset: number, lane: number): WasmCode => [
    ...address.code,
    ...x.code,
    ...simd(0x5a, ...at(offset), lane),
  ],
  twoLanes: (address: I32, x: V128, offset: number): WasmCode => [
    ...address.code,
    ...x.code,
    ...simd(0x5b, ...at(offset), 0),
  ],
};
