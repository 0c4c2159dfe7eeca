// How threads share a step. One word says which phase it is and which slice is next: a thread takes it by
// adding one. Whoever does the last slice of a phase does what comes after the slices, and opens the next
// phase. A thread that the system has put aside holds up the others only while it has a slice. One that ends
// while it has one ends the step: what it has changed cannot be computed again.

import { threadStopped } from "../../../diagnostics/catalog/threads.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../diagnostics/diagnostic.ts";
import { SLICES } from "./blocks.ts";
import { afterSlicesOf, slicesOf } from "./emit.ts";
import { instantiateModule, type StepFunctions, type WasmMemory } from "./machine.ts";
import { REASON, SYNC } from "./memory-plan.ts";

/** What a thread needs to take part. It can be sent to one. */
export interface ThreadTask {
  readonly module: object;
  readonly memory: WasmMemory;
  readonly phases: number;
  /** From 1: the one that leads is 0. */
  readonly thread: number;
  /** The number of its team: a memory may have several, one after the other. */
  readonly team: number;
}

/** A thread that takes part, as the one that leads sees it. */
export interface TeamThread {
  /** Whether it may still take part; asked while the one that leads waits and sees no events. */
  isAlive(): boolean;
  /** Ends it, whatever it does. */
  stop(): void;
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
/**
 * Where the scratch spaces are, how many bytes each has, how many threads take part, what went wrong, how
 * many began to serve, of which team.
 */
const SCRATCH = SYNC.step / 4;
const SCRATCH_BYTES = SCRATCH + 1;
const ACTIVE = SCRATCH + 2;
const TROUBLE = SCRATCH + 3;
const SERVING = SCRATCH + 4;
const TEAM = SCRATCH + 5;
const trouble = { none: 0, failed: 1, over: 2 } as const;

/** Some 30 µs: a thread that waits longer sleeps. */
const SPINS = 20_000;
/** How often the one that leads looks whether those that it waits for are still there. */
const LOOK_MS = 50;
/** Nothing that a step does takes as long. */
const PATIENCE_MS = 60_000;

export class Slices {
  private readonly words: Int32Array;
  private readonly reason: Uint8Array;
  private readonly slices: readonly ((slice: number, scratch: number) => void)[];
  private readonly afters: readonly ((scratch: number) => void)[];
  private readonly thread: number;
  private number: number;
  private steps = 0;
  /** Threads that take part. */
  active = 1;
  /** Those that were started: the first is thread 1. */
  team: TeamThread[] = [];

  constructor({ module, memory, phases, thread, team }: ThreadTask) {
    const functions: StepFunctions = instantiateModule(module, memory);
    // The words stand at the beginning, and stay there when the memory grows.
    this.words = new Int32Array(memory.buffer, 0, REASON.at / 4);
    this.reason = new Uint8Array(memory.buffer, REASON.at, REASON.bytes);
    this.slices = Array.from({ length: phases }, (_, phase) => functions[slicesOf(phase)]!);
    this.afters = Array.from({ length: phases }, (_, phase) => functions[afterSlicesOf(phase)]!);
    this.thread = thread;
    this.number = team;
  }

  /** Leads in this memory from now on. Gives the number of the team. */
  begin(): number {
    const { words } = this;
    // First: by it the threads of an earlier team know that none of what follows is theirs.
    this.number = Atomics.add(words, TEAM, 1) + 1;
    for (const word of [DONE, ACTIVE, TROUBLE, SERVING]) Atomics.store(words, word, 0);
    // There is nothing to take before the first step.
    Atomics.store(words, STATE, CLOSED);
    return this.number;
  }

  /** How many threads are there: a thread that was started takes a while to be. */
  get present(): number {
    return this.team.length === 0 ? 1 : 1 + Atomics.load(this.words, SERVING);
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
      if (!this.take(now)) this.wait(now);
    }
  }

  /** Takes part until the one that leads is done. */
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

  /** Sends all threads home, and ends those that do not go. */
  end(): void {
    const { words } = this;
    // A memory that no thread shares has left them behind when it grew.
    if (words.length === 0) return;
    Atomics.store(words, TROUBLE, trouble.over);
    // No number that a thread may be about to wait at.
    Atomics.store(words, ACTIVE, -1);
    Atomics.store(words, STATE, -1);
    Atomics.notify(words, ACTIVE);
    Atomics.notify(words, STATE);
    for (const thread of this.team) thread.stop();
    this.team = [];
    this.active = 1;
  }

  /** A step by this thread, whoever leads. */
  alone(scratch: number): void {
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
    // First: there is no moment at which a thread has a slice and seems to have none.
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

  /** Until the state is another one. Throws DiagnosticError where nobody is left who would change it. */
  private wait(now: number): void {
    const { words } = this;
    for (let waited = 0; ; waited += LOOK_MS) {
      this.sleep(now, LOOK_MS);
      if (Atomics.load(words, STATE) !== now) return;
      const isLost = this.team.some(
        (thread, i) => Atomics.load(words, busyWord(i + 1)) === 1 && !thread.isAlive(),
      );
      const isFailed = Atomics.load(words, TROUBLE) === trouble.failed;
      // Who did its part and then ended has changed it meanwhile.
      if (Atomics.load(words, STATE) !== now) return;
      if (isFailed) throw stopped(this.saidReason());
      if (isLost) throw stopped("something ended it");
      if (waited >= PATIENCE_MS) throw stopped(`it did not answer for ${PATIENCE_MS / 1000} s`);
    }
  }

  private saidReason(): string {
    // A copy: text is not read from memory that others write.
    const bytes = this.reason.slice();
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Until the state is another one, somebody calls, or it has been so long. */
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
