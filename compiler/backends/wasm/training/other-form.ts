// Decides whether another form of a step computes it, which is native code. The results of such a form are
// checked: before it is used, and again from time to time, one step is computed in both forms and compared bit by
// bit.

import type { CodeModule } from "../../code/code.ts";
import type { Machine } from "../../code/machine.ts";
import type { StepProgram } from "./machine.ts";

/** Another form of steps, if a machine may have it. */
export interface OtherForm {
  /** Whether it is wanted from the first step on, however short the training is. */
  readonly isAsked: boolean;
  /** Steps until both forms are compared again. */
  readonly holds: number;
  /** Whether it was made for an earlier session, so that it costs no time. */
  wasMade(step: StepSource): boolean;
  /** Begins to make it from the step's code. If it is asked for, this waits for the end. */
  make(step: StepSource): FormInWork;
  /** Called with the outcome. */
  told(outcome: FormOutcome): void;
}

/** The code of a step; addresses and results are the same for every machine. */
export interface StepSource {
  code(target: Machine): CodeModule;
}

export interface FormInWork {
  /** Null as long as it is being made. */
  found(): StepProgram | "missing" | null;
}

export type FormOutcome =
  /** Steps use it from this one on. */
  | { readonly kind: "taken"; readonly step: number }
  /** It does not make a step faster. */
  | { readonly kind: "slower" }
  /** The machine cannot make it. */
  | { readonly kind: "missing" }
  /** It was still being made at the end of the training. */
  | { readonly kind: "unfinished" }
  /** A step gave different bits. `since`: the step after which all steps used it; null if none did. */
  | { readonly kind: "differs"; readonly step: number; readonly since: number | null };

/** Steps before anything is timed, while code is not compiled yet. */
const WARM = 30;
/** The total time of steps before the trial: a shorter training would not recover the time for compiling. */
const SHORT_MS = 1_000;
/**
 * Steps that must have the same bits before it is used: the first one of a training reads zeros as the
 * optimizer's state, which hides wrong code. A prediction has no state.
 */
const CHECKS = { step: 3, prediction: 1 };
/** Steps that are timed in each form, alternately; their medians count. */
const TRIES = 9;
/** The factor by which it must shorten a step. */
const GAIN = 0.95;

type State =
  | { readonly kind: "waiting"; readonly spent: number }
  | { readonly kind: "making" }
  | { readonly kind: "due" }
  | { readonly kind: "timed"; readonly plain: readonly number[]; readonly other: readonly number[] }
  | { readonly kind: "taken" }
  | { readonly kind: "over" };

/** Decides the form of each step. */
export class FormTrial {
  private readonly other: Pick<OtherForm, "isAsked" | "holds" | "told">;
  private readonly enough: number;
  private state: State;
  /** The number of the next step. */
  private step = 1;
  /** Compared steps before it is used. */
  private checks = 0;
  /** The last compared step, once it is in use. */
  private same: number | null = null;

  /** It is used as soon as it is compared if it is asked for; otherwise steps are timed first. */
  constructor(other: Pick<OtherForm, "isAsked" | "holds" | "told">, of: "step" | "prediction" = "step") {
    this.other = other;
    this.enough = CHECKS[of];
    this.state = other.isAsked ? { kind: "making" } : { kind: "waiting", spent: 0 };
  }

  /** The form of the next step. */
  get form(): "plain" | "other" | "both" {
    const { state } = this;
    if (state.kind === "due") return "both";
    if (state.kind === "taken") return "other";
    return state.kind === "timed" && state.plain.length > state.other.length ? "other" : "plain";
  }

  /** Whether the other form is to be made before it can be compared. */
  get isMaking(): boolean {
    return this.state.kind === "making";
  }

  /** Whether the next step is timed; then one thread computes it. */
  get isTimed(): boolean {
    return this.state.kind === "timed";
  }

  /** Called when the other form is there, or cannot be made. */
  made(isThere: boolean): void {
    if (isThere) this.state = { kind: "due" };
    else this.end({ kind: "missing" });
  }

  /** Called at the end of the training. */
  ended(): void {
    if (this.isMaking) this.end({ kind: "unfinished" });
  }

  /** Called after a step in one form. */
  took(ms: number): void {
    const { state } = this;
    this.step += 1;
    if (state.kind === "waiting") {
      const spent = state.spent + ms;
      this.state = this.step > WARM && spent >= SHORT_MS ? { kind: "making" } : { kind: "waiting", spent };
    } else if (state.kind === "taken") {
      if (this.step - this.same! >= this.other.holds) this.state = { kind: "due" };
    } else if (state.kind === "timed") {
      const { plain, other } = state;
      if (plain.length === other.length) this.state = { kind: "timed", plain: [...plain, ms], other };
      else this.judge(plain, [...other, ms]);
    }
  }

  /** Called after a step in both forms. */
  compared(isSame: boolean): void {
    const { step, same } = this;
    this.step += 1;
    this.checks += 1;
    if (!isSame) this.end({ kind: "differs", step, since: same });
    else if (same !== null) this.take(step);
    else if (this.checks < this.enough) return;
    else if (this.other.isAsked) this.begin(step);
    else this.state = { kind: "timed", plain: [], other: [] };
  }

  private judge(plain: readonly number[], other: readonly number[]): void {
    if (other.length < TRIES) this.state = { kind: "timed", plain, other };
    else if (medianOf(other) < GAIN * medianOf(plain)) this.begin(this.step - 1);
    else this.end({ kind: "slower" });
  }

  private begin(same: number): void {
    this.take(same);
    this.other.told({ kind: "taken", step: this.step });
  }

  private take(same: number): void {
    this.same = same;
    this.state = { kind: "taken" };
  }

  private end(outcome: FormOutcome): void {
    this.state = { kind: "over" };
    this.other.told(outcome);
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
