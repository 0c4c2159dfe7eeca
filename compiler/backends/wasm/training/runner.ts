// Runs the module of a Graph over a batch: puts the batch's values into the memory, says where everything is, and goes through the phases.

import { invariant } from "../../../common/internal-error.ts";
import type { Node, ValidGraph } from "../../../middle/graph/graph.ts";
import { type Rows, rowsKey, sizeOf } from "../../../middle/graph/types.ts";
import type { FeedValues } from "../../contract/feed.ts";
import type { Fetched } from "../../contract/results.ts";
import { cutBlocks } from "./blocks.ts";
import { domainOf } from "./domains.ts";
import { emitStep, type StepModule } from "./emit.ts";
import { bytesIn, tileOf } from "./form.ts";
import { Layout } from "./layout.ts";
import { compileModule, hasSharedMemory, MOST_PAGES, newMemory, PAGE, type WasmMemory } from "./machine.ts";
import { ROOM, SLICES, wordAddress } from "./places.ts";
import { heldTable } from "./schedule.ts";
import { MOST_PHASES, Slices, type ThreadTask } from "./slices.ts";
import { ThreadCount, type Threads, type WasmMachine } from "./team.ts";

/** Which rows of held tables a batch has: all, and positions of those that are to change, null for all. */
export interface HeldRowNumbers {
  all(table: string): Int32Array;
  changed(table: string): Int32Array | null;
}

export class Runner {
  private readonly graph: ValidGraph;
  private readonly module: StepModule;
  private readonly layout: Layout;
  private readonly memory: WasmMemory;
  private readonly slices: Slices;
  private readonly task: ThreadTask;
  private readonly threads: Threads | null;
  private readonly count: ThreadCount;
  private readonly held = new Map<string, { readonly address: number; readonly length: number }>();
  private started = 1;
  private ints: Int32Array;
  private floats: Float32Array;

  /**
   * `held` are the values of tables that the Graph reads and changes where they lie, and of what is kept beside them, by name: they are
   * copied into the memory.
   */
  constructor(
    graph: ValidGraph,
    { threads, form, isWide = false }: WasmMachine,
    held: ReadonlyMap<string, Float32Array>,
  ) {
    this.module = emitStep(graph, tileOf(form, isWide), new Set(held.keys()));
    this.graph = this.module.schedule.graph;
    const { places, phases } = this.module;
    const shared = hasSharedMemory();
    let end = places.end;
    for (const [name, values] of held) {
      this.held.set(name, { address: end, length: values.length });
      end = Math.ceil((end + values.byteLength + ROOM) / 64) * 64;
    }
    this.layout = new Layout(places, end);
    this.memory = newMemory(Math.ceil(end / PAGE), shared);
    this.ints = new Int32Array(this.memory.buffer);
    this.floats = new Float32Array(this.memory.buffer);
    invariant(phases <= MOST_PHASES, `a step of ${phases} phases`);
    const bytes = bytesIn(form, this.module.encode({ shared, mostPages: MOST_PAGES }));
    this.task = { module: compileModule(bytes), memory: this.memory, phases, thread: 0 };
    this.slices = new Slices(this.task);
    this.threads = shared ? threads : null;
    this.count = new ThreadCount(this.mostThreads(), threads?.isFixed === true);
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

  /** A view of the memory, which stays where it is. */
  heldValues(name: string): Float32Array {
    const place = this.held.get(name);
    invariant(place, `table ${name} is not held`);
    return this.floats.subarray(place.address / 4, place.address / 4 + place.length);
  }

  /** Values of outputs are copies. Parameters have their new values then. */
  run(values: FeedValues, rows: HeldRowNumbers | null = null): Fetched {
    this.put(values);
    if (rows !== null) this.putRowNumbers(rows);
    const threads = this.start(this.count.wanted);
    const before = performance.now();
    this.slices.lead(this.layout.scratch, this.layout.scratchBytes);
    this.count.took(performance.now() - before, threads);
    const fetched = this.fetch(values);
    this.commit();
    return fetched;
  }

  /** All new values at once: one parameter may get what another has. */
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

  /** Nothing is run after it. */
  end(): void {
    this.slices.end();
  }

  private mostThreads(): number {
    return this.threads === null ? 1 : Math.min(this.threads.most, SLICES);
  }

  /** Starts what is missing; returns how many are there. */
  private start(threads: number): number {
    for (; this.started < threads; this.started++)
      this.slices.team.push(this.threads!.start({ ...this.task, thread: this.started }));
    this.slices.active = Math.min(threads, this.slices.present);
    return this.slices.active;
  }

  private put(values: FeedValues): void {
    const { places, schedule } = this.module;
    const examples: Rows = { kind: "each", per: "example" };
    const size = values.count(examples);
    const counts = new Map<string, number>([[rowsKey(examples), size]]);
    // Where rows of each axis begin, by example, with an end.
    const starts = new Map<string, Int32Array>();
    for (const rows of places.axes) {
      if (rows.kind === "steps") starts.set(rowsKey(rows), startsOf(values.segments(rows), size));
      counts.set(rowsKey(rows), values.count(rows));
    }
    for (const rows of places.axes)
      if (rows.kind === "elements") {
        const owners = values.input(ownerInput(this.graph, rows.set)) as Int32Array;
        const of = startsOf(owners, counts.get(rowsKey(rows.of))!);
        const outer = starts.get(rowsKey(rows.of));
        starts.set(rowsKey(rows), outer === undefined ? of : outer.map((start) => of[start]!));
      }
    for (const rows of places.tables) counts.set(rowsKey(rows), values.count(rows));
    const blocks = cutBlocks(
      size,
      places.axes.flatMap((rows) => (rows.kind === "each" ? [] : [starts.get(rowsKey(rows))!])),
    );
    const first = (rows: Rows, example: number) =>
      rows.kind === "each" ? example : starts.get(rowsKey(rows))![example]!;
    const inBlock = new Map<string, number>();
    for (const rows of places.axes) {
      let most = 0;
      for (let block = 0; block < blocks.count; block++) {
        const [from, to] = [blocks.examples[block]!, blocks.examples[block + 1]!];
        most = Math.max(most, first(rows, to) - first(rows, from));
      }
      inBlock.set(rowsKey(rows), most);
    }
    if (this.layout.fit({ rows: counts, inBlock, blocks: blocks.count }, this.mostThreads())) this.place();
    const { ints, floats, layout } = this;
    for (const [key, count] of counts) {
      const rows = [...places.axes, ...places.tables].find((each) => rowsKey(each) === key);
      if (rows !== undefined) ints[places.countWord(rows) / 4] = count;
    }
    let record = layout.records / 4;
    for (const example of blocks.examples)
      for (const rows of places.axes) ints[record++] = first(rows, example);
    const recordBytes = 4 * places.axes.length;
    for (let slice = 0; slice <= SLICES; slice++)
      ints[places.cutWords / 4 + slice] = layout.records + recordBytes * blocks.cuts[slice]!;
    for (const rows of places.axes)
      if (rows.kind === "steps")
        ints.set(starts.get(rowsKey(rows))!, layout.addressOf(places.startsOf(rows)) / 4);
    for (const node of schedule.reads.needed) {
      if (!schedule.reads.isSource(node) || (node.op !== "input" && node.op !== "table")) continue;
      const { name } = node.attributes as { readonly name: string };
      const given = node.op === "table" ? values.table(name) : values.input(name);
      const once = domainOf(node.type.rows) === "once";
      const at = once ? places.addressOf(node.id) : layout.addressOf(places.slotOf(node.id));
      (node.type.dtype === "i32" ? ints : floats).set(given, at / 4);
    }
  }

  private putRowNumbers({ all, changed }: HeldRowNumbers): void {
    const { places } = this.module;
    for (const rows of places.tables) {
      if (rows.kind !== "table" || !this.held.has(rows.table)) continue;
      const slots = places.rowNumbers(rows);
      const numbers = all(rows.table);
      this.ints.set(numbers, this.layout.addressOf(slots.all) / 4);
      const at = this.layout.addressOf(slots.changed) / 4;
      const own = changed(rows.table);
      if (own === null) this.ints.set(numbers, at);
      else {
        this.ints.fill(-1, at, at + numbers.length);
        for (const position of own) this.ints[at + position] = numbers[position]!;
      }
    }
  }

  /** Grows the memory to what is laid out, and tells the code. @throws RangeError where there is no room */
  private place(): void {
    const pages = Math.ceil(this.layout.end / PAGE);
    const has = this.memory.buffer.byteLength / PAGE;
    if (pages > has) this.memory.grow(pages - has);
    this.ints = new Int32Array(this.memory.buffer);
    this.floats = new Float32Array(this.memory.buffer);
    for (const slot of this.module.places.slots)
      this.ints[wordAddress(slot.word) / 4] = this.layout.addressOf(slot);
  }

  private fetch(values: FeedValues): Fetched {
    const { places, schedule } = this.module;
    const found: Record<string, Float32Array | Int32Array> = {};
    for (const [name, id] of this.graph.outputs) {
      if (heldTable(name) !== null) continue;
      const { root, offset } = schedule.reads.view(id);
      const { rows, dims, dtype } = this.graph.nodes[id]!.type;
      const once = domainOf(root.type.rows) === "once";
      const at =
        (once ? places.addressOf(root.id) : this.layout.addressOf(places.slotOf(root.id))) / 4 + offset;
      const length = values.count(rows) * sizeOf(dims);
      found[name] = (dtype === "i32" ? this.ints : this.floats).slice(at, at + length);
    }
    return found;
  }
}

/** Where the steps of each row begin, with an end, from the row of each step. */
function startsOf(segments: Int32Array, rows: number): Int32Array {
  const starts = new Int32Array(rows + 1);
  for (const row of segments) starts[row + 1]!++;
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!;
  return starts;
}

function ownerInput(graph: ValidGraph, set: string): string {
  const owner = graph.nodes.find(
    (node): node is Node<"input"> =>
      node.op === "input" &&
      (node as Node<"input">).attributes.role.kind === "owner" &&
      ((node as Node<"input">).attributes.role as { readonly of: string }).of === set,
  );
  invariant(owner, `nothing says which row has the values of ${set}`);
  return owner.attributes.name;
}
