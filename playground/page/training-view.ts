// The tab with the running training: curves of its loss and of a measure on test rows, with a line at the best possible AUC if that is
// known, and the curve of the last try in grey.

import { formatCount } from "../../compiler/common/format-count.ts";
import "./english.ts";
import uPlot from "uplot";
import type { RowsChoice, TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { changedWords } from "./changed-words.ts";
import { byId } from "./elements.ts";
import type { TextLocation } from "./own-texts.ts";
import { keepTry, lastTry, type Try } from "./tries.ts";

interface Curve {
  readonly plot: uPlot;
  /** Steps, and the values of each line at them. */
  readonly data: [number[], ...(number | null)[][]];
}

const LAST_TRY = "the last try";
const LAST_SERIES = 3;

export class TrainingView {
  private readonly worker: Worker;
  private readonly loss = curve("loss-curve", ["mean loss of training steps", "log loss of test rows"]);
  private measured = curve("auc-curve", ["AUC of test rows", "best reachable AUC", LAST_TRY]);
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
        for (const { plot } of [this.loss, this.measured]) plot.setSize(sizeOf(plot.root.parentElement!));
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
    for (const { data, plot } of [this.loss, this.measured]) {
      for (const column of data) column.length = 0;
      plot.setData(data);
    }
    this.measured.plot.setSeries(LAST_SERIES, { show: this.before !== null });
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
        this.measured.plot.setSeries(LAST_SERIES, { show: this.before !== null });
        this.measured.plot.setSeries(2, { show: this.best !== null });
        for (const [step, value] of this.before?.points ?? []) add(this.measured, step, [null, null, value]);
        say("status", `${formatCount(news.rows)} ${news.of}, ${formatCount(news.testRows)} to test on`);
        say("best", this.best === null ? "" : ` of at most ${this.best.toFixed(4)}`);
        say("threads", news.isThreaded ? "threads where they help" : "one thread");
        break;
      case "progress": {
        say("at", `epoch ${news.epoch}, step ${news.step}`);
        say("speed", `${formatCount(Math.round(news.samplesPerSecond))} samples/s`);
        add(this.loss, news.step, [news.loss, null]);
        break;
      }
      case "measured":
        add(this.loss, news.step, [null, Number.isNaN(news.logLoss) ? null : news.logLoss]);
        add(this.measured, news.step, [news.value, this.best, null]);
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
    this.measured.plot.destroy();
    this.measured = curve("auc-curve", [`${name} of test rows`, "best reachable", LAST_TRY]);
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

/** Large numbers in a width that the axis has: `2e6`. */
function tick(value: number): string {
  const text = String(value);
  return text.length <= 7 ? text : value.toExponential(1).replace(".0e", "e").replace("e+", "e");
}

function sizeOf(place: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(240, place.clientWidth), height: 170 };
}

function curve(id: string, labels: readonly [first: string, second: string, last?: string]): Curve {
  const place = byId(id);
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line") },
    ticks: { stroke: colour("--line") },
  };
  const series = (label: string, stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    ...{ label, stroke: colour(stroke), width: 2, spanGaps: true, points: { show: false } },
    value: (_, value) => (value === null ? "" : value.toFixed(4)),
    ...more,
  });
  const [first, second, last] = labels;
  const data: Curve["data"] = [[], ...labels.map(() => [])];
  const plot = new uPlot(
    {
      ...sizeOf(place),
      scales: { x: { time: false } },
      legend: { live: false },
      axes: [{ ...axis }, { ...axis, size: 60, values: (_, values) => values.map(tick) }],
      series: [
        { label: "step" },
        series(first, "--first"),
        series(second, "--second", { dash: [6, 4] }),
        ...(last === undefined ? [] : [series(last, "--quiet", { show: false, width: 1.5 })]),
      ],
    },
    data,
    place,
  );
  return { plot, data };
}

/** Adds a value to each line at a step; null leaves a line as it is. Steps of the last try may be later ones. */
function add({ plot, data }: Curve, step: number, values: readonly (number | null)[]): void {
  const [steps, ...lines] = data;
  const at = steps.findLastIndex((each) => each < step) + 1;
  if (steps[at] !== step) {
    steps.splice(at, 0, step);
    for (const line of lines) line.splice(at, 0, null);
  }
  lines.forEach((line, i) => {
    line[at] = values[i] ?? line[at]!;
  });
  plot.setData(data);
}
