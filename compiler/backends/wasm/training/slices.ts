// Divides a step among threads. One word holds the phase and the next slice: a thread takes the slice by
// adding one. The thread with the last slice of a phase runs the code after the slices, and opens the next
// phase. A thread that the system suspends delays the others only while it has a slice. If a thread ends
// while it has one, the step fails: what it has changed cannot be recomputed.

import { threadStopped } from "../../../diagnostics/catalog/threads.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../diagnostics/diagnostic.ts";
import { SLICES } from "../../code/training/blocks.ts";
import { afterSlicesOf, REASON, SYNC, slicesOf } from "../../code/training/shared-by-threads.ts";
import type { StepFunctions, StepProgram, WasmMemory } from "./machine.ts";

/** Everything that a thread needs to take part. Can be sent to a thread. */
export interface ThreadTask {
  readonly program: StepProgram;
  readonly memory: WasmMemory;
  readonly phases: number;
  /** From 1; the leading thread is 0. */
  readonly thread: number;
  /** The number of its team; a memory may have several teams in succession. */
  readonly team: number;
}

/** A thread that takes part, as the leading thread sees it. */
export interface TeamThread {
  /** Tells whether it may still take part. Called while the leading thread waits and receives no events. */
  isAlive(): boolean;
  /** Ends it, whatever it is doing. */
  stop(): void;
}

const SLICE_BITS = 6;
const PHASE_BITS = 10;
const SLICE_MASK = 2 ** SLICE_BITS - 1;
const PHASE_MASK = 2 ** PHASE_BITS - 1;
/** The slice number between steps. */
const CLOSED = SLICE_MASK;
export const MOST_PHASES = PHASE_MASK;
const STEP_MASK = 2 ** (31 - SLICE_BITS - PHASE_BITS) - 1;

const STATE = SYNC.state / 4;
const DONE = SYNC.done / 4;
/**
 * The words for: the address of the scratch spaces, the bytes of each, the number of active threads, the
 * failure, the number of serving threads, the team.
 */
const SCRATCH = SYNC.step / 4;
const SCRATCH_BYTES = SCRATCH + 1;
const ACTIVE = SCRATCH + 2;
const TROUBLE = SCRATCH + 3;
const SERVING = SCRATCH + 4;
const TEAM = SCRATCH + 5;
const trouble = { none: 0, failed: 1, over: 2 } as const;

/** About 30 µs; a thread that waits longer sleeps. */
const SPINS = 20_000;
/** How often the leading thread checks that the threads it waits for still exist. */
const LOOK_MS = 50;
/** Nothing in a step takes as long. */
const PATIENCE_MS = 60_000;

export class Slices {
  private readonly words: Int32Array;
  private readonly reason: Uint8Array;
  private readonly slices: readonly ((slice: number, scratch: number) => void)[];
  private readonly afters: readonly ((scratch: number) => void)[];
  private readonly thread: number;
  private number: number;
  private steps = 0;
  /** The number of threads that take part. */
  active = 1;
  /** The started threads; the first is thread 1. */
  team: TeamThread[] = [];

  /** `functions` are those of the program for this memory. */
  constructor({ memory, phases, thread, team }: Omit<ThreadTask, "program">, functions: StepFunctions) {
    // The words are at the beginning, and stay there when the memory grows.
    this.words = new Int32Array(memory.buffer, 0, REASON.at / 4);
    this.reason = new Uint8Array(memory.buffer, REASON.at, REASON.bytes);
    this.slices = Array.from({ length: phases }, (_, phase) => functions[slicesOf(phase)]!);
    this.afters = Array.from({ length: phases }, (_, phase) => functions[afterSlicesOf(phase)]!);
    this.thread = thread;
    this.number = team;
  }

  /** Becomes the leading thread of this memory. Returns the number of the team. */
  begin(): number {
    const { words } = this;
    // The first action, so that threads of an earlier team know that nothing afterwards is for them.
    this.number = Atomics.add(words, TEAM, 1) + 1;
    for (const word of [DONE, ACTIVE, TROUBLE, SERVING]) Atomics.store(words, word, 0);
    // There is no slice to take before the first step.
    Atomics.store(words, STATE, CLOSED);
    return this.number;
  }

  /** The number of running threads: a started thread takes a while to run. */
  get present(): number {
    return this.team.length === 0 ? 1 : 1 + Atomics.load(this.words, SERVING);
  }

  /** Runs a step with the active threads. */
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
      if (!this.take(now)) this.wait(now);
    }
  }

  /** Takes part until the leading thread ends. */
  serve(): void {
    const { words } = this;
    const isOver = () =>
      Atomics.load(words, TROUBLE) === trouble.over || Atomics.load(words, TEAM) !== this.number;
    if (isOver()) return;
    Atomics.add(words, SERVING, 1);
    try {
      for (;;) {
        const active = Atomics.load(words, ACTIVE);
        const now = Atomics.load(words, STATE);
        if (isOver()) return;
        if (this.thread >= active) Atomics.wait(words, ACTIVE, active);
        else if (!this.take(now)) this.sleep(now, Number.POSITIVE_INFINITY);
      }
    } catch (error) {
      const reason = new TextEncoder().encode(error instanceof Error ? error.message : String(error));
      this.reason.set(reason.subarray(0, REASON.bytes));
      Atomics.store(words, TROUBLE, trouble.failed);
      Atomics.notify(words, STATE);
      throw error;
    }
  }

  /** Tells all threads to end, and stops those that do not. */
  end(): void {
    const { words } = this;
    // A memory that is not shared has detached these words when it grew.
    if (words.length === 0) return;
    Atomics.store(words, TROUBLE, trouble.over);
    // A number that no thread can be about to wait for.
    Atomics.store(words, ACTIVE, -1);
    Atomics.store(words, STATE, -1);
    Atomics.notify(words, ACTIVE);
    Atomics.notify(words, STATE);
    for (const thread of this.team) thread.stop();
    this.team = [];
    this.active = 1;
  }

  /** Runs a step in this thread alone. */
  alone(scratch: number): void {
    for (const [phase, slices] of this.slices.entries()) {
      for (let slice = 0; slice < SLICES; slice++) slices(slice, scratch);
      this.afters[phase]!(scratch);
    }
  }

  private stateOf(phase: number, slice: number): number {
    return (((this.steps << PHASE_BITS) | phase) << SLICE_BITS) | slice;
  }

  /**
   * Takes and computes the next slice, unless another thread took it. Returns false if there is none left.
   */
  private take(now: number): boolean {
    const { words } = this;
    const slice = now & SLICE_MASK;
    if (now < 0 || slice >= SLICES) return false;
    // Set before taking a slice, so that a thread with a slice is never seen as idle.
    Atomics.store(words, busyWord(this.thread), 1);
    if (Atomics.compareExchange(words, STATE, now, now + 1) === now) this.compute(now, slice);
    Atomics.store(words, busyWord(this.thread), 0);
    return true;
  }

  private compute(now: number, slice: number): void {
    const { words } = this;
    const phase = (now >> SLICE_BITS) & PHASE_MASK;
    const scratch = words[SCRATCH]! + this.thread * words[SCRATCH_BYTES]!;
    this.slices[phase]!(slice, scratch);
    if (Atomics.add(words, DONE, 1) < SLICES - 1) return;
    Atomics.store(words, DONE, 0);
    this.afters[phase]!(scratch);
    const step = now & ~((PHASE_MASK << SLICE_BITS) | SLICE_MASK);
    const isLast = phase + 1 === this.slices.length;
    Atomics.store(words, STATE, isLast ? step | CLOSED : step | ((phase + 1) << SLICE_BITS));
    Atomics.notify(words, STATE);
  }

  /** Waits until the state changes. Throws DiagnosticError if no thread is left that could change it. */
  private wait(now: number): void {
    const { words } = this;
    for (let waited = 0; ; waited += LOOK_MS) {
      this.sleep(now, LOOK_MS);
      if (Atomics.load(words, STATE) !== now) return;
      const isLost = this.team.some(
        (thread, i) => Atomics.load(words, busyWord(i + 1)) === 1 && !thread.isAlive(),
      );
      const isFailed = Atomics.load(words, TROUBLE) === trouble.failed;
      // A thread that finished its part and then ended has changed it by now.
      if (Atomics.load(words, STATE) !== now) return;
      if (isFailed) throw stopped(this.saidReason());
      if (isLost) throw stopped("something ended it");
      if (waited >= PATIENCE_MS) throw stopped(`it did not answer for ${PATIENCE_MS / 1000} s`);
    }
  }

  private saidReason(): string {
    // A copy, because text cannot be decoded from shared memory.
    const bytes = this.reason.slice();
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Sleeps until the state changes, a notification arrives, or the time is over. */
  private sleep(now: number, most: number): void {
    const { words } = this;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(words, STATE) !== now) return;
    Atomics.wait(words, STATE, now, most);
  }
}

/** 1 while the thread has a slice. */
function busyWord(thread: number): number {
  return (SYNC.busy + thread * SYNC.lineBytes) / 4;
}

function stopped(reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(threadStopped, { reason }, noLocation)]);
}
