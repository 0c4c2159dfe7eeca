// The tab with the running training: curves of its loss and of a measure on test rows, with a line at the best possible AUC if that is
// known, and the curve of the last try in grey.

import { formatCount } from "../../compiler/common/format-count.ts";
import "./english.ts";
import type { RowsChoice, TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { changedWords } from "./changed-words.ts";
import { byId } from "./elements.ts";
import type { TextLocation } from "./own-texts.ts";
import { TrainingCurve } from "./training-curve.ts";
import { keepTry, lastTry } from "./tries.ts";
import type { Try } from "./try.ts";

/** Lines of the measure's curve that are shown only sometimes. */
const [BEST, LAST_TRY] = [1, 2];

export class TrainingView {
  private readonly worker: Worker;
  private readonly loss = new TrainingCurve("loss-curve", [
    { label: "mean loss of training steps", colour: "--first" },
    { label: "log loss of test rows", colour: "--second", isDashed: true },
  ]);
  private measured = measuredCurve("AUC", "best reachable AUC");
  private measure = "auc";
  private best: number | null = null;
  private isPaused = false;
  private place: TextLocation = "own";
  private now: Try | null = null;
  /** The try of the same place before this one. */
  private before: Try | null = null;
  /** The value that a link says to beat. */
  private goal: number | null = null;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => this.show(data));
    byId("pause").addEventListener("click", () => this.pause(!this.isPaused));
    byId("step").addEventListener("click", () => {
      this.pause(true);
      this.ask({ kind: "step" });
    });
    const pace = byId("pace");
    if (pace instanceof HTMLSelectElement)
      pace.addEventListener("change", () =>
        this.ask({ kind: "pace", steps: pace.value === "" ? null : Number(pace.value) }),
      );
    // A change of size while sizes are observed would be an error of the page.
    const resize = new ResizeObserver(() =>
      requestAnimationFrame(() => {
        for (const each of [this.loss, this.measured]) each.resize();
      }),
    );
    resize.observe(byId("loss-curve"));
  }

  start(spec: string, seed: number, rows: RowsChoice, place: TextLocation): void {
    this.pause(false, true);
    this.place = place;
    this.before = lastTry(place);
    if (this.before?.rows !== rows) this.before = null;
    this.now = { spec, rows, measure: this.measure, points: [] };
    this.clear();
    canGoOn(true);
    say("status", "reading the rows");
    this.ask({ kind: "start", spec, seed, rows });
  }

  private clear(): void {
    for (const each of [this.loss, this.measured]) each.clear();
    this.measured.show(LAST_TRY, this.before !== null);
    for (const id of ["at", "speed", "best", "threads", "tried"]) say(id, "");
    say("auc", "–");
  }

  /** The value that somebody reached who shared a link. */
  challenge(goal: number): void {
    this.goal = goal;
    say("goal", `Beat ${goal.toFixed(4)}.`);
  }

  /** The last measure; null before the first. */
  get reached(): number | null {
    return this.now?.points.at(-1)?.[1] ?? null;
  }

  private ask(request: WorkerRequest): void {
    this.worker.postMessage(request);
  }

  private pause(isPaused: boolean, isSilent = false): void {
    this.isPaused = isPaused;
    const button = byId("pause");
    button.textContent = isPaused ? "Go on" : "Pause";
    if (!isSilent) this.ask({ kind: isPaused ? "pause" : "resume" });
  }

  private show(news: TrainingNews): void {
    switch (news.kind) {
      case "started":
        // News of the previous training may have arrived in between.
        this.clear();
        this.best = news.best?.auc ?? null;
        this.measureBy(news.measure);
        if (this.before?.measure !== news.measure) this.before = null;
        if (this.now !== null) this.now = { ...this.now, measure: news.measure };
        this.measured.show(LAST_TRY, this.before !== null);
        this.measured.show(BEST, this.best !== null);
        for (const [step, value] of this.before?.points ?? []) this.measured.add(step, [null, null, value]);
        say("status", `${formatCount(news.rows)} ${news.of}, ${formatCount(news.testRows)} to test on`);
        say("best", this.best === null ? "" : ` of at most ${this.best.toFixed(4)}`);
        say("threads", news.isThreaded ? "threads where they help" : "one thread");
        break;
      case "progress": {
        say("at", `epoch ${news.epoch}, step ${news.step}`);
        say("speed", `${formatCount(Math.round(news.samplesPerSecond))} samples/s`);
        this.loss.add(news.step, [news.loss, null]);
        break;
      }
      case "measured":
        this.loss.add(news.step, [null, Number.isNaN(news.logLoss) ? null : news.logLoss]);
        this.measured.add(news.step, [news.value, this.best, null]);
        this.now?.points.push([news.step, news.value]);
        if (this.now !== null) keepTry(this.place, this.now);
        say("auc", news.value.toFixed(4));
        this.compare(news.value);
        break;
      // Shown in the picture and in other tabs.
      case "user":
      case "contributions":
      case "ranked":
      case "compiled":
      case "drafted":
      case "refused":
      case "report":
      case "archive":
      case "page":
        break;
      case "over":
        say("status", "trained to the end");
        canGoOn(false);
        break;
      case "failed":
        say("status", news.text);
        canGoOn(false);
        break;
    }
  }

  private measureBy(measure: string): void {
    if (measure === this.measure) return;
    this.measure = measure;
    const name = nameOf(measure);
    say("measure", name);
    this.measured.remove();
    this.measured = measuredCurve(name, "best reachable");
  }

  private compare(value: number): void {
    const { before, now, goal } = this;
    if (goal !== null && value > goal) say("goal", `You beat ${goal.toFixed(4)}.`);
    const last = before?.points.at(-1)?.[1];
    if (before === null || now === null || last === undefined) return;
    const changed = changedWords(before.spec, now.spec);
    say(
      "tried",
      `The last try, in grey, had ${last.toFixed(4)}${changed === null ? "" : `. Changed: ${changed}`}`,
    );
  }
}

/** `auc` is an abbreviation; `accuracy` is not. */
function nameOf(measure: string): string {
  return measure.length <= 5 ? measure.toUpperCase() : measure.replaceAll("_", " ");
}

function say(id: string, text: string): void {
  byId(id).textContent = text;
}

/** A training that has ended can neither pause nor make a step. */
function canGoOn(can: boolean): void {
  for (const id of ["pause", "step"]) (byId(id) as HTMLButtonElement).disabled = !can;
}

function measuredCurve(measure: string, best: string): TrainingCurve {
  return new TrainingCurve("auc-curve", [
    { label: `${measure} of test rows`, colour: "--first" },
    { label: best, colour: "--second", isDashed: true },
    { label: "the last try", colour: "--quiet", isHidden: true },
  ]);
}
