// How the walk takes what it goes through. A mode is a value: the walk has one at a time, and another one only for as long as a
// part of the spec is walked in it.

export interface WalkModeFacts {
  /**
   * The body of a block that was checked for all widths is walked for given ones, or nodes are built. Which vectors are
   * probabilities was settled then: at a width that happens to be 1, a `sigmoid` must not become one.
   */
  readonly settled: boolean;
  /** A `loss` is being walked. */
  readonly inLoss: boolean;
  /** A block is being checked for all widths, and by itself. */
  readonly ofAllWidths: boolean;
}

export class WalkMode {
  private readonly facts: WalkModeFacts;

  private constructor(facts: WalkModeFacts) {
    this.facts = facts;
  }

  static readonly checking = new WalkMode({ settled: false, inLoss: false, ofAllWidths: false });
  static readonly building = WalkMode.checking.with({ settled: true });

  with(change: Partial<WalkModeFacts>): WalkMode {
    return new WalkMode({ ...this.facts, ...change });
  }

  get settled(): boolean {
    return this.facts.settled;
  }

  get inLoss(): boolean {
    return this.facts.inLoss;
  }

  /**
   * What mixes the examples of a batch may be used: in a loss, and in a block that is checked by itself,
   * whose uses are checked again.
   */
  get mayMixRows(): boolean {
    return this.facts.inLoss || this.facts.ofAllWidths;
  }

  /** A probability may stand wherever a number may: in a loss, and where that is settled. */
  get chancesAreNumbers(): boolean {
    return this.facts.settled || this.facts.inLoss;
  }
}
