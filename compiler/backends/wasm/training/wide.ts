// Decides whether to use vectors of eight numbers: an engine that merges two neighbouring vectors of four
// computes the same faster. The only engine that does this calls it experimental, so its results are checked:
// before the wide form is used, and again from time to time, one step is computed in both forms and compared
// bit by bit.

/** Vectors of eight numbers, if a machine may have them. */
export interface WideVectors {
  /** Whether they are wanted from the first step on, however short the training is. */
  readonly isAsked: boolean;
  /** Compiles the module with them; null if the machine cannot. */
  compile(bytes: Uint8Array): object | null;
  /** Called with the outcome. */
  told(outcome: WideOutcome): void;
}

export type WideOutcome =
  /** Steps use them from this one on. */
  | { readonly kind: "taken"; readonly step: number }
  /** They do not make a step faster. */
  | { readonly kind: "slower" }
  /** The machine cannot compile the module with them. */
  | { readonly kind: "missing" }
  /** A step gave different bits. `since`: the step after which all steps used them; null if none did. */
  | { readonly kind: "differs"; readonly step: number; readonly since: number | null };

/** Steps before anything is timed, while code is not compiled yet. */
const WARM = 30;
/** The total time of steps before the trial: a shorter training would not recover the time for compiling. */
const SHORT_MS = 1_000;
/** Steps that are timed in each form, alternately; their medians count. */
const TRIES = 9;
/** The factor by which they must shorten a step. */
const GAIN = 0.95;
/** Steps until both forms are compared again. */
const HOLDS = 500;

type State =
  | { readonly kind: "waiting"; readonly spent: number }
  | { readonly kind: "due" }
  | { readonly kind: "timed"; readonly plain: readonly number[]; readonly wide: readonly number[] }
  | { readonly kind: "taken" }
  | { readonly kind: "over" };

/** Decides the form of each step. */
export class WideTrial {
  private readonly vectors: WideVectors;
  private state: State;
  /** The number of the next step. */
  private step = 1;
  /** The last compared step, once they are in use. */
  private same: number | null = null;

  constructor(vectors: WideVectors) {
    this.vectors = vectors;
    this.state = vectors.isAsked ? { kind: "due" } : { kind: "waiting", spent: 0 };
  }

  /** The form of the next step. */
  get form(): "plain" | "wide" | "both" {
    const { state } = this;
    if (state.kind === "due") return "both";
    if (state.kind === "taken") return "wide";
    return state.kind === "timed" && state.plain.length > state.wide.length ? "wide" : "plain";
  }

  /** Whether the next step is timed; then one thread computes it. */
  get isTimed(): boolean {
    return this.state.kind === "timed";
  }

  /** Called after a step in one form. */
  took(ms: number): void {
    const { state } = this;
    this.step += 1;
    if (state.kind === "waiting") {
      const spent = state.spent + ms;
      this.state = this.step > WARM && spent >= SHORT_MS ? { kind: "due" } : { kind: "waiting", spent };
    } else if (state.kind === "taken") {
      if (this.step - this.same! >= HOLDS) this.state = { kind: "due" };
    } else if (state.kind === "timed") {
      const { plain, wide } = state;
      if (plain.length === wide.length) this.state = { kind: "timed", plain: [...plain, ms], wide };
      else this.judge(plain, [...wide, ms]);
    }
  }

  /** Called after a step in both forms, or if there is no wide one. */
  compared(found: "same" | "differs" | "missing"): void {
    const { step, same } = this;
    this.step += 1;
    if (found === "missing") this.end({ kind: "missing" });
    else if (found === "differs") this.end({ kind: "differs", step, since: same });
    else if (same !== null) this.take(step);
    else if (this.vectors.isAsked) this.begin(step);
    else this.state = { kind: "timed", plain: [], wide: [] };
  }

  private judge(plain: readonly number[], wide: readonly number[]): void {
    if (wide.length < TRIES) this.state = { kind: "timed", plain, wide };
    else if (medianOf(wide) < GAIN * medianOf(plain)) this.begin(this.step - 1);
    else this.end({ kind: "slower" });
  }

  private begin(same: number): void {
    this.take(same);
    this.vectors.told({ kind: "taken", step: this.step });
  }

  private take(same: number): void {
    this.same = same;
    this.state = { kind: "taken" };
  }

  private end(outcome: WideOutcome): void {
    this.state = { kind: "over" };
    this.vectors.told(outcome);
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
