// Builds a `CodeModule`: functions with i32 parameters, whose bodies are written through a `FunctionBuilder`.

import { invariant } from "../../common/internal-error.ts";
import type {
  CodeExpression,
  CodeFunction,
  CodeModule,
  CodeStatement,
  I32,
  LaneType,
  LocalVariable,
  Store,
  ValueType,
  Vector,
  VectorVariable,
} from "./code.ts";
import { f32, fits, i32, vector, vectorType } from "./expressions.ts";
import type { LaneCount, Machine } from "./machine.ts";
import { shareFunctions } from "./share-functions.ts";

/** A function that can be called: it takes i32 parameters and returns nothing. */
export interface FunctionReference {
  readonly index: number;
  readonly parameters: number;
}

export class FunctionBuilder {
  readonly module: ModuleBuilder;
  private readonly locals: ValueType[] = [];
  private readonly parameterCount: number;
  private readonly constants = new Map<string, VectorVariable>();
  private readonly prologue: CodeStatement[] = [];
  /** The statements to which the next one is added. */
  private body: CodeStatement[] = [];

  constructor(module: ModuleBuilder, parameterCount: number) {
    this.module = module;
    this.parameterCount = parameterCount;
  }

  parameter(index: number): LocalVariable<"i32"> {
    return localOf("i32", index);
  }

  /** A new variable with the value `initial`. That of a splat stays one: see `vector`. */
  local<T extends ValueType>(initial: CodeExpression<T>): LocalVariable<T> {
    const local = this.declare(initial.type);
    this.set(local, initial);
    return local;
  }

  /** A new variable for vectors of that many lanes, which begins as `initial`. */
  vector(initial: Vector, lanes: LaneCount = 4): VectorVariable {
    const local = this.declare<LaneType>(vectorType(lanes));
    this.set(local, initial);
    return local;
  }

  /** As `local`, computed at the start of the function from its parameters and other hoisted variables. */
  hoisted<T extends ValueType>(initial: CodeExpression<T>): LocalVariable<T> {
    const local = this.declare(initial.type);
    this.prologue.push({ kind: "set", local, value: initial });
    return local;
  }

  /**
   * The number in every lane of any width, kept in a variable: V8 builds a constant at each use, which costs a third of a
   * hot loop's time.
   */
  constant(number: number): Vector {
    const key = Object.is(number, -0) ? "-0" : String(number);
    const local = this.constants.get(key) ?? this.hoisted(vector.splat(f32.const(number)));
    this.constants.set(key, local);
    return local;
  }

  set<T extends ValueType>(local: LocalVariable<T>, value: CodeExpression<T>): void {
    invariant(fits(value.type, local.type), `${value.type} for a variable of ${local.type}`);
    this.body.push({ kind: "set", local, value });
  }

  /** local += by */
  advance(local: LocalVariable<"i32">, by: I32 | number): void {
    const amount = typeof by === "number" ? i32.const(by) : by;
    if (amount.constant === 0) return;
    this.set(local, i32.add(local, amount));
  }

  do(store: Store): void {
    this.body.push(store);
  }

  /** Runs `body` `count` times, or never if it is 0 or less. */
  repeat(count: I32, body: () => void): void {
    if (count.constant !== null && count.constant <= 0) return;
    if (count.constant === 1) {
      body();
      return;
    }
    const left = this.declare("i32");
    this.body.push({ kind: "repeat", count, left, body: this.inside(body) });
  }

  /** Runs `body`, which advances `pointer`, until that equals `end`; at least once. */
  until(pointer: LocalVariable<"i32">, end: I32, body: () => void): void {
    this.body.push({ kind: "until", local: pointer, end, body: this.inside(body) });
  }

  /** Runs `body` while `condition` is true, checked first. */
  while(condition: I32, body: () => void): void {
    this.body.push({ kind: "while", condition, body: this.inside(body) });
  }

  if(condition: I32, yes: () => void, no?: () => void): void {
    if (condition.constant !== null) {
      (condition.constant === 0 ? no : yes)?.();
      return;
    }
    const statements = { yes: this.inside(yes), no: no === undefined ? null : this.inside(no) };
    this.body.push({ kind: "if", condition, ...statements });
  }

  call(callee: FunctionReference, ...values: readonly I32[]): void {
    invariant(values.length === callee.parameters, "a call with too many or too few values");
    this.body.push({ kind: "call", callee: callee.index, values });
  }

  built(does: string): CodeFunction {
    const { parameterCount: parameters, locals, prologue, body } = this;
    return { parameters, locals, body: [...prologue, ...body], does };
  }

  /** The statements that `write` adds. */
  private inside(write: () => void): CodeStatement[] {
    const outside = this.body;
    const inside: CodeStatement[] = [];
    this.body = inside;
    write();
    this.body = outside;
    return inside;
  }

  private declare<T extends ValueType>(type: T): LocalVariable<T> {
    this.locals.push(type);
    return localOf(type, this.parameterCount + this.locals.length - 1);
  }
}

function localOf<T extends ValueType>(type: T, index: number): LocalVariable<T> {
  return { kind: "local", type, index, constant: null };
}

export class ModuleBuilder implements CodeModule {
  readonly functions: CodeFunction[] = [];
  readonly exports: { readonly name: string; readonly index: number }[] = [];
  private readonly shared = new Map<string, FunctionReference>();
  /** The address of memory that a kernel may use while it runs. */
  readonly scratch: I32;

  /** The machine for which kernels are written. */
  readonly machine: Machine;

  constructor(scratch: number, machine: Machine) {
    this.scratch = i32.const(scratch);
    this.machine = machine;
  }

  /**
   * A function with `parameters` i32 parameters. Functions that it calls are made before it or inside
   * `write`.
   */
  function(parameters: number, write: (f: FunctionBuilder) => void, does = ""): FunctionReference {
    const builder = new FunctionBuilder(this, parameters);
    write(builder);
    const reference = { index: this.functions.length, parameters };
    this.functions.push(builder.built(does));
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

  /** Makes one function of those that differ only in numbers. The module is complete then: references are out of date. */
  share(): void {
    const kernels = [...this.shared.values()].map(({ index }) => index);
    const kept = new Set([...kernels, ...this.exports.map(({ index }) => index)]);
    const { functions, indexOf } = shareFunctions(this.functions, kept);
    this.functions.splice(0, this.functions.length, ...functions);
    const exports = this.exports.map(({ name, index }) => ({ name, index: indexOf(index) }));
    this.exports.splice(0, exports.length, ...exports);
  }
}
