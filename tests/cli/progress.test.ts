// The line that says where a training stands: moving where a person watches, plain and seldom elsewhere.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ProgressEvent } from "../../compiler/train/epochs.ts";
import { trainingProgress } from "../../runtime/cli/progress.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { duration } from "../../runtime/driver/text-table.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

function recorded(interactive: boolean): { terminal: Terminal; said: string[]; moved: string[] } {
  const [said, moved]: string[][] = [[], []];
  const terminal: Terminal = {
    out: () => {},
    say: (line) => void said!.push(line),
    progress: (line) => void moved!.push(line),
    color: { messages: false, data: false },
    interactive,
  };
  return { terminal, said: said!, moved: moved! };
}

const stepped = (step: number): ProgressEvent => ({
  kind: "step",
  ...{ epoch: 2, epochs: 3, step, steps: 4000, loss: 0.5, stepLoss: 0.25, learningRate: 1e-3 },
  ...{ samplesPerSecond: 61_204.4, remaining: 4000 - step },
});

/** A step every 10 ms for a minute. */
function minute(show: (event: ProgressEvent) => void): void {
  for (let step = 1; step <= 6000; step++) {
    vi.advanceTimersByTime(10);
    show(stepped(Math.min(step, 4000)));
  }
}

test("on a terminal, a line with loss, samples a second and time left changes ten times a second", () => {
  const { terminal, said, moved } = recorded(true);
  minute(trainingProgress(terminal, 3));
  expect(moved).toHaveLength(600);
  expect(moved[0]).toBe("epoch 2/3, step 10/4000: loss 0.50000, 61,204 samples/s, 1 h 7 min left");
  expect(moved[380]).toBe("epoch 2/3, step 3810/4000: loss 0.50000, 61,204 samples/s, 3 min 10 s left");
  expect(said).toEqual([]);
});

test("elsewhere a plain line is printed every five seconds", () => {
  const { terminal, said, moved } = recorded(false);
  minute(trainingProgress(terminal, 3));
  expect(moved).toEqual([]);
  expect(said).toHaveLength(12);
  expect(said[0]).toBe("epoch 2/3, step 500/4000: loss 0.50000, 61,204 samples/s, 58 min 20 s left");
});

test.each([
  [0.4242, "0.42 s"],
  [9.999, "10.0 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 0 s"],
  [119.6, "2 min 0 s"],
  [3599.6, "1 h 0 min"],
  [7260, "2 h 1 min"],
  [360_000_000, "100,000 h 0 min"],
])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));
