// Prints code (backends/code) as a WebAssembly module: WebAssembly Core 2.0 with SIMD, and one instruction of relaxed SIMD in
// the second of two forms (see `MADD_FIRST`).

import { fingerprintOf } from "../../common/fingerprint.ts";
import { InternalError, invariant, unreachable } from "../../common/internal-error.ts";
import type {
  CodeExpression,
  CodeFunction,
  CodeModule,
  CodeStatement,
  CodeStatements,
  OperationName,
  Store,
  ValueType,
} from "../code/code.ts";

export interface Encoded {
  /** SIMD128 only. */
  readonly plain: Uint8Array;
  /** Its offsets, ascending, where the relaxed form has a multiply-add instead of a product and a sum. */
  readonly firsts: readonly number[];
  readonly seconds: readonly number[];
  /** The fingerprint of everything that it computes. A module exports its memory under this name too. */
  readonly program: string;
}

/** The offsets of the multiply-add halves in the form that `relaxedForm` reads. */
export function fusedOffsets({ firsts, seconds }: Encoded): Uint8Array {
  const halves = [
    ...firsts.map((place) => ({ place, second: 0 })),
    ...seconds.map((place) => ({ place, second: 1 })),
  ].toSorted((a, b) => a.place - b.place);
  const bytes = halves.flatMap(({ place, second }, i) =>
    unsigned(2 * (place - (halves[i - 1]?.place ?? 0)) + second),
  );
  return Uint8Array.from(bytes);
}

/** A memory that the module imports as `env.memory`. */
export interface GivenMemory {
  readonly shared: boolean;
  readonly mostPages: number;
}

/** Instructions in binary form. Two numbers that are not bytes represent the halves of a multiply-add. */
type WasmCode = readonly number[];

/**
 * The two halves of `vector.madd`, three bytes each. In the plain form they are a product and a sum; in the relaxed form the
 * first does nothing and the second does both, which rounds once (compiler/serve/wasm.ts derives it from the plain one).
 */
const MADD_FIRST = -1;
const MADD_SECOND = -2;
const plainMadd: ReadonlyMap<number, WasmCode> = new Map([
  [MADD_FIRST, [0xfd, 0xe6, 0x01]],
  [MADD_SECOND, [0xfd, 0xe4, 0x01]],
]);

const [I32, EMPTY] = [0x7f, 0x40];
const typeCodes: Readonly<Record<ValueType, number | null>> = {
  ...{ i32: I32, f32: 0x7d, v4: 0x7b, splat: 0x7b },
  ...{ v8: null, v16: null },
};
const [BLOCK, LOOP, IF, ELSE, END, BRANCH, BRANCH_IF] = [0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d];
const [CALL, LOCAL_GET, LOCAL_SET] = [0x10, 0x20, 0x21];
const [I32_CONST, F32_CONST, I32_EQZ, I32_NE, I32_GT, I32_SUB] = [0x41, 0x43, 0x45, 0x47, 0x4a, 0x6b];
const SHUFFLE = 0x0d;

const simd = (opcode: number, ...immediates: number[]): WasmCode => [
  0xfd,
  ...unsigned(opcode),
  ...immediates,
];

/** The instruction of each operation after its operands; null for those that are more than one, or for wide vectors alone. */
const instructions: Readonly<Record<OperationName, WasmCode | null>> = {
  "i32.add": [0x6a],
  "i32.sub": [I32_SUB],
  "i32.mul": [0x6c],
  "i32.div": [0x6e],
  "i32.and": [0x71],
  "i32.shl": [0x74],
  "i32.shr": [0x76],
  "i32.eq": [0x46],
  "i32.ne": [I32_NE],
  "i32.gt": [I32_GT],
  "i32.fromF32": [0xa8],
  "i32.both": null,
  "i32.select": [0x1b],
  "f32.eq": [0x5b],
  "f32.gt": [0x5e],
  "f32.fromI32": [0xb2],
  "vector.and": simd(0x4e),
  "vector.or": simd(0x50),
  "vector.xor": simd(0x51),
  "vector.anyTrue": simd(0x53),
  "vector.select": simd(0x52),
  "vector.splat": simd(0x13),
  "vector.first": simd(0x1f, 0),
  "vector.eq": simd(0x41),
  "vector.ne": simd(0x42),
  "vector.lt": simd(0x43),
  "vector.gt": simd(0x44),
  "vector.ge": simd(0x46),
  "vector.abs": simd(0xe0),
  "vector.neg": simd(0xe1),
  "vector.sqrt": simd(0xe3),
  "vector.add": simd(0xe4),
  "vector.sub": simd(0xe5),
  "vector.mul": simd(0xe6),
  "vector.div": simd(0xe7),
  "vector.max": simd(0xe9),
  "vector.pmin": simd(0xea),
  "vector.pmax": simd(0xeb),
  "vector.madd": null,
  "integers.add": simd(0xae),
  "integers.sub": simd(0xb1),
  "integers.shl": simd(0xab),
  "integers.shr": simd(0xac),
  "integers.shrUnsigned": simd(0xad),
  "integers.max": simd(0xb8),
  "integers.minUnsigned": simd(0xb7),
  "integers.dot": simd(0xba),
  "integers.toFloat": simd(0xfa),
  "integers.nonzero": null,
  "integers.countNonzero": null,
};

const loads: Readonly<Record<ValueType, WasmCode | null>> = {
  i32: [0x28],
  f32: [0x2a],
  v4: simd(0x00),
  splat: simd(0x09),
  ...{ v8: null, v16: null },
};

const stores: Readonly<Record<Store["access"], WasmCode | null>> = {
  i32: [0x36],
  v4: simd(0x0b),
  ...{ v8: null, v16: null },
  lane: simd(0x5a),
  two: simd(0x5b),
};

/** LEB128, unsigned. */
function unsigned(number: number): number[] {
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

function bytesOfFloat(number: number): Uint8Array {
  return new Uint8Array(Float32Array.of(number).buffer);
}

/** WebAssembly has no code for vectors of more than four lanes. */
function narrow<T>(found: T | null): T {
  invariant(found !== null, "a wide vector in WebAssembly");
  return found;
}

/** The instructions of one function. */
class Writer {
  readonly code: number[] = [];

  statements(statements: CodeStatements): void {
    for (const statement of statements) this.statement(statement);
  }

  private statement(statement: CodeStatement): void {
    switch (statement.kind) {
      case "set":
        this.expression(statement.value);
        this.indexed(LOCAL_SET, statement.local.index);
        return;
      case "store":
        this.expression(statement.address);
        this.expression(statement.value);
        this.place(narrow(stores[statement.access]), statement.offset);
        if (statement.access === "lane" || statement.access === "two") this.code.push(statement.lane);
        return;
      case "repeat":
        this.repeat(statement);
        return;
      case "until":
        this.code.push(LOOP, EMPTY);
        this.statements(statement.body);
        this.expression(statement.local);
        this.expression(statement.end);
        this.code.push(I32_NE, BRANCH_IF, 0, END);
        return;
      case "while":
        this.code.push(BLOCK, EMPTY, LOOP, EMPTY);
        this.expression(statement.condition);
        this.code.push(I32_EQZ, BRANCH_IF, 1);
        this.statements(statement.body);
        this.code.push(BRANCH, 0, END, END);
        return;
      case "if":
        this.expression(statement.condition);
        this.code.push(IF, EMPTY);
        this.statements(statement.yes);
        if (statement.no !== null) {
          this.code.push(ELSE);
          this.statements(statement.no);
        }
        this.code.push(END);
        return;
      case "call":
        for (const value of statement.values) this.expression(value);
        this.indexed(CALL, statement.callee);
        return;
      default:
        unreachable(statement, "statement");
    }
  }

  private repeat({ count, left, body }: Extract<CodeStatement, { kind: "repeat" }>): void {
    const { code } = this;
    this.expression(count);
    this.indexed(LOCAL_SET, left.index);
    if (count.constant === null) {
      this.expression(left);
      code.push(I32_CONST, 0, I32_GT, IF, EMPTY);
    }
    code.push(LOOP, EMPTY);
    this.statements(body);
    this.expression(left);
    code.push(I32_CONST, 1, I32_SUB);
    this.indexed(LOCAL_SET, left.index);
    this.expression(left);
    code.push(BRANCH_IF, 0, END);
    if (count.constant === null) code.push(END);
  }

  private expression(x: CodeExpression): void {
    const { code } = this;
    switch (x.kind) {
      case "constant":
        this.constant(x.type, x.constant);
        return;
      case "local":
        this.indexed(LOCAL_GET, x.index);
        return;
      case "load":
        this.expression(x.address);
        this.place(narrow(loads[x.type]), x.offset);
        return;
      case "shuffle":
        for (const operand of x.operands) this.expression(operand);
        code.push(...simd(SHUFFLE));
        for (const lane of x.lanes) code.push(4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3);
        return;
      case "operation":
        this.operation(x.name, x.operands);
        return;
      default:
        unreachable(x, "expression");
    }
  }

  private operation(name: OperationName, operands: readonly CodeExpression[]): void {
    const { code } = this;
    const instruction = instructions[name];
    if (instruction !== null) {
      for (const operand of operands) this.expression(operand);
      for (const byte of instruction) code.push(byte);
    } else if (name === "vector.madd") {
      const [a, b, c] = operands;
      this.expression(a!);
      this.expression(b!);
      code.push(MADD_FIRST);
      this.expression(c!);
      code.push(MADD_SECOND);
    } else if (name === "i32.both") {
      const [a, b] = operands;
      this.expression(a!);
      code.push(IF, I32);
      this.expression(b!);
      code.push(ELSE, I32_CONST, 0, END);
    } else throw new InternalError(`no instruction for ${name}`);
  }

  private constant(type: ValueType, number: number): void {
    if (type === "i32") {
      invariant(Number.isInteger(number), "an i32 is a whole number");
      this.code.push(I32_CONST, ...signed(number));
    } else if (type === "f32") this.code.push(F32_CONST, ...bytesOfFloat(number));
    else throw new InternalError("a vector is a splat of a constant");
  }

  private indexed(instruction: number, index: number): void {
    this.code.push(instruction, ...unsigned(index));
  }

  /** With the memory argument: alignment, which is not promised, and an offset in bytes. */
  private place(instruction: WasmCode, offset: number): void {
    this.code.push(...instruction, 0, ...unsigned(offset));
  }
}

function encodeFunction({ locals, body }: CodeFunction): number[] {
  const writer = new Writer();
  const { code } = writer;
  code.push(...unsigned(locals.length));
  for (const type of locals) code.push(1, narrow(typeCodes[type]));
  writer.statements(body);
  code.push(END);
  return code;
}

/**
 * Encodes with a memory of that many × 64 KiB, exported as `memory` and by the program's name, which may
 * grow if `grows`; or with an imported memory.
 */
export function encode(module: CodeModule, memory: number | GivenMemory, grows = false): Encoded {
  const arities = [...new Set(module.functions.map(({ parameters }) => parameters))];
  const types = arities.map((count) => [0x60, ...vector(new Array<number[]>(count).fill([I32])), 0]);
  const limits = (shared: boolean, least: number, most: number) => [
    shared ? 0x03 : 0x01,
    ...unsigned(least),
    ...unsigned(most),
  ];
  const [imported, own] =
    typeof memory === "number"
      ? [[], section(5, vector([grows ? [0x00, ...unsigned(memory)] : limits(false, memory, memory)]))]
      : [
          section(
            2,
            vector([
              [...nameOf("env"), ...nameOf("memory"), 0x02, ...limits(memory.shared, 1, memory.mostPages)],
            ]),
          ),
          [],
        ];
  const before = [
    ...section(1, vector(types)),
    ...imported,
    ...section(3, vector(module.functions.map(({ parameters }) => [arities.indexOf(parameters)]))),
    ...own,
  ];
  const functions = section(10, vector(module.functions.map((each) => sized(encodeFunction(each)))));
  const program = fingerprintOf(before.concat(functions).join(" "));
  const exported = [
    ...(typeof memory === "number"
      ? [
          [...nameOf("memory"), 0x02, 0],
          [...nameOf(program), 0x02, 0],
        ]
      : []),
    ...module.exports.map(({ name, index }) => [...nameOf(name), 0x00, ...unsigned(index)]),
  ];
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const code = magic.concat(before, section(7, vector(exported)), functions);
  return { ...bytesOf(code), program };
}

// Whole functions are joined with `concat`: spreading that many bytes takes milliseconds before it is
// compiled.

/** The number of bytes of code: each half of a multiply-add takes three. */
function lengthOf(code: WasmCode): number {
  return code.reduce((sum, byte) => sum + (byte < 0 ? 3 : 1), 0);
}

function sized(code: number[]): number[] {
  return unsigned(lengthOf(code)).concat(code);
}

function vector(items: readonly (readonly number[])[]): number[] {
  return unsigned(items.length).concat(...items);
}

function section(id: number, content: number[]): number[] {
  return [id].concat(sized(content));
}

function nameOf(name: string): number[] {
  invariant(/^[a-z0-9]+$/.test(name), "exports have names of ASCII letters and digits");
  return [...unsigned(name.length), ...[...name].map((letter) => letter.charCodeAt(0))];
}

function bytesOf(code: WasmCode): Omit<Encoded, "program"> {
  const plain: number[] = [];
  const places = new Map<number, number[]>([...plainMadd.keys()].map((half) => [half, []]));
  for (const byte of code) {
    if (byte >= 0) {
      plain.push(byte);
      continue;
    }
    places.get(byte)!.push(plain.length);
    plain.push(...plainMadd.get(byte)!);
  }
  const [firsts, seconds] = [...places.values()];
  return { plain: Uint8Array.from(plain), firsts: firsts!, seconds: seconds! };
}
