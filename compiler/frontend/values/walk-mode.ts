// The mode of a walk. A mode is a value: the walk has one at a time, and switches to another only while it
// walks a part of the spec.

export interface WalkModeFacts {
  /**
   * True if the body of a block that was checked for all widths is walked for given ones, or if nodes are
   * built. The earlier check decided which vectors are probabilities: at a width that happens to be 1, a
   * `sigmoid` must not become one.
   */
  readonly settled: boolean;
  /** True inside a `loss`, and inside a `let` that only losses read. */
  readonly inLoss: boolean;
  /** True inside a `let` that nothing reads, perhaps because of another mistake. */
  readonly unread: boolean;
  /** True while a block is checked alone, for all widths. */
  readonly ofAllWidths: boolean;
}

export class WalkMode {
  private readonly facts: WalkModeFacts;

  private constructor(facts: WalkModeFacts) {
    this.facts = facts;
  }

  static readonly checking = new WalkMode({
    settled: false,
    inLoss: false,
    unread: false,
    ofAllWidths: false,
  });
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
   * True if functions that mix the examples of a batch are allowed: in a loss, and in a block that is checked
   * alone, whose uses are checked again. Of a `let` that nothing reads, it is not known.
   */
  get mayMixRows(): boolean {
    return this.facts.inLoss || this.facts.unread || this.facts.ofAllWidths;
  }

  /** True if a probability is allowed wherever a number is: in a loss, and in settled bodies. */
  get chancesAreNumbers(): boolean {
    return this.facts.settled || this.facts.inLoss;
  }
}
