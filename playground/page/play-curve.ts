// A small curve of a measure by steps, with a line at the best value that can be reached.

import { element } from "./elements.ts";

const SVG = "http://www.w3.org/2000/svg";
/** Space above the highest value, as a share of the height. */
const MARGIN = 0.06;

export class PlayCurve {
  readonly place = element("div", { class: "curve", hidden: "" });
  best: number | null = null;
  private readonly drawing = document.createElementNS(SVG, "svg");
  private readonly line = document.createElementNS(SVG, "polyline");
  private readonly limit = document.createElementNS(SVG, "line");
  private steps = 1;
  private points: (readonly [step: number, value: number])[] = [];

  constructor() {
    this.drawing.setAttribute("viewBox", "0 0 100 100");
    this.drawing.setAttribute("preserveAspectRatio", "none");
    this.drawing.setAttribute("aria-hidden", "true");
    this.drawing.append(this.limit, this.line);
    this.place.append(this.drawing);
  }

  clear(): void {
    this.points = [];
    this.place.hidden = true;
  }

  begin(steps: number, best: number | null): void {
    this.clear();
    [this.steps, this.best] = [steps, best];
  }

  add(step: number, value: number): void {
    this.points.push([step, value]);
    this.place.hidden = this.points.length < 2;
    const values = [...this.points.map(([, each]) => each), ...(this.best === null ? [] : [this.best])];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const height = (each: number) =>
      100 * (1 - MARGIN) - (100 * (1 - 2 * MARGIN) * (each - least)) / Math.max(1e-9, most - least);
    const at = ([x, y]: readonly [number, number]) => `${(100 * x) / this.steps},${height(y)}`;
    this.line.setAttribute("points", this.points.map(at).join(" "));
    if (this.best === null) return;
    for (const [name, of] of [
      ["x1", 0],
      ["x2", 100],
      ["y1", height(this.best)],
      ["y2", height(this.best)],
    ] as const)
      this.limit.setAttribute(name, String(of));
  }
}
