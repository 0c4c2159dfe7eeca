// Shows progress: a moving line on a terminal, otherwise a plain line every few seconds, and a permanent line
// for each epoch.

import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import type { Evaluation, EvaluationProgress } from "../../compiler/train/score.ts";
import { duration, thousands } from "../driver/text-table.ts";
import { lossColumns, metricCells, metricNames, rateColumn } from "../train/metrics/metric-columns.ts";
import type { Terminal } from "./terminal.ts";

const MOVING_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

/** Shows a line unless it showed one very recently. */
class PacedLine {
  private readonly terminal: Terminal;
  private readonly interval: number;
  private last = performance.now();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
    this.interval = terminal.interactive ? MOVING_INTERVAL : PLAIN_INTERVAL;
  }

  show(line: () => string): void {
    const now = performance.now();
    if (now - this.last < this.interval) return;
    this.last = now;
    if (this.terminal.interactive) this.terminal.progress(line());
    else this.terminal.say(line());
  }

  /** Prints a permanent line. */
  say(line: string): void {
    this.last = performance.now();
    this.terminal.say(line);
  }
}

/** `epochs` is the total number of epochs. */
export function trainingProgress(terminal: Terminal, epochs: number): (event: ProgressEvent) => void {
  const line = new PacedLine(terminal);
  return (event) => {
    switch (event.kind) {
      case "step":
        return line.show(() => stepLine(event));
      case "evaluation": {
        const { epoch, split, progress } = event;
        const at = epoch === 0 ? "before training" : `epoch ${epoch}/${epochs}`;
        return line.show(() => `${at}: ${evaluationLine(progress, `${split} rows`)}`);
      }
      case "epoch":
        return line.say(epochLine(event, epochs));
      case "begun":
        return line.say(begunLine(event.evaluations));
    }
  };
}

/** The progress of `dinc eval`. */
export function evaluationProgress(terminal: Terminal): (progress: EvaluationProgress) => void {
  const line = new PacedLine(terminal);
  return (progress) => line.show(() => evaluationLine(progress, "rows"));
}

/** The progress of `dinc predict`: the rows scored so far, and their share of all rows if that is known. */
export function predictionProgress(terminal: Terminal): (rows: number, share: number | null) => void {
  const line = new PacedLine(terminal);
  const started = performance.now();
  return (rows, share) =>
    line.show(() => {
      const seconds = (performance.now() - started) / 1000;
      const left = share === null || share === 0 ? "" : `, ${duration((seconds * (1 - share)) / share)} left`;
      return `scored ${thousands(rows)} rows, ${thousands(rows / seconds)} rows/s${left}`;
    });
}

/** `scored 4,096 of 10,000 test rows`, `measuring auc of click`, `resampling users for click: 40 of 1,000` */
function evaluationLine(progress: EvaluationProgress, rows: string): string {
  switch (progress.kind) {
    case "scoring":
      return `scored ${thousands(progress.rows)} of ${thousands(progress.of)} ${rows}`;
    case "metric":
      return `measuring ${progress.title} of ${progress.label}`;
    case "intervals":
      return `resampling users for ${progress.label}: ${thousands(progress.resamples)} of ${thousands(progress.of)}`;
  }
}

function stepLine({
  epoch,
  epochs,
  step,
  steps,
  loss,
  samplesPerSecond,
  remaining,
}: Extract<ProgressEvent, { kind: "step" }>): string {
  return (
    `epoch ${epoch}/${epochs}, step ${step}/${steps}: loss ${loss.toFixed(5)}, ` +
    `${thousands(samplesPerSecond)} samples/s, ${duration(remaining)} left`
  );
}

/** `before training: train auc 0.70123, test auc 0.71234` */
function begunLine(evaluations: readonly Evaluation[]): string {
  const names = metricNames(evaluations);
  const cells = metricCells(evaluations, names);
  const of = evaluations.every(({ split }) => split === "train") ? " on the training rows" : "";
  return `before training${of}: ${names.map((name, i) => `${name} ${cells[i]}`).join(", ")}`;
}

function epochLine({ epoch }: Extract<ProgressEvent, { kind: "epoch" }>, epochs: number): string {
  const names = metricNames(epoch.evaluations);
  const cells = metricCells(epoch.evaluations, names);
  const metrics = names.map((name, i) => `, ${name} ${cells[i]}`).join("");
  const speed = `${thousands(epoch.samplesPerSecond)} samples/s, ${duration(epoch.seconds)}`;
  const losses = lossColumns(epoch).map(([name, loss]) => `${name} ${loss.toFixed(5)}`);
  const rate = rateColumn(epoch).map(([name, text]) => `, ${name} ${text}`);
  return `epoch ${epoch.epoch}/${epochs}: ${losses.join(", ")}${metrics}${rate.join("")} (${speed})`;
}
