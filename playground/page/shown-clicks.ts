// The user whose clicks the page shows, as the reader has changed them. The picture and the tab for ranking show the same clicks.

import type { ShownItem, ShownUser, TrainingNews, WorkerRequest } from "../workers/messages.ts";

export class ShownClicks {
  user: ShownUser | null = null;
  /** Latest last. */
  history: readonly ShownItem[] = [];
  private readonly worker: Worker;
  private readonly listeners: (() => void)[] = [];

  constructor(worker: Worker) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind !== "user") return;
      this.user = data.user;
      this.history = data.user.history;
      this.tell();
    });
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
    if (this.user !== null) listener();
  }

  change(history: readonly ShownItem[]): void {
    this.history = history;
    this.tell();
    this.rank();
  }

  /** The answer is news of kind `ranked`. */
  rank(): void {
    this.worker.postMessage({ kind: "rank", history: this.history } satisfies WorkerRequest);
  }

  add(item: ShownItem, at: number = this.history.length): void {
    this.change(this.history.toSpliced(at, 0, item));
  }

  remove(at: number): void {
    this.change(this.history.toSpliced(at, 1));
  }

  move(from: number, to: number): void {
    this.change(this.history.toSpliced(from, 1).toSpliced(to, 0, this.history[from]!));
  }

  reset(): void {
    this.change(this.user?.history ?? []);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
