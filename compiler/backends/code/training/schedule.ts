// Divides a step into phases. In each phase, threads compute slices of examples and of tables side by side;
// small values follow in one thread. Within a slice, elementwise ops of one shape form one loop, which also
// adds up columns.

import { largest } from "../../../common/arrays.ts";
import { InternalError, invariant } from "../../../common/internal-error.ts";
import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { outputsOf } from "../../../middle/graph/outputs.ts";
import { type Rows, rowsKey, sizeOf, type TensorType } from "../../../middle/graph/types.ts";
import { isElementwise } from "../../../middle/ops/registry.ts";
import { type BlockKind, blockKinds } from "./blocks.ts";
import { domainOf, isReduction, usesIndex } from "./domains.ts";
import { Reads, sameShape } from "./reads.ts";
import { recompute } from "./recompute.ts";
import { timesOf, transposedReads, type ValueTimes } from "./times.ts";

/** A loop over numbers. */
export interface Loop {
  readonly kind: "loop";
  readonly type: TensorType;
  /** In the order of computation. */
  readonly members: readonly Node[];
  /** The members that other units read. */
  readonly outputs: readonly Node[];
  /** `sum_rows` and `batch_mean` of members, or of values that the loop reads. */
  readonly sums: readonly Node[];
}

export type Unit =
  | Loop
  | { readonly kind: "op"; readonly node: Node }
  /** Gradients of one attention, which share most of their work. */
  | { readonly kind: "attention_gradients"; readonly nodes: readonly Node<"attention_gradient">[] }
  /** Sums over the same pairs of steps. */
  | { readonly kind: "pairs"; readonly nodes: readonly Node[] }
  /** Adds up the partial results of slices. */
  | { readonly kind: "merge"; readonly node: Node }
  /** For each of `rows`, the positions of `ids` that name it. */
  | { readonly kind: "index"; readonly ids: Node; readonly rows: Rows }
  /** Writes rows back into a held table. */
  | { readonly kind: "scatter"; readonly node: Node; readonly into: string }
  /** A copy of weights [a, b] as [b, a]. */
  | { readonly kind: "transpose"; readonly weights: NodeId };

/**
 * Units that are computed block by block. Values with rows of examples alone use larger blocks: a block of
 * steps has few examples, and weights and sums would be read too often.
 */
export interface BlockRun {
  readonly blocks: BlockKind;
  readonly units: readonly Unit[];
}

export interface StepPhase {
  /** Units of a slice of examples, one after the other. */
  readonly runs: readonly BlockRun[];
  /** Units of each slice of a table's rows. */
  readonly tables: readonly { readonly rows: Rows; readonly units: readonly Unit[] }[];
  /** Tasks, each of which one slice computes as a whole. */
  readonly tasks: readonly (readonly Unit[])[];
  /** Units of each slice of the numbers of a value known once. */
  readonly shared: readonly Unit[];
  /** Units for one thread, after all slices. */
  readonly after: readonly Unit[];
}

export interface StepSchedule {
  readonly graph: ValidGraph;
  readonly reads: Reads;
  readonly times: ValueTimes;
  readonly phases: readonly StepPhase[];
}

export function indexKey(ids: NodeId, rows: Rows): string {
  return `${ids} ${rowsKey(rows)}`;
}

/** The work at one time: a node's value, or a slice's part of a sum. */
interface Item {
  readonly node: Node;
  readonly part: "value" | "partial" | "merge";
}

/** `held` tables are read and updated in place. */
export function schedule(given: ValidGraph, held: ReadonlySet<string>): StepSchedule {
  const { graph, least } = recompute(given, held);
  const reads = new Reads(graph, held);
  const times = timesOf(reads, least);
  const buckets = new Map<string, Item[]>();
  const put = (time: number, stream: string, item: Item) => {
    const key = `${time} ${stream}`;
    const items = buckets.get(key);
    if (items === undefined) buckets.set(key, [item]);
    else items.push(item);
  };
  let last = 0;
  for (const node of reads.needed) {
    if (!reads.isComputed(node)) continue;
    const time = times.of(node);
    last = Math.max(last, time);
    if (isReduction(node, graph)) {
      put(times.partial(node), streamOf(graph.nodes[node.inputs[0]!]!.type.rows), { node, part: "partial" });
      put(time, time % 2 === 0 ? "shared" : "after", { node, part: "merge" });
    } else if (domainOf(node.type.rows) !== "once")
      put(time, streamOf(node.type.rows), { node, part: "value" });
    else if (!times.isPrepared(node)) put(time, time % 2 === 0 ? "shared" : "after", { node, part: "value" });
  }
  const units = (time: number, stream: string) => unitsOf(buckets.get(`${time} ${stream}`) ?? [], reads);
  const tables = tablesOf(reads);
  const copies = transposedCopies(reads);
  const scatters = scattersOf(reads, times);
  const tasks = [...preparing(reads, times, copies), ...indices(reads)];
  const phases = Array.from({ length: Math.floor(last / 2) + 1 }, (_, k): StepPhase => {
    const time = 2 * k;
    const late = copies.filter((id) => {
      const made = times.of(reads.root(id));
      return !times.isPrepared(reads.root(id)) && (made === time || made === time + 1);
    });
    return {
      runs: runsOf(units(time, "examples"), reads),
      tables: tables
        .map((rows) => ({
          rows,
          units: [...units(time, streamOf(rows)), ...(scatters.get(`${time} ${streamOf(rows)}`) ?? [])],
        }))
        .filter((each) => each.units.length > 0),
      tasks: k === 0 ? tasks : [],
      shared: units(time, "shared"),
      after: [...units(time + 1, "after"), ...late.map((weights): Unit => ({ kind: "transpose", weights }))],
    };
  });
  return { graph, reads, times, phases };
}

/** New rows of held tables, by time and stream; they are written back as soon as they exist. */
function scattersOf(reads: Reads, times: ValueTimes): ReadonlyMap<string, readonly Unit[]> {
  const found = new Map<string, Unit[]>();
  for (const [into, id] of outputsOf(reads.graph, "table")) {
    const root = reads.root(id);
    invariant(domainOf(root.type.rows) === "table", `new rows of ${into} are rows of no table`);
    const key = `${times.of(root)} ${streamOf(root.type.rows)}`;
    found.set(key, [...(found.get(key) ?? []), { kind: "scatter", node: root, into }]);
  }
  return found;
}

function streamOf(rows: Rows): string {
  const domain = domainOf(rows);
  return domain === "table" ? rowsKey(rows) : domain;
}

function tablesOf({ needed }: Reads): readonly Rows[] {
  const found = new Map<string, Rows>();
  for (const { type } of needed) if (type.rows.kind === "table") found.set(rowsKey(type.rows), type.rows);
  return [...found.values()];
}

/** Weights that some product reads transposed. */
function transposedCopies({ needed, graph }: Reads): readonly NodeId[] {
  return [...new Set(needed.flatMap((node) => transposedReads(node, graph)))];
}

/** Values that depend on weights alone; connected chains form one task. */
function preparing(reads: Reads, times: ValueTimes, copies: readonly NodeId[]): readonly (readonly Unit[])[] {
  const chainOf = new Map<NodeId, Item[]>();
  const chains = new Set<Item[]>();
  for (const node of reads.needed) {
    if (!times.isPrepared(node)) continue;
    const met = new Set<Item[]>();
    for (const input of reads.inputs(node)) {
      const chain = chainOf.get(input.id);
      if (chain !== undefined) met.add(chain);
    }
    const joined = [...met].flat();
    for (const chain of met) chains.delete(chain);
    joined.push({ node, part: "value" });
    joined.sort((a, b) => a.node.id - b.node.id);
    chains.add(joined);
    for (const item of joined) chainOf.set(item.node.id, joined);
  }
  const made = [...chains].map((chain) => {
    const own = copies.filter((id) => chainOf.get(reads.root(id).id) === chain);
    return [...unitsOf(chain, reads), ...own.map((weights): Unit => ({ kind: "transpose", weights }))];
  });
  const ofWeights = copies.filter((id) => times.of(reads.root(id)) < 0);
  return [...made, ...ofWeights.map((weights): Unit[] => [{ kind: "transpose", weights }])];
}

function indices({ needed, graph }: Reads): readonly (readonly Unit[])[] {
  const found = new Map<string, Unit>();
  for (const node of needed) {
    if (!usesIndex(node, graph)) continue;
    const ids = graph.nodes[node.inputs[1]!]!;
    invariant(ids.op === "input", "a sum by ids that aren't an input");
    found.set(indexKey(ids.id, node.type.rows), { kind: "index", ids, rows: node.type.rows });
  }
  return [...found.values()].map((unit) => [unit]);
}

/** The units in as few runs as possible; each run follows those that it reads from. */
function runsOf(units: readonly Unit[], reads: Reads): readonly BlockRun[] {
  const orders = blockKinds.map((first) => inRuns(units, reads, first));
  const fewest = orders.reduce((best, runs) => (runs.length < best.length ? runs : best));
  return leavesSteps(fewest, reads) ? [{ blocks: "steps", units }] : fewest;
}

/** Runs that alternate between kinds of blocks; the first has this kind. */
function inRuns(units: readonly Unit[], reads: Reads, first: BlockKind): readonly BlockRun[] {
  const turns = [first, ...blockKinds.filter((kind) => kind !== first)];
  const runOf = new Map<NodeId, number>();
  const runs: { readonly blocks: BlockKind; readonly units: Unit[] }[] = [];
  for (const unit of units) {
    const earliest = largest(
      readBy(unit, reads).map(({ id }) => runOf.get(id) ?? 0),
      0,
    );
    const kind = turns.indexOf(blocksOf(unit, reads));
    const run = earliest % turns.length === kind ? earliest : earliest + 1;
    for (const { id } of nodesOf(unit)) runOf.set(id, run);
    while (runs.length <= run) runs.push({ blocks: turns[runs.length % turns.length]!, units: [] });
    runs[run]!.units.push(unit);
  }
  return runs.filter((run) => run.units.length > 0);
}

/**
 * Tells whether a run reads values of steps from an earlier run: those of a whole slice, which no cache
 * holds.
 */
function leavesSteps(runs: readonly BlockRun[], reads: Reads): boolean {
  const runOf = new Map<NodeId, number>();
  for (const [run, { units }] of runs.entries())
    for (const { id } of units.flatMap(nodesOf)) runOf.set(id, run);
  return runs.some(({ units }, run) =>
    units.some((unit) =>
      readBy(unit, reads).some(({ id, type }) => isOfSteps(type) && (runOf.get(id) ?? run) !== run),
    ),
  );
}

/** Nodes that the unit computes, or sums. */
function nodesOf(unit: Unit): readonly Node[] {
  if (unit.kind === "loop") return [...unit.members, ...unit.sums];
  if (unit.kind === "attention_gradients" || unit.kind === "pairs") return unit.nodes;
  invariant(unit.kind === "op", `${unit.kind} is not computed in blocks`);
  return [unit.node];
}

/** Values of other units that the unit reads. */
function readBy(unit: Unit, reads: Reads): readonly Node[] {
  const own = nodesOf(unit);
  return own.flatMap((node) => reads.inputs(node)).filter((input) => !own.includes(input));
}

function blocksOf(unit: Unit, reads: Reads): BlockKind {
  const types = nodesOf(unit).flatMap((node) => [node, ...node.inputs.map((id) => reads.graph.nodes[id]!)]);
  return types.some(({ type }) => isOfSteps(type)) ? "steps" : "examples";
}

/** Tells whether an example has any number of the rows. */
function isOfSteps({ rows }: TensorType): boolean {
  return domainOf(rows) === "examples" && rows.kind !== "each";
}

/** An item, with the shape of its loop, or null without one. Its readers are in its round or a later one. */
interface Placed extends Item {
  readonly loop: TensorType | null;
  round: number;
}

function placed(items: readonly Item[], reads: Reads): readonly Placed[] {
  const { graph } = reads;
  // No other item at this time reads partial sums.
  const values = new Map<NodeId, Placed>();
  const all = items.map(({ node, part }): Placed => {
    const summed = part === "partial" && !reads.pairs.sums.has(node.id) && isSummedInLoop(node, graph);
    const inLoop = summed || (part === "value" && isElementwise(node.op));
    const loop = inLoop ? (summed ? flat(graph.nodes[node.inputs[0]!]!.type) : node.type) : null;
    let round = 0;
    for (const input of part === "merge" ? [] : reads.inputs(node)) {
      const known = values.get(input.id);
      if (known !== undefined) round = Math.max(round, known.round + (isSameLoop(known.loop, loop) ? 0 : 1));
    }
    const found = { node, part, loop, round };
    if (part !== "partial") values.set(node.id, found);
    return found;
  });
  // A value that only one loop reads is not stored; it joins that loop.
  const byNode = new Map(all.map((each) => [each.node.id, each]));
  for (const each of all.toReversed()) {
    if (each.part !== "value" || each.loop === null || reads.kept.has(each.node.id)) continue;
    const readers = reads.computingConsumers(each.node).map(({ id }) => byNode.get(id));
    const round = readers[0]?.round;
    const isInOne = readers.every(
      (reader) => reader?.round === round && isSameLoop(reader?.loop ?? null, each.loop),
    );
    if (round !== undefined && isInOne) each.round = round;
  }
  return all;
}

function isSameLoop(a: TensorType | null, b: TensorType | null): boolean {
  return a !== null && b !== null && sameShape(a, b);
}

/** Loops and other units, each after its inputs. */
function unitsOf(items: readonly Item[], reads: Reads): readonly Unit[] {
  const loops = new Map<string, { round: number; members: Node[]; sums: Node[]; type: TensorType }>();
  const others: { readonly round: number; readonly unit: Unit }[] = [];
  const attentions = new Map<string, Node<"attention_gradient">[]>();
  const pairs = new Map<string, Node[]>();
  for (const { node, part, loop: type, round } of placed(items, reads)) {
    const summed = part === "merge" ? undefined : reads.pairs.sums.get(node.id);
    if (summed !== undefined) {
      const key = `${rowsKey(summed.queries)} ${rowsKey(summed.keys)} ${summed.places} ${round}`;
      const nodes = pairs.get(key) ?? [];
      if (nodes.length === 0) others.push({ round, unit: { kind: "pairs", nodes } });
      pairs.set(key, nodes);
      nodes.push(node);
      continue;
    }
    if (node.op === "attention_gradient" && reads.faced(node) === null) {
      const { heads, scale, causal } = node.attributes;
      const key = [...node.inputs, heads, scale, causal, round].join(" ");
      const nodes = attentions.get(key) ?? [];
      if (nodes.length === 0) others.push({ round, unit: { kind: "attention_gradients", nodes } });
      attentions.set(key, nodes);
      nodes.push(node);
      continue;
    }
    if (type === null) {
      others.push({ round, unit: part === "merge" ? { kind: "merge", node } : { kind: "op", node } });
      continue;
    }
    const key = `${round} ${rowsKey(type.rows)} ${type.dims.join("×")}`;
    const loop = loops.get(key) ?? { round, members: [], sums: [], type };
    loops.set(key, loop);
    (part === "partial" ? loop.sums : loop.members).push(node);
  }
  const made = [...loops.values()].map(({ round, members, sums, type }) => {
    const inside = new Set([...members, ...sums]);
    const outputs = members.filter(
      (member) =>
        reads.kept.has(member.id) || reads.computingConsumers(member).some((reader) => !inside.has(reader)),
    );
    return { round, unit: { kind: "loop", type, members, outputs, sums } as const };
  });
  return [...others, ...made].toSorted((a, b) => a.round - b.round).map(({ unit }) => unit);
}

/** Sums of columns. Those with more than one dim sum values in memory. */
function isSummedInLoop({ op, inputs }: Node, graph: ValidGraph): boolean {
  if (op !== "sum_rows" && op !== "batch_mean") return false;
  if (graph.nodes[inputs[0]!]!.type.dtype !== "f32") throw new InternalError(`${op} of ids`);
  return true;
}

function flat(type: TensorType): TensorType {
  return type.dims.length === 1 ? type : { ...type, dims: [sizeOf(type.dims)] };
}
