// Builds a WebAssembly module: functions with typed parameters, whose bodies are written through a
// `FunctionBuilder`; `encode` returns the bytes of both forms (see `MADD_FIRST`).

import { fingerprintOf } from "../../common/fingerprint.ts";
import { invariant } from "../../common/internal-error.ts";
import {
  f32,
  f32x4,
  type I32,
  i32,
  plainMadd,
  unsigned,
  type V128,
  type ValueType,
  type WasmCode,
  type WasmValue,
} from "./instructions.ts";

const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const EMPTY = 0x40;

/** A variable of a function. */
export interface WasmLocal<T extends ValueType> extends WasmValue<T> {
  readonly index: number;
}

/** A function that can be called: it takes i32 parameters and returns nothing. */
export interface FunctionReference {
  readonly index: number;
  readonly parameters: number;
}

export interface Encoded {
  /** SIMD128 only. */
  readonly plain: Uint8Array;
  /** Its offsets, ascending, where the relaxed form has a multiply-add instead of a product and a sum. */
  readonly firsts: readonly number[];
  readonly seconds: readonly number[];
  /** The fingerprint of everything that it computes. A module exports its memory under this name too. */
  readonly program: string;
}

/** A memory that the module imports as `env.memory`. */
export interface GivenMemory {
  readonly shared: boolean;
  readonly mostPages: number;
}

export class FunctionBuilder {
  readonly module: ModuleBuilder;
  private readonly locals: ValueType[] = [];
  private readonly parameterCount: number;
  private readonly constants = new Map<string, WasmLocal<"v128">>();
  private prologue: number[] = [];
  private body: number[] = [];

  constructor(module: ModuleBuilder, parameterCount: number) {
    this.module = module;
    this.parameterCount = parameterCount;
  }

  parameter(index: number): WasmLocal<"i32"> {
    return localValue("i32", index);
  }

  /** A new variable with the value `initial`. */
  local<T extends ValueType>(initial: WasmValue<T>): WasmLocal<T> {
    const local = this.declare(initial.type);
    this.set(local, initial);
    return local;
  }

  /** The same, computed at the start of the function from its parameters and other hoisted variables. */
  hoisted<T extends ValueType>(initial: WasmValue<T>): WasmLocal<T> {
    const local = this.declare(initial.type);
    this.prologue.push(...initial.code, 0x21, ...unsigned(local.index));
    return local;
  }

  /**
   * The number in every lane, kept in a variable: V8 builds a constant at each use, which costs a third of a
   * hot loop's time.
   */
  constant(number: number): V128 {
    const key = Object.is(number, -0) ? "-0" : String(number);
    let local = this.constants.get(key);
    if (local === undefined) {
      local = this.declare("v128");
      this.prologue.push(...f32x4.splat(f32.const(number)).code, 0x21, ...unsigned(local.index));
      this.constants.set(key, local);
    }
    return local;
  }

  set<T extends ValueType>(local: WasmLocal<T>, value: WasmValue<T>): void {
    this.body.push(...value.code, 0x21, ...unsigned(local.index));
  }

  /** local += by */
  advance(local: WasmLocal<"i32">, by: I32 | number): void {
    const amount = typeof by === "number" ? i32.const(by) : by;
    if (amount.constant === 0) return;
    this.set(local, i32.add(local, amount));
  }

  do(statement: WasmCode): void {
    for (const byte of statement) this.body.push(byte);
  }

  /** Runs `body` `count` times, or never if it is 0 or less. */
  repeat(count: I32, body: () => void): void {
    if (count.constant !== null && count.constant <= 0) return;
    if (count.constant === 1) {
      body();
      return;
    }
    const left = this.local(count);
    const loop = () => {
      this.body.push(0x03, EMPTY);
      body();
      this.set(left, i32.sub(left, i32.const(1)));
      this.body.push(...left.code, 0x0d, 0, 0x0b);
    };
    if (count.constant === null) this.if(i32.gt(left, i32.const(0)), loop);
    else loop();
  }

  /** Runs `body`, which advances `pointer`, until that equals `end`; at least once. */
  until(pointer: WasmLocal<"i32">, end: I32, body: () => void): void {
    this.body.push(0x03, EMPTY);
    body();
    this.body.push(...pointer.code, ...end.code, 0x47, 0x0d, 0, 0x0b);
  }

  /** Runs `body` while `condition` is true, checked first. */
  while(condition: () => I32, body: () => void): void {
    this.body.push(0x02, EMPTY, 0x03, EMPTY, ...condition().code, 0x45, 0x0d, 1);
    body();
    this.body.push(0x0c, 0, 0x0b, 0x0b);
  }

  if(condition: I32, yes: () => void, no?: () => void): void {
    if (condition.constant !== null) {
      (condition.constant === 0 ? no : yes)?.();
      return;
    }
    this.body.push(...condition.code, 0x04, EMPTY);
    yes();
    if (no !== undefined) {
      this.body.push(0x05);
      no();
    }
    this.body.push(0x0b);
  }

  call(callee: FunctionReference, ...values: readonly I32[]): void {
    invariant(values.length === callee.parameters, "a call with too many or too few values");
    this.body.push(...values.flatMap(({ code }) => [...code]), 0x10, ...unsigned(callee.index));
  }

  encode(): number[] {
    const locals = this.locals.flatMap((type) => [1, typeCodes[type]]);
    return [...unsigned(this.locals.length), ...locals, ...this.prologue, ...this.body, 0x0b];
  }

  private declare<T extends ValueType>(type: T): WasmLocal<T> {
    this.locals.push(type);
    return localValue(type, this.parameterCount + this.locals.length - 1);
  }
}

function localValue<T extends ValueType>(type: T, index: number): WasmLocal<T> {
  return { type, index, code: [0x20, ...unsigned(index)], constant: null };
}

export class ModuleBuilder {
  private readonly functions: {
    readonly builder: FunctionBuilder;
    readonly parameters: number;
    readonly does: string;
  }[] = [];
  private readonly exports: { readonly name: string; readonly index: number }[] = [];
  private readonly shared = new Map<string, FunctionReference>();
  /** The address of memory that a kernel may use while it runs. */
  readonly scratch: I32;

  constructor(scratch: number) {
    this.scratch = i32.const(scratch);
  }

  /** A description of each function, by its index. */
  get functionTexts(): readonly string[] {
    return this.functions.map(({ does }) => does);
  }

  /**
   * A function with `parameters` i32 parameters. Functions that it calls are made before it or inside
   * `write`.
   */
  function(parameters: number, write: (f: FunctionBuilder) => void, does = ""): FunctionReference {
    const builder = new FunctionBuilder(this, parameters);
    write(builder);
    const reference = { index: this.functions.length, parameters };
    this.functions.push({ builder, parameters, does });
    return reference;
  }

  /** The function with that name, made at the first call. */
  sharedFunction(name: string, parameters: number, write: (f: FunctionBuilder) => void): FunctionReference {
    const known = this.shared.get(name);
    if (known !== undefined) return known;
    const made = this.function(parameters, write, name);
    this.shared.set(name, made);
    return made;
  }

  export(name: string, { index }: FunctionReference): void {
    this.exports.push({ name, index });
  }

  /**
   * Encodes with a memory of that many × 64 KiB, exported as `memory` and by the program's name, which may
   * grow if `grows`; or with an imported memory.
   */
  encode(memory: number | GivenMemory, grows = false): Encoded {
    const arities = [...new Set(this.functions.map(({ parameters }) => parameters))];
    const types = arities.map((count) => [
      0x60,
      ...vector(new Array<number[]>(count).fill([typeCodes.i32])),
      0,
    ]);
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
      ...section(3, vector(this.functions.map(({ parameters }) => [arities.indexOf(parameters)]))),
      ...own,
    ];
    const functions = section(10, vector(this.functions.map(({ builder }) => sized(builder.encode()))));
    const program = fingerprintOf(before.concat(functions).join(" "));
    const exported = [
      ...(typeof memory === "number"
        ? [
            [...nameOf("memory"), 0x02, 0],
            [...nameOf(program), 0x02, 0],
          ]
        : []),
      ...this.exports.map(({ name, index }) => [...nameOf(name), 0x00, ...unsigned(index)]),
    ];
    const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const code = magic.concat(before, section(7, vector(exported)), functions);
    return { ...bytesOf(code), program };
  }
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
