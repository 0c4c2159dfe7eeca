// Progress of a training: a moving line where a person watches, a plain line every few seconds otherwise, and one line
// that stays for each epoch.

import { lossColumns, metricCells, metricNames } from "../../runtime/run/metric-columns.ts";
import type { ProgressEvent } from "../../runtime/train/loop.ts";
import type { Terminal } from "./terminal.ts";
import { duration, thousands } from "./text-table.ts";

const MOVING_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

/** `epochs` is how many there will be. */
export function trainingProgress(terminal: Terminal, epochs: number): (event: ProgressEvent) => void {
  const interval = terminal.interactive ? MOVING_INTERVAL : PLAIN_INTERVAL;
  let last = performance.now();
  return (event) => {
    if (event.kind === "epoch") {
      const { epoch } = event;
      const names = metricNames(epoch.evaluations);
      const cells = metricCells(epoch.evaluations, names);
      const metrics = names.map((name, i) => `, ${name} ${cells[i]}`).join("");
      const speed = `${thousands(epoch.samplesPerSecond)} samples/s, ${duration(epoch.seconds)}`;
      last = performance.now();
      const losses = lossColumns(epoch).map(([name, loss]) => `${name} ${loss.toFixed(5)}`);
      terminal.say(`epoch ${epoch.epoch}/${epochs}: ${losses.join(", ")}${metrics} (${speed})`);
      return;
    }
    const now = performance.now();
    if (now - last < interval) return;
    last = now;
    const { epoch, step, steps, loss, samplesPerSecond, remaining } = event;
    const line =
      `epoch ${epoch}/${epochs}, step ${step}/${steps}: loss ${loss.toFixed(5)}, ` +
      `${thousands(samplesPerSecond)} samples/s, ${duration(remaining)} left`;
    if (terminal.interactive) terminal.progress(line);
    else terminal.say(line);
  };
}
