// The tab with the running training: curves of its loss and of a measure on test rows, a line at the best
// possible AUC if that is known, and what each click of a user adds to the scores of some candidates.

import { formatCount } from "../../compiler/common/format-count.ts";
import "./english.ts";
import uPlot from "uplot";
import type { RowsChoice, ShownUser, TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { byId, element } from "./elements.ts";

interface Curve {
  readonly plot: uPlot;
  readonly data: [number[], (number | null)[], (number | null)[]];
}

export class TrainingView {
  private readonly worker: Worker;
  private readonly loss = curve("loss-curve", ["mean loss of training steps", "log loss of test rows"]);
  private measured = curve("auc-curve", ["AUC of test rows", "best reachable AUC"]);
  private measure = "auc";
  private best: number | null = null;
  private user: ShownUser | null = null;
  private isPaused = false;

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

  start(spec: string, seed: number, rows: RowsChoice): void {
    this.pause(false, true);
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
    for (const id of ["at", "speed", "best", "threads"]) say(id, "");
    say("auc", "–");
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
        this.measured.plot.setSeries(2, { show: this.best !== null });
        say("status", `${formatCount(news.rows)} ${news.of}, ${formatCount(news.testRows)} to test on`);
        say("best", this.best === null ? "" : ` of at most ${this.best.toFixed(4)}`);
        say("threads", news.isThreaded ? "threads share each step" : "one thread");
        break;
      case "progress": {
        say("at", `epoch ${news.epoch}, step ${news.step}`);
        say("speed", `${formatCount(Math.round(news.samplesPerSecond))} samples/s`);
        add(this.loss, news.step, news.loss, null);
        break;
      }
      case "measured":
        add(this.loss, news.step, null, Number.isNaN(news.logLoss) ? null : news.logLoss);
        add(this.measured, news.step, news.value, this.best);
        say("auc", news.value.toFixed(4));
        break;
      case "user":
        this.user = news.user;
        break;
      case "contributions":
        if (this.user !== null)
          byId("contributions").replaceChildren(contributionsOf(this.user, news.contributions));
        break;
      // Shown in other tabs.
      case "ranked":
      case "compiled":
      case "drafted":
      case "refused":
      case "report":
      case "archive":
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
    this.measured = curve("auc-curve", [`${name} of test rows`, "best reachable"]);
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
  return { width: Math.max(240, place.clientWidth), height: 190 };
}

function curve(id: string, [first, second]: readonly [string, string]): Curve {
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
  const data: Curve["data"] = [[], [], []];
  const plot = new uPlot(
    {
      ...sizeOf(place),
      scales: { x: { time: false } },
      axes: [{ ...axis }, { ...axis, size: 60, values: (_, values) => values.map(tick) }],
      series: [{ label: "step" }, series(first, "--first"), series(second, "--second", { dash: [6, 4] })],
    },
    data,
    place,
  );
  return { plot, data };
}

function add({ plot, data }: Curve, step: number, first: number | null, second: number | null): void {
  data[0].push(step);
  data[1].push(first);
  data[2].push(second);
  plot.setData(data);
}

/**
 * A table with a row for each candidate and a cell for each step, which is darker if the step changes the score more.
 */
function contributionsOf(
  { name, history: steps, candidates, historyName }: ShownUser,
  contributions: readonly (readonly number[])[],
): HTMLElement {
  if (historyName === null) return element("p", {}, "This network reads no history.");
  const most = Math.max(1e-9, ...contributions.flat().map(Math.abs));
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, `clicks of ${name}, latest last`),
    ...steps.map(({ title, group }) => element("th", { scope: "col", title }, group)),
  );
  const rows = candidates.slice(0, contributions.length).map((candidate, i) => {
    const cells = contributions[i]!.map((added, step) => {
      const words = added < 0 ? `takes away ${(-added).toFixed(3)}` : `adds ${added.toFixed(3)}`;
      const cell = element("td", { title: `${steps[step]!.title}: ${words}` });
      cell.style.setProperty("--weight", String(Math.abs(added) / most));
      cell.classList.toggle("against", added < 0);
      cell.classList.toggle("same", steps[step]!.group !== "" && steps[step]!.group === candidate.group);
      return cell;
    });
    return element("tr", {}, element("th", { scope: "row" }, candidate.title), ...cells);
  });
  return element(
    "table",
    { class: "contributions" },
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );
}
