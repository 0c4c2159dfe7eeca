// Assigns an address in memory to each value of a step. A value without rows has its address at compile time.
// Values with rows are laid out again when a batch has more rows than all before it; code reads their
// addresses from words of the header. A value that is computed and read within one block of examples is in
// the scratch space of the thread that computes the block.

import { invariant } from "../../../common/internal-error.ts";
import type { Node, NodeId } from "../../../middle/graph/graph.ts";
import { type Rows, rowsKey, type StepsRows, sizeOf } from "../../../middle/graph/types.ts";
import { aligned, Reservations } from "../memory.ts";
import { type BlockKind, blockKinds, SLICES } from "./blocks.ts";
import { domainOf, isReduction } from "./domains.ts";
import type { Loop, StepPhase, StepSchedule, Unit } from "./schedule.ts";
import { indexKey } from "./schedule.ts";
import { scratchOf } from "./scratch.ts";
import { REASON } from "./shared-by-threads.ts";

/** Bytes after a value that vector loads may read, without using them. */
export const ROOM = 64;

const HEADER = REASON.at + REASON.bytes;

export interface StepSlot {
  readonly rows: Rows;
  /** Bytes of a row. */
  bytes: number;
  /** In the memory of all threads, or in each thread's scratch space for a block. */
  readonly scope: "batch" | "block";
  /** Additional rows; starts also have an end. */
  readonly more: number;
  /** The header's word with its address. */
  readonly word: number;
}

/** A new value of a parameter, which is copied at the end. */
export interface Commit {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  /** Whether it is another parameter's value before the step. */
  readonly isOld: boolean;
}

export interface MemoryPlan {
  readonly slots: readonly StepSlot[];
  /** Kinds of rows of examples, in the order in which a block's record has their first ones. */
  readonly axes: readonly Rows[];
  readonly tables: readonly Rows[];
  /** The address of the word with the number of all rows. */
  countWord(rows: Rows): number;
  /**
   * The address of the word with the address of a slice's first record, by kind of blocks; there is one more
   * than slices.
   */
  cutWords(blocks: BlockKind): number;
  /** For a stored value with rows. */
  slotOf(id: NodeId): StepSlot;
  /** For a stored value without rows. */
  addressOf(id: NodeId): number;
  transposedAddress(weights: NodeId): number;
  /** Memory that a node needs while it is computed. */
  scratchOf(id: NodeId): readonly (StepSlot | number)[];
  /** The address for slice 0; that of the next slice is `partialStride` bytes later. */
  partialAddress(id: NodeId): number;
  partialStride(id: NodeId): number;
  /** The start of each example's steps, with an end. */
  startsOf(rows: StepsRows): StepSlot;
  indexOf(ids: NodeId, rows: Rows): { readonly starts: StepSlot; readonly places: StepSlot };
  /** The word with the address of a held table. */
  heldWord(table: string): number;
  /** For each row of the batch, its number in the held table; in `changed`, −1 if it is not to change. */
  rowNumbers(rows: Rows): { readonly all: StepSlot; readonly changed: StepSlot };
  /** Names of held tables, and of their accompanying tables. */
  readonly held: readonly string[];
  readonly parameters: ReadonlyMap<string, { readonly address: number; readonly length: number }>;
  readonly constants: readonly {
    readonly address: number;
    readonly value: number;
    readonly length: number;
  }[];
  /** New values of parameters that cannot overwrite the old ones; they are copied at the end. */
  readonly commits: readonly Commit[];
  /** The first byte after the values of fixed size. */
  readonly end: number;
}

export function planMemory(schedule: StepSchedule): MemoryPlan {
  return new MemoryPlanner(schedule).places();
}

class MemoryPlanner {
  private readonly schedule: StepSchedule;
  private readonly slots: StepSlot[] = [];
  private readonly counted = new Map<string, { readonly rows: Rows; readonly word: number }>();
  private words = 0;
  /** Values of fixed size, after the header's words. */
  private fixed = new Reservations(HEADER, ROOM);
  private readonly slotOf = new Map<NodeId, StepSlot>();
  private readonly once = new Map<NodeId, number>();
  private readonly scratch = new Map<NodeId, readonly (StepSlot | number)[]>();

  constructor(schedule: StepSchedule) {
    this.schedule = schedule;
  }

  places(): MemoryPlan {
    const { graph, reads, phases } = this.schedule;
    for (const rows of this.allRows()) this.counted.set(rowsKey(rows), { rows, word: this.words++ });
    const counted = [...this.counted.values()].map(({ rows }) => rows);
    const axes = counted.filter((rows) => domainOf(rows) === "examples");
    const cuts = this.words;
    this.words += blockKinds.length * (SLICES + 1);
    const starts = new Map<string, StepSlot>();
    for (const rows of axes)
      if (rows.kind === "steps")
        starts.set(rowsKey(rows), this.slot({ kind: "each", per: rows.per }, 4, "batch", 1));
    const indices = new Map<string, { starts: StepSlot; places: StepSlot }>();
    for (const unit of phases.flatMap(({ tasks }) => tasks.flat()))
      if (unit.kind === "index")
        indices.set(indexKey(unit.ids.id, unit.rows), {
          starts: this.slot(unit.rows, 4, "batch", 1),
          // A list that is known once has no rows.
          places: this.slot(unit.ids.type.rows, 4, "batch", unit.ids.type.dims[0]),
        });
    const held = new Map<string, number>();
    const numbers = new Map<string, { all: StepSlot; changed: StepSlot }>();
    for (const node of reads.needed) {
      if (node.op !== "table" || reads.isSource(node)) continue;
      held.set(node.attributes.name, this.words++);
      const { rows } = node.type;
      if (!numbers.has(rowsKey(rows)))
        numbers.set(rowsKey(rows), {
          all: this.slot(rows, 4, "batch"),
          changed: this.slot(rows, 4, "batch"),
        });
    }
    for (const node of reads.needed)
      if (reads.isSource(node) && domainOf(node.type.rows) !== "once")
        this.slotOf.set(node.id, this.slot(node.type.rows, bytesOf(node), "batch"));
    this.placeRows();
    const own = phases.flatMap(({ runs, tables, tasks, shared, after }) =>
      [
        ...runs.map(({ units }) => units),
        ...tables.map(({ units }) => units),
        ...tasks,
        shared,
        after,
      ].flatMap((units) => units.flatMap((unit) => scratchOf(unit, reads) ?? [])),
    );
    for (const { owner, needs, isOfBlock } of own)
      if (isOfBlock)
        this.scratch.set(
          owner,
          needs.map(({ rows, bytes }) => this.slot(rows, bytes, "block", rows.kind === "once" ? 1 : 0)),
        );
    // All words are assigned by now; values of fixed size come after them.
    this.fixed = new Reservations(wordAddress(this.words), ROOM);
    const parameters = new Map<string, { address: number; length: number }>();
    for (const { name, dims } of graph.parameters.values())
      parameters.set(name, { address: this.fixed.reserve(4 * sizeOf(dims)), length: sizeOf(dims) });
    const constants: { address: number; value: number; length: number }[] = [];
    for (const node of reads.needed) {
      if (!reads.isSource(node) || domainOf(node.type.rows) !== "once") continue;
      if (node.op === "parameter") this.once.set(node.id, parameters.get(node.attributes.name)!.address);
      else {
        const address = this.fixed.reserve(bytesOf(node));
        this.once.set(node.id, address);
        if (node.op === "constant")
          constants.push({
            address,
            value: node.attributes.value,
            length: sizeOf(node.type.dims),
          });
      }
    }
    const inPlace = this.updatedInPlace();
    for (const node of reads.needed)
      if (reads.isComputed(node) && domainOf(node.type.rows) === "once")
        this.once.set(node.id, inPlace.get(node.id) ?? this.fixed.reserve(bytesOf(node)));
    const commits = [...graph.updates].flatMap(([name, id]) => {
      const { root, offset } = reads.view(id);
      const from = this.once.get(root.id)! + 4 * offset;
      const { address, length } = parameters.get(name)!;
      const isOld = root.op === "parameter";
      return from === address ? [] : [{ from, to: address, length, isOld }];
    });
    for (const { owner, needs, isOfBlock } of own)
      if (!isOfBlock)
        this.scratch.set(
          owner,
          needs.map(({ bytes }) => this.fixed.reserve(bytes)),
        );
    const transposed = new Map<NodeId, number>();
    const partials = new Map<NodeId, number>();
    for (const { tasks, after } of phases)
      for (const unit of [...tasks.flat(), ...after])
        if (unit.kind === "transpose")
          transposed.set(unit.weights, this.fixed.reserve(bytesOf(graph.nodes[unit.weights]!)));
    for (const node of reads.needed)
      if (reads.isComputed(node) && isReduction(node, graph))
        partials.set(node.id, this.fixed.reserve(SLICES * partialStride(node)));
    const found = <K, V>(map: ReadonlyMap<K, V>, key: K, what: string): V => {
      const value = map.get(key);
      invariant(value !== undefined, `${what} has no place: ${String(key)}`);
      return value;
    };
    return {
      slots: this.slots,
      axes,
      tables: counted.filter((rows) => domainOf(rows) === "table"),
      countWord: (rows) => wordAddress(found(this.counted, rowsKey(rows), "a count").word),
      cutWords: (blocks) => wordAddress(cuts + blockKinds.indexOf(blocks) * (SLICES + 1)),
      slotOf: (id) => found(this.slotOf, id, "a value"),
      addressOf: (id) => found(this.once, id, "a value that is known once"),
      transposedAddress: (id) => found(transposed, id, "a copy of weights"),
      scratchOf: (id) => this.scratch.get(id) ?? [],
      partialAddress: (id) => found(partials, id, "a sum"),
      partialStride: (id) => partialStride(graph.nodes[id]!),
      startsOf: (rows) => found(starts, rowsKey(rows), "starts"),
      indexOf: (ids, rows) => found(indices, indexKey(ids, rows), "an index"),
      heldWord: (table) => wordAddress(found(held, table, "a held table")),
      rowNumbers: (rows) => found(numbers, rowsKey(rows), "row numbers"),
      held: [...held.keys()],
      parameters,
      constants,
      commits,
      end: this.fixed.end,
    };
  }

  private allRows(): Iterable<Rows> {
    const found = new Map<string, Rows>();
    const note = (rows: Rows) => {
      if (rows.kind !== "once") found.set(rowsKey(rows), rows);
    };
    // Blocks are always divided by examples.
    note({ kind: "each", per: "example" });
    for (const node of this.schedule.reads.needed) {
      note(node.type.rows);
      // Counting uses rows that no value may have.
      if (node.op === "count_rows") note(node.attributes.rows);
      if (node.op === "count_steps") {
        const { history, per } = node.attributes;
        note({ kind: "steps", per, history });
      }
    }
    return found.values();
  }

  private slot(rows: Rows, bytes: number, scope: StepSlot["scope"], more = 0): StepSlot {
    const slot: StepSlot = { rows, bytes, scope, more, word: this.words++ };
    this.slots.push(slot);
    return slot;
  }

  /** Assigns slots to values with rows. A slot is reused after the last read of its value. */
  private placeRows(): void {
    const { graph, reads, times, phases } = this.schedule;
    const readAt = (node: Node) => (isReduction(node, graph) ? times.partial(node) : times.of(node));
    const lastRead = (node: Node) =>
      reads.kept.has(node.id)
        ? Number.POSITIVE_INFINITY
        : Math.max(times.of(node), ...reads.computingConsumers(node).map(readAt));
    const shared = new FreeSlots((rows, bytes) => this.slot(rows, bytes, "batch"));
    phases.forEach((phase, k) => {
      shared.free(2 * k);
      const local = new FreeSlots((rows, bytes) => this.slot(rows, bytes, "block"));
      const placeOf = unitPlaces(phase, isReduction, graph);
      eachUnit(phase, (unit, position, end) => {
        local.free(position);
        for (const node of valuesOf(unit)) {
          if (domainOf(node.type.rows) === "once") continue;
          const last = lastRead(node);
          const lastPlace = Math.max(
            position,
            ...reads.computingConsumers(node).map((reader) => placeOf.get(reader.id) ?? position),
          );
          // Units of a later run read it after all blocks of the slice.
          const isLeft = domainOf(node.type.rows) === "table" || last > 2 * k || lastPlace >= end;
          this.slotOf.set(node.id, isLeft ? shared.take(node, last) : local.take(node, lastPlace));
        }
      });
    });
  }

  /**
   * By node: the address of the parameter that it updates, if nothing else reads the old value later or at the
   * same time.
   */
  private updatedInPlace(): ReadonlyMap<NodeId, number> {
    const { graph, reads, times, phases } = this.schedule;
    const loopOf = new Map<NodeId, Loop>();
    for (const { shared, after } of phases)
      for (const unit of [...shared, ...after])
        if (unit.kind === "loop") for (const member of unit.members) loopOf.set(member.id, unit);
    const uses = new Map<NodeId, number>();
    for (const id of [...graph.outputs.values(), ...graph.updates.values()]) {
      const { root } = reads.view(id);
      uses.set(root.id, (uses.get(root.id) ?? 0) + 1);
    }
    const nodeOf = new Map(
      reads.needed.flatMap((node) =>
        node.op === "parameter" ? [[node.attributes.name, node] as const] : [],
      ),
    );
    const found = new Map<NodeId, number>();
    for (const [name, id] of graph.updates) {
      const { root, offset } = reads.view(id);
      const parameter = nodeOf.get(name);
      const loop = loopOf.get(root.id);
      const isOwn = offset === 0 && root.id === id && uses.get(root.id) === 1 && loop !== undefined;
      if (!isOwn || parameter === undefined || reads.kept.has(parameter.id)) continue;
      const isRead = reads
        .consumersOf(parameter)
        .every(
          (reader) =>
            times.of(reader) < times.of(root) ||
            (loopOf.get(reader.id) === loop && isWhole(reader, parameter)),
        );
      if (isRead) found.set(root.id, this.once.get(parameter.id)!);
    }
    return found;

    /** Whether the loop reads the parameter's numbers at the indices that it writes. */
    function isWhole(reader: Node, parameter: Node): boolean {
      return reader.inputs.every((input) => {
        const view = reads.view(input);
        const size = sizeOf(graph.nodes[input]!.type.dims);
        return view.root !== parameter || (view.offset === 0 && size === sizeOf(parameter.type.dims));
      });
    }
  }
}

/** By node: the index of the unit that computes it, or its partial sums, among those of its phase. */
function unitPlaces(
  phase: StepPhase,
  isSum: (node: Node, graph: StepSchedule["graph"]) => boolean,
  graph: StepSchedule["graph"],
): ReadonlyMap<NodeId, number> {
  const places = new Map<NodeId, number>();
  eachUnit(phase, (unit, position) => {
    for (const node of valuesOf(unit)) places.set(node.id, position);
    if (unit.kind === "loop") {
      for (const node of [...unit.members, ...unit.sums]) places.set(node.id, position);
    } else if (unit.kind === "op" && isSum(unit.node, graph)) places.set(unit.node.id, position);
  });
  return places;
}

/**
 * Calls `body` with each unit of examples and of tables, its index in the phase, and the index after the last
 * one of its run.
 */
function eachUnit(phase: StepPhase, body: (unit: Unit, position: number, end: number) => void): void {
  let position = 0;
  for (const { units } of [...phase.runs, ...phase.tables]) {
    const end = position + units.length;
    for (const unit of units) body(unit, position++, end);
  }
}

/** Nodes whose values a unit stores. */
function valuesOf(unit: Unit): readonly Node[] {
  if (unit.kind === "loop") return unit.outputs;
  if (unit.kind === "attention_gradients" || unit.kind === "pairs") return unit.nodes;
  return unit.kind === "op" ? [unit.node] : [];
}

/** Slots that are released after the last read of their value. */
class FreeSlots {
  private readonly make: (rows: Rows, bytes: number) => StepSlot;
  private readonly unused: StepSlot[] = [];
  private taken: { readonly slot: StepSlot; readonly until: number }[] = [];

  constructor(make: (rows: Rows, bytes: number) => StepSlot) {
    this.make = make;
  }

  /** Releases those whose last read is before `now`. */
  free(now: number): void {
    for (const { slot } of this.taken.filter(({ until }) => until < now)) this.unused.push(slot);
    this.taken = this.taken.filter(({ until }) => until >= now);
  }

  take(node: Node, until: number): StepSlot {
    const bytes = bytesOf(node);
    const key = rowsKey(node.type.rows);
    const fitting = this.unused
      .filter((slot) => rowsKey(slot.rows) === key)
      .toSorted((a, b) => a.bytes - b.bytes);
    const chosen = fitting.find((slot) => slot.bytes >= bytes) ?? fitting.at(-1);
    const slot = chosen ?? this.make(node.type.rows, bytes);
    if (chosen !== undefined) this.unused.splice(this.unused.indexOf(chosen), 1);
    slot.bytes = Math.max(slot.bytes, bytes);
    this.taken.push({ slot, until });
    return slot;
  }
}

export function wordAddress(word: number): number {
  return HEADER + 4 * word;
}

/** Bytes of a row, or of a value without rows. */
export function bytesOf({ type }: Node): number {
  return 4 * sizeOf(type.dims);
}

function partialStride(node: Node): number {
  return aligned(bytesOf(node) + ROOM);
}
