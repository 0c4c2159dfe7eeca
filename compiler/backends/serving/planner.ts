// Plans a ranking program (plan.ts): assigns phases and buffers to values, in an order in which each is
// computed before it is read.

import { invariant } from "../../common/internal-error.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { historiesOf } from "../../middle/graph/derived-axes.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { type ElementsRows, perOf, type Rows, rowsKey, sizeOf } from "../../middle/graph/types.ts";
import { hasTrait } from "../../middle/ops/registry.ts";
import { isOfRequest } from "../../middle/programs/growth.ts";
import { loweringOf } from "../contract/lowering.ts";
import { type CandidateBlocks, findBlocks } from "./blocks.ts";
import { type Fusion, type Fusions, findFusions } from "./fuse.ts";
import type { KernelArgument, KernelCall, KernelStep, LoopStep } from "./lowering.ts";
import { lowerings } from "./lowerings/index.ts";
import { facedCall, loopOverQueries, type RankingNodes, rankingNodes } from "./pairs.ts";
import {
  type Plan,
  type PlannedArgument,
  type PlannedCall,
  type PlannedFusion,
  type PlannedInput,
  type PlannedLoop,
  type PlannedPairs,
  type PlannedPort,
  type PlannedStep,
  phaseOfRows,
  type TableProduct,
  type ValueLocation,
} from "./plan.ts";
import { isLookupInMemory, projectedNodes, tablesInMemory } from "./projections.ts";
import { isComputed, type Phase, phases, type Slot, SlotAllocator } from "./slots.ts";

const none: ReadonlySet<string> = new Set();

/**
 * Plans the outputs of `graph`. Rows are `once`, of the request, of candidates or of tables. The tables
 * `beside` the projected ones are in memory too, and calls look up their rows. If the request `keeps` its values, each has a
 * buffer of its own.
 */
export function planProgram(graph: ValidGraph, beside = none, keeps = false): Plan {
  return new Planner(graph, rankingNodes(graph), null, tablesInMemory(graph, beside), keeps).plan();
}

/**
 * The same plan with `findFusions`, and without loops over pairs. Ports have the same ids in both, and so have the values of a
 * request that keeps them: each is computed by itself, by the calls of `planProgram`.
 */
export function planFused(graph: ValidGraph, beside = none, keeps = false): Plan {
  const inMemory = tablesInMemory(graph, beside);
  const computed = rankingNodes(graph);
  const fusions = findFusions(graph, computed.nodes, inMemory, (node) => keeps && isOfRequest(node));
  return new Planner(graph, computed, fusions, inMemory, keeps).plan();
}

/** A sum over pairs that no kernel computes. */
interface PairsStep extends Pick<PlannedPairs, "kind" | "values" | "summed"> {}

class Planner {
  private readonly graph: ValidGraph;
  private readonly computed: RankingNodes;
  private readonly fusions: Fusions | null;
  private readonly inMemory: ReadonlySet<NodeId>;
  private readonly projected: ReadonlySet<NodeId>;
  private readonly keeps: boolean;
  private blocks: CandidateBlocks | null = null;
  private inMiddle = false;
  private readonly steps = new Map<NodeId, KernelStep | PairsStep>();
  private readonly phaseOf = new Map<NodeId, Phase>();
  private readonly locations = new Map<NodeId, ValueLocation>();
  private readonly allocators: Record<Phase, SlotAllocator> = {
    load: new SlotAllocator(),
    request: new SlotAllocator(),
    candidate: new SlotAllocator(),
  };

  constructor(
    graph: ValidGraph,
    computed: RankingNodes,
    fusions: Fusions | null,
    inMemory: ReadonlySet<NodeId>,
    keeps: boolean,
  ) {
    this.graph = graph;
    this.keeps = keeps;
    this.computed = computed;
    this.fusions = fusions;
    this.inMemory = inMemory;
    this.projected = projectedNodes(graph);
  }

  plan(): Plan {
    const { together, needed } = withoutPlaces(this.computed.nodes);
    // A value's phase depends on all of its inputs, including those of values computed with it.
    for (const node of needed) {
      this.steps.set(node.id, this.lowered(node));
      this.phaseOf.set(node.id, this.findPhase(node));
    }
    const nodes = this.ordered(this.read(needed), together);
    const parameters: Plan["parameters"][number][] = [];
    const tables: Plan["tables"][number][] = [];
    const inputs: PlannedInput[] = [];
    const constants: Plan["constants"][number][] = [];
    // Sources come first, because they are filled before any computation.
    for (const node of nodes) {
      const step = this.steps.get(node.id)!;
      if (step.kind === "constant") {
        const slot = this.slotFor(node);
        constants.push({ slot, value: step.value });
      } else if (step.kind === "source") {
        if (step.source === "input") {
          inputs.push({ name: step.name, rows: node.type.rows, slot: this.slotFor(node) });
        } else if (step.source === "parameter") {
          this.locations.set(node.id, { kind: "parameter", index: parameters.length });
          parameters.push({ name: step.name, dims: node.type.dims });
        } else {
          this.locations.set(node.id, { kind: "table", index: tables.length });
          tables.push({ name: step.name, width: sizeOf(node.type.dims), storage: "f32" });
        }
      }
    }
    const gathers: Record<Phase, PlannedCall[]> = { load: [], request: [], candidate: [] };
    for (const node of nodes.filter((each) => this.isGather(each))) this.slotFor(node);
    const calls: Record<Phase, PlannedStep[]> = { load: [], request: [], candidate: [] };
    const lastUse = this.lastUses(nodes);
    const { middle, crossing } = this.blocks ?? { middle: null, crossing: new Set<NodeId>() };
    const projections: TableProduct[] = [];
    let [from, to] = [0, 0];
    const late: NodeId[] = [];
    for (const [i, node] of nodes.entries()) {
      if (i === middle?.first) {
        from = calls.candidate.length;
        this.inMiddle = true;
        // Slots that values of a few candidates do not use, because those values must remain for all other
        // candidates.
        for (const each of nodes.slice(middle.first, middle.last + 1))
          if (crossing.has(each.id)) this.slotFor(each);
      }
      const step = this.steps.get(node.id)!;
      const phase = this.phaseOf.get(node.id)!;
      const fusion = this.fusions?.byRoot.get(node.id);
      if (fusion !== undefined) {
        this.place(node, true, lastUse);
        calls[phase].push(this.fused(fusion));
      } else if (step.kind === "calls" && this.isGather(node)) {
        gathers[phase].push(...this.calls(step.calls, node, []));
      } else if (step.kind === "calls") {
        this.place(node, step.calls.length === 1 && hasTrait(node.op, "inPlace"), lastUse);
        const planned = this.calls(step.calls, node, []);
        if (this.projected.has(node.id)) projections.push(this.projection(node, planned[0]!));
        else calls[phase].push(...planned);
      } else if (step.kind === "loop") {
        this.place(node, false, lastUse);
        calls[phase].push(...this.loop(step, node));
      } else if (step.kind === "pairs") {
        this.place(node, false, lastUse);
        calls[phase].push(this.pairs(step, node));
      }
      const dead = this.inputsOf(node).filter((input) => lastUse.get(input) === node.id);
      // Values of all candidates are read again for the next few.
      for (const input of dead)
        if (this.inMiddle && crossing.has(input)) late.push(input);
        else this.release(input);
      if (i === middle?.last) {
        to = calls.candidate.length;
        this.inMiddle = false;
        for (const input of late) this.release(input);
      }
    }
    const readIds = this.idsOfCalls(nodes);
    const ports = nodes.flatMap((node): PlannedPort[] => {
      const location = this.locationOf(node.id);
      const isPort = node.op === "input" || this.isGather(node);
      return isPort && (isComputed(node.type) || readIds.has(node.id)) && location.kind === "slot"
        ? [{ id: node.id, slot: location.slot }]
        : [];
    });
    return {
      parameters,
      tables,
      histories: this.histories(nodes),
      sets: [...setsOf(nodes).values()],
      inputs,
      outputs: [...this.graph.outputs].map(([name, id]) => {
        const { type } = this.graph.nodes[id]!;
        return { name, rows: type.rows, size: sizeOf(type.dims), location: this.locationOf(id) };
      }),
      slots: {
        load: this.allocators.load.slots,
        request: this.allocators.request.slots,
        candidate: this.allocators.candidate.slots,
      },
      constants,
      gathers,
      ports,
      kept: this.keeps ? this.ofRequest(nodes) : new Map(),
      calls,
      projections,
      middle: middle === null ? null : { from, to },
      together,
      independentCandidates: nodes.every(
        ({ id, type }) => this.phaseOf.get(id) !== "candidate" || perOf(type.rows) === "candidate",
      ),
    };
  }

  private ofRequest(nodes: readonly Node[]): ReadonlyMap<NodeId, Slot> {
    return new Map(
      nodes.flatMap(({ id }) => {
        const location = this.locations.get(id);
        return this.phaseOf.get(id) === "request" && location?.kind === "slot" ? [[id, location.slot]] : [];
      }),
    );
  }

  private lowered(node: Node): KernelStep | PairsStep {
    const { values, sums, faced } = this.computed;
    const sum = sums.get(node.id);
    if (sum !== undefined)
      return this.fusions === null || (this.keeps && isOfRequest(node))
        ? loopOverQueries(sum, node, this.graph)
        : { kind: "pairs", values, summed: sum.summed };
    const steps = faced.get(node.id);
    if (steps !== undefined) return facedCall(steps, node);
    return loweringOf(
      lowerings,
      node.op,
    )({
      attributes: node.attributes,
      inputs: node.inputs.map((input) => this.graph.nodes[input]!.type),
      output: node.type,
    });
  }

  /** The latest phase of its inputs, its rows, and the rows that it counts. */
  private findPhase(node: Node): Phase {
    const step = this.steps.get(node.id)!;
    const found = [
      ...node.inputs.flatMap((input) => this.phaseOf.get(input) ?? []),
      ...[node.type.rows, ...countedRows(step)].map(phaseOfRows),
    ];
    return phases[Math.max(...found.map((phase) => phases.indexOf(phase)))]!;
  }

  private slotFor(node: Node, reuse: Slot | null = null): Slot {
    const phase = this.phaseOf.get(node.id)!;
    const { rows, dims, dtype } = node.type;
    const slot = reuse ?? this.allocators[phase].take({ rows, dtype, phase }, sizeOf(dims));
    this.locations.set(node.id, { kind: "slot", slot });
    return slot;
  }

  /** `inPlace`: the value may overwrite an input of an elementwise op. */
  private place(node: Node, inPlace: boolean, lastUse: ReadonlyMap<NodeId, NodeId>): void {
    if (this.locations.has(node.id)) return;
    const dying = this.inputsOf(node).find((input) => {
      const { type } = this.graph.nodes[input]!;
      return (
        inPlace &&
        this.blocks?.crossing.has(input) !== true &&
        lastUse.get(input) === node.id &&
        type.dtype === node.type.dtype &&
        rowsKey(type.rows) === rowsKey(node.type.rows) &&
        sizeOf(type.dims) === sizeOf(node.type.dims) &&
        this.locationOf(input).kind === "slot"
      );
    });
    if (dying === undefined) {
      this.slotFor(node);
      return;
    }
    const location = this.locationOf(dying);
    invariant(location.kind === "slot", "only slots are reused");
    this.slotFor(node, location.slot);
    this.moved.add(dying);
  }

  /** Values whose slot was passed on to a value computed from them. */
  private readonly moved = new Set<NodeId>();

  private release(id: NodeId): void {
    const location = this.locationOf(id);
    if (location.kind === "slot" && !this.moved.has(id))
      this.allocators[location.slot.phase].give(location.slot);
  }

  /**
   * By value, the node after which its slot is free. Values of `load`, outputs, and values that a later phase
   * needs keep their slots.
   */
  private lastUses(nodes: readonly Node[]): ReadonlyMap<NodeId, NodeId> {
    const last = new Map<NodeId, NodeId>();
    const stays = new Set<NodeId>(this.graph.outputs.values());
    for (const node of nodes) {
      const phase = this.phaseOf.get(node.id);
      if (phase === "load" || (phase === "request" && this.keeps)) stays.add(node.id);
      for (const input of this.inputsOf(node)) {
        last.set(input, node.id);
        if (this.phaseOf.get(input) !== this.phaseOf.get(node.id)) stays.add(input);
      }
    }
    for (const id of stays) last.delete(id);
    return last;
  }

  /** The computed nodes; with fusions, in the order of nested blocks. */
  private ordered(needed: readonly Node[], together: number | null): readonly Node[] {
    const { fusions } = this;
    if (fusions === null) return needed;
    const computed = needed.filter(({ id }) => !fusions.absorbed.has(id));
    // Each value is computed for all candidates before another candidate reads it.
    if (together !== null) return computed;
    this.blocks = findBlocks(computed, {
      isCandidate: ({ id }) => this.phaseOf.get(id) === "candidate",
      reads: (node) => this.inputsOf(node),
      touched: (node) => [
        node.type.rows,
        ...this.inputsOf(node).map((id) => this.graph.nodes[id]!.type.rows),
        ...countedRows(this.steps.get(node.id)!),
      ],
      outputs: new Set(this.graph.outputs.values()),
    });
    return this.blocks.order;
  }

  /** The stride per candidate, in the middle. */
  private strideOf(id: NodeId): number | null {
    return this.inMiddle && this.blocks?.crossing.has(id) === true
      ? sizeOf(this.graph.nodes[id]!.type.dims)
      : null;
  }

  /** Without values of requests that only loops over pairs read. Both plans have all that follows from weights alone. */
  private read(needed: readonly Node[]): readonly Node[] {
    const read = new Set<NodeId>(this.graph.outputs.values());
    const found = needed.toReversed().filter((node) => {
      // A request fills inputs of which only the number of rows is read.
      const phase = this.phaseOf.get(node.id);
      const isGiven = node.op === "input" || phase === "load" || (phase === "request" && this.keeps);
      const isRead = isGiven || read.has(node.id);
      if (isRead) for (const id of this.inputsOf(node)) read.add(id);
      return isRead;
    });
    return found.reverse();
  }

  /** The inputs that are read when the node is computed. */
  private inputsOf(node: Node): readonly NodeId[] {
    const step = this.steps.get(node.id);
    if (step?.kind === "pairs") return step.summed.leaves;
    const fusion = this.fusions?.byRoot.get(node.id);
    const read =
      fusion === undefined
        ? node.inputs.filter((id) => !isPlaces(this.graph.nodes[id]!))
        : [...fusion.leaves.values()].flatMap(({ id, ids }) => (ids === null ? [id] : [id, ids]));
    return [...new Set(read)];
  }

  /** Ids with which calls look up rows of tables in memory. */
  private idsOfCalls(nodes: readonly Node[]): ReadonlySet<NodeId> {
    const isRead = (id: NodeId) => this.graph.nodes[id]!.type.dtype === "i32";
    return new Set(
      nodes.filter((node) => !this.isGather(node)).flatMap((node) => this.inputsOf(node).filter(isRead)),
    );
  }

  private isGather(node: Node): boolean {
    const step = this.steps.get(node.id)!;
    return (
      step.kind === "calls" &&
      this.phaseOf.get(node.id) !== "load" &&
      !isLookupInMemory(this.inMemory, node) &&
      !isOfCandidates(node, this.graph) &&
      hasTrait(node.op, "readsIds")
    );
  }

  private fused(fusion: Fusion): PlannedFusion {
    const leaves = new Map(
      [...fusion.leaves].map(([operand, { id, by, ids }]) => {
        const step = this.steps.get(id)!;
        const { type } = this.graph.nodes[id]!;
        const constant = step.kind === "constant" ? step.value : null;
        const placeOf = (value: NodeId) => ({
          location: this.locationOf(value),
          stride: this.strideOf(value),
        });
        const place = ids === null ? null : placeOf(ids);
        return [operand, { ...placeOf(id), by, ids: place, type, constant }] as const;
      }),
    );
    const { id } = fusion.root;
    return { kind: "fused", fusion, output: this.locationOf(id), stride: this.strideOf(id), leaves };
  }

  private pairs({ values, summed }: PairsStep, { id, origin }: Node): PlannedPairs {
    const leaves = new Map(
      summed.leaves.map((leaf) => {
        const { type } = this.graph.nodes[leaf]!;
        return [leaf, { location: this.locationOf(leaf), stride: this.strideOf(leaf), type }] as const;
      }),
    );
    return { kind: "pairs", values, summed, output: this.locationOf(id), leaves, origin };
  }

  private projection(node: Node, call: PlannedCall): TableProduct {
    const [table, weights] = node.inputs.map((id) => this.locationOf(id));
    const out = this.locationOf(node.id);
    invariant(out.kind === "slot" && table?.kind === "table" && weights, "a product of a table with weights");
    const inner = this.graph.nodes[node.inputs[0]!]!.type.dims[0]!;
    return { out: out.slot, table, weights, inner, outer: node.type.dims[0]!, call };
  }

  private locationOf(id: NodeId): ValueLocation {
    const location = this.locations.get(id);
    invariant(location, `node ${id} has no place yet`);
    return location;
  }

  private calls(calls: readonly KernelCall[], node: Node, scratch: readonly Slot[]): PlannedCall[] {
    const hasZeros = node.op === "matmul" && this.graph.nodes[node.inputs[0]!]!.op === "relu";
    return calls.map(({ kernel, arguments: args }) => ({
      kind: "call",
      hasZeros,
      kernel,
      origin: node.origin,
      arguments: args.map((argument) => this.argument(argument, node, scratch)),
    }));
  }

  /** Its own buffers are free again after the loop. */
  private loop(step: LoopStep, node: Node): (PlannedCall | PlannedLoop)[] {
    const phase = this.phaseOf.get(node.id)!;
    const allocator = this.allocators[phase];
    const scratch = step.scratch.map(({ rows, dims, dtype }) =>
      allocator.take({ rows, dtype, phase }, sizeOf(dims)),
    );
    const first = this.calls(step.first, node, scratch);
    const calls = this.calls(step.calls, node, scratch);
    if (phase !== "request" || !this.keeps) for (const slot of scratch) allocator.give(slot);
    return [...first, { kind: "loop", over: step.over, reverse: step.reverse, origin: node.origin, calls }];
  }

  private argument(argument: KernelArgument, node: Node, scratch: readonly Slot[]): PlannedArgument {
    switch (argument.kind) {
      case "input":
        return this.valueOf(node.inputs[argument.index]!);
      case "output":
        return this.valueOf(node.id);
      case "scratch":
        return {
          ...{ kind: "value", stride: null, value: `${node.id}/${argument.index}` },
          location: { kind: "slot", slot: scratch[argument.index]! },
        };
      case "count":
        return { kind: "count", rows: argument.rows, times: argument.times ?? 1 };
      case "time":
      case "number":
      case "numbers":
      case "flag":
        return argument;
    }
  }

  private valueOf(id: NodeId): PlannedArgument {
    return { kind: "value", location: this.locationOf(id), stride: this.strideOf(id), value: `${id}` };
  }

  private histories(nodes: readonly Node[]): string[] {
    const found = new Set<string>();
    for (const node of nodes) {
      const counted = countedRows(this.steps.get(node.id)!);
      for (const rows of [node.type.rows, ...counted])
        if (rows.kind === "steps")
          for (const history of historiesOf(rows.history)) if (!isCandidateAxis(history)) found.add(history);
    }
    return [...found];
  }
}

/** The numbers of a request's candidates: they are all of them in order, so no program reads them. */
function isPlaces({ op, attributes }: Node): boolean {
  return op === "input" && attributes.role.kind === "candidates";
}

/** Tells whether a node has the candidates as steps of their request. */
function isOfCandidates({ op, inputs }: Node, { nodes }: ValidGraph): boolean {
  return op === "lookup" && isPlaces(nodes[inputs[1]!]!);
}

/** The nodes to compute, and the most candidates that see one another. */
function withoutPlaces(nodes: readonly Node[]): {
  readonly needed: readonly Node[];
  readonly together: number | null;
} {
  let together: number | null = null;
  const needed = nodes.filter(({ op, attributes }) => {
    const role = op === "input" ? attributes.role : null;
    if (role?.kind !== "candidates") return true;
    together = role.max;
    return false;
  });
  return { needed, together };
}

/** The rows that a step's calls count. */
function countedRows(step: KernelStep | PairsStep): readonly Rows[] {
  switch (step.kind) {
    case "calls":
      return step.calls.flatMap((call) => call.arguments).flatMap(rowsOf);
    case "loop":
      return [step.over, ...[...step.first, ...step.calls].flatMap((call) => call.arguments).flatMap(rowsOf)];
    case "pairs":
      return [step.summed.queries, step.summed.keys];
    case "source":
    case "constant":
      return [];
  }
}

function rowsOf(argument: KernelArgument): readonly Rows[] {
  return argument.kind === "count" ? [argument.rows] : [];
}

function setsOf(nodes: readonly Node[]): ReadonlyMap<string, ElementsRows> {
  const sets = new Map<string, ElementsRows>();
  for (const { rows } of nodes.map(({ type }) => type))
    if (rows.kind === "elements") sets.set(rowsKey(rows), rows);
  return sets;
}
