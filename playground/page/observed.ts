// The facts about the editor's current text. Answers about older texts and news of their trainings are
// ignored.

import type { ShownMeasures } from "../workers/measured.ts";
import type { TrainingNews, Views } from "../workers/messages.ts";

export class Observed {
  views: Views | null = null;
  trained: ShownMeasures | null = null;
  /** Called whenever a fact changes. */
  onChange: () => void = () => {};
  /** The last measures of the last training, also if the text has changed since. */
  private measured: ShownMeasures | null = null;
  /** The number of requested trainings that have not begun. */
  private waiting = 0;
  /** Whether a training of exactly this text was requested. */
  isOfText = false;

  constructor(trainer: Worker) {
    trainer.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => this.hear(data));
  }

  /** The text changed. */
  changed(): void {
    this.trained = null;
    this.isOfText = false;
  }

  /** The analysis of the text was requested, and is unknown until the answer. */
  asked(): void {
    this.views = null;
  }

  looked(views: Views): void {
    this.views = views;
    this.onChange();
  }

  /** Only comments or spaces changed: the training is that of the text. */
  trainsThis(): void {
    this.isOfText = true;
    this.trained = this.measured;
    this.onChange();
  }

  /** A training of the text was requested. */
  started(): void {
    this.waiting += 1;
    this.trained = null;
    this.measured = null;
    this.isOfText = true;
  }

  private hear(news: TrainingNews): void {
    if (news.kind === "started" || (news.kind === "failed" && this.waiting > 0)) this.waiting -= 1;
    if (news.kind !== "measured" || this.waiting > 0) return;
    this.measured = news;
    if (!this.isOfText) return;
    this.trained = news;
    this.onChange();
  }
}
