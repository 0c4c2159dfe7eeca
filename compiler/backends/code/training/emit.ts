// Makes the code of a training step, or of a prediction. Each phase has a function for a slice
// and one that runs after the slices. Both take the address of the calling thread's scratch space.

import { InternalError, invariant, unreachable } from "../../../common/internal-error.ts";
import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { opUse } from "../../../middle/graph/narrow.ts";
import { type Rows, type StepsRows, sizeOf } from "../../../middle/graph/types.ts";
import { operandsOf } from "../../../middle/ops/registry.ts";
import { splitLast } from "../../../middle/ops/support/shapes.ts";
import { loweringOf } from "../../contract/lowering.ts";
import { type FunctionBuilder, type FunctionReference, ModuleBuilder } from "../builder.ts";
import type { CodeModule, I32 } from "../code.ts";
import { f32, i32, vector } from "../expressions.ts";
import { unless } from "../kernels/gemm.ts";
import { transpose } from "../kernels/rows.ts";
import type { Machine } from "../machine.ts";
import { addressAt, copy, eachVectorOf, load, save } from "../vectors.ts";
import { type BlockKind, SLICES } from "./blocks.ts";
import { PARAMETER_COUNT, PARAMETERS, UnitContext, type WorkRange } from "./context.ts";
import { domainOf, isOwner } from "./domains.ts";
import type { OpSite } from "./lowering.ts";
import { attentionGradients } from "./lowerings/attention.ts";
import { lowerings } from "./lowerings/index.ts";
import { emitIndex } from "./lowerings/lookups.ts";
import { facedOrBack, pairs } from "./lowerings/pairs.ts";
import { type MemoryPlan, planMemory, type StepSlot, wordAddress } from "./memory-plan.ts";
import { emitNumbers, type Stream } from "./numbers.ts";
import { type Loop, type StepPhase, type StepSchedule, schedule, type Unit } from "./schedule.ts";
import { afterSlicesOf, slicesOf } from "./shared-by-threads.ts";

export interface StepModule {
  readonly schedule: StepSchedule;
  readonly places: MemoryPlan;
  readonly phases: number;
}

export interface EmittedStep {
  readonly step: StepModule;
  readonly code: CodeModule;
}

/** `held` names the tables that are read and updated in place. */
export function emitStep(graph: ValidGraph, machine: Machine, held: ReadonlySet<string>): EmittedStep {
  const planned = schedule(graph, held);
  const places = planMemory(planned);
  const module = new ModuleBuilder(0, machine);
  const emitter = new Emitter(module, planned, places);
  planned.phases.forEach((phase, k) => {
    module.export(slicesOf(k), emitter.slices(phase));
    module.export(afterSlicesOf(k), emitter.after(phase));
  });
  module.share();
  return { step: { schedule: planned, places, phases: planned.phases.length }, code: module };
}

class Emitter {
  private readonly module: ModuleBuilder;
  private readonly schedule: StepSchedule;
  private readonly places: MemoryPlan;

  constructor(module: ModuleBuilder, planned: StepSchedule, places: MemoryPlan) {
    this.module = module;
    this.schedule = planned;
    this.places = places;
  }

  /** Parameters: the slice, the scratch space. */
  slices(phase: StepPhase): FunctionReference {
    const runs = phase.runs.map(({ blocks, units }) => ({
      blocks,
      units: units.map((unit) => this.unit(unit, { kind: "block" })),
    }));
    const inTables = phase.tables.flatMap(({ rows, units }) =>
      units.map((unit) => this.unit(unit, { kind: "table", rows })),
    );
    const shared = phase.shared.map((unit) => this.sharedUnit(unit));
    const tasks = phase.tasks.map((units) => units.map((unit) => this.unit(unit, { kind: "whole" })));
    return this.module.function(2, (f) => {
      const [slice, scratch] = [f.parameter(0), f.parameter(1)];
      const none = i32.const(0);
      for (const [i, units] of tasks.entries())
        f.if(i32.eq(slice, i32.const(i % SLICES)), () => {
          for (const unit of units) f.call(unit, none, scratch, slice, i32.const(1));
        });
      for (const unit of [...shared, ...inTables]) f.call(unit, none, scratch, slice, i32.const(1));
      for (const run of runs) this.eachBlock(f, slice, scratch, run);
    });
  }

  private eachBlock(
    f: FunctionBuilder,
    slice: I32,
    scratch: I32,
    { blocks, units }: { readonly blocks: BlockKind; readonly units: readonly FunctionReference[] },
  ): void {
    const cut = f.local(i32.add(i32.const(this.places.cutWords(blocks)), i32.shl(slice, 2)));
    const record = f.local(i32.load(cut));
    const end = f.local(i32.load(i32.add(cut, i32.const(4))));
    const first = f.local(i32.const(1));
    f.while(i32.sub(end, record), () => {
      for (const unit of units) f.call(unit, record, scratch, slice, first);
      f.set(first, i32.const(0));
      f.advance(record, 4 * this.places.axes.length);
    });
  }

  /** Parameters: the scratch space. */
  after(phase: StepPhase): FunctionReference {
    const units = phase.after.map((unit) => this.unit(unit, { kind: "whole" }));
    return this.module.function(1, (f) => {
      for (const unit of units) f.call(unit, i32.const(0), f.parameter(0), i32.const(0), i32.const(1));
    });
  }

  private unit(unit: Unit, range: WorkRange): FunctionReference {
    const write = (f: FunctionBuilder) => {
      const c = new UnitContext(f, this.schedule.reads, this.places, range);
      switch (unit.kind) {
        case "loop":
          emitNumbersOf(c, unit, null);
          break;
        case "merge":
          this.merge(c, unit.node, i32.const(0), i32.const(sizeOf(unit.node.type.dims)));
          break;
        case "index": {
          const { starts, places } = this.places.indexOf(unit.ids.id, unit.rows);
          emitIndex(f, {
            ids: c.whole(unit.ids.id),
            count: i32.mul(c.countOfAll(unit.ids.type.rows), i32.const(sizeOf(unit.ids.type.dims))),
            ...{ rows: c.countOfAll(unit.rows), starts: c.baseOf(starts), places: c.baseOf(places) },
          });
          break;
        }
        case "transpose": {
          const [a, b] = this.schedule.graph.nodes[unit.weights]!.type.dims as readonly [number, number];
          const to = i32.const(this.places.transposedAddress(unit.weights));
          transpose(f, to, c.value(unit.weights), i32.const(1), i32.const(a), i32.const(b));
          break;
        }
        case "scatter":
          this.scatter(c, unit.node, unit.into);
          break;
        case "attention_gradients":
          this.attentionGradients(c, unit.nodes);
          break;
        case "pairs":
          pairs(c, unit.nodes, this.site(c, unit.nodes[0]!));
          break;
        case "op":
          if (unit.node.op === "table") this.gather(c, unit.node);
          else this.op(c, unit.node);
      }
    };
    return this.module.function(PARAMETER_COUNT, write, described(unit));
  }

  /** Computes this slice's share of the numbers of a value without rows. */
  private sharedUnit(unit: Unit): FunctionReference {
    const write = (f: FunctionBuilder) => {
      const c = new UnitContext(f, this.schedule.reads, this.places, { kind: "whole" });
      if (unit.kind === "loop") emitNumbersOf(c, unit, c.numbers(sizeOf(unit.type.dims)));
      else if (unit.kind === "merge") {
        const { from, count } = c.numbers(sizeOf(unit.node.type.dims));
        this.merge(c, unit.node, from, count);
      } else throw new InternalError(`${unit.kind} is not shared out by numbers`);
    };
    return this.module.function(PARAMETER_COUNT, write, described(unit));
  }

  private merge(c: UnitContext, node: Node, from: I32, count: I32): void {
    const { f } = c;
    const skipped = i32.mul(from, i32.const(4));
    const partial = f.local(i32.add(i32.const(this.places.partialAddress(node.id)), skipped));
    const to = f.local(i32.add(c.value(node.id), skipped));
    const stride = this.places.partialStride(node.id);
    const sum = (offset: I32, lanes: number) => {
      const at = (slice: number) => load(addressAt(i32.add(partial, offset), stride * slice), lanes);
      return Array.from({ length: SLICES - 1 }, (_, i) => i + 1).reduce(
        (total, slice) => vector.add(total, at(slice)),
        at(0),
      );
    };
    if (node.op !== "batch_mean") {
      eachVectorOf(f, count, (offset, lanes) => save(f, addressAt(to, offset), sum(offset, lanes), lanes));
      return;
    }
    const rows = c.countOfAll(this.schedule.graph.nodes[node.inputs[0]!]!.type.rows);
    const divisor = f.local(vector.splat(f32.fromI32(rows)));
    const isNone = unless(f, rows);
    const moving = c.value(node.inputs[1]!);
    eachVectorOf(f, count, (offset, lanes) => {
      const mean = vector.div(sum(offset, lanes), divisor);
      const before = load(addressAt(moving, offset), lanes);
      save(f, addressAt(to, offset), vector.select(before, mean, isNone), lanes);
    });
  }

  /** Reads rows of a held table by their numbers. */
  private gather(c: UnitContext, node: Node<"table">): void {
    const { rows, dims } = node.type;
    const { all } = this.places.rowNumbers(rows);
    const [table, width] = [node.attributes.name, sizeOf(dims)];
    this.eachHeldRow(c, { rows, numbers: all, table, width, values: c.value(node.id) }, (held, row) =>
      copy(c.f, row, held, width),
    );
  }

  private scatter(c: UnitContext, node: Node, into: string): void {
    const { rows, dims } = node.type;
    const { changed } = this.places.rowNumbers(rows);
    const width = sizeOf(dims);
    const held = { rows, numbers: changed, table: into, width, values: c.value(node.id) };
    this.eachHeldRow(c, held, (to, row) => copy(c.f, to, row, width));
  }

  /**
   * Runs `body` for each row of the slice that has a number, with its addresses in the held table and among
   * `values`.
   */
  private eachHeldRow(
    c: UnitContext,
    { rows, numbers, table, width, values }: HeldVectors,
    body: (held: I32, row: I32) => void,
  ): void {
    const { f } = c;
    const base = f.local(i32.load(i32.const(this.places.heldWord(table))));
    const number = f.local(i32.add(c.baseOf(numbers), i32.shl(c.firstRow(rows), 2)));
    const row = f.local(values);
    f.repeat(c.count(rows), () => {
      const found = f.local(i32.load(number));
      f.if(i32.gt(found, i32.const(-1)), () =>
        body(f.local(i32.add(base, i32.mul(found, i32.const(4 * width)))), row),
      );
      f.advance(number, 4);
      f.advance(row, 4 * width);
    });
  }

  private op(c: UnitContext, node: Node): void {
    const { graph, reads } = this.schedule;
    const faced = reads.faced(node);
    if (faced !== null) {
      facedOrBack(c, node, faced);
      return;
    }
    const lowering = loweringOf(lowerings, node.op);
    lowering(this.site(c, node), {
      attributes: node.attributes,
      inputs: node.inputs.map((input) => graph.nodes[input]!.type),
      output: node.type,
    });
  }

  private attentionGradients(c: UnitContext, nodes: readonly Node<"attention_gradient">[]): void {
    const first = nodes[0]!;
    const inputs = first.inputs.map((input) => this.schedule.graph.nodes[input]!.type);
    attentionGradients(this.site(c, first), inputs, first.attributes, (of) => {
      const node = nodes.find(({ attributes }) => attributes.of === of);
      return node === undefined ? null : c.value(node.id);
    });
  }

  private site(c: UnitContext, node: Node): OpSite {
    const { places } = this;
    const { graph } = this.schedule;
    return {
      f: c.f,
      // A reduction has no row of its own, only its partial sums.
      get output() {
        return c.value(node.id);
      },
      input: (place) => c.value(node.inputs[place]!),
      whole: (place) => c.whole(node.inputs[place]!),
      count: (rows) => c.count(rows),
      countOfAll: (rows) => c.countOfAll(rows),
      firstRow: (rows) => c.firstRow(rows),
      steps: (rows: StepsRows) => ({ kind: "starts", at: c.starts(rows) }),
      transposed: (place) => i32.const(places.transposedAddress(node.inputs[place]!)),
      scratch(place) {
        const found = places.scratchOf(node.id)[place];
        invariant(found !== undefined, `${node.op} has no room ${place}`);
        if (typeof found === "number") return i32.const(found);
        return i32.add(c.f.parameter(PARAMETERS.scratch), i32.load(i32.const(wordAddress(found.word))));
      },
      partial: () => ({ to: c.partial(node.id), first: c.first }),
      isOwner: (place) => isOwner(graph.nodes[node.inputs[place]!]!),
      index: (ids) => indexAt(c, places, node.inputs[ids]!, node.type.rows),
    };
  }
}

/** The computation of a unit, for people. */
function described(unit: Unit): string {
  switch (unit.kind) {
    case "loop":
      return `one loop: ${[...unit.members, ...unit.sums].map(({ op }) => op).join(", ")}`;
    case "op":
      return unit.node.op;
    case "attention_gradients":
      return "gradients of an attention";
    case "pairs":
      return `sums over pairs of steps: ${unit.nodes.map(({ op }) => op).join(", ")}`;
    case "merge":
      return `${unit.node.op}, of all slices`;
    case "index":
      return "places of ids";
    case "scatter":
      return `rows of table ${unit.into}`;
    case "transpose":
      return "transposed weights";
    default:
      return unreachable(unit, "unit");
  }
}

/** Rows of a batch with their numbers in a held table. */
interface HeldVectors {
  readonly rows: Rows;
  readonly numbers: StepSlot;
  readonly table: string;
  readonly width: number;
  /** Their address. */
  readonly values: I32;
}

function indexAt(c: UnitContext, places: MemoryPlan, ids: NodeId, rows: Rows): ReturnType<OpSite["index"]> {
  const index = places.indexOf(ids, rows);
  return {
    starts: i32.add(c.baseOf(index.starts), i32.shl(c.firstRow(rows), 2)),
    places: c.baseOf(index.places),
  };
}

/** `shared`: this slice's share of the numbers of a value without rows. */
function emitNumbersOf(c: UnitContext, loop: Loop, shared: { from: I32; count: I32 } | null): void {
  const { f, reads } = c;
  const { graph } = reads;
  const inside = new Set<NodeId>(loop.members.map(({ id }) => id));
  const size = sizeOf(loop.type.dims);
  const constants = new Map<NodeId, number>();
  const streams = new Map<NodeId, Stream>();
  const keyOf = (operand: NodeId): NodeId => {
    const { root } = reads.view(operand);
    return inside.has(root.id) ? root.id : operand;
  };
  const isOnce = domainOf(loop.type.rows) === "once";
  const { lead, last } = splitLast(loop.type.dims);
  const operands = [...loop.members.flatMap(operandsOf), ...loop.sums.map(({ inputs }) => inputs[0]!)];
  // Without repetition along a line, all lines can be treated as one.
  const isFlat = operands.every((id) => {
    const own = sizeOf(graph.nodes[id]!.type.dims);
    return own === size || own === 1;
  });
  const width = isFlat ? size : last;
  for (const operand of operands) {
    if (inside.has(keyOf(operand)) || streams.has(operand) || constants.has(operand)) continue;
    const { view, type, by } = reads.leaf(operand);
    if (view.root.op === "constant") {
      constants.set(operand, view.root.attributes.value);
      continue;
    }
    const own = sizeOf(type.dims);
    const isNarrow = isFlat ? own !== size : splitLast(type.dims).last !== last;
    const base = by === "example" ? c.value(view.root.id) : c.value(operand);
    const moved = shared !== null && own === size && !(own === 1);
    streams.set(operand, {
      ...{ key: operand, isNarrow: isNarrow && own !== size },
      base: moved ? f.local(i32.add(base, i32.shl(shared.from, 2))) : base,
      by: by === "all" && isOnce && own === size ? "row" : by,
    });
  }
  const rows = loop.type.rows;
  const each: Rows | null = rows.kind === "steps" ? { kind: "each", per: rows.per } : null;
  const byExample = [...streams.values()].some(({ by }) => by === "example");
  const outputs = loop.outputs.map(({ id }) => ({
    key: id,
    to: shared === null ? c.value(id) : f.local(i32.add(c.value(id), i32.shl(shared.from, 2))),
  }));
  emitNumbers(f, {
    // The numbers of a slice count as rows with one number.
    ...(shared === null
      ? { rows: c.count(rows), lead: isFlat ? 1 : sizeOf(lead), width }
      : { rows: shared.count, lead: 1, width: 1 }),
    members: loop.members.map((node) => ({
      ...opUse(node.op, node.attributes),
      key: node.id,
      operands: operandsOf(node).map(keyOf),
    })),
    streams: [...streams.values()],
    constants,
    outputs,
    sums: loop.sums.map(({ id, inputs }) => ({ key: keyOf(inputs[0]!), to: c.partial(id) })),
    kept: loop.sums.length === 0 ? null : unless(f, c.first),
    examples:
      byExample && each !== null && rows.kind === "steps"
        ? { count: c.count(each), starts: c.starts(rows) }
        : null,
  });
}
