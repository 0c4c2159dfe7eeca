// Computes steps on values in the memory: with as many threads as make them faster, and with vectors of eight
// numbers if these are faster and a comparison finds the same bits.

import { SLICES } from "../../code/training/blocks.ts";
import type { LeftByStep } from "./left-by-step.ts";
import type { WasmMemory } from "./machine.ts";
import { Slices } from "./slices.ts";
import { ThreadCount, type Threads, type WasmMachine } from "./team.ts";
import { WideTrial } from "./wide.ts";

/** The module of a step, which can be made in two forms. */
export interface StepForms {
  readonly memory: WasmMemory;
  readonly isShared: boolean;
  readonly phases: number;
  /** With a tile for vectors of four numbers. */
  readonly compiled: object;
  /** With a tile for vectors of eight numbers; addresses and results are the same. */
  wideBytes(): Uint8Array;
}

/** The threads' memory for a block of examples. */
export interface ThreadScratch {
  readonly scratch: number;
  readonly scratchBytes: number;
}

interface Form {
  readonly module: object;
  readonly slices: Slices;
}

export class StepComputer {
  private readonly forms: StepForms;
  private readonly threads: Threads | null;
  private readonly machine: WasmMachine;
  private readonly count: ThreadCount;
  private readonly trial: WideTrial | null;
  private readonly plain: Form;
  private wide: Form | null = null;
  /**
   * The form whose instance leads the threads, the number of its team, and the number of threads it has
   * started.
   */
  private leading: Form;
  private team: number;
  private started = 1;

  constructor(forms: StepForms, machine: WasmMachine) {
    const { wide = null } = machine;
    this.forms = forms;
    this.machine = machine;
    this.threads = forms.isShared ? machine.threads : null;
    this.count = new ThreadCount(this.mostThreads, this.threads?.isFixed === true);
    this.trial = wide === null || !forms.isShared ? null : new WideTrial(wide);
    this.plain = this.formOf(forms.compiled);
    this.leading = this.plain;
    this.team = this.leading.slices.begin();
  }

  get mostThreads(): number {
    return this.threads === null ? 1 : Math.min(this.threads.most, SLICES);
  }

  /** Computes a step on the values in the memory; `left` describes its results there. */
  step(scratch: ThreadScratch, left: LeftByStep): void {
    const { trial } = this;
    if (trial?.form === "both") this.both(scratch, left, trial);
    else if (trial?.isTimed === true)
      trial.took(this.alone(trial.form === "wide" ? this.wide! : this.plain, scratch));
    else {
      this.lead(trial?.form === "wide" ? this.wide! : this.plain);
      const threads = this.start(this.count.wanted);
      const ms = timeOf(() => this.leading.slices.lead(scratch.scratch, scratch.scratchBytes));
      this.count.took(ms, threads);
      trial?.took(ms);
    }
  }

  /** Ends the threads. Nothing may be computed after it. */
  end(): void {
    this.leading.slices.end();
  }

  /** Computes in the wide form, and then from the same state in the plain one, whose results stay. */
  private both(scratch: ThreadScratch, left: LeftByStep, trial: WideTrial): void {
    this.wide ??= this.wideForm();
    const before = left.state();
    let wide: ReturnType<LeftByStep["all"]> | null = null;
    if (this.wide !== null) {
      this.alone(this.wide, scratch);
      wide = left.all();
      left.put(before);
    }
    this.alone(this.plain, scratch);
    trial.compared(wide === null ? "missing" : left.isSame(wide) ? "same" : "differs");
  }

  private alone({ slices }: Form, { scratch }: ThreadScratch): number {
    return timeOf(() => slices.alone(scratch));
  }

  /** Threads have the module of one form, so new ones replace them. */
  private lead(form: Form): void {
    if (this.leading === form) return;
    this.leading.slices.end();
    this.leading = form;
    this.team = form.slices.begin();
    this.started = 1;
    this.count.again();
  }

  /** Starts missing threads; returns how many are running. */
  private start(threads: number): number {
    const { module, slices } = this.leading;
    const { memory, phases } = this.forms;
    for (; this.started < threads; this.started++)
      slices.team.push(
        this.threads!.start({ ...{ module, memory, phases }, thread: this.started, team: this.team }),
      );
    slices.active = Math.min(threads, slices.present);
    return slices.active;
  }

  private wideForm(): Form | null {
    const module = this.machine.wide!.compile(this.forms.wideBytes());
    return module === null ? null : this.formOf(module);
  }

  private formOf(module: object): Form {
    const { memory, phases } = this.forms;
    return { module, slices: new Slices({ ...{ module, memory, phases }, thread: 0, team: 0 }) };
  }
}

function timeOf(compute: () => void): number {
  const before = performance.now();
  compute();
  return performance.now() - before;
}
