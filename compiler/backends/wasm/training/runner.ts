// Runs the module of a Graph over a batch: writes the batch's values and all addresses into the memory, and
// runs the phases.

import { largest } from "../../../common/arrays.ts";
import { invariant } from "../../../common/internal-error.ts";
import type { NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { type Rows, rowsKey, sizeOf, type TensorType } from "../../../middle/graph/types.ts";
import { PAGE } from "../../../serve/wasm.ts";
import { aligned } from "../../code/memory.ts";
import { blockKinds, cutBlocks, SLICES } from "../../code/training/blocks.ts";
import { domainOf } from "../../code/training/domains.ts";
import { emitStep, type StepModule } from "../../code/training/emit.ts";
import { MemoryLayout } from "../../code/training/layout.ts";
import { ROOM, type StepSlot, wordAddress } from "../../code/training/memory-plan.ts";
import type { Reads } from "../../code/training/reads.ts";
import { REASON } from "../../code/training/shared-by-threads.ts";
import type { BatchRoom } from "../../contract/batch.ts";
import type { FeedValues } from "../../contract/feed.ts";
import type { StepOutputs } from "../../contract/results.ts";
import { compiledStep } from "./kept-modules.ts";
import { LeftByStep, type WordRange } from "./left-by-step.ts";
import { growMemory, hasSharedMemory, newMemory, type WasmMemory } from "./machine.ts";
import type { StepSource } from "./other-form.ts";
import { MOST_PHASES } from "./slices.ts";
import { StepComputer } from "./step-computer.ts";
import type { WasmMachine } from "./team.ts";

type Values = Float32Array | Int32Array;

/** The number of batches in the room: three waiting ones, and the current one. */
const BATCHES = 4;
/** Batches vary in size; one that does not fit is copied. */
const SPARE = 1.5;

const EXAMPLES: Rows = { kind: "each", per: "example" };

/**
 * The rows of held tables in a batch: all of them, and the positions of those that may change (null: all).
 */
export interface HeldRowNumbers {
  all(table: string): Int32Array;
  changed(table: string): Int32Array | null;
}

export class Runner {
  private readonly graph: ValidGraph;
  private readonly module: StepModule;
  private readonly layout: MemoryLayout;
  private readonly memory: WasmMemory;
  private readonly computer: StepComputer;
  private readonly held = new Map<string, { readonly address: number; readonly length: number }>();
  private readonly sources: readonly Source[];
  private readonly owners: ReadonlyMap<string, string>;
  /** Memory for batches; null if the memory is not shared, or no room is wanted. */
  readonly room: BatchRoom | null;
  private ints: Int32Array;
  private floats: Float32Array;

  /**
   * `held` has, by name, the values of tables that the Graph reads and updates in place, and of their
   * accompanying tables. They are copied into the memory.
   */
  constructor(
    graph: ValidGraph,
    machine: WasmMachine,
    held: ReadonlyMap<string, Float32Array>,
    batchBytes = 0,
  ) {
    const { form } = machine;
    const shared = hasSharedMemory();
    const names = new Set(held.keys());
    const { step, compiled } = compiledStep(graph, names, form, shared);
    this.module = step;
    this.graph = this.module.schedule.graph;
    this.sources = sourcesOf(this.module.schedule.reads);
    this.owners = ownersOf(this.graph);
    const { places, phases } = this.module;
    let end = places.end;
    for (const [name, values] of held) {
      this.held.set(name, { address: end, length: values.length });
      end = aligned(end + values.byteLength + ROOM);
    }
    const from = end;
    if (shared) end += BATCHES * aligned(SPARE * batchBytes);
    this.layout = new MemoryLayout(places, end);
    this.memory = newMemory(Math.ceil(end / PAGE), shared);
    const memory = this.memory.buffer;
    const isRoom = end > from && memory instanceof SharedArrayBuffer;
    this.room = isRoom ? { memory, from, bytes: (end - from) / BATCHES, batches: BATCHES } : null;
    this.ints = new Int32Array(this.memory.buffer);
    this.floats = new Float32Array(this.memory.buffer);
    invariant(phases <= MOST_PHASES, `a step of ${phases} phases`);
    const source: StepSource = { code: (target) => emitStep(graph, target, names).code };
    const computes = graph.updates.size === 0 && held.size === 0 ? "prediction" : "step";
    this.computer = new StepComputer(
      { ...{ memory: this.memory, isShared: shared, phases }, computes, compiled, source },
      machine,
    );
    for (const { address, value, length } of places.constants)
      this.floats.fill(value, address / 4, address / 4 + length);
    for (const [name, values] of held) this.heldValues(name).set(values);
    for (const name of places.held) this.ints[places.heldWord(name) / 4] = this.held.get(name)!.address;
  }

  parameter(name: string): Float32Array {
    const place = this.module.places.parameters.get(name);
    invariant(place, `the Graph has no parameter ${name}`);
    return this.floats.subarray(place.address / 4, place.address / 4 + place.length);
  }

  /** A view of the memory, which never moves. */
  heldValues(name: string): Float32Array {
    const place = this.held.get(name);
    invariant(place, `table ${name} is not held`);
    return this.floats.subarray(place.address / 4, place.address / 4 + place.length);
  }

  /**
   * Returns copies of the outputs. Parameters have their new values afterwards. With `isInRoom`, shared
   * arrays of the batch are in `room`.
   */
  run(values: FeedValues, rows: HeldRowNumbers | null = null, isInRoom = false): StepOutputs {
    this.put(values, isInRoom);
    if (rows !== null) this.putRowNumbers(rows, isInRoom);
    const { layout, ints } = this;
    this.computer.step(
      layout,
      new LeftByStep(
        ints,
        () => this.changedBy(rows),
        () => this.fetch(values),
      ),
    );
    const fetched = this.fetch(values);
    this.commit();
    return fetched;
  }

  /** Reads all new values before writing any, because one parameter may get another's value. */
  private commit(): void {
    const { commits } = this.module.places;
    const values = commits.map(({ from, length, isOld }) => {
      const found = this.floats.subarray(from / 4, from / 4 + length);
      return isOld ? found.slice() : found;
    });
    commits.forEach(({ to }, i) => {
      this.floats.set(values[i]!, to / 4);
    });
  }

  /** Ends the threads. Nothing may run after it. */
  end(): void {
    this.computer.end();
  }

  /** The memory that a step changes: values without rows of the batch, and rows of held tables. */
  private changedBy(rows: HeldRowNumbers | null): readonly WordRange[] {
    const from = (REASON.at + REASON.bytes) / 4;
    const ranges: WordRange[] = [{ from, length: this.module.places.end / 4 - from }];
    for (const { op, attributes, type } of this.graph.nodes) {
      if (op !== "table" || type.rows.kind !== "table") continue;
      const place = this.held.get(attributes.name);
      if (place === undefined || rows === null) continue;
      const length = sizeOf(type.dims);
      for (const row of rows.all(type.rows.table))
        ranges.push({ from: place.address / 4 + row * length, length });
    }
    return ranges;
  }

  private put(values: FeedValues, isInRoom: boolean): void {
    const { places } = this.module;
    const size = values.count(EXAMPLES);
    const starts = this.axisStarts(values, size);
    const counts = new Map(
      [...places.axes, ...places.tables].map((rows) => [rowsKey(rows), values.count(rows)]),
    );
    const cut = cutBlocks(
      size,
      starts.flatMap((axis) => axis ?? []),
    );
    // By kind of blocks: the first row of each block, by axis, with an end.
    const records = blockKinds.map((kind) =>
      starts.map((axis) =>
        axis === null ? cut[kind].examples : cut[kind].examples.map((example) => axis[example]!),
      ),
    );
    // Blocks of examples have no values of steps.
    const inBlock = new Map(
      places.axes.map((rows, i) => {
        const kinds = starts[i] === null ? records : [records[blockKinds.indexOf("steps")]!];
        return [
          rowsKey(rows),
          largest(
            kinds.map((firsts) => largestStep(firsts[i]!)),
            0,
          ),
        ];
      }),
    );
    const recordCount = blockKinds.reduce((sum, kind) => sum + cut[kind].count + 1, 0);
    if (this.layout.fit({ rows: counts, inBlock, records: recordCount }, this.computer.mostThreads))
      this.place();
    const { ints, layout } = this;
    for (const rows of [...places.axes, ...places.tables])
      ints[places.countWord(rows) / 4] = counts.get(rowsKey(rows))!;
    const recordBytes = 4 * places.axes.length;
    let record = layout.records;
    for (const [k, kind] of blockKinds.entries()) {
      const { cuts, count } = cut[kind];
      for (let slice = 0; slice <= SLICES; slice++)
        ints[places.cutWords(kind) / 4 + slice] = record + recordBytes * cuts[slice]!;
      for (let block = 0; block <= count; block++, record += recordBytes)
        records[k]!.forEach((firsts, axis) => {
          ints[record / 4 + axis] = firsts[block]!;
        });
    }
    for (const [i, rows] of places.axes.entries())
      if (rows.kind === "steps") ints.set(starts[i]!, layout.addressOf(places.startsOf(rows)) / 4);
    for (const { id, op, name, dtype } of this.sources) {
      const given = op === "table" ? values.table(name) : values.input(name);
      if (domainOf(this.graph.nodes[id]!.type.rows) !== "once")
        this.putArray(given, dtype, places.slotOf(id), isInRoom);
      else (dtype === "i32" ? ints : this.floats).set(given, places.addressOf(id) / 4);
    }
  }

  /** Copies the array to its slot, or stores its address. */
  private putArray(array: Values, dtype: TensorType["dtype"], slot: StepSlot, isInRoom: boolean): void {
    const isThere = isInRoom && array.buffer instanceof SharedArrayBuffer;
    const address = isThere ? array.byteOffset : this.layout.addressOf(slot);
    this.ints[wordAddress(slot.word) / 4] = address;
    if (!isThere) (dtype === "i32" ? this.ints : this.floats).set(array, address / 4);
  }

  /** By axis: the start of each example's rows, with an end; null if an example is a row. */
  private axisStarts(values: FeedValues, size: number): readonly (Int32Array | null)[] {
    const { axes } = this.module.places;
    const steps = axes.map((rows) => (rows.kind === "steps" ? startsOf(values.segments(rows), size) : null));
    return axes.map((rows, i) => {
      if (rows.kind !== "elements") return steps[i]!;
      const owners = values.input(this.owners.get(rows.set)!) as Int32Array;
      const own = startsOf(owners, values.count(rows.of));
      const outer = steps[axes.findIndex((axis) => rowsKey(axis) === rowsKey(rows.of))]!;
      return outer === null ? own : outer.map((start) => own[start]!);
    });
  }

  /** The address of the value. */
  private addressOf(id: NodeId): number {
    const { places } = this.module;
    const isOnce = domainOf(this.graph.nodes[id]!.type.rows) === "once";
    return isOnce ? places.addressOf(id) : this.ints[wordAddress(places.slotOf(id).word) / 4]!;
  }

  private putRowNumbers({ all, changed }: HeldRowNumbers, isInRoom: boolean): void {
    const { places } = this.module;
    for (const rows of places.tables) {
      if (rows.kind !== "table" || !this.held.has(rows.table)) continue;
      const slots = places.rowNumbers(rows);
      const numbers = all(rows.table);
      this.putArray(numbers, "i32", slots.all, isInRoom);
      const own = changed(rows.table);
      if (own === null) this.putArray(numbers, "i32", slots.changed, isInRoom);
      else {
        const at = this.layout.addressOf(slots.changed) / 4;
        this.ints.fill(-1, at, at + numbers.length);
        for (const position of own) this.ints[at + position] = numbers[position]!;
      }
    }
  }

  /**
   * Grows the memory to the layout's size, and stores the addresses for the code. Throws DiagnosticError if
   * there is not enough memory.
   */
  private place(): void {
    const pages = Math.ceil(this.layout.end / PAGE);
    const has = this.memory.buffer.byteLength / PAGE;
    if (pages > has) growMemory(this.memory, pages - has);
    this.ints = new Int32Array(this.memory.buffer);
    this.floats = new Float32Array(this.memory.buffer);
    for (const slot of this.module.places.slots)
      this.ints[wordAddress(slot.word) / 4] = this.layout.addressOf(slot);
  }

  private fetch(values: FeedValues): StepOutputs {
    const { schedule } = this.module;
    const found: Record<string, Float32Array | Int32Array> = {};
    for (const [name, id] of this.graph.outputs) {
      // The step itself writes new rows of a table back.
      if (this.graph.roles.get(name)?.kind === "table") continue;
      const { root, offset } = schedule.reads.view(id);
      const { rows, dims, dtype } = this.graph.nodes[id]!.type;
      const at = this.addressOf(root.id) / 4 + offset;
      const length = values.count(rows) * sizeOf(dims);
      found[name] = (dtype === "i32" ? this.ints : this.floats).slice(at, at + length);
    }
    return found;
  }
}

/** The start of each row's steps, with an end, from the row of each step. */
function startsOf(segments: Int32Array, rows: number): Int32Array {
  const starts = new Int32Array(rows + 1);
  for (const row of segments) starts[row + 1]!++;
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!;
  return starts;
}

/** The largest difference between neighbouring numbers. */
function largestStep(ascending: Int32Array): number {
  let most = 0;
  for (let i = 1; i < ascending.length; i++) most = Math.max(most, ascending[i]! - ascending[i - 1]!);
  return most;
}

/** An array that is fed before each step. */
interface Source {
  readonly id: NodeId;
  readonly op: "input" | "table";
  readonly name: string;
  readonly dtype: TensorType["dtype"];
}

function sourcesOf(reads: Reads): readonly Source[] {
  const given = reads.needed.filter((node) => reads.isSource(node));
  return given.flatMap(({ id, op, attributes, type: { dtype } }) => {
    if (op !== "input" && op !== "table") return [];
    return [{ id, op, name: attributes.name, dtype }];
  });
}

/** By set: the input with the row of each of its values. */
function ownersOf({ nodes }: ValidGraph): ReadonlyMap<string, string> {
  return new Map(
    nodes.flatMap((node) => {
      if (node.op !== "input") return [];
      const { name, role } = node.attributes;
      return role.kind === "owner" ? [[role.of, name] as const] : [];
    }),
  );
}
