// A curve of the tab with the training: values of several lines by step. The library that draws it is loaded apart, because the
// text trains for a while before there is a point.

import type uPlot from "uplot";
import { byId } from "./elements.ts";

const library = import("uplot");

const HEIGHT = 170;

/** A line of a curve; one that is shown only sometimes is hidden at first. */
export interface CurveLine {
  readonly label: string;
  readonly colour: "--first" | "--second" | "--quiet";
  readonly isDashed?: boolean;
  readonly isHidden?: boolean;
}

export class TrainingCurve {
  private readonly place: HTMLElement;
  private readonly shown: boolean[];
  /** Steps, and the values of each line at them. */
  private readonly data: [number[], ...(number | null)[][]];
  private plot: uPlot | null = null;
  private isRemoved = false;

  constructor(id: string, lines: readonly CurveLine[]) {
    this.place = byId(id);
    this.data = [[], ...lines.map(() => [])];
    this.shown = lines.map(({ isHidden = false }) => !isHidden);
    void library.then((loaded) => {
      if (!this.isRemoved) this.draw(loaded.default, lines);
    });
  }

  clear(): void {
    for (const column of this.data) column.length = 0;
    this.plot?.setData(this.data);
  }

  /** Adds a value to each line at a step; null leaves a line as it is. Steps of the last try may be later ones. */
  add(step: number, values: readonly (number | null)[]): void {
    const [steps, ...lines] = this.data;
    const at = steps.findLastIndex((each) => each < step) + 1;
    if (steps[at] !== step) {
      steps.splice(at, 0, step);
      for (const line of lines) line.splice(at, 0, null);
    }
    lines.forEach((line, i) => {
      line[at] = values[i] ?? line[at]!;
    });
    this.plot?.setData(this.data);
  }

  show(line: number, isShown: boolean): void {
    this.shown[line] = isShown;
    this.plot?.setSeries(line + 1, { show: isShown });
  }

  /** Takes the width that there is. */
  resize(): void {
    this.plot?.setSize(this.size());
  }

  remove(): void {
    this.isRemoved = true;
    this.plot?.destroy();
  }

  private size(): { readonly width: number; readonly height: number } {
    return { width: Math.max(240, this.place.clientWidth), height: HEIGHT };
  }

  private draw(Plot: typeof uPlot, lines: readonly CurveLine[]): void {
    const style = getComputedStyle(document.documentElement);
    const colourOf = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colourOf("--quiet"),
      grid: { stroke: colourOf("--line") },
      ticks: { stroke: colourOf("--line") },
    };
    this.plot = new Plot(
      {
        ...this.size(),
        scales: { x: { time: false } },
        legend: { live: false },
        axes: [{ ...axis }, { ...axis, size: 60, values: (_, values) => values.map(tick) }],
        series: [
          { label: "step" },
          ...lines.map(({ label, colour, isDashed = false }, i) => ({
            ...{
              label,
              stroke: colourOf(colour),
              show: this.shown[i]!,
              spanGaps: true,
              points: { show: false },
            },
            ...{ width: colour === "--quiet" ? 1.5 : 2, ...(isDashed ? { dash: [6, 4] } : {}) },
          })),
        ],
      },
      this.data,
      this.place,
    );
  }
}

/** Large numbers in a width that the axis has: `2e6`. */
function tick(value: number): string {
  const text = String(value);
  return text.length <= 7 ? text : value.toExponential(1).replace(".0e", "e").replace("e+", "e");
}
