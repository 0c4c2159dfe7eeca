// Makes the WebAssembly module of a ranking program: functions `request` and `candidates`, which take how many candidates
// there are and how many steps each history has, over one memory in which every value has its place.

import type { ValidGraph } from "../../graph/graph.ts";
import { invariant, unreachable } from "../../internal-error.ts";
import { type Plan, type PlannedCall, type PlannedStep, planFused } from "../typescript/plan.ts";
import { type Arena, layOut } from "./arena.ts";
import { emitFusion } from "./fused-loop.ts";
import { type I32, i32, unsigned } from "./instructions.ts";
import { emitKernel, hasTwin, type TwinValue } from "./kernels/registry.ts";
import { type Encoded, type FunctionBuilder, type FunctionReference, ModuleBuilder } from "./module.ts";
import { RowCounts } from "./row-counts.ts";

export interface WasmProgram {
  readonly plan: Plan;
  readonly arena: Arena;
  readonly encoded: Encoded;
}

/** Whether WebAssembly has all that the plan calls: it has what ranking needs, and nothing that only training does. */
export function hasWasm(plan: Plan): boolean {
  return [...plan.calls.request, ...plan.calls.candidate]
    .flatMap((step) => (step.kind === "loop" ? step.calls : step.kind === "call" ? [step] : []))
    .every(({ kernel }) => hasTwin(kernel));
}

/** `longest` steps that a history may have. */
export function wasmProgram(graph: ValidGraph, longest: (history: string) => number): WasmProgram {
  const plan = planFused(graph);
  const arena = layOut(plan, longest);
  const module = new ModuleBuilder(arena.scratch);
  const emitter = new Emitter(module, plan, arena);
  module.export("request", emitter.phase(plan.calls.request));
  module.export("candidates", emitter.phase(plan.calls.candidate));
  return { plan, arena, encoded: module.encode(arena.pages) };
}

class Emitter {
  private readonly module: ModuleBuilder;
  private readonly plan: Plan;
  private readonly arena: Arena;
  /** Of the functions that are no step of a loop over time; those have the time as well. */
  private readonly parameters: number;

  constructor(module: ModuleBuilder, plan: Plan, arena: Arena) {
    this.module = module;
    this.plan = plan;
    this.arena = arena;
    this.parameters = 1 + plan.histories.length;
  }

  phase(steps: readonly PlannedStep[]): FunctionReference {
    const functions = steps.map((step) => this.step(step));
    return this.module.function(this.parameters, (f) => {
      const values = Array.from({ length: this.parameters }, (_, i) => f.parameter(i));
      for (const each of functions) f.call(each, ...values);
    });
  }

  private step(step: PlannedStep): FunctionReference {
    switch (step.kind) {
      case "call":
        return this.module.function(this.parameters, (f) => this.call(f, step, null));
      case "fused":
        return this.module.function(this.parameters, (f) =>
          emitFusion(
            f,
            step,
            (location) => i32.const(this.arena.addressOf(location)),
            new RowCounts(f, this.plan.histories),
          ),
        );
      case "loop": {
        const calls = step.calls.map((call) =>
          this.module.function(this.parameters + 1, (f) => this.call(f, call, f.parameter(this.parameters))),
        );
        return this.module.function(this.parameters, (f) => {
          const values = Array.from({ length: this.parameters }, (_, i) => f.parameter(i));
          const steps = new RowCounts(f, this.plan.histories).of({ ...step.over, per: "request" });
          const time = f.local(step.reverse ? i32.sub(steps, i32.const(1)) : i32.const(0));
          f.repeat(steps, () => {
            for (const call of calls) f.call(call, ...values, time);
            f.advance(time, step.reverse ? -1 : 1);
          });
        });
      }
      default:
        return unreachable(step, "step");
    }
  }

  private call(f: FunctionBuilder, { kernel, arguments: values }: PlannedCall, time: I32 | null): void {
    const counts = new RowCounts(f, this.plan.histories);
    emitKernel(
      f,
      kernel,
      values.map((argument): TwinValue => {
        switch (argument.kind) {
          case "value":
            return i32.const(this.arena.addressOf(argument.location));
          case "number":
            return { ...i32.const(Math.trunc(argument.value)), constant: argument.value };
          case "numbers":
            return argument.values;
          case "flag":
            return argument.value;
          case "count":
            return i32.mul(counts.of(argument.rows), i32.const(argument.times));
          case "time":
            invariant(time !== null, "the time of no loop");
            return time;
          default:
            return unreachable(argument, "argument");
        }
      }),
    );
  }
}

/** A program's code as generated modules carry it: see `startWasm`. */
export function embedded({ encoded: { plain, firsts, seconds } }: WasmProgram): {
  code: string;
  fused: string;
} {
  const halves = [
    ...firsts.map((place) => ({ place, second: 0 })),
    ...seconds.map((place) => ({ place, second: 1 })),
  ].toSorted((a, b) => a.place - b.place);
  const bytes = halves.flatMap(({ place, second }, i) =>
    unsigned(2 * (place - (halves[i - 1]?.place ?? 0)) + second),
  );
  return { code: toBase64(plain), fused: toBase64(Uint8Array.from(bytes)) };
}

function toBase64(bytes: Uint8Array): string {
  return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));
}
