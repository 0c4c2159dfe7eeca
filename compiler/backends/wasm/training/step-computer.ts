// Computes steps on values in the memory: with as many threads as make them faster, and in another form if it
// is faster and a comparison finds the same bits.

import { SLICES } from "../../code/training/blocks.ts";
import type { LeftByStep } from "./left-by-step.ts";
import { functionsOf, type StepProgram, type WasmMemory } from "./machine.ts";
import { type FormInWork, FormTrial, type OtherForm, type StepSource } from "./other-form.ts";
import { Slices } from "./slices.ts";
import { ThreadCount, type Threads, type WasmMachine } from "./team.ts";

/** The module of a step, and its code for another form. */
export interface StepForms {
  readonly memory: WasmMemory;
  readonly isShared: boolean;
  readonly phases: number;
  readonly computes: "step" | "prediction";
  readonly compiled: object;
  readonly source: StepSource;
}

/** The threads' memory for a block of examples. */
export interface ThreadScratch {
  readonly scratch: number;
  readonly scratchBytes: number;
}

interface Form {
  readonly program: StepProgram;
  readonly slices: Slices;
}

export class StepComputer {
  private readonly forms: StepForms;
  private readonly threads: Threads | null;
  private readonly machine: WasmMachine;
  private readonly count: ThreadCount;
  private readonly trial: FormTrial | null;
  private readonly plain: Form;
  private work: FormInWork | null = null;
  private other: Form | null = null;
  /**
   * The form whose instance leads the threads, the number of its team, and the number of threads it has
   * started.
   */
  private leading: Form;
  private team: number;
  private started = 1;

  constructor(forms: StepForms, machine: WasmMachine) {
    const { other = null } = machine;
    this.forms = forms;
    this.machine = machine;
    this.threads = forms.isShared ? machine.threads : null;
    this.count = new ThreadCount(this.mostThreads, this.threads?.isFixed === true);
    this.trial = other === null || !forms.isShared ? null : trialOf(other, forms);
    this.plain = this.formOf({ kind: "wasm", module: forms.compiled });
    this.leading = this.plain;
    this.team = this.leading.slices.begin();
  }

  get mostThreads(): number {
    return this.threads === null ? 1 : Math.min(this.threads.most, SLICES);
  }

  /** Computes a step on the values in the memory; `left` describes its results there. */
  step(scratch: ThreadScratch, left: LeftByStep): void {
    const { trial } = this;
    if (trial?.isMaking === true) this.make(trial);
    if (trial?.form === "both") this.both(scratch, left, trial);
    else if (trial?.isTimed === true)
      trial.took(this.alone(trial.form === "other" ? this.other! : this.plain, scratch));
    else {
      this.lead(trial?.form === "other" ? this.other! : this.plain);
      const threads = this.start(this.count.wanted);
      const ms = timeOf(() => this.leading.slices.lead(scratch.scratch, scratch.scratchBytes));
      this.count.took(ms, threads);
      trial?.took(ms);
    }
  }

  /** Ends the threads. Nothing may be computed after it. */
  end(): void {
    this.leading.slices.end();
    if (this.work !== null) this.trial?.ended();
  }

  /** Begins to make the other form, or takes it if it is made. */
  private make(trial: FormTrial): void {
    this.work ??= this.machine.other!.make(this.forms.source);
    const found = this.work.found();
    if (found === null) return;
    if (found !== "missing") this.other = this.formOf(found);
    trial.made(this.other !== null);
  }

  /** Computes in the other form, and then from the same state in the plain one, whose results stay. */
  private both(scratch: ThreadScratch, left: LeftByStep, trial: FormTrial): void {
    // Its threads start while this one compares.
    this.lead(this.other!);
    const before = left.state();
    this.count.took(this.alone(this.other!, scratch), 1);
    this.start(this.count.likely);
    const others = left.all();
    left.put(before);
    this.alone(this.plain, scratch);
    trial.compared(left.isSame(others));
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
    const { program, slices } = this.leading;
    const { memory, phases } = this.forms;
    for (; this.started < threads; this.started++)
      slices.team.push(
        this.threads!.start({ ...{ program, memory, phases }, thread: this.started, team: this.team }),
      );
    slices.active = Math.min(threads, slices.present);
    return slices.active;
  }

  private formOf(program: StepProgram): Form {
    const { memory, phases } = this.forms;
    const functions = functionsOf(program, memory, this.machine.loadLibrary);
    return { program, slices: new Slices({ ...{ memory, phases }, thread: 0, team: 0 }, functions) };
  }
}

/** Predictions are often few, so that they use a form that was made before from the first one on. */
function trialOf(other: OtherForm, { computes, source }: StepForms): FormTrial {
  const isAsked = other.isAsked || (computes === "prediction" && other.wasMade(source));
  return new FormTrial({ isAsked, holds: other.holds, told: (outcome) => other.told(outcome) }, computes);
}

function timeOf(compute: () => void): number {
  const before = performance.now();
  compute();
  return performance.now() - before;
}
