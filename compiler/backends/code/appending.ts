// Makes the functions of a request whose values a session keeps: `request`, and `append`, which computes the values that an
// event changes. Both call the same functions of steps, which take the first row to compute, so a row has the same bits.

import { invariant, unreachable } from "../../common/internal-error.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import { type AppendedValue, type AppendWay, idOf, nodeOf } from "../serving/appended-values.ts";
import type { Plan, PlannedArgument, PlannedCall, PlannedLoop, PlannedStep } from "../serving/plan.ts";
import type { Arena } from "./arena.ts";
import type { FunctionBuilder, FunctionReference, ModuleBuilder } from "./builder.ts";
import type { I32 } from "./code.ts";
import { i32 } from "./expressions.ts";
import { emitKernel, emitLastQueries, type TwinValue } from "./kernels/registry.ts";
import { RowCounts } from "./row-counts.ts";

/** Emits the steps of a plan. */
export interface StepEmitter {
  readonly module: ModuleBuilder;
  readonly plan: Plan;
  readonly arena: Arena;
  /** The number of parameters for candidates and steps. */
  readonly counts: number;
  parameters(f: FunctionBuilder, count: number): I32[];
  /** The function of a step for all rows. */
  step(step: PlannedStep): FunctionReference;
  /** `isFrom`: the first step is the function's last parameter instead of the history's first or last one. */
  loop(step: PlannedLoop, isFrom: boolean): FunctionReference;
  callOf(f: FunctionBuilder, call: PlannedCall, values: readonly TwinValue[]): void;
  valueOf(f: FunctionBuilder, argument: PlannedArgument, counts: RowCounts, time: I32 | null): TwinValue;
  described(step: PlannedStep): string;
}

/**
 * The parameters of `append` are the history's number, the counts of a request, the first new step, and the first step whose
 * recurrences and causal attention are computed.
 */
export function functionsOfEvents(
  emitter: StepEmitter,
  { nodes }: ValidGraph,
  values: ReadonlyMap<NodeId, AppendedValue>,
): { readonly request: FunctionReference; readonly append: FunctionReference } {
  const { module, plan, counts } = emitter;
  const steps = plan.calls.request.map((step) => {
    const value = values.get(nodeOf(step))!;
    return { value, does: functionFrom(emitter, step, value, nodes) };
  });
  const request = module.function(counts, (f) => {
    for (const { does } of steps) f.call(does, ...emitter.parameters(f, counts), i32.const(0));
  });
  const append = module.function(counts + 3, (f) => {
    const [wanted, ...given] = emitter.parameters(f, counts + 3) as [I32, ...I32[]];
    const [from, since] = given.slice(counts) as [I32, I32];
    for (const [i, history] of plan.histories.entries())
      f.if(i32.eq(wanted, i32.const(i)), () => {
        for (const { does, value } of steps)
          if (value.histories.has(history))
            f.call(does, ...given.slice(0, counts), firstOf(value.way, from, since));
      });
  });
  return { request, append };
}

/** The first row that an event computes. */
function firstOf(way: AppendWay, from: I32, since: I32): I32 {
  switch (way) {
    case "step":
      return from;
    case "prefix":
    case "state":
    case "causal":
      return since;
    case "fixed":
    case "whole":
      return i32.const(0);
    default:
      return unreachable(way, "way");
  }
}

/** The function of a step for the rows from its last parameter on, or for all rows if an event changes all. */
function functionFrom(
  emitter: StepEmitter,
  step: PlannedStep,
  { node, way, histories }: AppendedValue,
  nodes: ValidGraph["nodes"],
): FunctionReference {
  if (way === "fixed" || way === "whole") return emitter.step(step);
  const [history] = histories;
  invariant(history !== undefined && histories.size === 1, "steps of one history");
  if (step.kind === "loop") return emitter.loop(step, true);
  invariant(step.kind === "call", "a value of a kept request is not fused");
  const { module, plan, counts } = emitter;
  const write = (f: FunctionBuilder) => {
    const first = f.parameter(counts);
    const all = new RowCounts(f, plan.histories);
    const news = new RowCounts(f, plan.histories, { history, first });
    const place = (argument: PlannedArgument, rowCounts: RowCounts): TwinValue => {
      const value = emitter.valueOf(f, argument, rowCounts, null);
      if (argument.kind !== "value") return value;
      const { rows, dims } = nodes[idOf(argument)]!.type;
      if (!rowCounts.isNew(rows)) return value;
      return f.local(i32.add(value as I32, i32.mul(first, i32.const(4 * sizeOf(dims)))));
    };
    const values = (rowCounts: RowCounts) => step.arguments.map((argument) => place(argument, rowCounts));
    switch (way) {
      case "step":
      case "prefix":
        return emitter.callOf(f, step, values(news));
      case "causal":
        return emitLastQueries(f, first, queriesFrom(values(news), values(all)));
      case "state":
        return f.if(
          i32.eq(first, i32.const(0)),
          () => emitter.callOf(f, step, values(all)),
          () => takeState(emitter, f, step, node, all, first),
        );
      default:
        return unreachable(way, "way");
    }
  };
  return module.function(counts + 1, write, emitter.described(step));
}

/** The arguments of attention: the result, the queries and their number are of the new steps, and the keys of all. */
function queriesFrom(news: readonly TwinValue[], all: readonly TwinValue[]): readonly TwinValue[] {
  const [out, q, , , , queries] = news;
  const [, , k, v, rows, , ...others] = all;
  return [out!, q!, k!, v!, rows!, queries!, ...others];
}

/** A recurrence continues from its state after the step before `first`; `call` would begin it. */
function takeState(
  emitter: StepEmitter,
  f: FunctionBuilder,
  call: PlannedCall,
  { id, type }: Node,
  counts: RowCounts,
  first: I32,
): void {
  const [state] = call.arguments;
  const slot = emitter.plan.kept.get(id);
  invariant(state !== undefined && slot !== undefined, "a recurrence without a state");
  emitKernel(f, "takeStep", [
    emitter.valueOf(f, state, counts, null),
    i32.const(emitter.arena.addressOf({ kind: "slot", slot })),
    i32.const(1),
    counts.of(type.rows),
    i32.sub(first, i32.const(1)),
    i32.const(sizeOf(type.dims)),
  ]);
}
