// How threads share a step. One word says which phase it is and which slice is next: a thread takes it by adding one. Whoever does the last
// slice of a phase does what comes after the slices, and opens the next phase. A thread that the system has put aside holds up the others
// only while it has a slice.

import { InternalError } from "../../../common/internal-error.ts";
import { afterSlicesOf, slicesOf } from "./emit.ts";
import { instantiateModule, type StepFunctions, type WasmMemory } from "./machine.ts";
import { SLICES, SYNC } from "./places.ts";

/** What a thread needs to take part. It can be sent to one. */
export interface ThreadTask {
  readonly module: object;
  readonly memory: WasmMemory;
  readonly phases: number;
  /** From 1: the one that leads is 0. */
  readonly thread: number;
}

const SLICE_BITS = 6;
const PHASE_BITS = 10;
const SLICE_MASK = 2 ** SLICE_BITS - 1;
const PHASE_MASK = 2 ** PHASE_BITS - 1;
/** In the place of a slice, between steps. */
const CLOSED = SLICE_MASK;
export const MOST_PHASES = PHASE_MASK;
const STEP_MASK = 2 ** (31 - SLICE_BITS - PHASE_BITS) - 1;

const STATE = SYNC.state / 4;
const DONE = SYNC.done / 4;
/** Where the scratch spaces are, how many bytes each has, how many threads take part, what went wrong. */
const SCRATCH = SYNC.step / 4;
const SCRATCH_BYTES = SCRATCH + 1;
const ACTIVE = SCRATCH + 2;
const TROUBLE = SCRATCH + 3;
const trouble = { none: 0, failed: 1, over: 2 } as const;

/** Some 30 µs: a thread that waits longer sleeps. */
const SPINS = 20_000;
/** Nothing that a step does takes as long. */
const PATIENCE_MS = 60_000;

export class Slices {
  private readonly words: Int32Array;
  private readonly slices: readonly ((slice: number, scratch: number) => void)[];
  private readonly afters: readonly ((scratch: number) => void)[];
  private readonly thread: number;
  private steps = 0;
  /** Threads that take part. */
  active = 1;

  constructor({ module, memory, phases, thread }: ThreadTask) {
    const functions: StepFunctions = instantiateModule(module, memory);
    // The words stand at the beginning, and stay there when the memory grows.
    this.words = new Int32Array(memory.buffer, 0, TROUBLE + 1);
    this.slices = Array.from({ length: phases }, (_, phase) => functions[slicesOf(phase)]!);
    this.afters = Array.from({ length: phases }, (_, phase) => functions[afterSlicesOf(phase)]!);
    this.thread = thread;
  }

  /** A step, with the threads that take part. */
  lead(scratch: number, scratchBytes: number): void {
    if (this.active === 1) {
      this.alone(scratch);
      return;
    }
    const { words } = this;
    words[SCRATCH] = scratch;
    words[SCRATCH_BYTES] = scratchBytes;
    if (words[ACTIVE] !== this.active) {
      Atomics.store(words, ACTIVE, this.active);
      Atomics.notify(words, ACTIVE);
    }
    this.steps = (this.steps + 1) & STEP_MASK;
    Atomics.store(words, STATE, this.stateOf(0, 0));
    Atomics.notify(words, STATE);
    const end = this.stateOf(0, CLOSED);
    for (;;) {
      const now = Atomics.load(words, STATE);
      if (now === end) return;
      if (this.take(now)) continue;
      this.wait(now);
      if (Atomics.load(words, TROUBLE) === trouble.failed)
        throw new InternalError("a thread that computes a part of the step failed");
    }
  }

  /** Takes part until the one that leads is done. */
  serve(): void {
    const { words } = this;
    try {
      for (;;) {
        const active = Atomics.load(words, ACTIVE);
        const now = Atomics.load(words, STATE);
        if (Atomics.load(words, TROUBLE) === trouble.over) return;
        if (this.thread >= active) Atomics.wait(words, ACTIVE, active);
        else if (!this.take(now)) this.sleep(now, Number.POSITIVE_INFINITY);
      }
    } catch (error) {
      Atomics.store(words, TROUBLE, trouble.failed);
      Atomics.notify(words, STATE);
      throw error;
    }
  }

  /** Sends all threads home. */
  end(): void {
    const { words } = this;
    // A memory that no thread shares has left them behind when it grew.
    if (words.length === 0) return;
    Atomics.store(words, TROUBLE, trouble.over);
    Atomics.store(words, ACTIVE, 0);
    Atomics.store(words, STATE, -1);
    Atomics.notify(words, ACTIVE);
    Atomics.notify(words, STATE);
  }

  private alone(scratch: number): void {
    for (const [phase, slices] of this.slices.entries()) {
      for (let slice = 0; slice < SLICES; slice++) slices(slice, scratch);
      this.afters[phase]!(scratch);
    }
  }

  private stateOf(phase: number, slice: number): number {
    return (((this.steps << PHASE_BITS) | phase) << SLICE_BITS) | slice;
  }

  /** Does the next slice, if there is one and nobody else took it; false where there is none. */
  private take(now: number): boolean {
    const { words } = this;
    const slice = now & SLICE_MASK;
    if (now < 0 || slice >= SLICES) return false;
    if (Atomics.compareExchange(words, STATE, now, now + 1) !== now) return true;
    const phase = (now >> SLICE_BITS) & PHASE_MASK;
    const scratch = words[SCRATCH]! + this.thread * words[SCRATCH_BYTES]!;
    this.slices[phase]!(slice, scratch);
    if (Atomics.add(words, DONE, 1) < SLICES - 1) return true;
    Atomics.store(words, DONE, 0);
    this.afters[phase]!(scratch);
    const step = now & ~((PHASE_MASK << SLICE_BITS) | SLICE_MASK);
    const isLast = phase + 1 === this.slices.length;
    Atomics.store(words, STATE, isLast ? step | CLOSED : step | ((phase + 1) << SLICE_BITS));
    Atomics.notify(words, STATE);
    return true;
  }

  private wait(now: number): void {
    if (!this.sleep(now, PATIENCE_MS))
      throw new InternalError(`a thread did not end its part of the step within ${PATIENCE_MS / 1000} s`);
  }

  /** Until the state is another one; false where it stayed for so long. */
  private sleep(now: number, most: number): boolean {
    const { words } = this;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(words, STATE) !== now) return true;
    return Atomics.wait(words, STATE, now, most) !== "timed-out";
  }
}
