// What is known of the text that the editor holds at this moment: answers about an older text, and news of
// its training, are left out.

import type { ShownMeasures } from "../workers/measured.ts";
import type { TrainingNews, Views } from "../workers/messages.ts";

export class Observed {
  views: Views | null = null;
  trained: ShownMeasures | null = null;
  /** Is called whenever one of them is another. */
  onChange: () => void = () => {};
  /** Trainings that were asked for and have not begun. */
  private waiting = 0;
  /** Whether a training of this very text was asked for. */
  isOfText = false;

  constructor(trainer: Worker) {
    trainer.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => this.hear(data));
  }

  /** The text is another. */
  changed(): void {
    this.trained = null;
    this.isOfText = false;
  }

  /** What the text is has been asked, and is not known until the answer. */
  asked(): void {
    this.views = null;
  }

  looked(views: Views): void {
    this.views = views;
    this.onChange();
  }

  /** A training of the text was asked for. */
  started(): void {
    this.waiting += 1;
    this.trained = null;
    this.isOfText = true;
  }

  private hear(news: TrainingNews): void {
    if (news.kind === "started" || (news.kind === "failed" && this.waiting > 0)) this.waiting -= 1;
    if (news.kind !== "measured" || this.waiting > 0 || !this.isOfText) return;
    this.trained = news;
    this.onChange();
  }
}
