// Emits a loop over elementwise ops (fuse.ts). Each number of its leaves is read once, each of its root is
// written once, and intermediate values stay in registers.

import type { NodeId } from "../../middle/graph/graph.ts";
import { opUse } from "../../middle/graph/narrow.ts";
import { type StepsRows, sizeOf } from "../../middle/graph/types.ts";
import { operandsOf } from "../../middle/ops/registry.ts";
import { splitLast } from "../../middle/ops/support/shapes.ts";
import type { PlannedFusion, PlannedLeaf, ValueLocation } from "../serving/plan.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { I32, LocalVariable, Vector } from "./code.ts";
import { i32 } from "./expressions.ts";
import { computeMembers } from "./members.ts";
import type { RowCounts } from "./row-counts.ts";
import { addressAt, eachVector, eachVectorOf, load, loadSplat, save } from "./vectors.ts";

/** An input of a loop, and how the loop advances through it. */
interface Stream extends Pick<PlannedLeaf, "by"> {
  readonly operand: NodeId;
  readonly base: I32;
  /** The address of the ids of its rows. */
  readonly ids: I32 | null;
  /** Whether it has a number for each column; else one for all. */
  readonly byColumn: boolean;
  readonly bytesOfRow: number;
}

export function emitFusion(
  f: FunctionBuilder,
  step: PlannedFusion,
  addressOf: (location: ValueLocation, stride: number | null) => I32,
  counts: RowCounts,
): void {
  const { rows, dims } = step.fusion.root.type;
  const { lead, last } = splitLast(dims);
  const out = addressOf(step.output, step.stride);
  const constants = new Map<NodeId, Vector>();
  const streams: Stream[] = [];
  for (const [operand, leaf] of step.leaves) {
    if (leaf.constant !== null) constants.set(operand, f.constant(leaf.constant));
    else
      streams.push({
        operand,
        base: addressOf(leaf.location, leaf.stride),
        ids: leaf.ids === null ? null : addressOf(leaf.ids.location, leaf.ids.stride),
        by: leaf.by,
        byColumn: splitLast(leaf.type.dims).last === last,
        bytesOfRow: 4 * sizeOf(leaf.type.dims),
      });
  }
  const { root, members } = step.fusion;
  const computed = members.map((member) => ({
    ...opUse(member.op, member.attributes),
    key: member.id,
    operands: operandsOf(member),
  }));
  const compute = (values: ReadonlyMap<NodeId, Vector>): Vector =>
    computeMembers(f, computed, [root.id], new Map([...constants, ...values]))(root.id);
  const count = counts.of(rows);
  const isOneLine = streams.every(
    ({ by, byColumn, bytesOfRow }) => (by === "row" && byColumn) || (by === "all" && bytesOfRow === 4),
  );
  if (isOneLine) {
    line(f, streams, out, i32.mul(count, i32.const(sizeOf(dims))), compute);
    return;
  }
  const isPlain = streams.every(({ byColumn }) => byColumn);
  const shape = isPlain ? { lead: 1, width: sizeOf(dims) } : { lead: sizeOf(lead), width: last };
  const inStep = streams.some(({ by }) => by === "candidate" || by === "step");
  const stepsEach = inStep && rows.kind === "steps" ? counts.of(requestSteps(rows)) : null;
  grid(f, streams, out, { ...shape, count, candidates: counts.candidates, stepsEach }, compute);
}

function requestSteps(rows: StepsRows): StepsRows {
  return { ...rows, per: "request" };
}

type Compute = (values: ReadonlyMap<NodeId, Vector>) => Vector;

/** All numbers in one sequence. */
function line(
  f: FunctionBuilder,
  streams: readonly Stream[],
  out: I32,
  numbers: I32,
  compute: Compute,
): void {
  const single = new Map(
    streams.flatMap(({ by, operand, base }) =>
      by === "all" ? [[operand, f.local(loadSplat(addressAt(base)))] as const] : [],
    ),
  );
  eachVectorOf(f, numbers, (offset, lanes) => {
    const values = new Map<NodeId, Vector>(single);
    for (const { by, operand, base } of streams)
      if (by === "row") values.set(operand, f.local(load(addressAt(base, offset), lanes)));
    save(f, addressAt(out, offset), compute(values), lanes);
  });
}

interface Grid {
  readonly count: I32;
  readonly candidates: I32;
  /** The number of steps of each candidate, if the loop goes through candidates and their steps. */
  readonly stepsEach: I32 | null;
  readonly lead: number;
  readonly width: number;
}

function grid(f: FunctionBuilder, streams: readonly Stream[], out: I32, shape: Grid, compute: Compute): void {
  const { count, candidates, stepsEach, lead, width } = shape;
  const to = f.local(out);
  const pointers = new Map<NodeId, LocalVariable<"i32">>(
    streams.map(({ operand, base }) => [operand, f.local<"i32">(base)]),
  );
  const advance = (by: Stream["by"]) => {
    for (const stream of streams)
      if (stream.by === by) f.advance(pointers.get(stream.operand)!, stream.bytesOfRow);
  };
  const named = streams.flatMap(({ operand, base, ids, bytesOfRow }) =>
    ids === null ? [] : [{ operand, base, bytesOfRow, id: f.local<"i32">(ids) }],
  );
  const row = () => {
    for (const { operand, base, bytesOfRow, id } of named) {
      f.set(pointers.get(operand)!, i32.add(base, i32.mul(i32.load(id), i32.const(bytesOfRow))));
      f.advance(id, 4);
    }
    numbersOfRow(f, streams, pointers, to, { lead, width }, compute);
    f.advance(to, 4 * lead * width);
    advance("row");
  };
  if (stepsEach === null) {
    f.repeat(count, row);
    return;
  }
  f.repeat(candidates, () => {
    for (const { by, operand, base } of streams) if (by === "step") f.set(pointers.get(operand)!, base);
    f.repeat(stepsEach, () => {
      row();
      advance("step");
    });
    advance("candidate");
  });
}

/** One row [lead, width]. A value with one number for all columns is read once. */
function numbersOfRow(
  f: FunctionBuilder,
  streams: readonly Stream[],
  pointers: ReadonlyMap<NodeId, LocalVariable<"i32">>,
  to: LocalVariable<"i32">,
  { lead, width }: { lead: number; width: number },
  compute: Compute,
): void {
  const wide = f.local(i32.const(0));
  const narrow = f.local(i32.const(0));
  const within = (base: I32, offset: I32) => (lead === 1 ? base : i32.add(base, offset));
  f.repeat(i32.const(lead), () => {
    const single = new Map<NodeId, Vector>();
    for (const { operand, byColumn } of streams)
      if (!byColumn)
        single.set(operand, f.local(loadSplat(addressAt(within(pointers.get(operand)!, narrow)))));
    eachVector(f, width, (offset, lanes) => {
      const values = new Map<NodeId, Vector>(single);
      for (const { operand, byColumn } of streams)
        if (byColumn)
          values.set(operand, f.local(load(addressAt(within(pointers.get(operand)!, wide), offset), lanes)));
      save(f, addressAt(within(to, wide), offset), compute(values), lanes);
    });
    if (lead > 1) {
      f.advance(wide, 4 * width);
      f.advance(narrow, 4);
    }
  });
  if (lead > 1) {
    f.set(wide, i32.const(0));
    f.set(narrow, i32.const(0));
  }
}
