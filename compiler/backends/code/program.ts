// Makes the code of a ranking program: functions `request` and `candidates`, which take the
// number of candidates and of each history's steps. Every value has an address in its one memory. In programs of sessions
// that take events, `append` computes the values that an event changes, by the functions of `request` with fewer rows.

import { invariant, unreachable } from "../../common/internal-error.ts";
import { fileAndLine, type Span } from "../../common/source-file.ts";
import type { NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import type { Mode } from "../contract/emit-options.ts";
import { appendedValues, savedValues } from "../serving/appended-values.ts";
import {
  callsOf,
  originsOf,
  type Plan,
  type PlannedArgument,
  type PlannedCall,
  type PlannedLoop,
  type PlannedStep,
  stepText,
  type ValueLocation,
} from "../serving/plan.ts";
import { planFused } from "../serving/planner.ts";
import { functionsOfEvents, type StepEmitter } from "./appending.ts";
import { type Arena, layOut } from "./arena.ts";
import { type FunctionBuilder, type FunctionReference, ModuleBuilder } from "./builder.ts";
import type { CodeModule, I32 } from "./code.ts";
import { i32, store } from "./expressions.ts";
import { emitFusion } from "./fused-loop.ts";
import { packWeights, quantisedMatmul } from "./kernels/quantised.ts";
import { emitKernel, hasTwin, type TwinValue } from "./kernels/registry.ts";
import { sparseMatmul, sparseProduct } from "./kernels/sparse.ts";
import type { Machine } from "./machine.ts";
import { emitPairs } from "./pairs.ts";
import { type QuantisedProduct, quantisedProducts } from "./quantise.ts";
import { RowCounts } from "./row-counts.ts";

export interface RankingCode {
  readonly plan: Plan;
  readonly arena: Arena;
  /** The descriptions of its functions contain locations in the spec: `matmul, model.din:32`. */
  readonly code: CodeModule;
  /** Products that are computed in 16-bit integers, each call once. */
  readonly quantised: readonly QuantisedProduct[];
  /** The values that a session keeps for later events; null if sessions take none. */
  readonly saved: ReadonlySet<NodeId> | null;
}

/** Pages of 64 KiB: 1 GiB for the values of a request and a block of candidates. */
const MOST_PAGES = 16384;

/**
 * Tells whether every kernel that the plan calls has a twin. Those for ranking have one, and none that only
 * training uses.
 */
export function hasTwins(plan: Plan): boolean {
  return [...plan.calls.request, ...plan.calls.candidate]
    .flatMap(callsOf)
    .every(({ kernel }) => hasTwin(kernel));
}

/**
 * `longest` gives the largest number of steps of a history; null if the values of such long histories do not
 * fit. `originText` names a location in the spec. `keeps`: values of the request that sessions keep anyway, if they take events.
 */
export function rankingCode(
  graph: ValidGraph,
  longest: (history: string) => number,
  mode: Mode,
  machine: Machine,
  beside?: ReadonlySet<string>,
  originText: (origin: Span) => string = fileAndLine,
  keeps: ReadonlySet<NodeId> | null = null,
): RankingCode | null {
  const plan = planFused(graph, beside, keeps !== null);
  const calls = quantisedProducts(plan, mode);
  const quantised = [...calls.values()];
  const appended = keeps === null ? null : appendedValues(graph, plan);
  const saved =
    keeps === null || appended === null
      ? null
      : new Set([...[...keeps].filter((id) => plan.kept.has(id)), ...savedValues(plan, appended)]);
  const arena = layOut(plan, longest, quantised, saved);
  if (arena.pages > MOST_PAGES) return null;
  const module = new ModuleBuilder(arena.scratch, machine);
  const emitter = new Emitter(module, plan, arena, calls, originText);
  if (appended === null) module.export("request", emitter.request());
  else {
    const { request, append } = functionsOfEvents(emitter, graph, appended);
    module.export("request", request);
    module.export("append", append);
  }
  module.export("candidates", emitter.candidates());
  if (plan.projections.length > 0) module.export("project", emitter.project());
  return { plan, arena, code: module, quantised, saved };
}

/**
 * Functions take the number of candidates, then that of each history's steps, then the number of earlier
 * candidates, or of the steps that a session computed before. Functions for a step of a loop over time also take the time.
 */
class Emitter implements StepEmitter {
  readonly module: ModuleBuilder;
  readonly plan: Plan;
  readonly arena: Arena;
  private readonly quantised: ReadonlyMap<PlannedCall, QuantisedProduct>;
  private readonly originText: (origin: Span) => string;
  readonly counts: number;

  constructor(
    module: ModuleBuilder,
    plan: Plan,
    arena: Arena,
    quantised: ReadonlyMap<PlannedCall, QuantisedProduct>,
    originText: (origin: Span) => string,
  ) {
    this.originText = originText;
    this.module = module;
    this.plan = plan;
    this.arena = arena;
    this.quantised = quantised;
    this.counts = 1 + plan.histories.length;
  }

  request(): FunctionReference {
    const steps = this.plan.calls.request.map((step) => this.step(step));
    return this.module.function(this.counts, (f) => {
      this.packOnce(f);
      for (const step of steps) f.call(step, ...this.parameters(f, this.counts), i32.const(0));
    });
  }

  /**
   * Parameters: the table, the number of its rows at `arena.projected`, and the number of rows projected
   * before.
   */
  project(): FunctionReference {
    const { tables, projected } = this.arena;
    return this.module.function(3, (f) => {
      const [wanted, rows, before] = this.parameters(f, 3) as [I32, I32, I32];
      for (const [i, { cell, projection }] of tables.entries()) {
        if (projection === null) continue;
        const { weights, inner, outer } = projection;
        f.if(i32.eq(wanted, i32.const(i)), () => {
          const out = i32.add(i32.load(i32.const(cell)), i32.mul(before, i32.const(4 * outer)));
          const at = i32.const(this.arena.addressOf(weights));
          emitKernel(f, "matmul", [
            f.local(out),
            i32.const(projected),
            at,
            rows,
            i32.const(inner),
            i32.const(outer),
            false,
          ]);
        });
      }
    });
  }

  /** The first request packs the weights, because they exist by then; they stay packed. */
  private packOnce(f: FunctionBuilder): void {
    const { packed, packedFlag } = this.arena;
    if (packed.length === 0) return;
    const flag = i32.const(packedFlag);
    f.if(i32.eq(i32.load(flag), i32.const(0)), () => {
      for (const { weights, inner, outer, address } of packed)
        packWeights(f, i32.const(address), i32.const(this.arena.addressOf(weights)), inner, outer);
      f.do(store.i32(flag, i32.const(1)));
    });
  }

  candidates(): FunctionReference {
    const { calls, middle, kept } = this.plan;
    const steps = calls.candidate.map((step) => this.step(step));
    const { from, to } = middle ?? { from: steps.length, to: steps.length };
    return this.module.function(this.counts, (f) => {
      const [all, ...lengths] = this.parameters(f, this.counts) as [I32, ...I32[]];
      // A session that was loaded has had no request.
      if (kept.size > 0) this.packOnce(f);
      const call = (some: readonly FunctionReference[], count: I32, first: I32) => {
        for (const step of some) f.call(step, count, ...lengths, first);
      };
      call(steps.slice(0, from), all, i32.const(0));
      if (from < to) {
        const few = this.candidatesAtATime(f, lengths);
        const first = f.local(i32.const(0));
        const count = f.local(i32.const(0));
        f.while(i32.gt(all, first), () => {
          const left = f.local(i32.sub(all, first));
          f.set(count, i32.select(i32.gt(left, few), few, left));
          call(steps.slice(from, to), count, first);
          f.advance(first, few);
        });
      }
      call(steps.slice(to), all, i32.const(0));
    });
  }

  /**
   * As many candidates as have few steps together, rounded to a multiple of four if possible, because four
   * fill a tile of a product.
   */
  private candidatesAtATime(f: FunctionBuilder, lengths: readonly I32[]): I32 {
    const longest = f.local(i32.const(1));
    for (const length of lengths) f.set(longest, i32.select(i32.gt(length, longest), length, longest));
    const few = f.local(i32.div(i32.const(this.arena.pairs), longest));
    f.if(
      i32.gt(few, i32.const(3)),
      () => f.set(few, i32.sub(few, i32.and(few, i32.const(3)))),
      () => f.set(few, i32.select(few, few, i32.const(1))),
    );
    return few;
  }

  parameters(f: FunctionBuilder, count: number): I32[] {
    return Array.from({ length: count }, (_, i) => f.parameter(i));
  }

  step(step: PlannedStep): FunctionReference {
    const parameters = this.counts + 1;
    const does = this.described(step);
    switch (step.kind) {
      case "call":
        return this.module.function(parameters, (f) => this.call(f, step, null), does);
      case "fused":
        return this.overValues(emitFusion, step);
      case "pairs":
        return this.overValues(emitPairs, step);
      case "loop":
        return this.loop(step, false);
      default:
        return unreachable(step, "step");
    }
  }

  loop(step: PlannedLoop, isFrom: boolean): FunctionReference {
    const parameters = this.counts + 1;
    const calls = step.calls.map((call) =>
      this.module.function(
        parameters + 1,
        (f) => this.call(f, call, f.parameter(parameters)),
        this.described(call),
      ),
    );
    const loop = (f: FunctionBuilder) => {
      const values = this.parameters(f, parameters);
      const steps = new RowCounts(f, this.plan.histories).of({ ...step.over, per: "request" });
      const first = isFrom ? f.parameter(this.counts) : i32.const(0);
      const time = f.local(step.reverse ? i32.sub(steps, i32.const(1)) : first);
      f.repeat(isFrom ? i32.sub(steps, first) : steps, () => {
        for (const call of calls) f.call(call, ...values, time);
        f.advance(time, step.reverse ? -1 : 1);
      });
    };
    return this.module.function(parameters, loop, this.described(step));
  }

  /** A function whose body reads values where they are. */
  private overValues<S extends PlannedStep>(
    emit: (
      f: FunctionBuilder,
      step: S,
      addressOf: (location: ValueLocation, stride: number | null) => I32,
      counts: RowCounts,
    ) => void,
    step: S,
  ): FunctionReference {
    const body = (f: FunctionBuilder) =>
      emit(
        f,
        step,
        (location, stride) => this.addressOf(f, location, stride),
        new RowCounts(f, this.plan.histories),
      );
    return this.module.function(this.counts + 1, body, this.described(step));
  }

  private addressOf(f: FunctionBuilder, location: ValueLocation, stride: number | null): I32 {
    const cell = this.arena.cellOf(location);
    if (cell !== null) return f.local(i32.load(i32.const(cell)));
    const address = i32.const(this.arena.addressOf(location));
    return stride === null
      ? address
      : f.local(i32.add(i32.mul(f.parameter(this.counts), i32.const(4 * stride)), address));
  }

  private call(f: FunctionBuilder, call: PlannedCall, time: I32 | null): void {
    const counts = new RowCounts(f, this.plan.histories);
    const quantised = this.quantised.get(call);
    if (quantised !== undefined) this.quantisedCall(f, quantised, counts);
    else
      this.callOf(
        f,
        call,
        call.arguments.map((argument) => this.valueOf(f, argument, counts, time)),
      );
  }

  callOf(f: FunctionBuilder, call: PlannedCall, values: readonly TwinValue[]): void {
    const sparse = sparseProduct(call);
    if (sparse !== null) {
      const [out, x, w, rows] = values as [I32, I32, I32, I32];
      sparseMatmul(f, out, x, w, rows, sparse.inner, sparse.outer);
    } else emitKernel(f, call.kernel, values);
  }

  private quantisedCall(f: FunctionBuilder, product: QuantisedProduct, counts: RowCounts): void {
    const [out, x, rows] = [product.out, product.x, product.rows].map((argument) => {
      const value = this.valueOf(f, argument, counts, null);
      invariant(typeof value === "object" && "type" in value, "an address or a count");
      return value;
    }) as [I32, I32, I32];
    const packed = i32.const(this.arena.packedAddressOf(product));
    quantisedMatmul(f, out, x, packed, rows, product.inner, product.outer);
  }

  valueOf(f: FunctionBuilder, argument: PlannedArgument, counts: RowCounts, time: I32 | null): TwinValue {
    switch (argument.kind) {
      case "value":
        return this.addressOf(f, argument.location, argument.stride);
      case "number":
        return i32.const(argument.value);
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
  }

  described(step: PlannedStep): string {
    return [stepText(step), ...new Set(originsOf(step).map(this.originText))].join(", ");
  }
}
