// Calls to a thread that have no answer yet. Their ids are never used again, so a late answer finds no call.

export class OpenCalls<Waiting> {
  private readonly open = new Map<number, Waiting>();
  private last = 0;
  /** Called when no call is open; set by `allAnswered`. */
  private whenNone: (() => void) | null = null;

  get count(): number {
    return this.open.size;
  }

  newId(): number {
    return this.last++;
  }

  add(id: number, waiting: Waiting): void {
    this.open.set(id, waiting);
  }

  /** Closes a call, and returns who waits for its answer. */
  take(id: number): Waiting | undefined {
    const waiting = this.open.get(id);
    this.open.delete(id);
    if (this.open.size === 0) this.whenNone?.();
    return waiting;
  }

  /** Closes all calls. */
  takeAll(): Waiting[] {
    return [...this.open.keys()].map((id) => this.take(id)!);
  }

  /** Resolves when no call is open. */
  async allAnswered(): Promise<void> {
    if (this.open.size > 0)
      await new Promise<void>((resolve) => {
        this.whenNone = resolve;
      });
  }
}
